"""What stands behind a sign in the filter line: numbers with their units, and days."""

import re
from datetime import UTC, date, datetime, timedelta

from dfs_desktop.artifact import visible
from dfs_desktop.number_text import exact_text, number_text, typed_number
from dfs_desktop.translation import tr

_DIGITS = (
    r"([+\-−]?(?:(?:[1-9]\d{0,2}(?:[\u00a0\u2009\u202f ]\d{3})+(?!\d)|\d+)(?:[.,٫]\d+)?|[.,٫]\d+)"
    r"(?:[eE][+\-−]?\d+)?)"
)
_NUMBER = re.compile(
    _DIGITS + r"(?:([kmgtp]i?b?|b)(?!\w)|\s*(%|(?:[kmgtp]i?b|bytes?)(?!\w)))?", re.IGNORECASE
)
_SIZE = re.compile(_DIGITS + r"(?:()\s*((?:[kmgtp]i?b?|b|bytes?)(?!\w)))?", re.IGNORECASE)
_END = re.compile(r"[.,]?(?=[\s,;&，；、]|$)(?![,;]\d)")
_BEFORE_SIGN = re.compile(r"(?=\s*[<>≤≥≦≧＜＞])")
_UNITS = "bkmgtp"
_PLAIN = str.maketrans({"−": "-", ",": "."})


def _number(match: re.Match[str] | None) -> int | float | None:
    number = typed_number(match[1].replace(" ", "")) if match else None
    unit = (match[2] or match[3] or "b").lower() if match else ""
    if number is None:
        return None
    if unit == "%":
        return float(f"{number}e-2")
    power = _UNITS.index(unit[0])
    return number * (1024 if "i" in unit else 1000) ** power if power else number


def typed_amount(text: str, *, size: bool = False) -> int | float | None:
    """A number with its unit, and nothing else: `2 GB`, `1.5GiB`, `90 %`; None for what is none."""
    return _number((_SIZE if size else _NUMBER).fullmatch(text.strip()))


def leading_amount(
    line: str, at: int, *, size: bool = False, turned: bool = False
) -> tuple[int | float, int] | None:
    """The number that begins at a place of a line, and where it ends; a comma may follow it, or
    a sign when the name stands behind it (`turned`)."""
    match = (_SIZE if size else _NUMBER).match(line, at)
    closing = (_BEFORE_SIGN if turned else _END).match(line, match.end()) if match else None
    number = _number(match)
    return None if closing is None or number is None else (number, closing.end())


def why_no_number(text: str) -> str:
    """What to say of a text where a number was expected."""
    plain = re.sub(r"[.,](?=\d{3}(?:\D|$))", "", text)
    number = typed_number(plain)
    shown = visible(text, limit=60)
    if number is not None and plain != text:
        return tr(
            "“{text}” may be two numbers; write {number}", text=shown, number=number_text(number)
        )
    return tr("“{text}” is no number", text=shown)


def why_doubtful(text: str) -> str:
    """A word on a comma that some would put between thousands: it was read as the decimal sign; and
    on blanks between them, which divide words elsewhere."""
    text = text.strip().rstrip(",")
    if re.search(r"\d \d", text):
        return tr("“{text}” was read as one number; what is to be a word needs quotes", text=text)
    if not re.fullmatch(r"[+\-−]?[1-9]\d{0,2},\d{3}", text):
        return ""
    return tr(
        "“{text}” was read as {number}; thousands take no sign",
        text=text,
        number=exact_text(float(text.translate(_PLAIN))),
    )


def day_of(text: str, today: date | None = None) -> date | None:
    """`2026-11-28`, `today`, `yesterday`; None for what is no day."""
    today = today or datetime.now().astimezone().date()
    word = text.strip().casefold()
    if word in {"today", "yesterday"}:
        return today - timedelta(days=word == "yesterday")
    try:
        return date.fromisoformat(word)
    except ValueError:
        return None


def same_day(moment: datetime, day: date) -> int:
    """-1, 0 or 1: whether a moment lies before a day where the person is, within it, or after."""
    try:
        local = moment.astimezone().date()
    except (OverflowError, ValueError, OSError):
        local = moment.date()
    return (local > day) - (local < day)


def surely_before(day: date) -> datetime:
    """No zone is a whole day away from UTC: what lies before this lies before the day anywhere."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return start - timedelta(1) if day > date.min else start


def surely_after(day: date) -> datetime:
    """What lies behind this lies behind the day anywhere."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return start + timedelta(2) if (date.max - day).days > 2 else datetime.max.replace(tzinfo=UTC)
