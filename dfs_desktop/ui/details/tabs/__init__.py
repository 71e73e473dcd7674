"""One module for each tab of the detail pane."""
