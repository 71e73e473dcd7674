"""The experiment snapshot inside an artifact: a SQLite database, curves, attachments."""
