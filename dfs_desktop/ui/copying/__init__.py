"""The dialog of copies and moves: where they go, and what the target says to each."""
