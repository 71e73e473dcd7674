"""What the program says of itself: its keys, its version, what it sends."""
