"""JSON from a stranger's file: read whatever it says, within bounds; sent only as servers take it.

Reading is lenient: what cannot be kept (a tree too deep, half a character, a number of a thousand
digits) is replaced by a text that shows it, and hides nothing beside it. Sending is strict:
`check_sendable` refuses every replacement, doubled key, NaN and NUL, and names the place.
"""

import json
import math
import re
from typing import Any

from dfs_desktop.artifact.errors import ArtifactError
from dfs_desktop.artifact.names import shortened, visible
from dfs_desktop.text.decoding import decode_json
from dfs_desktop.translation import later, tr

MAX_DOCUMENT = 16 * 1024 * 1024  # bytes
MAX_DEPTH = 64
_MAX_CONTAINERS = 1_000_000  # a tiny text can ask for a lot of memory: "[[],[],[],..."
_MAX_DIGITS = 300  # what has more is larger than any float
_INT64 = range(-(2**63), 2**63)
_SURROGATE = re.compile("[\ud800-\udfff]")
_STRING = r'"(?:[^"\\]+|\\.)*"'
_BRACKET = re.compile(rf"{_STRING}|[\[\]{{}}]", re.DOTALL)
CUT = later("… (nested too deep to be shown)")  # in the place of what is deeper
_NOT_UNICODE = later("is not valid Unicode")
_TOO_DEEP = later("is nested more than {most} levels deep")

# Where a value stands: the place of what holds it, and the key or index there. A chain, since
# texts made for every value would cost the square of a hostile document's size.
_Place = tuple[Any, str | int] | None


class Replaced(str):  # noqa: SLOT000 - str takes no slots
    """A text in place of a value that could not be kept; `why` completes "meta.json ..."."""

    why: str

    def __new__(cls, text: str, why: str) -> "Replaced":
        """The text to show, and the reason."""
        self = super().__new__(cls, text)
        self.why = why
        return self


class Doubled(dict[str, Any]):
    """An object of which a key was given twice; the last value counts."""

    twice = ""


class _RefusedError(ValueError):
    """Completes the sentence "meta.json ..."."""


def load(data: bytes, document: str) -> Any:
    """The value of one JSON document, called `document` in errors; ArtifactError if it is none."""
    return parse(decode_json(data).text, document)


def parse(text: str, document: str) -> Any:
    """The value of a JSON text. At most `MAX_DEPTH` levels of it are kept."""
    text = text.removeprefix("\ufeff")
    if text.count("[") + text.count("{") > _MAX_CONTAINERS:
        bare = re.sub(_STRING, "", text, flags=re.DOTALL)
        if bare.count("[") + bare.count("{") > _MAX_CONTAINERS:
            raise unreadable(document, tr("holds more than a million lists or objects: too many"))
    try:
        return settled(_parse(text))
    except json.JSONDecodeError as error:
        where = tr("line {line}, column {column}", line=error.lineno, column=error.colno)
        raise unreadable(document, tr("is not valid JSON ({place})", place=where)) from None


def _parse(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_object, parse_int=_integer)
    except RecursionError:
        return json.loads(_flattened(text), object_pairs_hook=_object, parse_int=_integer)


def _flattened(text: str) -> str:
    """The text with every list and object below the deepest level emptied."""
    pieces: list[str] = []
    depth = kept = 0
    for match in _BRACKET.finditer(text):
        if (sign := match[0]) in "[{":
            depth += 1
            if depth == MAX_DEPTH + 1:
                pieces.append(text[kept : match.end()])
        elif sign in "]}":
            if depth == MAX_DEPTH + 1:
                kept = match.start()
            depth -= 1
    if depth <= MAX_DEPTH:
        pieces.append(text[kept:])
    return "".join(pieces)


def unreadable(document: str, why: str) -> ArtifactError:
    """The error for one document inside an artifact."""
    return ArtifactError(
        tr("The artifact cannot be read"),
        tr("{document} inside it {fault}.", document=shortened(document), fault=why),
    )


