"""The two clients, blocking and awaiting: address, key, and the default place to work in."""

import os
from collections.abc import Generator, Iterable
from typing import Any, Generic, Self, TypeVar

import httpx

from dfs_desktop.api.dialects.server_dialect import Server, dialect_for
from dfs_desktop.api.flows.context import Context
from dfs_desktop.api.flows.scope import DefaultScope
from dfs_desktop.api.http.address import from_environment, read_address, read_key
from dfs_desktop.api.http.network import AS_THE_SYSTEM, Network
from dfs_desktop.api.http.registry_requests import Wire
from dfs_desktop.api.http.server_clock import Clock
from dfs_desktop.api.protocol.effects import Flow
from dfs_desktop.api.protocol.scope import ScopeRequest
from dfs_desktop.api.resources.collections import AsyncCollectionResource, CollectionResource
from dfs_desktop.api.resources.connection import AsyncConnectionResource, ConnectionResource
from dfs_desktop.api.resources.model_artifacts import (
    AsyncModelArtifactResource,
    ModelArtifactResource,
)
from dfs_desktop.api.resources.orbits import AsyncOrbitResource, OrbitResource
from dfs_desktop.api.resources.organizations import (
    AsyncBucketSecretResource,
    AsyncOrganizationResource,
    BucketSecretResource,
    OrganizationResource,
)
from dfs_desktop.api.resources.tracks import AsyncTrackResource, TrackResource
from dfs_desktop.api.resources.transfers import AsyncTransferResource, TransferResource
from dfs_desktop.api.storage.effect_handlers import Perform, perform
from dfs_desktop.api.storage.limits.progress_meter import Meter
from dfs_desktop.api.storage.presigned_urls import approval
from dfs_desktop.api.storage.store_client import Store
from dfs_desktop.translation import tr

from .async_transport import AsyncTransport
from .errors import ConfigurationError
from .transport import Transport

T = TypeVar("T")
H = TypeVar("H", httpx.BaseTransport, httpx.AsyncBaseTransport)


class _Client(Generic[H]):
    """What both clients are made of, what they tell of their connection, and what needs no waiting."""

    _context: Context
    _transport: Transport | AsyncTransport
    _driver: Any  # what walks flows
    _owner = False  # a view of another place is not

    def __init__(
        self,
        base_url: str | None = None,
        api_key: str | None = None,
        organization: str | None = None,
        orbit: str | None = None,
        collection: str | None = None,
        *,
        timeout: float = 30.0,
        allow_http: bool = False,
        generation: str | None = None,
        approved_storage: Iterable[str] = (),
        network: Network = AS_THE_SYSTEM,
        transport: H | None = None,
        storage_transport: httpx.BaseTransport | None = None,
        performer: Perform = perform,
    ) -> None:
        url, key = from_environment(base_url, api_key, os.environ)
        address, secret = read_address(url, allow_http=allow_http), read_key(key)
        known = dialect_for(generation) if generation else None
        clock, server = Clock(), Server(known, encrypted=address.scheme == "https")
        place = DefaultScope(server, organization, orbit, collection)
        store = Store(address, storage_transport, network)
        store.approved.update(map(approval, approved_storage))
        wire = Wire(address, secret, timeout, clock, network)
        driver = self._driver(wire, server, store, transport, performer)
        self._join(Context(server, place, clock, set()), driver)
        self._owner = True

    @property
    def _store(self) -> Store:
        return self._transport.store

    @property
    def base_url(self) -> str:
        """The registry's address."""
        return self._transport.wire.address.url

    @property
    def clock_ahead(self) -> float:
        """Seconds that the server's clock is ahead of this one, by its answers; 0 when not known."""
        return self._transport.wire.clock.ahead or 0.0

    @property
    def generation(self) -> str | None:
        """Which generation of the interface the server speaks, A to G; None until it was asked."""
        known = self._transport.server.known
        return None if known is None else known.generation

    @property
    def kind(self) -> str:
        """What people call its interface; "" until it was asked."""
        known = self._transport.server.known
        return "" if known is None else tr(known.interface)

    @property
    def has_tracks(self) -> bool:
        """Whether servers of this generation have tracks; False until it was asked."""
        known = self._transport.server.known
        return known is not None and known.has_tracks

    def _check_open(self, flow: Flow[Any]) -> None:
        if self._transport.closed:
            flow.close()
            raise ConfigurationError(
                tr("It was closed, so it asks nothing any more. Make a new one."),
                title=tr("The client is closed"),
            )

    def _join(self, context: Context, transport: Any) -> None:
        raise NotImplementedError

    def at(
        self,
        organization_id: str | None = None,
        orbit_id: str | None = None,
        collection_id: str | None = None,
    ) -> Self:
        """A view of another place over the same connection; closing it closes nothing."""
        view = object.__new__(type(self))
        view._join(self._context.at(organization_id, orbit_id, collection_id), self._transport)
        return view

    def approve_storage(self, host: str) -> None:
        """Let files go to and come from this storage although the registry is better protected.

        StorageAddressError asks for it and names it: a host in a private network, or the beginning
        of an address without encryption, such as ``http://minio.example:9000``.
        """
        self._store.approved.add(approval(host))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.base_url!r})"


