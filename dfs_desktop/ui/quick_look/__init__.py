"""A light panel over the window that shows the selected artifact while the arrows move through rows."""
