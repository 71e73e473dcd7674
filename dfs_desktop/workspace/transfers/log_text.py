"""The log of transfers in words, to be read and to be sent to a colleague: no link and no key."""

from collections.abc import Iterable
from datetime import datetime

from dfs_desktop.api import LogEntry
from dfs_desktop.artifact import visible
from dfs_desktop.redaction import redact
from dfs_desktop.settings import Profile
from dfs_desktop.transfers.job import Job, Kind
from dfs_desktop.translation import later, tr
from dfs_desktop.workspace.quantities import exact_size, size

from . import job_words

# What is said of an entry: without, and with its amount of bytes or seconds.
_WORDS = {
    "added": (later("Put into the list"), ""),
    "restored": (later("The program was started again"), ""),
    "resumed": (later("Goes on when its turn comes"), ""),
    "cancelling": (later("Was told to stop for good"), ""),
    "running": (later("Begins"), later("Begins; {size} need not be moved again")),
    "retrying": (later("Tries again"), later("Tries again in {seconds} s")),
    "paused": (later("Paused"), ""),
    "attention": (later("Waits for a decision of yours"), ""),
    "done": (later("Done"), ""),
    "failed": (later("Failed"), ""),
    "cancelled": (later("Cancelled"), ""),
    "failing": (later("It could not go on"), ""),
    "stumbled": (later("Waits out a fault"), ""),
    "recovered": (later("Gets on again"), ""),
    "hashing": (later("Hashes the file"), later("Hashes the file, {size}")),
    "creating": (later("Registers it at the server"), ""),
    "looking": (later("Asks the storage what it has"), ""),
    "sending": (later("Sends"), later("Sends {size}")),
    "receiving": (later("Receives"), later("Receives {size}")),
    "verifying": (later("Checks the bytes"), later("Checks {size}")),
    "confirming": (later("Confirms it at the server"), ""),
    "finished": (later("All bytes are where they belong"), ""),
}


def log_text(jobs: Iterable[Job], profiles: Iterable[Profile] = ()) -> str:
    """The logs of transfers, one behind the other, each below the facts that belong to it."""
    servers = {profile.id: profile.name for profile in profiles}
    return "\n\n".join(_one(job, servers.get(job.profile, "")) for job in jobs)


def _one(job: Job, server: str) -> str:
    record = job.record
    into = tr("To") if job.kind is Kind.DOWNLOAD else tr("File")
    facts = {
        into: str(job.path),
        tr("Server"): server,
        tr("Collection"): job.collection_id,
        tr("Artifact"): job.artifact_id,
        tr("Size"): exact_size(record.size) if record is not None and record.size else "",
        tr("SHA-256"): record.sha256 if record is not None else "",
    }
    lines = [tr(job_words.TITLES[job.word], name=visible(job.title))]
    lines += [f"{name}: {visible(value)}" for name, value in facts.items() if value]
    entries = [*job.log.entries, *tuple(job.meter.happened)]
    return redact("\n".join((*lines, "", *map(_line, entries))))


def _line(entry: LogEntry) -> str:
    """`2026-11-28 14:02:03  Sends 48 MB`."""
    plain, with_amount = _WORDS.get(entry.what, (entry.what, ""))
    words = tr(plain)
    if with_amount and entry.what == "retrying":
        words = tr(with_amount, seconds=f"{entry.amount:.0f}") if entry.amount else words
    elif with_amount and entry.amount:
        words = tr(with_amount, size=size(int(entry.amount)))
    reason = f": {visible(entry.text)}" if entry.text else ""
    return f"{_moment(entry.at)}  {words}{reason}"


def _moment(at: float) -> str:
    try:
        return datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    except (OverflowError, OSError, ValueError):  # from a journal of a strange clock
        return "-" * 19
