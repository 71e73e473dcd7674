"""Files and artifacts that are dropped on the window, and those that are dragged out of it."""
