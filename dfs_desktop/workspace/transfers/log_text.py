"""The log of transfers in words, to be read and to be sent to a colleague: no link and no key."""

from collections.abc import Iterable
from datetime import datetime

from dfs_desktop.api import LogEntry
from dfs_desktop.artifact import visible
from dfs_desktop.redaction import redact
from dfs_desktop.settings import Profile
from dfs_desktop.transfers.job import Job, Kind
from dfs_desktop.translation import tr
from dfs_desktop.workspace.quantities import exact_size, size

# What is said of an entry: without, and with its amount of bytes or seconds.
_WORDS = {
    "added": (tr("Put into the list"), ""),
    "restored": (tr("The program was started again"), ""),
    "resumed": (tr("Goes on when its turn comes"), ""),
    "cancelling": (tr("Was told to stop for good"), ""),
    "running": (tr("Begins"), tr("Begins; {} need not be moved again")),
    "retrying": (tr("Tries again"), tr("Tries again in {} s")),
    "paused": ("Paused", ""),
    "attention": (tr("Waits for a decision of yours"), ""),
    "done": ("Done", ""),
    "failed": ("Failed", ""),
    "cancelled": ("Cancelled", ""),
    "failing": (tr("It could not go on"), ""),
    "stumbled": (tr("Waits out a fault"), ""),
    "recovered": (tr("Gets on again"), ""),
    "hashing": (tr("Hashes the file"), tr("Hashes the file, {}")),
    "creating": (tr("Registers it at the server"), ""),
    "looking": (tr("Asks the storage what it has"), ""),
    "sending": (tr("Sends"), tr("Sends {}")),
    "receiving": (tr("Receives"), tr("Receives {}")),
    "verifying": (tr("Checks the bytes"), tr("Checks {}")),
    "confirming": (tr("Confirms it at the server"), ""),
    "finished": (tr("All bytes are where they belong"), ""),
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
        "Server": server,
        "Collection": job.collection_id,
        "Artifact": job.artifact_id,
        "Size": exact_size(record.size) if record is not None and record.size else "",
        "SHA-256": record.sha256 if record is not None else "",
    }
    lines = [
        tr("{capitalize} of “{title}”", capitalize=job.word.capitalize(), title=visible(job.title))
    ]
    lines += [f"{name}: {visible(value)}" for name, value in facts.items() if value]
    entries = [*job.log.entries, *tuple(job.meter.happened)]
    return redact("\n".join((*lines, "", *map(_line, entries))))


def _line(entry: LogEntry) -> str:
    """`2026-11-28 14:02:03  Sends 48 MB`."""
    plain, with_amount = _WORDS.get(entry.what, (entry.what, ""))
    words = plain
    if with_amount and entry.amount:
        seconds = entry.what == "retrying"
        amount = f"{entry.amount:.0f}" if seconds else size(int(entry.amount))
        words = with_amount.format(amount)
    reason = f": {visible(entry.text)}" if entry.text else ""
    return f"{_moment(entry.at)}  {words}{reason}"


def _moment(at: float) -> str:
    try:
        return datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    except (OverflowError, OSError, ValueError):  # from a journal of a strange clock
        return "-" * 19
