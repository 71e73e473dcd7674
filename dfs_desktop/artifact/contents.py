"""What a registry wants to know about an artifact file, read from its headers in milliseconds."""

from collections.abc import Callable
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from .archive import Walk
from .errors import ArtifactError
from .files import AnyPath, Fingerprint, check_unchanged, open_regular
from .manifest import MANIFEST, effective_manifest
from .metrics import registry_metrics
from .names import shortened
from .strict_json import MAX_DOCUMENT

MAX_DOCUMENTS_TOTAL = 64 * 1024 * 1024  # bytes of manifest, patches, metadata and sidecars together


class Contents(msgspec.Struct, frozen=True):
    """The facts inside an artifact; `index` maps each file to its offset and size in bytes."""

    manifest: dict[str, Any]
    metrics: dict[str, Any]
    index: dict[str, tuple[int, int]]
    size: int
    fingerprint: Fingerprint


class ArtifactFile(msgspec.Struct, frozen=True):
    """A local artifact with everything that its registration needs."""

    path: str
    contents: Contents
    sha256: str


def _go_on() -> None:
    """No wish to stop."""


def read_contents(path: AnyPath, *, check: Callable[[], None] = _go_on) -> Contents:
    """The manifest, metrics and index of an artifact, without reading the bytes of its files.

    `check()` is called at every member and may raise to stop. Raises ArtifactError for whatever
    is wrong with the file, OSError when it cannot be opened or read.
    """
    with BufferedReader(open_regular(path)) as file:
        fingerprint = Fingerprint.of(file.fileno())
        index = {
            member.name: (member.offset, member.size)
            for member in Walk(file, fingerprint.size, check).members()
        }
        if MANIFEST not in index:
            raise ArtifactError(
                "Not an artifact file",
                f"“{shortened(Path(path).name)}” is an archive without a {MANIFEST}.",
            )
        read = _Documents(file, index).read
        manifest = effective_manifest(index, read, check)
        metrics = registry_metrics(manifest, index, read, check)
        check_unchanged(file.fileno(), fingerprint)
    return Contents(manifest, metrics, index, fingerprint.size, fingerprint)


class _Documents:
    """The small JSON files of one archive, each and all together below a limit."""

    def __init__(self, file: BinaryIO, index: dict[str, tuple[int, int]]) -> None:
        self._file = file
        self._index = index
        self._left = MAX_DOCUMENTS_TOTAL

    def read(self, name: str) -> bytes:
        offset, size = self._index[name]
        self._left -= size
        if size > MAX_DOCUMENT or self._left < 0:
            raise ArtifactError(
                "The artifact cannot be read",
                f"{shortened(name)} inside it is too large "
                f"({size:,} bytes; {MAX_DOCUMENT:,} are allowed).",
            )
        self._file.seek(offset)
        data = self._file.read(size)
        if len(data) != size:
            raise ArtifactError(
                "The file changed while reading", f"{shortened(name)} inside it has become shorter."
            )
        return data
