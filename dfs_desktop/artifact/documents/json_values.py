"""Values of foreign JSON: taken for what they should be or left out, and said in a few words."""

import json
from typing import Any

from dfs_desktop.artifact.names import shortened
from dfs_desktop.translation import tr, trn


def text(value: Any) -> str:
    """The text itself, "" for anything else."""
    return value if isinstance(value, str) else ""


def texts(value: Any) -> tuple[str, ...]:
    """The texts of a list; none for anything else."""
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()


def objects(value: Any, limit: int) -> list[dict[str, Any]]:
    """The objects in a list, at most `limit`; none for anything else."""
    found = value[:limit] if isinstance(value, list) else []
    return [each for each in found if isinstance(each, dict)]


def mapping(value: Any) -> dict[str, Any]:
    """The object itself, an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def whole(value: Any) -> int | None:
    """The integer itself, None for anything else, booleans included."""
    return value if type(value) is int else None


def in_short(value: Any) -> str:
    """A JSON value in a few words, whatever its size."""
    if value in ({}, []):
        return tr("an empty list") if isinstance(value, list) else tr("an empty object")
    if isinstance(value, dict):
        return trn("an object with {amount} entry", "an object with {amount} entries", len(value))
    if isinstance(value, list):
        return trn("a list of {amount}", "a list of {amount}", len(value))
    return shortened(value) if isinstance(value, str) else json.dumps(value)
