"""The words for a transfer: what it does, how far it is, how fast, how long still."""

from __future__ import annotations

import math
from collections.abc import Iterable

from dfs_desktop.api import Phase
from dfs_desktop.artifact import visible
from dfs_desktop.transfers.job import Job, Kind, Snapshot, State
from dfs_desktop.transfers.rate import STALLED_AFTER
from dfs_desktop.workspace import formats

_PHASES = {
    Phase.WAITING: "Starting",
    Phase.HASHING: "Hashing",
    Phase.CREATING: "Registering",
    Phase.SENDING: "Sending",
    Phase.RECEIVING: "Receiving",
    Phase.VERIFYING: "Checking",
    Phase.CONFIRMING: "Confirming",
    Phase.FINISHED: "Finishing",
}
_STATES = {
    State.WAITING: "Waiting",
    State.DONE: "Done",
    State.FAILED: "Failed",
    State.CANCELLED: "Cancelled",
}
MOVING = {Phase.SENDING, Phase.RECEIVING}
_ALL_MOVED = {Phase.VERIFYING, Phase.CONFIRMING, Phase.FINISHED}
_ARROWS = {Kind.UPLOAD: "⬆", Kind.DOWNLOAD: "⬇"}
_ICONS = {State.DONE: "check", State.FAILED: "error", State.CANCELLED: "close"}
_COLORS = {State.DONE: "good", State.FAILED: "failed", State.CANCELLED: "dim"}


def phase_word(shot: Snapshot) -> str:
    """One word for what the transfer is doing, or how it ended."""
    if shot.state.ended:
        return _STATES[shot.state]
    if shot.cancelling:
        return "Cancelling…"
    return _STATES.get(shot.state) or _PHASES[shot.phase]


def amount(shot: Snapshot) -> str:
    """`48 MB of 200 MB`; without the second half where the total is unknown."""
    if not shot.total:
        return formats.size(shot.done) if shot.done else ""
    return f"{formats.size(min(shot.done, shot.total))} of {formats.size(shot.total)}"


def _parts(shot: Snapshot) -> list[str]:
    if shot.state.ended or shot.cancelling or shot.state is State.WAITING:
        return []
    if shot.stalled:
        return [amount(shot), f"Stalled: no bytes for {STALLED_AFTER:.0f} s"]
    return [amount(shot), formats.speed(shot.speed or None), formats.time_left(shot.seconds_left)]


def line(shot: Snapshot) -> str:
    """`48 MB of 200 MB · 61 MB/s · about 4 min left`; empty while there is nothing to count."""
    return " · ".join(part for part in _parts(shot) if part)


def sentence(shot: Snapshot, kind: Kind, size: int | None = None) -> str:
    """The phase and the numbers in one line: `Sending · 48 MB of 200 MB · 61 MB/s`."""
    if shot.state is State.DONE:
        verb = "Uploaded" if kind is Kind.UPLOAD else "Downloaded and checked"
        return f"{verb} · {formats.size(size)}" if size else verb
    return " · ".join([phase_word(shot), *(part for part in _parts(shot) if part)])


def short_time(seconds: float | None) -> str:
    """`3 s`, `4 min`, `2 h` for the narrow status line."""
    if seconds is None:
        return ""
    if seconds < 55:
        return f"{max(1, math.ceil(seconds))} s"
    if seconds < 3300:
        return f"{max(1, round(seconds / 60))} min"
    return f"{round(seconds / 3600)} h"


def percent(shot: Snapshot) -> str:
    """`61 %` of the present phase; empty where the total is unknown."""
    return f"{shot.permille // 10} %" if shot.total or shot.state is State.DONE else ""


def brief(shot: Snapshot, kind: Kind, title: str) -> str:
    """One transfer in the status line: `⬆ bert-tiny 61 % · 48 MB/s · 3 s`."""
    name = visible(title)
    name = name if len(name) <= 32 else f"{name[:20]}…{name[-11:]}"
    moving = not (shot.cancelling or shot.stalled or shot.state is not State.RUNNING)
    how_far = percent(shot) if moving and shot.total else phase_word(shot)
    if shot.stalled:
        how_far = "stalled"
    parts = [f"{_ARROWS[kind]} {name} {how_far}".rstrip()]
    if moving:
        parts += [formats.speed(shot.speed or None), short_time(shot.seconds_left)]
    return " · ".join(part for part in parts if part)


def together(shots: Iterable[Snapshot]) -> str:
    """Several transfers in the status line: `2 transfers · 96 MB/s`."""
    running = [shot for shot in shots if not shot.state.ended]
    speed = sum(shot.speed or 0.0 for shot in running)
    texts = [formats.count(len(running), "transfer"), formats.speed(speed or None)]
    return " · ".join(text for text in texts if text)


def icon_name(state: State, kind: Kind) -> str:
    """The icon of a transfer: its direction while it lives, its end afterwards."""
    return _ICONS.get(state) or ("upload" if kind is Kind.UPLOAD else "download")


def icon_color(shot: Snapshot) -> str:
    """The theme's colour for that icon."""
    if shot.stalled and not shot.state.ended:
        return "waiting"
    return _COLORS.get(shot.state, "accent")


def size_of(job: Job) -> int | None:
    """Bytes of the file that a transfer moves; None while nobody knows."""
    record = job.provisional or job.artifact
    return record.size if record is not None else job.meter.snapshot().total


def moved(shot: Snapshot, size: int) -> int:
    """Bytes of the file that have crossed the wire: hashing and checking do not count."""
    if shot.state is State.DONE or shot.phase in _ALL_MOVED:
        return size
    return min(shot.done, size) if shot.phase in MOVING else 0