class DataForceClient(_Client[httpx.BaseTransport]):
    """A blocking client. Thread safe; close it, or use it in a ``with`` block.

    ``base_url`` and ``api_key`` default to the variables DFS_BASE_URL and DFS_API_KEY, then to
    LUML_BASE_URL and LUML_API_KEY.
    ``organization``, ``orbit`` and ``collection`` are ids or exact names; what is not given is
    chosen by itself when there is only one. ``timeout`` in seconds is for one silence of the
    registry. ``allow_http`` lets the key travel unencrypted to a machine other than this one.
    ``approved_storage``: what ``approve_storage`` takes, known beforehand. ``network``: the proxy and
    the certificates, where the system's are not meant.
    ``generation`` (A to G) spares the questions that find out which one the server speaks.
    ``transport`` carries the registry's requests, ``storage_transport`` those to presigned URLs.
    ``performer`` carries out what moves or hashes bytes.
    """

    _driver = Transport
    _transport: Transport

    def _join(self, context: Context, transport: Transport) -> None:
        self._context, self._transport = context, transport
        self.connection = ConnectionResource(self)
        self.organizations = OrganizationResource(self)
        self.orbits = OrbitResource(self)
        self.collections = CollectionResource(self)
        self.bucket_secrets = BucketSecretResource(self)
        self.model_artifacts = ModelArtifactResource(self)
        self.tracks = TrackResource(self)
        self.transfers = TransferResource(self)

    def setup_config(
        self,
        organization: str | None = None,
        orbit: str | None = None,
        collection: str | None = None,
    ) -> None:
        """Change the default place; names are looked up at their first use."""
        self._context.places.configure(organization, orbit, collection)

    def _run(self, flow: Flow[T], meter: Meter | None = None) -> T:
        self._check_open(flow)
        return self._transport.run(flow, meter)

    def close(self) -> None:
        """Close the connections."""
        if self._owner:
            self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class PendingScope:
    """What ``AsyncDataForceClient.setup_config`` returns: await it to look names up now."""

    def __init__(self, client: "AsyncDataForceClient") -> None:
        self._client = client

    def __await__(self) -> Generator[object, None, None]:
        return self._look().__await__()

    async def _look(self) -> None:
        context = self._client._context
        if (level := context.places.named_level()) is not None:
            await self._client._run(context.locate(ScopeRequest(level)))


class AsyncDataForceClient(_Client[httpx.AsyncBaseTransport]):
    """The awaiting twin of DataForceClient: the same calls, awaited. Nothing blocks the loop: bytes
    are moved and hashed on worker threads."""

    _driver = AsyncTransport
    _transport: AsyncTransport

    def _join(self, context: Context, transport: AsyncTransport) -> None:
        self._context, self._transport = context, transport
        self.connection = AsyncConnectionResource(self)
        self.organizations = AsyncOrganizationResource(self)
        self.orbits = AsyncOrbitResource(self)
        self.collections = AsyncCollectionResource(self)
        self.bucket_secrets = AsyncBucketSecretResource(self)
        self.model_artifacts = AsyncModelArtifactResource(self)
        self.tracks = AsyncTrackResource(self)
        self.transfers = AsyncTransferResource(self)

    def setup_config(
        self,
        organization: str | None = None,
        orbit: str | None = None,
        collection: str | None = None,
    ) -> PendingScope:
        """Change the default place. Ids count at once; await the result to look names up now."""
        self._context.places.configure(organization, orbit, collection)
        return PendingScope(self)

    async def _run(self, flow: Flow[T], meter: Meter | None = None) -> T:
        self._check_open(flow)
        return await self._transport.run(flow, meter)

    async def aclose(self) -> None:
        """Stop what still runs, let it clean up, and close the connections."""
        if self._owner:
            await self._transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()
