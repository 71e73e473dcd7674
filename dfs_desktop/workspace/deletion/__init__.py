"""Deletes artifacts, after a time in which it can be taken back, and out of their tracks first."""
