"""The artifacts on this computer: which they are, where they came from, whether they are still right."""
