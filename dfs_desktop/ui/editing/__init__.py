"""What edits many records at once, and what asks when two people edited the same."""
