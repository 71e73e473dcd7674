"""JSON from a stranger's file: bounded, without duplicates, and only what a server can take."""

import json
import math
import re
from typing import Any, NoReturn

from .errors import ArtifactError
from .names import shortened

MAX_DOCUMENT = 16 * 1024 * 1024  # bytes
MAX_DEPTH = 64
_MAX_CONTAINERS = 1_000_000  # a tiny text can ask for a lot of memory: "[[],[],[],..."
_INT64 = range(-(2**63), 2**63)
_SURROGATE = re.compile("[\ud800-\udfff]")


# Where a value stands: the place of what holds it, and the key or index there. A chain, since
# texts made for every value would cost the square of a hostile document's size.
_Place = tuple[Any, str | int] | None


class _RefusedError(ValueError):
    """Completes the sentence "meta.json ..."."""


def load(data: bytes, document: str, *, to_send: bool) -> Any:
    """The value of one JSON document, called `document` in errors (ArtifactError).

    `to_send` also refuses what is legal in a file and no registry stores: NaN, Infinity, NUL.
    """
    try:
        value = _parse(data, to_send=to_send)
    except _RefusedError as error:
        raise unreadable(document, str(error)) from None
    except UnicodeDecodeError:
        raise unreadable(document, "is not valid UTF-8") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise unreadable(document, f"is not valid JSON ({where})") from None
    except RecursionError:
        raise unreadable(document, _TOO_DEEP) from None
    return value


def _parse(data: bytes, *, to_send: bool) -> Any:
    if data.count(b"[") + data.count(b"{") > _MAX_CONTAINERS:
        raise _RefusedError("holds more than a million lists or objects")
    value = json.loads(
        data.decode("utf-8"),
        object_pairs_hook=_unique,
        parse_int=_integer,
        parse_constant=_constant if to_send else None,
    )
    examine(value, to_send=to_send)
    return value


_TOO_DEEP = f"is nested more than {MAX_DEPTH} levels deep"


def unreadable(document: str, why: str) -> ArtifactError:
    """The error for one document inside an artifact."""
    return ArtifactError("The artifact cannot be read", f"{shortened(document)} inside it {why}.")


def check_sendable(value: Any, document: str) -> None:
    """Raise ArtifactError, naming the place, when no registry could store `value`."""
    try:
        examine(value, to_send=True)
    except _RefusedError as error:
        raise unreadable(document, str(error)) from None


def examine(value: Any, *, to_send: bool) -> None:
    """Depth and texts of a parsed value, without recursion; a ValueError names the place."""
    waiting: list[tuple[Any, _Place, int]] = [(value, None, 0)]
    while waiting:
        item, place, depth = waiting.pop()
        if depth >= MAX_DEPTH and isinstance(item, list | dict):
            raise _RefusedError(_TOO_DEEP)
        if isinstance(item, str):
            _examine_text(item, place, to_send=to_send)
        elif isinstance(item, float) and to_send and not math.isfinite(item):
            raise _RefusedError(f"has the value {item} at {_shown(place)}, no registry takes it")
        elif isinstance(item, list):
            waiting.extend((part, (place, at), depth + 1) for at, part in enumerate(item))
        elif isinstance(item, dict):
            for key, part in item.items():
                _examine_text(key, place, to_send=to_send)
                waiting.append((part, (place, key), depth + 1))


def _examine_text(text: str, place: _Place, *, to_send: bool) -> None:
    if text.isascii() and "\0" not in text:
        return
    if _SURROGATE.search(text):
        raise _RefusedError(f"has a text at {_shown(place)} that is not valid Unicode")
    if to_send and "\0" in text:
        raise _RefusedError(f"has a NUL character at {_shown(place)}")


def _shown(place: _Place) -> str:
    steps: list[str] = []
    while place is not None:
        place, step = place
        steps.append(shortened(str(step), 40))
    return "/" + "/".join(reversed(steps))


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise _RefusedError(f"says “{shortened(twice)}” twice")
    return result


def _integer(digits: str) -> int:
    # The length first: converting thousands of digits is slow, and refused by Python itself.
    if len(digits) > 20 or int(digits) not in _INT64:
        raise _RefusedError(f"holds the number {shortened(digits, 40)}, which exceeds 64 bits")
    return int(digits)


def _constant(name: str) -> NoReturn:
    raise _RefusedError(f"holds {name}, which is not JSON")
