"""Edits: of one record or of many, of collections and orbits; names by a pattern; undo and redo."""
