"""Which Python names a pickle asks for, from its opcodes alone: nothing is ever unpickled."""

import msgspec

from dfs_desktop.artifact.archive.byte_source import Source
from dfs_desktop.artifact.artifact_reader import OpenArtifact
from dfs_desktop.artifact.errors import ArtifactError, UnreachableError

from .import_weights import Weight, weight_of
from .pickle_scan import Scan
from .pickle_search import Budget, may_be_pickle, may_hold_pickle, scans_of

MAX_FILES = 200
MAX_IMPORTS = 5000


class Import(msgspec.Struct, frozen=True, order=True):
    """One name that loading the pickle would import.

    `weight` tells whether it is known to run code or reach outside. "named" never means safe.
    `module` is "" where the pickle makes the name up while it runs.
    """

    module: str
    name: str
    weight: Weight


class PickleFacts(msgspec.Struct, frozen=True):
    """What the streams of one file ask for; `complete` is False when it could not be read to its end."""

    imports: tuple[Import, ...]
    streams: int
    complete: bool
    note: str = ""


def read_pickle(source: Source, budget: Budget | None = None) -> PickleFacts | None:
    """The imports of the pickles in a file, however it is packed; None when it holds none."""
    scans = scans_of(source, budget or Budget())
    return _facts(scans) if scans else None


def pickles_of(artifact: OpenArtifact) -> dict[str, PickleFacts]:
    """The pickles among the members, with what they ask for; at most 200 members are looked at.

    Those that have the name of a pickle come first, then those whose name tells nothing. A file
    that cannot be read counts as not complete, with the reason as its note.
    """
    found: dict[str, PickleFacts] = {}
    names = [each.name for each in artifact.members() if may_hold_pickle(each.name)]
    names = sorted(names, key=lambda name: not may_be_pickle(name))[:MAX_FILES]
    budget = Budget()
    for name in names:
        try:
            facts = read_pickle(artifact.slice(name), budget)
        except UnreachableError:
            raise
        except ArtifactError as error:
            facts = PickleFacts((), 0, complete=False, note=str(error))
        if facts is not None:
            found[name] = facts
    return found


def _facts(scans: list[Scan]) -> PickleFacts:
    names = sorted({each for one in scans for each in one.imports})
    imports = tuple(Import(module, name, weight_of(module, name)) for module, name in names)
    complete = all(one.complete for one in scans) and len(imports) <= MAX_IMPORTS
    notes = [one.note for one in scans if one.note]
    return PickleFacts(
        imports[:MAX_IMPORTS],
        sum(one.streams for one in scans),
        complete,
        " ".join(notes[:3]),
    )
