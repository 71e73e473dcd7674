"""A filter written as a person would type it: what the parser reads as the same terms."""

import re
from collections.abc import Iterable

from .filter_parser import Comparison, Words, is_joint
from .filter_values import typed_amount

_SIMPLE = re.compile(r"[\w./@+%*~][\w./@+%*~-]*")


def quoted(text: str) -> str:
    """Between quotes; one inside is doubled."""
    return '"' + text.replace('"', '""') + '"'


def written(terms: Iterable[Words | Comparison]) -> str:
    """A line that is read as these terms."""
    return " ".join(map(_written, terms))


def _written(term: Words | Comparison) -> str:
    if isinstance(term, Words):
        # Digits behind a number would be more of it, and “%” or “GB” its unit.
        more = term.text[:1].isdigit() or any(
            typed_amount(f"1 {term.text}", size=size) is not None for size in (False, True)
        )
        simple = _SIMPLE.fullmatch(term.text) and not is_joint(term.text) and not more
        return term.text if simple else quoted(" " + term.text)
    name = quoted(term.name) if term.metric else term.name
    if term.value == "" and not term.without:
        return f"{'-' if term.negative else ''}{name}:{quoted('')}"  # holds for all, with any sign
    value = quoted(term.value) if isinstance(term.value, str) else repr(term.value)
    return f"{'-' if term.negative else ''}{name}{term.sign}{value}"
