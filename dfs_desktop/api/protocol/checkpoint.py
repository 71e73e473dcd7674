"""How far a download came: what is durable on the disk, and which partial file holds it."""

from typing import Protocol

from msgspec import Struct


class Checkpoint(Struct, frozen=True):
    """What of a file is durable on the disk: sorted, disjoint ranges [start, end), and of which
    state of the object they are."""

    ranges: tuple[tuple[int, int], ...] = ()
    etag: str = ""


class PartialFileState(Struct, frozen=True):
    """A partial file as a journal knows it: where it is, which file it was, what is in it."""

    path: str
    target: str
    device: int
    inode: int
    held: Checkpoint = Checkpoint()


class OpenPartialFile(Protocol):
    """An open partial file, as far as flows deal with it; ``storage.local`` makes them."""

    replaced: bool  # another file had its name, and is gone

    @property
    def received(self) -> int:
        """How many bytes are there."""

    def kept(self) -> PartialFileState:
        """What a journal has to know to open it again."""

    def note(self, held: Checkpoint) -> None:
        """Write what is durable beside a file that no journal knows."""

    def resume(self, held: Checkpoint) -> None:
        """Go on from what is there; only what the file really holds counts."""

    def restart(self) -> None:
        """Forget everything received."""
