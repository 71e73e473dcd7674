"""What is done with servers and records: connect, browse, edit, delete, undo."""
