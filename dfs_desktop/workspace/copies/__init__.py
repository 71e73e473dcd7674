"""Artifacts on their way from one place to another: planned, judged, copied, remembered."""
