"""Asks where a registry goes, and shows what came of it."""
