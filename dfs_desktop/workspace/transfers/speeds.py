"""How fast uploads to each server went lately, so that the time of the next one can be told before."""

from dfs_desktop.transfers.job import Job, Kind, State
from dfs_desktop.workspace.state import AppState

from .limits import TransferLimits

WORTH_MEASURING = 4_000_000  # bytes; of less the connection takes most of the time
_NEWEST = 0.5  # the weight of the newest measurement
_KEY = "upload_speed:"  # of the settings' layout, with the server behind it


class Speeds:
    """Bytes a second, kept with the settings; bounded by the limit that is set now."""

    def __init__(self, state: AppState, limits: TransferLimits) -> None:
        self._state, self._limits = state, limits

    def on_job_changed(self, job: Job) -> None:
        """An upload that went through in one try is a measurement."""
        if job.state is not State.DONE or job.kind is not Kind.UPLOAD or job.source is not None:
            return
        if (measured := measure(job)) is None:
            return
        before = self._known(job.profile)
        speed = measured if before is None else before + (measured - before) * _NEWEST
        self._state.settings.layout[_KEY + job.profile] = str(round(speed))

    def seconds(self, size: int) -> float | None:
        """What an upload of so many bytes to the open server may take; None when nobody knows."""
        limit = self._limits.now(Kind.UPLOAD)
        known = self._known(self._state.session.profile.id)
        found = [each for each in (limit, known) if each]
        return size / min(found) if found else None

    def _known(self, server: str) -> float | None:
        try:
            speed = float(self._state.settings.layout.get(_KEY + server, ""))
        except ValueError:
            return None
        return speed if 1 <= speed < 1e12 else None


def measure(job: Job) -> float | None:
    """Bytes a second of the one time that the whole file was sent; None where there is none."""
    entries = job.log.entries
    if sum(entry.what == "sending" for entry in entries) != 1:
        return None
    number = next(n for n, entry in enumerate(entries) if entry.what == "sending")
    waited = any(entry.what in {"stumbled", "paused"} for entry in entries)
    sent, seconds = entries[number], entries[-1].at - entries[number].at
    if number + 1 < len(entries):
        seconds = entries[number + 1].at - sent.at
    if waited or sent.amount < WORTH_MEASURING or seconds <= 0:
        return None
    return sent.amount / max(seconds, 0.05)
