"""Finding artifacts: whole lists, lists page by page, and one by its id or name."""

import math
from collections import deque
from datetime import datetime
from functools import partial

from dfs_desktop.api.dialects.records import detached
from dfs_desktop.api.errors import ArtifactNotFoundError, MultipleResourcesFoundError
from dfs_desktop.api.flows.context import Context
from dfs_desktop.api.protocol.effects import Flow
from dfs_desktop.api.protocol.paging import Walk, everything, named_like
from dfs_desktop.api.protocol.scope import Scope, is_id
from dfs_desktop.api.types import Collection, ModelArtifact, Orbit, Track
from dfs_desktop.translation import tr, trn


def all_artifacts(context: Context, place: Scope, search: str = "") -> Flow[list[ModelArtifact]]:
    """Every artifact of a place; ``search`` is a hint that the server may not know."""
    return everything(partial(context.dialect.artifacts, place, search=search))


def recent_artifacts(context: Context, place: Scope, since: float) -> Flow[list[ModelArtifact]]:
    """The newest artifacts of a place, at least those made after ``since`` (the server's clock)."""
    walk: Walk[ModelArtifact] = Walk()
    found: list[ModelArtifact] = []
    while not walk.ended:
        page = yield from context.dialect.artifacts(place, walk.cursor, newest=True)
        found += walk.take(page)
        if page.items and context.dialect.sorts and made_at(page.items[-1]) < since:
            break  # sorted by the server, newest first
    return found


def made_at(item: ModelArtifact | Collection | Orbit | Track) -> float:
    """When a server made it (POSIX seconds); far ahead when it does not say."""
    try:
        return datetime.fromisoformat(item.created_at or "").timestamp()
    except ValueError:
        return math.inf


def get_artifact(
    context: Context, value: str, collection: str | None
) -> Flow[ModelArtifact | None]:
    """One by id, or by its exact model name or file name."""
    place = yield from context.collection(collection)
    if is_id(value):
        found = yield from context.dialect.artifact(place, value)
        if found is not None:
            return found
    there = yield from all_artifacts(context, place, value if _can_be_searched(value) else "")
    named = [item for item in there if value in (item.model_name, item.file_name)]
    if len(named) > 1:
        raise MultipleResourcesFoundError(
            trn(
                "{amount} model artifact is named {name!r}: use an id ({ids}).",
                "{amount} model artifacts are named {name!r}: use an id ({ids}).",
                len(named),
                name=value,
                ids=", ".join(item.id for item in named[:5]),
            )
        )
    return detached(named[0]) if named else None


def existing(context: Context, place: Scope, artifact_id: str) -> Flow[ModelArtifact]:
    """The artifact with this id; ArtifactNotFoundError when there is none."""
    found = yield from context.dialect.artifact(place, artifact_id)
    if found is None:
        raise ArtifactNotFoundError(
            tr(
                "There is no model artifact {artifact_id!r} in this collection.",
                artifact_id=artifact_id,
            ),
            status_code=404,
        )
    return found


def _can_be_searched(value: str) -> bool:
    """Whether the server's search by name finds everything that ``get`` would.

    It looks at names only, and each file name has a dot; a backslash is special to databases.
    """
    return value.isprintable() and value == value.strip() and not set(value) & set(".\\")


class PagedList:
    """A list of artifacts that is read one page at a time."""

    def __init__(self, collection: str | None, search: str, *, whole_orbit: bool) -> None:
        self._collection = collection
        self._search = search
        self._whole_orbit = whole_orbit
        self._places: deque[Scope] | None = None
        self._walk: Walk[ModelArtifact] = Walk()

    def next(self, context: Context) -> Flow[list[ModelArtifact] | None]:
        """The next page that is not empty, newest first; None after the last."""
        if self._places is None:
            self._places = deque((yield from self._where(context)))
        while self._places:
            if self._walk.ended:
                self._places.popleft()
                self._walk = Walk()
                continue
            page = yield from context.dialect.artifacts(
                self._places[0], self._walk.cursor, search=self._search, newest=True
            )
            if found := named_like(self._walk.take(page), self._search):
                return found
        return None

    def _where(self, context: Context) -> Flow[list[Scope]]:
        if not self._whole_orbit:
            return [(yield from context.collection(self._collection))]
        orbit = yield from context.orbit()
        if context.dialect.orbit_wide:
            return [orbit]
        collections = yield from context.dialect.collections(orbit)
        return [Scope(orbit.organization, orbit.orbit, item.id) for item in collections]
