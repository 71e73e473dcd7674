"""Receiving stored objects: ranges of them over several connections, written in place."""
