"""A file on this computer, opened to look inside."""
