"""The detail pane: one tab for each thing that an artifact can hold."""
