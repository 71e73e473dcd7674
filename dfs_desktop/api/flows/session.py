"""What every flow of one client shares: the dialect, the default place, the meter's clock."""

from __future__ import annotations

from dfs_desktop.api.dialects.dialect import Dialect
from dfs_desktop.api.dialects.server_dialect import Server
from dfs_desktop.api.http.server_clock import Clock
from dfs_desktop.api.protocol.effects import Flow, Locate
from dfs_desktop.api.protocol.scope import Level, Place, Wanted

from .scope import Places

SECOND_LOOK = 30.0  # seconds after which a request that got lost on its way cannot arrive any more


class Session:
    """Shared by the resources of one client and by its views of other places."""

    second_look = SECOND_LOOK

    def __init__(self, server: Server, places: Places, clock: Clock, own: set[str]) -> None:
        self.server = server
        self.places = places
        self.clock = clock
        # Ids of records that uploads of ours made. They stay in it: one that was paused, or waits
        # for its next try, must not be taken for what a lost creation left.
        self.own = own

    def at(self, organization: str | None, orbit: str | None, collection: str | None) -> Session:
        """The same session in another place."""
        places = Places(self.server, organization, orbit, collection)
        return Session(self.server, places, self.clock, self.own)

    @property
    def dialect(self) -> Dialect:
        """How to speak; the driver has found it out before it walks a flow."""
        return self.server.dialect

    def locate(self, wanted: Wanted) -> Flow[Place]:
        """The place that ``wanted`` means, asked for once even when many calls start together."""
        return (yield from Locate(self.places, wanted))

    def organization(self, organization: str | None = None) -> Locate:
        """Where calls about one organization go."""
        return Locate(self.places, Wanted(Level.ORGANIZATION, organization))

    def orbit(self, organization: str | None = None, orbit: str | None = None) -> Locate:
        """Where calls about one orbit go."""
        return Locate(self.places, Wanted(Level.ORBIT, organization, orbit))

    def collection(
        self,
        collection: str | None = None,
        organization: str | None = None,
        orbit: str | None = None,
    ) -> Locate:
        """Where calls about one collection go."""
        return Locate(self.places, Wanted(Level.COLLECTION, organization, orbit, collection))
