"""The object store behind presigned URLs: one blocking HTTP client without keys, for both faces."""

from __future__ import annotations

import contextlib
import ssl
import threading
import urllib.parse
from collections.abc import Callable, Iterable, Iterator, Mapping

import httpx

from dfs_desktop import __version__
from dfs_desktop.api.address import Address, is_loopback
from dfs_desktop.api.answers import connection_error, retry_after
from dfs_desktop.api.errors import UnexpectedAnswerError
from dfs_desktop.api.scrubbing import scrub

from .s3 import XML_LIMIT, read_xml
from .slots import Slots
from .sockets import heed_stops, heeding
from .urls import Target, check_url

CONNECTIONS = 10
REDIRECTS = 3
_MOVED = frozenset((301, 302, 303, 307, 308))
HEADERS = {
    "User-Agent": f"dfs-desktop/{__version__}",
    "Accept": "*/*",
    "Accept-Encoding": "identity",
}
# One silence, in seconds: stores may think for minutes while they join parts.
COMPLETION_TIMEOUT = httpx.Timeout(60.0, read=900.0)
TIMEOUT = httpx.Timeout(60.0, connect=15.0)


class Store:
    """Sends requests to checked presigned URLs. Thread safe."""

    def __init__(self, api: Address, transport: httpx.BaseTransport | None = None) -> None:
        self.api = api
        self.approved: set[str] = set()  # hosts in a private network that the person vouches for
        self._transport = transport
        self._clients: dict[tuple[bool, bool], httpx.Client] = {}
        self._lock = threading.Lock()
        # Below the pool's size, so that the pool never queues: its queue loses slots on cancel.
        self.slots = Slots(CONNECTIONS)

    def target(self, url: str) -> Target:
        """The URL, judged; see ``check_url``."""
        return check_url(url, self.api, self.approved)

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

        The signed part of the URL travels as the raw request target: httpx neither normalises
        it nor ever has it in a log line, an error or a repr.
        """
        client = self._client(target)
        request = client.build_request(
            method,
            target.origin + "/",
            content=content,
            headers=headers,
            timeout=timeout,
            extensions={"target": target.raw},
        )
        with self.slots.taken(check, extra=extra), heeding(check):
            try:
                response = client.send(request, stream=True)
                try:
                    yield response
                finally:
                    response.close()
            except (httpx.TransportError, httpx.StreamError, httpx.InvalidURL) as error:
                raise connection_error(error, target.host) from None

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
        found = self.target(urllib.parse.urljoin(here, where))
        if target.origin.startswith("https:") and not found.origin.startswith("https:"):
            raise UnexpectedAnswerError(
                "The storage sends us on to a place without encryption; it was not used."
            )
        return found

    def _client(self, target: Target) -> httpx.Client:
        secure, loopback = target.origin.startswith("https:"), is_loopback(target.host)
        with self._lock:
            client = self._clients.get((secure, loopback))
            if client is None:
                client = self._clients[secure, loopback] = httpx.Client(
                    headers=HEADERS,
                    verify=tls_context() if secure else bare_context(),
                    trust_env=not loopback,
                    follow_redirects=False,
                    transport=self._transport,
                    limits=httpx.Limits(
                        max_connections=CONNECTIONS + 4, max_keepalive_connections=CONNECTIONS
                    ),
                )
                heed_stops(client)
            return client

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            clients, self._clients = list(self._clients.values()), {}
        for client in clients:
            client.close()


def tls_context() -> ssl.SSLContext:
    """Trust what the operating system trusts (company certificates included)."""
    import truststore

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def bare_context() -> ssl.SSLContext:
    """For plain http: trusts nobody, and costs no reading of certificates."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class StoreRefused(Exception):  # noqa: N818 - internal, always turned into one of ours
    """The store answered with an error status."""

    def __init__(self, status: int, code: str, message: str, wait: float | None) -> None:
        super().__init__(status, code)
        self.status, self.code, self.message, self.wait = status, code, message, wait

    @property
    def expired(self) -> bool:
        """Whether it says that the link is too old."""
        return self.status == 403 and "expired" in f"{self.code} {self.message}".lower()

    def explain(self) -> str:
        """One sentence that says what to do."""
        if self.expired:
            return "The link to the storage has expired. Start again."
        known = {
            "SignatureDoesNotMatch": "The storage did not accept the link's signature (403).",
            "RequestTimeTooSkewed": "The clocks of registry and storage disagree (403).",
            "NoSuchKey": "The file is missing in the storage, although its record exists (404).",
            "NoSuchBucket": "The bucket of this orbit does not exist any more (404).",
            "NoSuchUpload": "The storage has forgotten this upload (404). Start again.",
            "EntityTooLarge": "The storage does not take files of this size.",
            "QuotaExceeded": "The storage is full.",
        }
        if self.code in known:
            return known[self.code]
        if self.status == 507:
            return "The storage is full (507)."
        if self.status == 404:
            return known["NoSuchKey"]
        if 300 <= self.status < 400:
            return f"The storage sends us to another place ({self.status}); that is not followed."
        said = " ".join(filter(None, (self.code, self.message)))
        return f"The storage refused with status {self.status}" + (
            f": {scrub(said)}." if said else "."
        )


def refusal(response: httpx.Response) -> StoreRefused:
    """What an error answer of the store says (at most 1 MiB of it is read)."""
    body = read_small(response)
    answer = read_xml(body) if body is not None else None
    code, message = (answer.code, answer.message) if answer is not None else ("", "")
    return StoreRefused(response.status_code, code, message, retry_after(response.headers))


def read_small(response: httpx.Response) -> bytes | None:
    """A short body; None when it is longer than 1 MiB or breaks off."""
    body = bytearray()
    try:
        for chunk in response.iter_raw():
            body += chunk
            if len(body) > XML_LIMIT:
                return None
    except httpx.TransportError:
        return None
    return bytes(body)