def settled(value: Any) -> Any:
    """The value with replacements for what is too deep or no Unicode; changed in place."""
    root = [value]
    waiting: list[tuple[Any, int]] = [(root, 0)]
    while waiting:
        holder, depth = waiting.pop()
        if isinstance(holder, dict) and any(map(_odd, holder)):
            pairs = [(_settled_text(key), part) for key, part in holder.items()]
            holder.clear()
            holder.update(pairs)
        for key, item in holder.items() if isinstance(holder, dict) else enumerate(holder):
            if isinstance(item, str):
                if _odd(item):
                    holder[key] = _settled_text(item)
            elif isinstance(item, list | dict):
                if depth >= MAX_DEPTH:
                    holder[key] = Replaced(tr(CUT), tr(_TOO_DEEP, most=MAX_DEPTH))
                else:
                    waiting.append((item, depth + 1))
    return root[0]


def _odd(text: str) -> bool:
    return not text.isascii() and _SURROGATE.search(text) is not None


def _settled_text(text: str) -> str:
    if not _odd(text):
        return text
    return Replaced(_SURROGATE.sub(lambda half: visible(half[0]), text), tr(_NOT_UNICODE))


def check_sendable(value: Any, document: str) -> None:
    """Raise ArtifactError, naming the place, when no registry could store `value`."""
    try:
        _examine(value)
    except _RefusedError as error:
        raise unreadable(document, str(error)) from None


def _examine(value: Any) -> None:
    """Depth, numbers and texts of a parsed value, without recursion; a ValueError names the place."""
    waiting: list[tuple[Any, _Place, int]] = [(value, None, 0)]
    while waiting:
        item, place, depth = waiting.pop()
        if isinstance(item, str):
            _examine_text(item, place)
        elif isinstance(item, float) and not math.isfinite(item):
            why = later("has the value {value} at {place}, no registry takes it")
            raise _RefusedError(tr(why, value=json.dumps(item), place=_shown(place)))
        elif isinstance(item, int) and item not in _INT64:
            raise _RefusedError(tr(_TOO_LARGE, number=shortened(str(item), 40)))
        elif isinstance(item, list | dict) and depth >= MAX_DEPTH:
            raise _RefusedError(tr(_TOO_DEEP, most=MAX_DEPTH))
        elif isinstance(item, list):
            waiting.extend((part, (place, at), depth + 1) for at, part in enumerate(item))
        elif isinstance(item, dict):
            if isinstance(item, Doubled):
                raise _RefusedError(tr("says “{key}” twice", key=shortened(item.twice)))
            for key, part in item.items():
                _examine_text(key, place)
                waiting.append((part, (place, key), depth + 1))


_TOO_LARGE = later("holds the number {number}, which exceeds 64 bits")


def _examine_text(text: str, place: _Place) -> None:
    if isinstance(text, Replaced):
        if text.why == tr(_NOT_UNICODE):
            raise _RefusedError(tr("is not valid Unicode at {place}", place=_shown(place)))
        raise _RefusedError(text.why)
    if text.isascii() and "\0" not in text:
        return
    if _SURROGATE.search(text):
        raise _RefusedError(tr("is not valid Unicode at {place}", place=_shown(place)))
    if "\0" in text:
        raise _RefusedError(tr("has a NUL character at {place}", place=_shown(place)))


def _shown(place: _Place) -> str:
    steps: list[str] = []
    while place is not None:
        place, step = place
        steps.append(shortened(str(step), 40))
    return "/" + "/".join(reversed(steps))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) == len(pairs):
        return result
    doubled = Doubled(result)
    seen: set[str] = set()
    doubled.twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
    return doubled


def _integer(digits: str) -> int | str:
    # The length first: converting thousands of digits is slow, and refused by Python itself.
    if len(digits) <= _MAX_DIGITS:
        return int(digits)
    shown = shortened(digits, 40)
    return Replaced(shown, tr(_TOO_LARGE, number=shown))
