"""What holds an artifact back from deletion: tracks, which it can be taken out of, and deployments."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from dfs_desktop.api import ModelArtifact, NotFoundError
from dfs_desktop.artifact import visible
from dfs_desktop.artifact.names import shortened
from dfs_desktop.translation import listed, series, tr, trn
from dfs_desktop.workspace.notices import Level, Notice
from dfs_desktop.workspace.session import Place

if TYPE_CHECKING:  # httpx is imported when a server is spoken to: the rows of last time come first
    from dfs_desktop.api import AsyncDataForceClient

_NAMED = 5


class InTrack(Struct, frozen=True):
    """A version that an artifact is; `words` such as `v3 of “Release” (production)`."""

    track_id: str
    entry_id: str
    words: str


TracksOf = Callable[[str], Sequence[InTrack]]
Ties = Mapping[str, Sequence[InTrack]]  # by the id of the artifact


def about_ties(ties: Ties) -> str:
    """What is said before artifacts are taken out of their tracks."""
    every = [each.words for those in ties.values() for each in those]
    return trn(
        "In use as {named}. The server deletes nothing that is in a track: it will be taken out of the "
        "track first, and the stage is then nobody’s.",
        "In use as {named}. The server deletes nothing that is in a track: they will be taken out of "
        "the track first, and the stage is then nobody’s.",
        len(every),
        named=listed(every, _NAMED),
    )


async def untie(client: "AsyncDataForceClient", place: Place, ties: Sequence[InTrack]) -> None:
    """Take an artifact out of its tracks; it may be out already."""
    tracks = client.at(place.organization, place.orbit).tracks
    for each in ties:
        try:
            await tracks.remove(each.track_id, each.entry_id)
        except NotFoundError:
            continue


def deployed(artifacts: Sequence[ModelArtifact]) -> Notice:
    """Why these, which are deployed, are not deleted."""
    first = artifacts[0]
    name = visible(shortened(first.display_name, 60))
    where = series(
        f"“{visible(str(each.get('name') or each.get('id') or '?')[:60])}”"
        for each in first.deployments[:_NAMED]
    )
    used = tr("It is used by {where}.", where=where)
    if others := len(artifacts) - 1:
        used = trn(
            "It is used by {where}, and {amount} more is deployed.",
            "It is used by {where}, and {amount} more are deployed.",
            others,
            where=where,
        )
    remedy = tr("Remove the deployment on the web page, then refresh (F5).")
    title, text = tr("“{name}” is deployed, and was not deleted", name=name), f"{used} {remedy}"
    return Notice(title, text, Level.WARNING, seconds=15, key="delete:deployed")
