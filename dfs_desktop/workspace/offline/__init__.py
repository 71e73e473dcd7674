"""Without the server: it is tried again by itself, and what may wait for it waits."""
