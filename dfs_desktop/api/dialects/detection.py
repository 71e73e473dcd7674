"""Detects the generation of a registry by a few requests without the key."""

import contextlib
import re
import urllib.parse
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from dfs_desktop.api.errors import ConfigurationError, ServerAddressError, UnexpectedAnswerError
from dfs_desktop.api.http.address import Address, read_address
from dfs_desktop.api.http.answers import SIGN_IN, led_away, wants_sign_in
from dfs_desktop.api.http.connection_errors import speaks_https
from dfs_desktop.api.protocol.effects import Call, Flow
from dfs_desktop.translation import later, sentences, tr

from .dataforce import Dialect
from .server_dialect import dialect_for

# An id that nobody has: addresses that exist ask for a key before they look at ids.
NOBODY = "00000000-0000-4000-8000-000000000000"
ORBIT = f"/organizations/{NOBODY}/orbits/{NOBODY}"
COLLECTION = f"{ORBIT}/collections/{NOBODY}"

# The kinds of answers, as a person reads them where no registry was found.
REGISTRY, WANTS_HTTPS, REDIRECT = "registry", "https", "redirect"
OF_A_STORE = later("the error of an object store (S3, Azure)")
WEB_PAGE = later("a web page")
LONGEST_TARGET = 4096
_BAD_REQUEST = 400
_BLOCKED = (403, 451)
# What nginx, Go, Apache and others say to plain http at a port of theirs that takes https only.
_HTTPS_WORDS = re.compile(
    rb"HTTP request (?:was )?(?:sent )?to (?:an )?HTTPS|HTTP to an SSL|plain HTTP", re.IGNORECASE
)
_STORE_ERROR = re.compile(rb"<Error>\s*<Code>")

_UNAUTHORIZED, _NOT_FOUND, _OTHER_METHOD = 401, 404, 405


class ServerProbe(Struct, frozen=True):
    """How an address answered to somebody without a key."""

    status: int
    kind: str
    to: str = ""  # where a redirect leads

    @property
    def guarded(self) -> bool:
        """It exists and wants a key, in the registry's own words."""
        return self.status == _UNAUTHORIZED and self.kind == REGISTRY


def detect(server: Address) -> Flow[Dialect]:
    """The dialect of the registry at an address; UnexpectedAnswerError when it is none.

    Two questions settle the newest and the oldest generations, three the ones between. The oldest
    four (A to the first D) look alike; their answers are told apart when they are read.
    """
    newest = yield from _ask(server, f"/v1{ORBIT}/artifacts")
    if newest.guarded:
        # An address of no generation: who wants a key here too wants one everywhere.
        control = yield from _ask(server, f"/v1{COLLECTION}/model_artifacts")
        if control.guarded:
            raise _no_registry(server.place, control)
        return dialect_for("G")
    oldest = yield from _ask(server, COLLECTION)
    if oldest.status == _OTHER_METHOD and oldest.kind == REGISTRY:
        return dialect_for("A")
    if oldest.guarded:
        renamed = yield from _ask(server, f"{COLLECTION}/artifacts")
        return dialect_for("E" if renamed.guarded else "D")
    prefixed = yield from _ask(server, "/v1/users/me/organizations")
    if prefixed.guarded:
        return dialect_for("F")
    raise _no_registry(server.place, newest)


def _ask(server: Address, path: str) -> Flow[ServerProbe]:
    glance = yield from Call("GET", path, _unread, repeatable=True, look=_glance, keyless=True)
    if glance.kind == WANTS_HTTPS and server.scheme == "http":
        raise speaks_https(server)
    if 300 <= glance.status < 400:
        raise _elsewhere(server, path, glance.to)
    if glance.status not in (_UNAUTHORIZED, _NOT_FOUND, _OTHER_METHOD):
        raise _no_registry(server.place, glance)
    return glance


def _elsewhere(server: Address, path: str, to: str) -> UnexpectedAnswerError:
    """A redirect: to the same address below another server, or to some page."""
    host = server.place
    portal = tr(
        "A sign-in page of the network (hotel, company proxy) does this, or another address is meant."
    )
    with contextlib.suppress(ConfigurationError, ValueError):
        to = urllib.parse.urljoin(server.url + path, to)
        moved = read_address(to.removesuffix(path), allow_http=True)
        if to.endswith(path) and moved.url != server.url and moved.scheme == "https":
            return ServerAddressError(
                tr(
                    "{host} sends us elsewhere: to {url}. If you know that server, use its address.",
                    host=host,
                    url=moved.url,
                ),
                suggested=moved.url,
            )
    return UnexpectedAnswerError(sentences(led_away(to, host), portal))


def _unread(_body: bytes) -> ServerProbe:
    raise AssertionError("a probe's answer is looked at whatever its status")


def _glance(status: int, headers: Mapping[str, str], body: bytes) -> ServerProbe:
    if status == _BAD_REQUEST and _HTTPS_WORDS.search(body):
        return ServerProbe(status, WANTS_HTTPS)
    if 300 <= status < 400:
        return ServerProbe(status, REDIRECT, headers.get("location", "")[:LONGEST_TARGET])
    if _STORE_ERROR.search(body[:2000]):
        return ServerProbe(status, OF_A_STORE)
    if body[:200].lstrip()[:1] == b"<" or "html" in headers.get("content-type", "").lower():
        return ServerProbe(status, WEB_PAGE)
    try:
        said: Any = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return ServerProbe(status, later("text") if body.strip() else later("an empty answer"))
    named = isinstance(said, dict) and isinstance(said.get("detail"), str)
    return ServerProbe(status, REGISTRY if named else later("other JSON"))


def _no_registry(host: str, glance: ServerProbe) -> UnexpectedAnswerError:
    status, hint = glance.status, ""
    if status == SIGN_IN:
        return UnexpectedAnswerError(wants_sign_in(host), retryable=True)
    passing = status >= 500 or status in (408, 425, 429)
    if passing:
        said = later(
            "{host} did not tell what it speaks: it answered with {answer} (status "
            "{status}), as a proxy does whose server is away."
        )
    elif glance.guarded:
        said = later(
            "{host} is no DataForce or LUML registry: it wants a sign-in for every "
            "address (status {status})."
        )
    elif glance.kind == OF_A_STORE:
        said = later(
            "{host} is an object store and no registry: it answered with {answer} (status "
            "{status}). The registry has an address of its own, often only another port."
        )
    elif status in _BLOCKED:
        said = later(
            "{host} did not tell what it speaks: it answered with {answer} (status "
            "{status}), as a proxy or firewall does that forbids us to ask. Check the "
            "server address; if it is right, ask whoever runs that network or server."
        )
    else:
        said = later(
            "{host} is no DataForce or LUML registry: it answered with {answer} (status "
            "{status}). Check the server address; a sign-in page of the network (hotel, "
            "company proxy) does this too."
        )
        if glance.kind == WEB_PAGE and host.startswith(("app.", "www.")):
            hint = tr(
                "This looks like the web page of a registry; its API has an address of its own."
            )
    told = tr(said, host=host, answer=_named(glance), status=status)
    return UnexpectedAnswerError(sentences(told, hint), retryable=passing)


def _named(glance: ServerProbe) -> str:
    if glance.kind == REGISTRY:
        return tr("an error") if glance.status >= 500 else tr("an unknown address")
    return tr(glance.kind)
