"""Edits of many records at once: which values they have, new names by a pattern, the sending."""
