"""The words for a transfer: what it does, how far it is, how fast, how long still, and why it waits."""

from dfs_desktop.api import Phase, UploadRecord
from dfs_desktop.artifact import visible
from dfs_desktop.transfers.job import Job, Kind, Snapshot, State, kept_bytes
from dfs_desktop.transfers.rate import STALLED_AFTER
from dfs_desktop.translation import later, tr, trn
from dfs_desktop.workspace import quantities

from .actions import FINISHING, Verb, file_size, is_finishing
from .job_problem import why

_PHASES = {
    Phase.WAITING: later("Starting"),
    Phase.HASHING: later("Hashing"),
    Phase.CREATING: later("Registering"),
    Phase.LOOKING: later("Asking the storage"),
    Phase.SENDING: later("Sending"),
    Phase.RECEIVING: later("Receiving"),
    Phase.VERIFYING: later("Checking"),
    Phase.CONFIRMING: later("Confirming"),
    Phase.FINISHED: later("Finishing"),
}
_STATES = {
    State.WAITING: later("Waiting"),
    State.PAUSED: later("Paused"),
    State.ATTENTION: later("Needs you"),
    State.DONE: later("Done"),
    State.FAILED: later("Failed"),
    State.CANCELLED: later("Cancelled"),
}
MOVING = {Phase.SENDING, Phase.RECEIVING}
ALL_MOVED = {Phase.VERIFYING, Phase.CONFIRMING, Phase.FINISHED}
_ARROWS = {Kind.UPLOAD: "⬆", Kind.DOWNLOAD: "⬇"}
_DONE = {
    "upload": later("Uploaded"),
    "download": later("Downloaded and checked"),
    "copy": later("Copied and checked"),
    "repair": later("Repaired and checked"),
}
_ICONS = {
    State.RETRYING: "waiting",
    State.PAUSED: "pause",
    State.ATTENTION: "warning",
    State.DONE: "check",
    State.FAILED: "error",
    State.CANCELLED: "close",
}
_COLORS = {
    State.RETRYING: "waiting",
    State.PAUSED: "dim",
    State.ATTENTION: "waiting",
    State.DONE: "good",
    State.FAILED: "failed",
    State.CANCELLED: "dim",
}

VERB_ICONS = {
    Verb.PAUSE: "pause",
    Verb.RESUME: "play",
    Verb.APPROVE: "check",
    Verb.RETRY: "refresh",
    Verb.CANCEL: "close",
    Verb.DISCARD: "delete",
    Verb.OPEN: "folder",
    Verb.LOOK: "file",
    Verb.COPY_PATH: "copy",
}


def phase_word(shot: Snapshot) -> str:
    """One word or two for what the transfer is doing, why it is not, or how it ended."""
    if shot.state.ended:
        return tr(_STATES[shot.state])
    if shot.cancelling:
        running = shot.state is State.RUNNING
        return tr(FINISHING) if running and shot.phase is Phase.CONFIRMING else tr("Cancelling…")
    if shot.pausing:
        return tr("Pausing…")
    if shot.state is State.RETRYING:
        if not shot.retry_in:
            return tr("Retrying")
        return tr("Retrying in {time}", time=quantities.short_time(shot.retry_in))
    if shot.waiting is not None:
        return tr("Waiting, {time} so far", time=quantities.short_time(shot.waiting))
    return tr(_STATES.get(shot.state) or _PHASES[shot.phase])


def amount(shot: Snapshot) -> str:
    """`48 MB of 200 MB`; without the second half where the total is unknown."""
    if not shot.total:
        return quantities.size(shot.done) if shot.done else ""
    done, total = quantities.size(min(shot.done, shot.total)), quantities.size(shot.total)
    return tr("{done} of {total}", done=done, total=total)


def _parts(shot: Snapshot) -> list[str]:
    if shot.state is not State.RUNNING or shot.cancelling or shot.pausing:
        return []
    if shot.waiting is not None:
        return [amount(shot), shot.reason]
    if shot.stalled:
        return [amount(shot), tr("Stalled: no bytes for {seconds:.0f} s", seconds=STALLED_AFTER)]
    speed, left = quantities.speed(shot.speed or None), quantities.time_left(shot.seconds_left)
    return [amount(shot), speed, left]


