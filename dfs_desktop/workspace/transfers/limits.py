"""How many transfers run at once, how fast, and in which hours: taken over at once and kept."""

import asyncio
from datetime import datetime, timedelta

from dfs_desktop.settings import LimitHours
from dfs_desktop.transfers.job import Kind
from dfs_desktop.transfers.queue import Queue
from dfs_desktop.translation import tr
from dfs_desktop.workspace.events import Event
from dfs_desktop.workspace.state import AppState

MOST_AT_ONCE = 8
EVERY = 20.0  # seconds between two looks at the clock
MB = 10**6
RATES: tuple[int | None, ...] = (None, 1 * MB, 5 * MB, 10 * MB, 50 * MB)  # bytes a second
HIGHEST_RATE = 100_000 * MB
DAY = 24 * 60  # minutes
WEEKDAYS = 5  # Monday to Friday


class TransferLimits:
    """Changes what holds for all transfers of the queue, those that run included."""

    def __init__(self, state: AppState, queue: Queue) -> None:
        self.changed: Event[[]] = Event()
        self._state, self._queue = state, queue
        queue.limit_at = state.settings.parallel_at.get
        self._apply()

    def use_parallel(self, at_once: int) -> None:
        """Let so many transfers run at once, from now on."""
        chosen = max(1, min(at_once, MOST_AT_ONCE))
        self._state.settings.parallel_transfers = chosen
        self._queue.set_limit(chosen)
        self._state.save_settings()

    def use_parallel_at(self, server: str, at_once: int | None) -> None:
        """The same for one server; None is no limit of its own."""
        if at_once is None:
            self._state.settings.parallel_at.pop(server, None)
        else:
            self._state.settings.parallel_at[server] = max(1, min(at_once, MOST_AT_ONCE))
        self._queue.fill()
        self._state.save_settings()

    def now(self, kind: Kind) -> int | None:
        """The limit that holds at this moment."""
        return self.rate(kind) if hold(self.hours, datetime.now()) else None  # noqa: DTZ005

    @property
    def hours(self) -> LimitHours | None:
        """When the limits hold."""
        return self._state.settings.limit_hours

    def use_hours(self, chosen: LimitHours | None) -> None:
        """Change when they hold; it is looked at the clock from now on."""
        self._state.settings.limit_hours = chosen
        self._apply()
        self.follow_hours()
        self._state.save_settings()
        self.changed.emit()

    def follow_hours(self) -> None:
        """Keep to the hours, if there are some, until there are none."""
        if self.hours is not None:
            self._state.tasks.start_once(self._follow, "keep the hours")

    async def _follow(self) -> None:
        while self.hours is not None:
            before = [self._queue.paces[kind].rate for kind in Kind]
            self._apply()
            if before != [self._queue.paces[kind].rate for kind in Kind]:
                self.changed.emit()
            await asyncio.sleep(EVERY)

    def _apply(self) -> None:
        for kind in Kind:
            self._queue.set_rate(kind, self.now(kind))

    def rate(self, kind: Kind) -> int | None:
        """Bytes a second that all uploads, or all downloads, may take together; None is no limit."""
        settings = self._state.settings
        return settings.upload_limit if kind is Kind.UPLOAD else settings.download_limit

    def use_rate(self, kind: Kind, wanted: int | None) -> None:
        """Change that; transfers that run slow down, or speed up, at once."""
        chosen = None if wanted is None else max(1, min(wanted, HIGHEST_RATE))
        if kind is Kind.UPLOAD:
            self._state.settings.upload_limit = chosen
        else:
            self._state.settings.download_limit = chosen
        self._apply()
        self._state.save_settings()
        self.changed.emit()

    def use_resume(self, on: bool) -> None:
        """Whether what has not ended goes on by itself at the next start, or waits there, paused."""
        self._state.settings.resume_transfers = on
        self._state.save_settings()


def hold(hours: LimitHours | None, moment: datetime) -> bool:
    """Whether limits hold at a moment; hours that end before they begin go over midnight, and belong
    to the day on which they begin."""
    if hours is None or hours.start == hours.end:
        return True  # always, or all day long
    minute = moment.hour * 60 + moment.minute
    begun = moment
    if hours.start < hours.end:
        inside = hours.start <= minute < hours.end
    else:
        inside = minute >= hours.start or minute < hours.end
        if minute < hours.end:
            begun = moment - timedelta(days=1)
    return inside and (not hours.weekdays or begun.weekday() < WEEKDAYS)


def hours_words(hours: LimitHours | None) -> str:
    """`always`, `on weekdays, 08:00 to 18:00`."""
    if hours is None:
        return tr("always")
    start, end = clock(hours.start), clock(hours.end)
    if hours.weekdays:
        return tr("on weekdays, {start} to {end}", start=start, end=end)
    return tr("every day, {start} to {end}", start=start, end=end)


def hours_title(hours: LimitHours | None) -> str:
    """`hours_words` as a choice that stands alone."""
    if hours is None:
        return tr("Always")
    start, end = clock(hours.start), clock(hours.end)
    if hours.weekdays:
        return tr("On weekdays, {start} to {end}", start=start, end=end)
    return tr("Every day, {start} to {end}", start=start, end=end)


def clock(minute: int) -> str:
    """`08:00`."""
    return f"{minute % DAY // 60:02}:{minute % 60:02}"
