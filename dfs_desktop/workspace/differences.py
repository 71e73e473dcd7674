"""What differs between two versions of a text file; documents in JSON are laid out before."""

from __future__ import annotations

import difflib
import json

from dfs_desktop.artifact import ArtifactError
from dfs_desktop.artifact.compare import MAX_DIFF, MAX_DIFF_LINES, text_difference
from dfs_desktop.artifact.opened import OpenArtifact
from dfs_desktop.artifact.strict_json import load


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
