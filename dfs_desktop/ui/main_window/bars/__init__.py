"""Bars over the main panel: notices, an outage, a deletion that can be taken back."""
