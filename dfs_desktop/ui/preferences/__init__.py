"""The preferences of the program in one window."""
