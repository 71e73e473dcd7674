"""The object store behind presigned URLs: blocking connections without keys, for both clients."""

import contextlib
import threading
import urllib.parse
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import httpx
from msgspec import Struct

from dfs_desktop import __version__
from dfs_desktop.api import errors
from dfs_desktop.api.http.address import Address
from dfs_desktop.api.http.connection_errors import (
    cannot_connect,
    connection_error,
    is_fault,
    wants_password,
)
from dfs_desktop.api.http.network import AS_THE_SYSTEM, Network
from dfs_desktop.api.http.proxy.proxy_address import Proxy
from dfs_desktop.api.http.proxy.proxy_choice import Check, another_way, may_change, proxy_for
from dfs_desktop.api.http.trusted_authorities import bare_context, tls_context
from dfs_desktop.api.storage.limits.cancellable_sockets import cancellation_scope, make_cancellable
from dfs_desktop.api.storage.limits.connection_slots import ConnectionSlots
from dfs_desktop.translation import later, tr

from .presigned_urls import GIVEN, LED, Target, check_url
from .store_errors import refuse_page
from .warm_connections import keep_warm

CONNECTIONS = 10
REDIRECTS = 3
KEPT = 15.0  # seconds that an idle connection waits for the next piece, or the next file
_MOVED = frozenset((301, 302, 303, 307, 308))
HEADERS = {
    "User-Agent": f"dfs-desktop/{__version__}",
    "Accept": "*/*",
    "Accept-Encoding": "identity",
    "Connection": "keep-alive",
}
# One silence, in seconds: stores may think for minutes while they join parts.
COMPLETION_TIMEOUT = httpx.Timeout(60.0, read=900.0)
TIMEOUT = httpx.Timeout(60.0, connect=15.0)


class _ExactUrl(httpx.URL):
    """A URL whose path and query go over the wire as they were signed; its text shows neither.

    Not httpx's extension for this: through a proxy that would replace the address in CONNECT too,
    and show the proxy what is signed.
    """

    def __init__(self, target: Target) -> None:
        super().__init__(target.origin + "/")
        self._raw = target.raw

    @property
    def raw_path(self) -> bytes:
        return self._raw


_TITLES: dict[type[errors.DataForceError], str] = {
    errors.APIConnectionError: later("The storage cannot be reached"),
    errors.APITimeoutError: later("The storage did not answer in time"),
}


class _Route(Struct, frozen=True):
    """The way to one storage."""

    address: Address
    proxy: Proxy | None
    connections: httpx.BaseTransport
    network: Network

    def failed(self, error: Exception) -> errors.DataForceError:
        """Our exception for what a request raised; raises what was raised by ourselves."""
        if isinstance(error, errors.DataForceError) or not is_fault(error, self.proxy):
            raise error
        ours = connection_error(error, self.address, self.proxy, self.network, typed=False)
        if isinstance(ours, errors.ServerAddressError):
            return errors.UnexpectedAnswerError(
                tr(
                    "The storage at {place} does not speak {scheme}, as the registry says it "
                    "does. Whoever runs the registry has to set its bucket right.",
                    place=self.address.place,
                    scheme=self.address.scheme,
                )
            )
        if ours.title == tr(ours.heading):
            ours.title = tr(_TITLES.get(type(ours), ours.heading))
        return ours


