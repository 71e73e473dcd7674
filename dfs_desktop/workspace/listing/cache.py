"""Places as they were seen last: shown while a server is asked, and for as long as it cannot be.

Two files a place. The first rows, light, come on screen before anything is asked; all rows with their
manifests and lists of files are read when there is no server to ask. All may be deleted at any time.
"""

import contextlib
import hashlib
import logging
import os
import shutil
import time
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from dfs_desktop.api import Collection, ModelArtifact, Orbit, Organization
from dfs_desktop.api.types import UndecodedArtifact
from dfs_desktop.system.private_files import write_private
from dfs_desktop.transfers.job import is_provisional
from dfs_desktop.typed_decoding import prepared
from dfs_desktop.workspace.session import Place

log = logging.getLogger(__name__)

FIRST_ROWS = 500  # of the light file
MOST_ROWS = 5_000
MOST_BYTES = 32_000_000  # of one place; rows beyond come without their manifests
MOST_IN_ALL = 300_000_000  # bytes of all servers together
LONGEST = 60 * 86_400  # seconds that something nobody looks at is kept
_LONGEST_LINE = 64_000_000


class CachedListing(Struct, frozen=True):
    """One place as it was seen last. Manifests and indexes are left out: they come with the list."""

    place: Place
    organizations: list[Organization]
    orbits: list[Orbit]
    collections: list[Collection]
    artifacts: list[ModelArtifact]
    seen_at: float = 0.0  # POSIX seconds


class ListingCache:
    """Small files, in a folder for each server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._written: dict[Path, int] = {}  # what the full files of this run hold

    def folder_of(self, profile_id: str) -> Path:
        name = "".join(sign for sign in profile_id if sign.isalnum() or sign == "-")
        return self.folder / f"{name[:64]}.seen"

    def load(self, profile_id: str, place: Place | None = None) -> CachedListing | None:
        """What was there; None when nothing is known. Where the place names no collection, or no orbit,
        it is the one that was seen last in it."""
        for path in self._newest(profile_id, place or Place()):
            try:
                return msgspec.json.decode(path.read_bytes(), type=prepared(CachedListing))
            except (OSError, ValueError, RecursionError) as error:
                log.info("remembered rows are of no use: %s", type(error).__name__)
        return None

    def load_all(self, profile_id: str, place: Place) -> list[ModelArtifact]:
        """Every row that was kept of a place, with manifest and list of files."""
        path = self._path(profile_id, place).with_suffix(".all")
        found: list[ModelArtifact] = []
        try:
            found.extend(
                msgspec.json.decode(line, type=prepared(UndecodedArtifact)) for line in _lines(path)
            )
        except FileNotFoundError:
            pass
        except (OSError, ValueError, RecursionError, zlib.error) as error:
            # What came before is good.
            log.info("a kept place is damaged: %s", type(error).__name__)
        return found

    def save(self, profile_id: str, seen: CachedListing) -> None:
        """A failure costs nothing but speed."""
        first = (each for each in seen.artifacts[:FIRST_ROWS] if not is_provisional(each.id))
        light = msgspec.structs.replace(seen, artifacts=list(map(_light, first)))
        path = self._path(profile_id, seen.place)
        try:
            write_private(path, msgspec.json.encode(light), durable=False)
        except (OSError, ValueError, TypeError) as error:
            log.info("rows were not remembered: %s", type(error).__name__)

    def save_all(self, profile_id: str, place: Place, artifacts: Sequence[ModelArtifact]) -> None:
        """The same of all rows, unless they are those that were written before."""
        path = self._path(profile_id, place).with_suffix(".all")
        print_ = hash(tuple(map(id, artifacts[:MOST_ROWS])))
        if self._written.get(path) == print_:
            return
        try:
            write_private(path, b"".join(_packed(artifacts[:MOST_ROWS])), durable=False)
            self._written[path] = print_
        except (OSError, ValueError, TypeError) as error:
            log.info("a place was not kept: %s", type(error).__name__)

    def load_look(self, profile_id: str, name: str) -> bytes:
        """What was read of an artifact, under a name of letters and digits; empty when nothing was."""
        try:
            return (self.folder_of(profile_id) / f"{name}.look").read_bytes()
        except OSError:
            return b""

    def save_look(self, profile_id: str, name: str, content: bytes) -> None:
        try:
            write_private(self.folder_of(profile_id) / f"{name}.look", content, durable=False)
        except OSError as error:
            log.info("a look was not kept: %s", type(error).__name__)

    def forget(self, profile_id: str) -> None:
        self._written.clear()
        shutil.rmtree(self.folder_of(profile_id), ignore_errors=True)

    def forget_all(self) -> None:
        self._written.clear()
        shutil.rmtree(self.folder, ignore_errors=True)

    def prune(self, most: int = MOST_IN_ALL) -> None:
        """Delete what was not written for 60 days, and the oldest beyond `most` bytes."""
        files = []
        for path in self.folder.rglob("*"):
            with contextlib.suppress(OSError):
                if path.is_file():
                    facts = path.stat()
                    files.append((facts.st_mtime, facts.st_size, path))
        total = 0
        for changed, size, path in sorted(files, reverse=True):
            total += size
            if total > most or changed < time.time() - LONGEST:
                with contextlib.suppress(OSError):
                    path.unlink()

    def _path(self, profile_id: str, place: Place) -> Path:
        return self.folder_of(profile_id) / f"{_key(place)}.rows"

    def _newest(self, profile_id: str, place: Place) -> Iterator[Path]:
        """The light files of a place and of what is below it, the latest first."""
        wanted = _key(place).rstrip("-")
        found = list[tuple[int, str]]()
        with contextlib.suppress(OSError), os.scandir(self.folder_of(profile_id)) as entries:
            found = [
                (entry.stat().st_mtime_ns, entry.path)
                for entry in entries
                if entry.name.startswith(wanted) and entry.name.endswith(".rows")
            ]
        return (Path(path) for _, path in sorted(found, reverse=True))


def _key(place: Place) -> str:
    """A name without anything of the server's in it; empty at the end where nothing is named."""
    return "-".join(
        hashlib.sha256(part.encode("utf-8", "replace")).hexdigest()[:16] if part else ""
        for part in msgspec.structs.astuple(place)
    )


def _packed(artifacts: Sequence[ModelArtifact]) -> Iterator[bytes]:
    """A line for each row, compressed; row by row, since an encoder holds the interpreter."""
    packer = zlib.compressobj(1)
    size = 0
    for artifact in artifacts:
        if is_provisional(artifact.id):
            continue
        kept = artifact if size < MOST_BYTES else _light(artifact)
        block = packer.compress(msgspec.json.encode(kept) + b"\n")
        size += len(block)
        yield block
    yield packer.flush()


def _lines(path: Path) -> Iterator[bytes]:
    """The lines of a compressed file; ValueError for one that nobody of ours wrote."""
    unpacker, rest = zlib.decompressobj(), b""
    with path.open("rb") as file:
        while block := file.read(65_536):
            while block:
                *whole, rest = (rest + unpacker.decompress(block, 1 << 20)).split(b"\n")
                block = unpacker.unconsumed_tail
                if len(rest) > _LONGEST_LINE:
                    raise ValueError("a line without end")
                yield from whole
    if rest or not unpacker.eof:
        raise ValueError("cut off")


def _light(artifact: ModelArtifact) -> ModelArtifact:
    return msgspec.structs.replace(artifact, manifest={}, file_index={})
