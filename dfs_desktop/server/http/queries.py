"""Checks on the part of an address behind the question mark."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from .validation import Check, Report

# Takes the raw query, says in the report what is wrong with it, returns the clean values.
QueryCheck = Callable[[bytes, Report], dict[str, Any]]


class Parameter(NamedTuple):
    """One parameter. *many* may be repeated and gives a list; of others the last one counts."""

    check: Check
    default: Any = None
    many: bool = False


def parameters(members: Mapping[str, Parameter]) -> QueryCheck:
    """These parameters, all optional; others are ignored."""

    def check(raw: bytes, report: Report) -> dict[str, Any]:
        sent = parse_qs(raw.decode("ascii", "replace"), keep_blank_values=True)
        clean: dict[str, Any] = {}
        for name, member in members.items():
            values = sent.get(name)
            at = ("query", name)
            if values is None:
                clean[name] = member.default
            elif member.many:
                clean[name] = [
                    member.check(value, (*at, number), report)
                    for number, value in enumerate(values)
                ]
            else:
                clean[name] = member.check(values[-1], at, report)
        return clean

    return check
