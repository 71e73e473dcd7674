"""The log of transfers in words, to be read and to be sent to a colleague: no link and no key."""

from collections.abc import Iterable
from datetime import datetime

from dfs_desktop.api import LogEntry
from dfs_desktop.artifact import visible
from dfs_desktop.redaction import redact
from dfs_desktop.settings import Profile
from dfs_desktop.transfers.job import Job, Kind
from dfs_desktop.workspace.quantities import exact_size, size

# What is said of an entry: without, and with its amount of bytes or seconds.
_WORDS = {
    "added": ("Put into the list", ""),
    "restored": ("The program was started again", ""),
    "resumed": ("Goes on when its turn comes", ""),
    "cancelling": ("Was told to stop for good", ""),
    "running": ("Begins", "Begins; {} need not be moved again"),
    "retrying": ("Tries again", "Tries again in {} s"),
    "paused": ("Paused", ""),
    "attention": ("Waits for a decision of yours", ""),
    "done": ("Done", ""),
    "failed": ("Failed", ""),
    "cancelled": ("Cancelled", ""),
    "failing": ("It could not go on", ""),
    "stumbled": ("Waits out a fault", ""),
    "recovered": ("Gets on again", ""),
    "hashing": ("Hashes the file", "Hashes the file, {}"),
    "creating": ("Registers it at the server", ""),
    "looking": ("Asks the storage what it has", ""),
    "sending": ("Sends", "Sends {}"),
    "receiving": ("Receives", "Receives {}"),
    "verifying": ("Checks the bytes", "Checks {}"),
    "confirming": ("Confirms it at the server", ""),
    "finished": ("All bytes are where they belong", ""),
}


def log_text(jobs: Iterable[Job], profiles: Iterable[Profile] = ()) -> str:
    """The logs of transfers, one behind the other, each below the facts that belong to it."""
    servers = {profile.id: profile.name for profile in profiles}
    return "\n\n".join(_one(job, servers.get(job.profile, "")) for job in jobs)


def _one(job: Job, server: str) -> str:
    record = job.record
    into = "To" if job.kind is Kind.DOWNLOAD else "File"
    facts = {
        into: str(job.path),
        "Server": server,
        "Collection": job.collection_id,
        "Artifact": job.artifact_id,
        "Size": exact_size(record.size) if record is not None and record.size else "",
        "SHA-256": record.sha256 if record is not None else "",
    }
    lines = [f"{job.word.capitalize()} of “{visible(job.title)}”"]
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
