"""Tracks: their list in the sidebar, the page of one, and the dialogs about them."""
