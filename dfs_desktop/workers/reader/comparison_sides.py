"""What the reader finds of one side of a comparison, and where two sides differ in their bytes."""

from __future__ import annotations

import difflib
import json
from typing import Any

from msgspec import Struct

from dfs_desktop.artifact import ArtifactError
from dfs_desktop.artifact.archive.byte_source import read_exactly
from dfs_desktop.artifact.artifact_reader import OpenArtifact
from dfs_desktop.artifact.comparison.compare import MAX_DIFF, MAX_DIFF_LINES, text_difference
from dfs_desktop.artifact.documents.environment import Environment, read_environment
from dfs_desktop.artifact.documents.interface import Interface, read_interface
from dfs_desktop.artifact.documents.pipeline_graph import pyfunc_class
from dfs_desktop.artifact.documents.strict_json import load

_BLOCK = 1024 * 1024
_MOST_NAMES = 2000


class SideInterface(Struct, frozen=True):
    """What runs, and what it takes and makes."""

    manifest: dict[str, Any]
    interface: Interface
    pyfunc: str


def side_files(artifact: OpenArtifact) -> dict[str, int]:
    """The sizes of all members."""
    return {member.name: member.size for member in artifact.members()}


def side_metrics(artifact: OpenArtifact) -> dict[str, Any]:
    """The metrics as the registry shows them."""
    return artifact.metrics()


def side_interface(artifact: OpenArtifact) -> SideInterface:
    """Manifest, interface, and the class that a pyfunc runs."""
    manifest = artifact.manifest().value
    interface = read_interface(manifest, artifact.dtypes())
    return SideInterface(manifest, interface, pyfunc_class(artifact.variant()))


def side_environment(artifact: OpenArtifact) -> Environment:
    """What it needs."""
    return read_environment(artifact.environment())


def side_metadata(artifact: OpenArtifact) -> tuple[tuple[str, str], ...]:
    """The ids of the entries, and what each is."""
    return tuple((each.id, ", ".join(each.tags) or each.producer) for each in artifact.metadata())


def differing_members(old: OpenArtifact, new: OpenArtifact) -> list[str]:
    """The members whose bytes differ, at most so many as fit into a table. Reads everything.

    For two artifacts with equal lists of files. ArtifactError when something cannot be read.
    """
    differing = []
    for name in old.index:
        before, after = old.slice(name), new.slice(name)
        for offset in range(0, before.size, _BLOCK):
            count = min(_BLOCK, before.size - offset)
            if read_exactly(before, offset, count) != read_exactly(after, offset, count):
                differing.append(name)
                break
        if len(differing) == _MOST_NAMES:
            break
    return differing


def difference(old: OpenArtifact, new: OpenArtifact, name: str) -> list[str]:
    """A unified diff of one file, the names of both on top; [] when nothing differs. Blocking.

    Builders write JSON on one line, where a diff line by line says nothing. ArtifactError when
    the file is no text, or too large."""
    if name.endswith((".json", ".JSON")) and name in old and name in new:
        laid_out = [_laid_out(artifact, name) for artifact in (old, new)]
        before, after = laid_out
        if before is not None and after is not None:
            return list(difflib.unified_diff(before, after, old.name, new.name, lineterm=""))
    return text_difference(old, new, name)


def _laid_out(artifact: OpenArtifact, name: str) -> list[str] | None:
    """The lines of a JSON document, or None when it is none, or has too many."""
    data = artifact.read(name, MAX_DIFF)
    try:
        value = load(data, name)
    except ArtifactError:
        return None
    lines = json.dumps(value, indent=2, ensure_ascii=False).splitlines()
    return lines if len(lines) <= MAX_DIFF_LINES else None
