"""Where the person is: the server, the organization, the orbit, the collection, and what each offers."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import astuple

from dfs_desktop.api import Collection, ConfigurationError, Orbit, Organization
from dfs_desktop.settings import Profile
from dfs_desktop.translation import tr

from .notices import Notice

if TYPE_CHECKING:  # httpx is imported when a server is spoken to: the rows of last time come first
    from dfs_desktop.api import AsyncDataForceClient


class Stage(enum.Enum):
    """How far the connection got."""

    CONNECTING = "connecting"
    READY = "ready"
    FAILED = "failed"


class Place(Struct, frozen=True):
    """Ids of the open organization, orbit and collection; empty where nothing is open."""

    organization: str = ""
    orbit: str = ""
    collection: str = ""

    def text(self) -> str:
        return "/".join(astuple(self))

    @classmethod
    def parse(cls, text: str) -> Place:
        return cls(*[*text.split("/"), "", "", ""][:3])


class Outage(Struct):
    """The server cannot be reached. What is shown is what was seen of it last."""

    reason: str
    next_try: float = 0.0  # of the monotonic clock
    trying: bool = False


class Session(Struct):
    """The open connection. One owner (the browser) writes it, the window reads it."""

    profile: Profile
    client: AsyncDataForceClient | None = None
    stage: Stage = Stage.CONNECTING
    problem: Notice | None = None
    error: BaseException | None = None  # what the last step to this place failed with
    organizations: Sequence[Organization] = ()
    orbits: Sequence[Orbit] = ()
    collections: Sequence[Collection] = ()
    place: Place = field(default_factory=Place)
    wanted: Place | None = None  # to be opened first; None is the one of last time
    remembered: bool = False  # the rows are those of last time; the server has not answered yet
    seen_at: float = 0.0  # when the server told the rows that are shown, in POSIX seconds
    outage: Outage | None = None
    search: str = ""  # not empty: the rows are what the whole orbit holds under this name
    loading: bool = False  # the artifact list is on its way
    partial: bool = False  # the rows are the first of those that are still coming
    list_problem: Notice | None = None

    @property
    def collection(self) -> Collection | None:
        return self.collection_of(self.place.collection)

    def collection_of(self, key: str) -> Collection | None:
        """A collection of the open orbit."""
        return next((each for each in self.collections if each.id == key), None)

    @property
    def orbit(self) -> Orbit | None:
        return next((o for o in self.orbits if o.id == self.place.orbit), None)

    @property
    def organization(self) -> Organization | None:
        return next((o for o in self.organizations if o.id == self.place.organization), None)

    @property
    def whole(self) -> int | None:
        """How many artifacts the open collection has, while not all of them need be here."""
        known = self.collection.total_artifacts if self.collection else None
        return known if (self.remembered or self.coming) and not self.search else None

    @property
    def coming(self) -> bool:
        """Whether more rows are on their way than are shown."""
        return self.loading and self.partial and not self.remembered

    def here(self) -> AsyncDataForceClient:
        """The client looking at the open collection; ConfigurationError before the server answered."""
        return self.here_at(self.place)

    def here_at(self, place: Place) -> AsyncDataForceClient:
        """The client looking at a place that was open at this server."""
        if self.client is None:
            remedy = tr("Wait a moment until the server has answered, then try again.")
            raise ConfigurationError(tr("Not connected yet"), remedy)
        return self.client.at(
            place.organization or None, place.orbit or None, place.collection or None
        )
