"""How the artifacts and the collection of a deletion are named in its sentences."""

from collections.abc import Sequence

from dfs_desktop.api import ModelArtifact
from dfs_desktop.artifact import visible
from dfs_desktop.translation import listed, tr, trn
from dfs_desktop.workspace.quantities import count

_NAMED = 5  # more artifacts are only counted
_LONGEST_NAME = 60


def in_collection(name: str) -> str:
    """The collection of a deletion, in words."""
    return tr("“{name}”", name=shortened_name(name))


def shortened_name(name: str) -> str:
    shown = visible(name[: _LONGEST_NAME + 1])
    return shown if len(shown) <= _LONGEST_NAME else f"{shown[:_LONGEST_NAME]}…"


def quoted_name(artifact: ModelArtifact) -> str:
    return tr("“{name}”", name=shortened_name(artifact.display_name))


def things(artifacts: Sequence[ModelArtifact]) -> str:
    return quoted_name(artifacts[0]) if len(artifacts) == 1 else count(len(artifacts), "artifact")


def to_delete(many: int, *, tied: bool) -> str:
    """The button; `tied`: they are taken out of a track first."""
    if many == 1:
        return tr("Remove from Track and Delete") if tied else tr("Delete")
    if not tied:
        return trn("Delete {amount} artifact", "Delete {amount} artifacts", many)
    return trn(
        "Remove from Track and Delete {amount} artifact",
        "Remove from Track and Delete {amount} artifacts",
        many,
    )


def names(artifacts: Sequence[ModelArtifact]) -> str:
    """The first few by name, the others by number."""
    named = [quoted_name(each) for each in artifacts[:_NAMED]]
    return listed([*named, *(each.id for each in artifacts[_NAMED:])], _NAMED)
