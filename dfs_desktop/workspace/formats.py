"""How numbers, sizes, times and durations read: short, equal everywhere, exact on demand."""

from __future__ import annotations

import math
from datetime import UTC, datetime

_UNITS = ("bytes", "kB", "MB", "GB", "TB", "PB")
_point = "."


def use_decimal_point(point: str) -> None:
    """Take over the decimal sign of the person's locale (the window knows it)."""
    global _point  # noqa: PLW0603  one setting for the whole program, made once at start
    _point = point or "."


def size(count: int | None) -> str:
    """Bytes as `1.4 GB` (powers of 1000); an empty text when unknown."""
    if count is None:
        return ""
    if abs(count) < 1000:
        return "1 byte" if count == 1 else f"{count} bytes"
    value = float(count)
    unit = 0
    while abs(value) >= 999.5 and unit < len(_UNITS) - 1:
        value /= 1000
        unit += 1
    digits = 0 if abs(value) >= 99.5 else 1
    text = f"{value:.{digits}f}".removesuffix(".0")
    return f"{text.replace('.', _point)} {_UNITS[unit]}"


def exact_size(count: int | None) -> str:
    return "" if count is None else f"{count:,} bytes".replace(",", "\u202f")


def number(value: object) -> str:
    """A metric with four significant digits, so that columns line up: 0.9500, 12.50, 1.200e-05.

    Whole numbers, texts and truths stay as they are.
    """
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: ""}[value]
    if isinstance(value, int):
        return str(value) if abs(value) < 10**7 else f"{value:.4g}"
    if not isinstance(value, float):
        return str(value)
    if not math.isfinite(value):
        return str(value)
    return f"{value:#.4g}".rstrip(".").replace(".", _point)


def parse_time(text: str | None) -> datetime | None:
    """An ISO 8601 time of the server as an aware datetime; None when it is not one."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def file_time(seconds: float) -> datetime | None:
    """The time of a file; None for one that no calendar holds (file systems store any number)."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def local_time(moment: datetime) -> str:
    """To the second, where the person is; as it was told, with its zone, where that day has no
    local time: before the year 1, after 9999, or outside of what the system's clock knows."""
    try:
        local, zone = moment.astimezone(), ""
    except (OverflowError, ValueError, OSError):
        local, zone = moment, f" {moment.tzname() or ''}".rstrip()
    return local.replace(tzinfo=None).isoformat(" ", "seconds") + zone


def ago(moment: datetime | None, now: datetime | None = None) -> str:
    """`just now`, `5 min ago`, `2 h ago`, `yesterday`, `3 days ago`, then the date."""
    if moment is None:
        return ""
    seconds = ((now or datetime.now(UTC)) - moment).total_seconds()
    if seconds < 45:
        return "just now"
    if seconds < 3600:
        return f"{max(1, round(seconds / 60))} min ago"
    if seconds < 22 * 3600:
        return f"{round(seconds / 3600)} h ago"
    days = round(seconds / 86400)
    if days <= 1:
        return "yesterday"
    return f"{days} days ago" if days < 14 else local_time(moment)[:10]


def exact_time(moment: datetime | None) -> str:
    return local_time(moment) if moment else ""


def speed(rate: float | None) -> str:
    return "" if rate is None else f"{size(round(rate))}/s"


def time_left(seconds: float | None) -> str:
    """`about 4 min left`; rounded, since an estimate to the second is a lie."""
    if seconds is None:
        return ""
    if seconds < 10:
        return "a few seconds left"
    if seconds < 55:
        return f"about {math.ceil(seconds / 10) * 10} s left"
    if seconds < 3300:
        return f"about {max(1, round(seconds / 60))} min left"
    return f"about {round(seconds / 3600)} h left"


def count(amount: int, one: str, many: str | None = None) -> str:
    """`1 artifact`, `3 artifacts`."""
    return f"{amount} {one}" if amount == 1 else f"{amount} {many or one + 's'}"


def counted(total: int, shown: int, whole: int | None = None, *, coming: bool = False) -> str:
    """`3 artifacts`, `2 of 3 artifacts`; `the first 500 of 2,000 artifacts` while the rows are those of
    last time, `500 artifacts so far` while more are on their way."""
    words = count(total, "artifact")
    if whole is not None and whole > total:
        words = f"the first {total:,} of {whole:,} artifacts"
    elif coming:
        words += " so far"
    return words if shown == total else f"{shown} of {words}"
