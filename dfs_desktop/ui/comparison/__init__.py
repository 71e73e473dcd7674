"""The window that shows artifacts side by side."""
