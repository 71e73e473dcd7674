"""What every flow of one client shares: the dialect, the default place, the meter's clock, its notes."""

from typing import Any

from dfs_desktop.api.dialects.dataforce import Dialect
from dfs_desktop.api.dialects.server_dialect import Server
from dfs_desktop.api.http.server_clock import Clock
from dfs_desktop.api.protocol.effects import Flow, Locate, Note
from dfs_desktop.api.protocol.kept_links import KeptLinks
from dfs_desktop.api.protocol.ledger import AnyStep, Ledger
from dfs_desktop.api.protocol.scope import Level, Scope, ScopeRequest

from .scope import DefaultScope

SECOND_LOOK = 30.0  # seconds after which a request that got lost on its way cannot arrive any more


def note(ledger: Ledger[Any], step: AnyStep) -> Flow[None]:
    """The transfer is about to do this; what its record says else is written with it."""
    ledger.record.step = step
    yield from Note(ledger)


class Context:
    """Shared by the resources of one client and by its views of other places."""

    second_look = SECOND_LOOK

    def __init__(
        self,
        server: Server,
        places: DefaultScope,
        clock: Clock,
        own: set[str],
        links: KeptLinks | None = None,
    ) -> None:
        self.server = server
        self.places = places
        self.clock = clock
        # Ids of records that uploads of ours made. They stay in it: one that was paused, or waits
        # for its next try, must not be taken for what a lost creation left.
        self.own = own
        self.links = KeptLinks() if links is None else links

    def at(self, organization: str | None, orbit: str | None, collection: str | None) -> "Context":
        """The same context in another place."""
        places = DefaultScope(self.server, organization, orbit, collection)
        return Context(self.server, places, self.clock, self.own, self.links)

    @property
    def dialect(self) -> Dialect:
        """How to speak; the driver has found it out before it walks a flow."""
        return self.server.dialect

    def locate(self, wanted: ScopeRequest) -> Flow[Scope]:
        """The place that ``wanted`` means, asked for once even when many calls start together."""
        return (yield from Locate(self.places, wanted))

    def organization(self, organization: str | None = None) -> Locate:
        """Where calls about one organization go."""
        return Locate(self.places, ScopeRequest(Level.ORGANIZATION, organization))

    def orbit(self, organization: str | None = None, orbit: str | None = None) -> Locate:
        """Where calls about one orbit go."""
        return Locate(self.places, ScopeRequest(Level.ORBIT, organization, orbit))

    def collection(
        self,
        collection: str | None = None,
        organization: str | None = None,
        orbit: str | None = None,
    ) -> Locate:
        """Where calls about one collection go."""
        return Locate(self.places, ScopeRequest(Level.COLLECTION, organization, orbit, collection))
