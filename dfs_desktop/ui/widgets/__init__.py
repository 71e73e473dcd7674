"""Widgets that know nothing of artifacts."""