class Store:
    """Sends requests to checked presigned URLs. Thread safe."""

    def __init__(
        self,
        api: Address,
        transport: httpx.BaseTransport | None = None,
        network: Network = AS_THE_SYSTEM,
    ) -> None:
        self.api, self.network = api, network
        self.approved: set[str] = set()  # hosts in a private network that the person vouches for
        self._transport = transport
        self._connections: dict[tuple[Any, ...], httpx.BaseTransport] = {}
        self._routes: dict[str, _Route] = {}
        self._lock = threading.Lock()
        self.slots = ConnectionSlots(CONNECTIONS)

    def target(self, url: str, said: str = GIVEN) -> Target:
        """The URL, judged; see ``check_url``."""
        return check_url(url, self.api, self.approved, said)

    @contextlib.contextmanager
    def send(
        self,
        method: str,
        target: Target,
        *,
        check: Callable[[], None],
        headers: Mapping[str, str] | None = None,
        content: bytes | Iterable[bytes] | None = None,
        timeout: httpx.Timeout = TIMEOUT,
        extra: bool = False,
    ) -> Iterator[httpx.Response]:
        """One request, its answer streamed. ``check`` may raise to stop it within a second.

        An ``extra`` one is only made when there is a free connection for it (else NoFreeSlot).

        The signed part of the URL is neither normalised nor ever in a log line, an error or a repr.
        """
        request = httpx.Request(
            method,
            target.origin + "/",
            content=content,
            headers={**HEADERS, **(headers or {})},
            extensions={"timeout": timeout.as_dict()},
        )
        request.url = _ExactUrl(target)
        with self.slots.taken(check, extra=extra), cancellation_scope(check):
            while True:
                route = self._route(target, check)
                try:
                    response = route.connections.handle_request(request)
                    break
                except Exception as error:  # noqa: BLE001 - told apart in failed()
                    if not another_way(error, route.proxy, route.address, self.network):
                        raise route.failed(error) from None
            try:
                if response.status_code == httpx.codes.PROXY_AUTHENTICATION_REQUIRED:
                    raise wants_password(route.proxy, route.address.told(route.address.place))
                refuse_page(response, method)
                yield response
            except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL) as error:
                raise route.failed(error) from None
            finally:
                response.close()

    @contextlib.contextmanager
    def fetch(
        self,
        target: Target,
        *,
        check: Callable[[], None],
        headers: Mapping[str, str],
        extra: bool = False,
    ) -> Iterator[httpx.Response]:
        """A GET that follows a few redirects. Each address is judged like the first one."""
        for _ in range(REDIRECTS):
            with self.send("GET", target, check=check, headers=headers, extra=extra) as answer:
                where = answer.headers.get("location", "")
                if answer.status_code not in _MOVED or not where:
                    yield answer
                    return
            target = self._next(target, where)
        with self.send("GET", target, check=check, headers=headers, extra=extra) as answer:
            yield answer

    def _next(self, target: Target, where: str) -> Target:
        here = target.origin + target.raw.decode("ascii")
        try:
            found = self.target(urllib.parse.urljoin(here, where), LED)
        except ValueError:  # not even the form of an address
            found = self.target("", LED)
        if target.encrypted and not found.encrypted:
            raise errors.UnexpectedAnswerError(
                tr("The storage sends us on to a place without encryption; it was not used.")
            )
        return found

    def _route(self, target: Target, check: Check) -> _Route:
        with self._lock:
            route = self._routes.get(target.origin)
        if route is None:
            address = target.address
            try:
                changes = may_change(address, self.network)
                proxy = proxy_for(address, self.network, check)
                with self._lock:
                    connections = self._open(address, proxy)
            except Exception as error:  # noqa: BLE001 - told apart in failed()
                raise cannot_connect(error, address) from None
            route = _Route(address, proxy, connections, self.network)
            if not changes:
                with self._lock:
                    self._routes[target.origin] = route
        return route

    def _open(self, to: Address, proxy: Proxy | None) -> httpx.BaseTransport:
        if self._transport is not None:
            return self._transport
        own = to.host == self.api.host and self.network.own is not None
        pin = self.network.pin(to.host, to.port or 443)
        key = (to.scheme, proxy, own, pin)
        connections = self._connections.get(key)
        if connections is None:
            trusted = (
                tls_context(self.network, to.host, to.port, own=own)
                if to.scheme == "https"
                else bare_context()
            )
            connections = self._connections[key] = httpx.HTTPTransport(
                verify=trusted,
                proxy=proxy.for_httpx(self.network) if proxy is not None else None,
                trust_env=False,  # proxy_choice.py reads the variables
                limits=httpx.Limits(keepalive_expiry=KEPT),
            )
            make_cancellable(connections)
            keep_warm(connections, KEPT)
        return connections

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            opened, self._connections, self._routes = list(self._connections.values()), {}, {}
        for connections in opened:
            connections.close()
