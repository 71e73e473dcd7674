"""Dialogs with lines to copy: Python and curl."""