def sentence(shot: Snapshot, job: Job) -> str:
    """The phase and the numbers in one line: `Sending · 48 MB of 200 MB · 61 MB/s`.

    A transfer that stands still says how much it keeps, and then why it stands still.
    """
    size = file_size(job)
    if shot.state is State.DONE:
        verb = tr(_DONE[job.word])
        return f"{verb} · {quantities.size(size)}" if size else verb
    if shot.state is State.RUNNING or shot.cancelling or shot.pausing:
        return _joined(phase_word(shot), *_parts(shot))
    if shot.state is State.FAILED:
        return why(job) or tr("Failed")
    if shot.state is State.RETRYING and is_finishing(job):
        return _joined(tr("Uploaded, waiting to confirm"), phase_word(shot), why(job))
    reason = "" if shot.state in {State.WAITING, State.CANCELLED} else why(job)
    return _joined(phase_word(shot), _keeps(job, shot, size), reason)


def _keeps(job: Job, shot: Snapshot, size: int | None) -> str:
    kept, record = kept_bytes(job), job.record
    if shot.state is State.CANCELLED or not size:
        return ""
    if not kept:
        begun = shot.state is State.PAUSED and isinstance(record, UploadRecord) and record.begun
        return tr("nothing kept yet") if begun else ""
    safe, total = quantities.size(min(kept, size)), quantities.size(size)
    return tr("{kept} of {total} kept", kept=safe, total=total)


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def shown_permille(shot: Snapshot, job: Job) -> int:
    """0 to 1000: how far it is, or, where it stands still, how much of it is kept."""
    if shot.state in {State.RUNNING, State.DONE}:
        return shot.permille
    size = file_size(job)
    return min(999, kept_bytes(job) * 1000 // size) if size else 0


def wanders(shot: Snapshot) -> bool:
    """Whether it moves without anybody knowing how far it is."""
    return shot.state is State.RUNNING and not shot.total


def percent(shot: Snapshot) -> str:
    """`61 %` of the present phase; empty where the total is unknown."""
    return f"{shot.permille // 10} %" if shot.total or shot.state is State.DONE else ""


def brief(shot: Snapshot, kind: Kind, title: str) -> str:
    """One transfer in the status line: `⬆ bert-tiny 61 % · 48 MB/s · 3 s`."""
    name = visible(title)
    name = name if len(name) <= 32 else f"{name[:20]}…{name[-11:]}"
    running = shot.state is State.RUNNING and not (shot.cancelling or shot.pausing)
    moving = running and not shot.stalled and shot.waiting is None
    how_far = percent(shot) if moving and shot.total else phase_word(shot)
    if shot.stalled:
        how_far = tr("stalled")
    parts = [f"{_ARROWS[kind]} {name} {how_far}".rstrip()]
    if moving:
        parts += [quantities.speed(shot.speed or None), quantities.short_time(shot.seconds_left)]
    return _joined(*parts)


def together(alive: int, paused: int, speed: float) -> str:
    """Several transfers in the status line: `2 transfers · 1 paused · 96 MB/s`."""
    if paused == alive:
        return trn("{amount} transfer paused", "{amount} transfers paused", paused)
    return _joined(
        quantities.count(alive, "transfer"),
        trn("{amount} paused", "{amount} paused", paused) if paused else "",
        quantities.speed(speed or None),
    )


def icon_name(shot: Snapshot, kind: Kind) -> str:
    """The icon of a transfer: its direction while it moves, else what became of it."""
    if shot.stalled:
        return "warning"
    return _ICONS.get(shot.state) or ("upload" if kind is Kind.UPLOAD else "download")


def icon_color(shot: Snapshot) -> str:
    """The theme's colour for that icon."""
    stands = shot.state is State.PAUSED and shot.reason  # not by the person's wish
    if stands or (shot.stalled and not shot.state.ended):
        return "waiting"
    return _COLORS.get(shot.state, "accent")


def text_color(shot: Snapshot) -> str:
    """The theme's colour of its words: quiet, unless somebody has to look."""
    color = icon_color(shot)
    return color if color in {"waiting", "failed"} else "dim"


def moved(shot: Snapshot, job: Job) -> int:
    """Bytes of the file that have crossed the wire: hashing and checking do not count."""
    size = file_size(job) or 0
    if shot.state is State.DONE:
        return size
    if shot.state is not State.RUNNING:
        return min(kept_bytes(job), size)
    if shot.phase in ALL_MOVED:
        return size
    return min(shot.done, size) if shot.phase in MOVING else min(kept_bytes(job), size)


def verb_hint(job: Job, verb: Verb) -> str:
    """What a button does, for its tooltip."""
    return tr(FINISHING) if verb is Verb.CANCEL and is_finishing(job) else tr(verb.value)
