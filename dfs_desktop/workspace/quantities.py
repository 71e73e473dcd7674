"""How numbers, sizes, times and durations read: short, equal everywhere, exact on demand."""

import math
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from dfs_desktop.number_text import exact_text, number_text, with_point
from dfs_desktop.translation import later, tr, trn

_UNITS = (
    (later("{number} kB"), later("{number} kilobytes")),
    (later("{number} MB"), later("{number} megabytes")),
    (later("{number} GB"), later("{number} gigabytes")),
    (later("{number} TB"), later("{number} terabytes")),
    (later("{number} PB"), later("{number} petabytes")),
)  # short, and spoken
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


def size(count: int | None, *, spoken: bool = False) -> str:
    """Bytes as `1.4 GB` (powers of 1000), or `98 megabytes`; an empty text when unknown."""
    if (count := possible(count)) is None or count < 1000:
        return exact_size(count)
    value, unit = count / 1000, 0
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value /= 1000
        unit += 1
    text = f"{value:.{0 if value >= 99.5 else 1}f}".removesuffix(".0")
    return tr(_UNITS[unit][spoken], number=with_point(text))


def exact_size(count: int | None) -> str:
    if (count := possible(count)) is None:
        return ""
    return trn("{amount} byte", "{amount} bytes", count, amount=exact_text(count))


def number(value: object, text: Callable[[float], str] = number_text) -> str:
    """A metric as people read it; `text` writes the numbers, as `told_apart` from their company does.

    Texts and truths stay as they are.
    """
    if isinstance(value, bool) or value is None:
        return "" if value is None else tr("yes") if value else tr("no")
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
    away, days, past = abs(seconds), abs(_days_between(moment, now)), seconds > 0
    if away < 3570:
        minutes = max(1, round(away / 60))
        if past:
            return trn("{amount} min ago", "{amount} min ago", minutes)
        return trn("in {amount} min", "in {amount} min", minutes)
    if away < 22 * 3600 or days == 0:
        hours = round(away / 3600)
        if past:
            return trn("{amount} h ago", "{amount} h ago", hours)
        return trn("in {amount} h", "in {amount} h", hours)
    if days == 1:
        return tr("yesterday") if past else tr("tomorrow")
    if days >= 14:
        return local_time(moment)[:10]
    if past:
        return trn("{amount} day ago", "{amount} days ago", days)
    return trn("in {amount} day", "in {amount} days", days)


def _days_between(moment: datetime, now: datetime) -> int:
    """By the calendar of the person; days have 23 or 25 hours where clocks change."""
    try:
        minute, zone = now.replace(second=0, microsecond=0), time.tzname
        return _day_of(minute, zone) - _day_of(moment, zone)
    except (OverflowError, ValueError, OSError):
        return round((now - moment).total_seconds() / 86400)


@lru_cache(maxsize=4096)  # it is asked for each row in sight whenever that is painted
def _day_of(moment: datetime, _zone: object) -> int:
    return moment.astimezone().toordinal()


def ago_there(moment: datetime | None) -> str:
    """How long ago a time of the open server is, by the server's own clock."""
    return ago(moment, now_there())


def now_there() -> datetime:
    """What the clock of the open server says."""
    return datetime.now(UTC) + timedelta(seconds=_server_ahead)


def exact_time(moment: datetime | None) -> str:
    return local_time(moment) if moment else ""


def speed(rate: float | None) -> str:
    return "" if rate is None else tr("{size}/s", size=size(round(rate)))


def time_left(seconds: float | None) -> str:
    """`about 4 min left`."""
    return "" if seconds is None else tr("{time} left", time=about_time(seconds))


def about_time(seconds: float) -> str:
    """`about 4 min`; rounded, since an estimate to the second is a lie."""
    if seconds < 10:
        return tr("a few seconds")
    if seconds < 55:
        return trn("about {amount} s", "about {amount} s", math.ceil(seconds / 10) * 10)
    if seconds < 3300:
        return trn("about {amount} min", "about {amount} min", max(1, round(seconds / 60)))
    return trn("about {amount} h", "about {amount} h", round(seconds / 3600))


def short_time(seconds: float | None) -> str:
    """`3 s`, `4 min`, `2 h` for narrow places."""
    if seconds is None:
        return ""
    if seconds < 55:
        return tr("{seconds} s", seconds=max(1, math.ceil(seconds)))
    if seconds < 3300:
        return tr("{minutes} min", minutes=max(1, round(seconds / 60)))
    return tr("{hours} h", hours=round(seconds / 3600))


def count(amount: int, one: str, many: str | None = None) -> str:
    """`1 artifact`, `3 artifacts`."""
    return trn(f"{{amount}} {one}", f"{{amount}} {many or one + 's'}", amount)


def counted(total: int, shown: int, whole: int | None = None, *, coming: bool = False) -> str:
    """`3 artifacts`, `2 of 3 artifacts shown`; `500 of 2,000 artifacts loaded` while not all that there
    are have come, `500 artifacts so far` while nobody knows how many these are."""
    given = {"shown": number_text(shown), "loaded": number_text(total)}
    if whole is not None and whole > total:
        given["amount"] = number_text(whole)
        if shown == total:
            return trn(
                "{loaded} of {amount} artifact loaded",
                "{loaded} of {amount} artifacts loaded",
                whole,
                **given,
            )
        return trn(
            "{shown} of {loaded} artifact shown, {loaded} of {amount} loaded",
            "{shown} of {loaded} artifacts shown, {loaded} of {amount} loaded",
            whole,
            **given,
        )
    if shown == total and coming:
        return trn("{amount} artifact so far", "{amount} artifacts so far", total)
    if shown == total:
        return count(total, "artifact")
    if coming:
        return trn(
            "{shown} of {amount} artifact so far shown",
            "{shown} of {amount} artifacts so far shown",
            total,
            **given,
        )
    return trn(
        "{shown} of {amount} artifact shown", "{shown} of {amount} artifacts shown", total, **given
    )
