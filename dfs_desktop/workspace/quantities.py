"""How numbers, sizes, times and durations read: short, equal everywhere, exact on demand."""

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from dfs_desktop.number_text import exact_text, number_text, with_point
from dfs_desktop.translation import tr

_UNITS = ("bytes", "kB", "MB", "GB", "TB", "PB")
_SPOKEN = {
    "kB": "kilobytes",
    "MB": "megabytes",
    "GB": "gigabytes",
    "TB": "terabytes",
    "PB": "petabytes",
}
_NO_SIZE = 1 << 63  # bytes; no file system has such files
_SMALL_LEAD = 120  # seconds: clocks differ by as much
_NO_CLOCK = 3e9  # seconds; no clock is wrong by a century
_server_ahead = 0.0


def use_server_clock(ahead: float) -> None:
    """Take over by how many seconds the clock of the open server is ahead of this one."""
    global _server_ahead  # noqa: PLW0603  one server is open at a time
    _server_ahead = max(-_NO_CLOCK, min(ahead, _NO_CLOCK))


def possible(count: int | None) -> int | None:
    """A number of bytes as somebody told it; None when unknown, as what no file can have is."""
    return count if count is not None and 0 <= count < _NO_SIZE else None


def size(count: int | None) -> str:
    """Bytes as `1.4 GB` (powers of 1000); an empty text when unknown."""
    if (count := possible(count)) is None:
        return ""
    if abs(count) < 1000:
        return tr("1 byte") if count == 1 else tr("{count} bytes", count=count)
    value = float(count)
    unit = 0
    while abs(value) >= 999.5 and unit < len(_UNITS) - 1:
        value /= 1000
        unit += 1
    digits = 0 if abs(value) >= 99.5 else 1
    text = f"{value:.{digits}f}".removesuffix(".0")
    return f"{with_point(text)} {_UNITS[unit]}"


def spoken_size(count: int | None) -> str:
    """`98 megabytes`: units as words."""
    number, _, unit = size(count).partition(" ")
    return f"{number} {_SPOKEN.get(unit, unit)}" if unit else number


def exact_size(count: int | None) -> str:
    count = possible(count)
    return "" if count is None else tr("{exact_text} bytes", exact_text=exact_text(count))


def number(value: object, text: Callable[[float], str] = number_text) -> str:
    """A metric as people read it; `text` writes the numbers, as `told_apart` from their company does.

    Texts and truths stay as they are.
    """
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: ""}[value]
    return text(value) if isinstance(value, int | float) else str(value)


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
    """To the second, where the person is; with its zone in the hour that comes twice when clocks go
    back; as it was told, with its zone, where that day has no local time: before the year 1, after
    9999, or outside of what the system's clock knows."""
    try:
        local = moment.astimezone()
        first, second = (local.replace(tzinfo=None, fold=n).astimezone() for n in (0, 1))
        zone = f" {local.tzname()}" if first.utcoffset() != second.utcoffset() else ""
    except (OverflowError, ValueError, OSError):
        local, zone = moment, f" {moment.tzname() or ''}".rstrip()
    return local.replace(tzinfo=None).isoformat(" ", "seconds") + zone


def ago(moment: datetime | None, now: datetime | None = None) -> str:
    """`just now`, `5 min ago`, `2 h ago`, `yesterday`, `3 days ago`, then the date.

    What lies ahead by little is `just now` as well, for clocks differ; else `in 3 h`, `tomorrow`.
    """
    if moment is None:
        return ""
    now = now or datetime.now(UTC)
    seconds = (now - moment).total_seconds()
    if -_SMALL_LEAD <= seconds < 45:
        return tr("just now")
    away, days = abs(seconds), abs(_days_between(moment, now))
    if away < 3570:
        span = tr("{max} min", max=max(1, round(away / 60)))
    elif away < 22 * 3600 or days == 0:
        span = f"{round(away / 3600)} h"
    else:
        if days == 1:
            return "yesterday" if seconds > 0 else "tomorrow"
        if days >= 14:
            return local_time(moment)[:10]
        span = tr("{days} days", days=days)
    return tr("{span} ago", span=span) if seconds > 0 else tr("in {span}", span=span)


def _days_between(moment: datetime, now: datetime) -> int:
    """By the calendar of the person; days have 23 or 25 hours where clocks change."""
    try:
        return (now.astimezone().date() - moment.astimezone().date()).days
    except (OverflowError, ValueError, OSError):
        return round((now - moment).total_seconds() / 86400)


def ago_there(moment: datetime | None) -> str:
    """How long ago a time of the open server is, by the server's own clock."""
    return ago(moment, now_there())


def now_there() -> datetime:
    """What the clock of the open server says."""
    return datetime.now(UTC) + timedelta(seconds=_server_ahead)


def exact_time(moment: datetime | None) -> str:
    return local_time(moment) if moment else ""


def speed(rate: float | None) -> str:
    return "" if rate is None else f"{size(round(rate))}/s"


def time_left(seconds: float | None) -> str:
    """`about 4 min left`."""
    return tr("{about_time} left", about_time=about_time(seconds)) if seconds is not None else ""


def about_time(seconds: float) -> str:
    """`about 4 min`; rounded, since an estimate to the second is a lie."""
    if seconds < 10:
        return tr("a few seconds")
    if seconds < 55:
        return tr("about {value} s", value=math.ceil(seconds / 10) * 10)
    if seconds < 3300:
        return tr("about {max} min", max=max(1, round(seconds / 60)))
    return tr("about {round} h", round=round(seconds / 3600))


def count(amount: int, one: str, many: str | None = None) -> str:
    """`1 artifact`, `3 artifacts`."""
    return f"{amount} {one}" if amount == 1 else f"{amount} {many or one + 's'}"


def counted(total: int, shown: int, whole: int | None = None, *, coming: bool = False) -> str:
    """`3 artifacts`, `2 of 3 artifacts shown`; `500 of 2,000 artifacts loaded` while not all that there
    are have come, `500 artifacts so far` while nobody knows how many these are."""
    words = count(total, "artifact")
    loaded = ""
    if whole is not None and whole > total:
        loaded = tr(
            "{total} of {whole} artifacts loaded",
            total=number_text(total),
            whole=number_text(whole),
        )
    elif coming:
        words += tr(" so far")
    if shown == total:
        return loaded or words
    found = tr("{shown} of {words} shown", shown=number_text(shown), words=words)
    return f"{found}, {loaded.replace(' artifacts', '')}" if loaded else found
