"""What bounds transfers: connections, and waits that can be ended."""
