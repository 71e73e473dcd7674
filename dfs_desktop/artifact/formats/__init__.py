"""Formats of weights and tables, each read within limits."""
