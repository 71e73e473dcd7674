"""Artifacts compared: interface, environment, metrics, content."""
