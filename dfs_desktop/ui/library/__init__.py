"""The place of the artifacts on this computer: a list of them, and what can be done with them."""
