"""What every flow of one client shares: the dialect, the default place, the meter's clock, its notes."""

from typing import Any

from dfs_desktop.api.dialects.dataforce import Dialect
from dfs_desktop.api.dialects.server_dialect import Server
from dfs_desktop.api.http.server_clock import Clock
from dfs_desktop.api.protocol.effects import Flow, Locate, Note
from dfs_desktop.api.protocol.ledger import AnyStep, Ledger
from dfs_desktop.api.protocol.scope import Level, Scope, ScopeRequest

from .scope import DefaultScope

SECOND_LOOK = 30.0  # seconds after which a request that got lost on its way cannot arrive any more
MOST_LINKS = 64
EARLY = 30.0  # seconds before a link expires, from which on another one is asked for


def note(ledger: Ledger[Any], step: AnyStep) -> Flow[None]:
    """The transfer is about to do this; what its record says else is written with it."""
    ledger.record.step = step
    yield from Note(ledger)


class KeptLinks:
    """The presigned addresses of artifacts by id, of one client: nobody prints them."""

    def __init__(self) -> None:
        self._links: dict[str, tuple[str, float]] = {}

    def find(self, artifact_id: str, now: float) -> str:
        """A link that lasts; empty where there is none. ``now``: POSIX seconds by the server's clock.

        In doubt by ours: a store that refuses a link has another one asked for.
        """
        url, ends = self._links.get(artifact_id, ("", 0.0))
        return url if now < ends - EARLY else ""

    def keep(self, artifact_id: str, url: str, ends: float | None) -> None:
        """Keep a link that says when it ends; the oldest of many goes."""
        self._links.pop(artifact_id, None)
        if ends is not None:
            self._links[artifact_id] = url, ends
        if len(self._links) > MOST_LINKS:
            self._links.pop(next(iter(self._links)), None)


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
