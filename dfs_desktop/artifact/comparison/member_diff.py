"""Where the members of two artifacts differ: which of them in their bytes, and one line by line."""

import difflib
import json

from dfs_desktop.artifact.archive.byte_source import read_exactly
from dfs_desktop.artifact.artifact_reader import OpenArtifact
from dfs_desktop.artifact.documents.strict_json import load
from dfs_desktop.artifact.errors import ArtifactError
from dfs_desktop.artifact.names import shortened
from dfs_desktop.text.decoding import decode_text
from dfs_desktop.translation import tr

MAX_DIFF = 512 * 1024  # bytes of a text member
MAX_DIFF_LINES = 2000
_BLOCK = 1024 * 1024
_MOST_NAMES = 2000


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


def text_difference(old: OpenArtifact, new: OpenArtifact, name: str) -> list[str]:
    """A unified diff of one file, the names of both on top; [] when nothing differs.

    Builders write JSON on one line, where a diff line by line says nothing: it is laid out.
    ArtifactError when the file is no text, or larger than 512 KiB.
    """
    both = [each.read(name, MAX_DIFF) if name in each else b"" for each in (old, new)]
    texts = None
    if name.lower().endswith(".json") and name in old and name in new:
        texts = _laid_out(both, name)
    before, after = texts or [_lines(data, name) for data in both]
    titles = shortened(old.name, 60), shortened(new.name, 60)
    return list(difflib.unified_diff(before, after, *titles, lineterm=""))


def _laid_out(both: list[bytes], name: str) -> list[list[str]] | None:
    """The lines of two JSON documents, or None when one of them is none, or has too many."""
    try:
        values = [load(data, name) for data in both]
    except ArtifactError:
        return None
    texts = [json.dumps(each, indent=2, ensure_ascii=False).splitlines() for each in values]
    return texts if max(map(len, texts)) <= MAX_DIFF_LINES else None


def _lines(data: bytes, name: str) -> list[str]:
    found = decode_text(data, whole=True)
    if found is None or found.text.count("\n") > MAX_DIFF_LINES:
        raise ArtifactError(
            tr("The files cannot be compared line by line"),
            tr(
                "{file} is no text, or has too many lines. Compare their sizes.",
                file=shortened(name),
            ),
        )
    return found.text.splitlines()
