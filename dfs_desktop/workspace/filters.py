"""The filter line: plain words, `tag:prod`, `accuracy>=0.9`, `size<2GB`, all of them at once."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from dfs_desktop.workspace.columns import NUMBERS, status_text

if TYPE_CHECKING:
    from dfs_desktop.workspace.listing import Row

Test = Callable[["Row"], bool]

SHORTEST_ID = 6

_TOKEN = re.compile(r'"([^"]*)"|(\S+)')
_COMPARE = re.compile(r"^([^<>=!:\s]+)(>=|<=|!=|>|<|=|:)(.*)$")
_AMOUNT = re.compile(r"^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*([kmgtp]?i?b)?$", re.IGNORECASE)
_SCALE = {"b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12, "pb": 10**15}


def _amount(text: str) -> float | None:
    match = _AMOUNT.match(text.strip())
    if match is None:
        return None
    unit = (match[2] or "b").lower()
    scale = 1024 ** "bkmgtp".index(unit[0]) if "i" in unit else _SCALE[unit]
    return float(match[1]) * scale


_HOLDS: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
    "=": operator.eq,
    ":": operator.eq,
    "!=": operator.ne,
}


def haystack(row: Row) -> str:
    """What plain words are looked for in: name, file, tags, description, status."""
    record = row.artifact
    parts = (
        record.model_name or "",
        record.file_name,
        *(record.tags or ()),
        record.description or "",
        status_text(row),
    )
    return "\n".join(parts).casefold()


def _word(word: str) -> Test:
    """In the texts anywhere; an id or a hash by its beginning, from six signs on: short words
    would be found in most of them."""
    wanted = word.casefold()
    if len(wanted) < SHORTEST_ID:
        return lambda row: wanted in row.text
    return lambda row: (
        wanted in row.text
        or row.artifact.id.startswith(wanted)
        or row.artifact.file_hash.startswith(wanted)
    )


def _tag(word: str) -> Test:
    wanted = word.casefold()
    return lambda row: any(wanted in tag.casefold() for tag in row.artifact.tags or ())


def _status(word: str) -> Test:
    wanted = word.casefold()
    return lambda row: (
        wanted in row.artifact.status.value.replace("_", " ")
        or wanted in row.artifact.status.value
        or wanted in status_text(row).casefold()
    )


def _number(name: str, sign: str, amount: float) -> Test:
    wanted = name.casefold()
    holds = _HOLDS[sign]

    def test_size(row: Row) -> bool:
        return row.artifact.size is not None and holds(row.artifact.size, amount)

    def test(row: Row) -> bool:
        for key, value in row.artifact.metrics.items():
            if key.casefold() == wanted and isinstance(value, NUMBERS) and holds(value, amount):
                return True
        return False

    return test_size if wanted == "size" else test


def _test(token: str) -> Test:
    match = _COMPARE.match(token)
    if match is None:
        return _word(token)
    name, sign, value = match[1], match[2], match[3].strip('"')
    if not value:
        return lambda _row: True  # still typing
    field = name.casefold()
    if field in {"tag", "tags"}:
        return _tag(value)
    if field == "status":
        return _status(value)
    amount = _amount(value)
    return _word(token) if amount is None else _number(name, sign, amount)


def parse(text: str) -> Test | None:
    """A test for a row, or None when the line is empty. Never fails: unknown forms are plain words."""
    tests = [
        _word(quoted) if quoted else _test(plain)
        for quoted, plain in _TOKEN.findall(text)
        if quoted or plain
    ]
    if len(tests) <= 1:
        return tests[0] if tests else None
    return lambda row: all(test(row) for test in tests)
