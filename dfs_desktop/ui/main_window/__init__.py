"""The main window: its layout, its actions and what they do, notices, and the way it closes."""
