"""Starting, limiting, supervising and talking to child processes."""
