"""One artifact on this computer as the library knows it, and how it stands with its file."""

import enum
import time
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from dfs_desktop.artifact import Fingerprint
from dfs_desktop.artifact.archive.part_sums import PART, differing
from dfs_desktop.translation import tr
from dfs_desktop.workspace import quantities

NOTED_EVERY = 3600.0  # seconds within which a second use is no news
LONGEST_READING = 3600.0  # seconds after a check in which a reading may have been its own


class State(enum.StrEnum):
    """How a file stands to what was checked; the later ones need a person."""

    FINE = "fine"
    CHANGED = "changed"  # written to since, by whomever
    DAMAGED = "damaged"  # other bytes, although nobody wrote to it
    MISSING = "missing"  # its folder is there, it is not
    AWAY = "away"  # its drive or folder is not there now


class LocalCopy(Struct, frozen=True, kw_only=True):
    """A file, and the bytes that it should have: of a record, or those that were found in it.

    ``size``, ``mtime_ns``, ``device`` and ``inode`` are those of the file when it was read last, and
    ``found`` is the SHA-256 of what was in it. ``sha256`` and ``sums`` are what is right. ``checked``
    and ``asked`` are POSIX seconds.
    """

    path: str
    sha256: str
    size: int = 0  # of the right file
    there: int = 0  # bytes that were in the file when it was read last
    mtime_ns: int = 0
    device: str = ""
    inode: str = ""
    found: str = ""
    sums: bytes = b""
    wrong: int = -1  # parts that differed when it was read last; -1 is unknown
    checked: float = 0.0
    state: State = State.FINE
    origin: str = "found"  # or downloaded, uploaded
    server: str = ""  # the id of its profile
    server_name: str = ""
    organization: str = ""
    orbit: str = ""
    collection: str = ""
    collection_name: str = ""
    artifact_id: str = ""
    name: str = ""
    on_server: str = ""  # yes, no; empty while nobody asked
    asked: float = 0.0
    used: float = 0.0  # when it came, was opened or shown here, or read by another program

    @property
    def known(self) -> bool:
        """Whether it is a copy of a record that this program has seen."""
        return bool(self.artifact_id)

    @property
    def source(self) -> str:
        """Server and collection, as people read them."""
        return " › ".join(part for part in (self.server_name, self.collection_name) if part)

    @property
    def lacks_sums(self) -> bool:
        """Whether a repair would have to fetch all of it, for want of the checksums of its parts."""
        arrived = self.origin == "downloaded" and self.state is State.FINE
        return arrived and self.size > PART and not self.sums

    @property
    def removable(self) -> bool:
        """Whether nothing is lost with it: right, and still at the server."""
        return self.state is State.FINE and self.on_server == "yes"

    def same_file(self, mark: Fingerprint) -> bool:
        """Whether the file is the one that was read, and nobody wrote to it since."""
        known = (self.there, self.mtime_ns, self.inode)
        return (mark.size, mark.mtime_ns, str(mark.inode)) == known

    def read_as(self, mark: Fingerprint, found: str, sums: bytes) -> "LocalCopy":
        """The same after its file was read: right, changed, or damaged."""
        now = {
            "there": mark.size,
            "mtime_ns": mark.mtime_ns,
            "device": str(mark.device),
            "inode": str(mark.inode),
            "found": found,
            "checked": time.time(),
        }
        if found == self.sha256:
            return replace(self, **now, size=mark.size, sums=sums or self.sums, state=State.FINE)
        if not self.known:  # nobody said what is right: this is another artifact from now on
            return replace(
                self, **now, size=mark.size, sha256=found, sums=sums, state=State.FINE, name=""
            )
        same = (mark.mtime_ns, mark.size) == (self.mtime_ns, self.there)
        worse = same and self.state is not State.CHANGED
        wrong = differing(self.sums, sums) if self.sums and sums else -1
        return replace(self, **now, wrong=wrong, state=State.DAMAGED if worse else State.CHANGED)


def used_since(copy: LocalCopy) -> float:
    """When another program read it, as far as the system notes that; 0 where nobody did.

    What this program reads to verify it is no use, and systems note a reading once a day at most.
    """
    try:
        read = Path(copy.path).stat().st_atime
    except (OSError, ValueError):
        return 0.0
    ours = max(copy.used + NOTED_EVERY, copy.checked + LONGEST_READING, copy.mtime_ns / 1e9)
    return read if ours < read <= time.time() else 0.0


def now_is(copy: LocalCopy) -> State:
    """How its file stands, without reading it."""
    try:
        mark = Fingerprint.of(copy.path)
    except (FileNotFoundError, NotADirectoryError):
        return _why_gone(copy)
    except (OSError, ValueError):
        return State.AWAY
    if not copy.same_file(mark):
        return State.CHANGED
    if copy.found == copy.sha256:
        return State.FINE
    return State.DAMAGED if copy.state is State.DAMAGED else State.CHANGED


def _why_gone(copy: LocalCopy) -> State:
    """Where a drive was, an empty folder may be left: that is on another device then."""
    try:
        device = Path(copy.path).parent.stat().st_dev
    except (OSError, ValueError):
        return State.AWAY
    return State.MISSING if str(device) == copy.device or not copy.device else State.AWAY


def summary(copies: Sequence[LocalCopy]) -> str:
    """How many there are, what they take, and what could go."""
    there = wrong = safe = 0
    for copy in copies:
        if copy.state is State.FINE:
            there += copy.there
            safe += copy.size if copy.on_server == "yes" else 0
        else:
            wrong += 1
            there += copy.there if copy.state in (State.CHANGED, State.DAMAGED) else 0
    parts = [quantities.count(len(copies), "artifact"), quantities.size(there)]
    if wrong:
        parts.append(tr("{wrong} not right", wrong=wrong))
    if safe:
        parts.append(tr("{safe} safe to remove", safe=quantities.size(safe)))
    return " · ".join(parts)
