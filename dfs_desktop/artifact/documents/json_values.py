"""Values of foreign JSON taken for what they should be, and left out where they are not."""

from typing import Any


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
