"""What a registry wants to know about an artifact file, read from its headers in milliseconds."""

from collections.abc import Callable
from typing import Any

import msgspec

from dfs_desktop.artifact.archive.file_fingerprint import AnyPath, Fingerprint


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


def read_contents(path: AnyPath, *, check: Callable[[], None] = lambda: None) -> Contents:
    """The manifest, metrics and index of an artifact, without reading the bytes of its files.

    `check()` is called at every member and may raise to stop. Raises ArtifactError for whatever
    is wrong with the file, OSError when it cannot be opened or read.
    """
    # Late: who only asks for safe names does not wait for the reader.
    from dfs_desktop.artifact.archive.byte_source import LocalSource

    from .artifact_reader import OpenArtifact

    with LocalSource(path) as source:
        source.settle(check)
        opened = OpenArtifact.walk(source, check=check)
        opened.check_sendable()
        return Contents(
            opened.manifest().value,
            opened.metrics(),
            {name: (member.offset, member.size) for name, member in opened.index.items()},
            source.size,
            source.fingerprint,
        )
