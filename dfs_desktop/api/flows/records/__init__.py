"""Records: listed, read, created, changed and deleted."""
