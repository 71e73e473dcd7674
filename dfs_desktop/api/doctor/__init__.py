"""Tries a connection step by step and says of each what was found and what to do."""

from .advice import in_terminal
from .examination import examine
from .findings import TITLES, Finding, Verdict, as_text

__all__ = ["TITLES", "Finding", "Verdict", "as_text", "examine", "in_terminal"]
