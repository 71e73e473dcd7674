"""The exception for a request without an answer, naming what prevented it (name, proxy, certificate)."""

import re
import socket
import ssl
from collections.abc import Iterator
from typing import Any

import httpx
from msgspec import structs

from dfs_desktop.api.errors import (
    APIConnectionError,
    APITimeoutError,
    CertificateError,
    ConfigurationError,
    DataForceError,
    ProxyLoginError,
    ServerAddressError,
    UnexpectedAnswerError,
)

from .address import Address
from .network import AS_THE_SYSTEM, Network, fingerprint
from .proxies import Proxy
from .scrubbing import scrub
from .server_certificate import Certificate, read_certificate, seen_certificate
from .trusted_authorities import ChangedCertificate, told_by_variables

# What the HTTP client raises for what others do. ValueError: numbers of thousands of digits.
FAULTS = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError, ExceptionGroup)
# A first answer that is a TLS alert, as it stands in the complaint about it.
_TLS_ALERT = re.compile(r"\\x1[56]\\x03")
_BROKEN = (ConnectionResetError, BrokenPipeError, ConnectionAbortedError, ssl.SSLEOFError)
_TLS_WORDS = {
    "CERTIFICATE_REQUIRED": "it wants a certificate of yours, and this program has none to give",
    "PROTOCOL": "it speaks a version of TLS that is not safe any more",
    "HANDSHAKE_FAILURE": "it offers nothing that both sides hold safe, or wants a certificate of yours",
}
_PLAIN_ANSWER = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE")


def is_fault(error: Exception, proxy: Proxy | None) -> bool:
    """Whether an exception of the HTTP client tells of others, and not of a mistake in here."""
    return isinstance(error, FAULTS) or (proxy is not None and _is_proxys(error))


def connection_error(
    error: Exception,
    to: Address,
    proxy: Proxy | None = None,
    network: Network = AS_THE_SYSTEM,
    *,
    typed: bool = True,
) -> DataForceError:
    """Our exception for what the HTTP client raised when no answer came from ``to``. It may take
    seconds: a certificate that was not accepted is looked at once more.

    ``typed``: a person wrote that address, and may write another one.
    """
    host, via = to.place, f" (through the proxy {proxy.shown})" if proxy is not None else ""
    lost = not isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout))
    if isinstance(error, httpx.ConnectTimeout):
        who = f"The proxy {proxy.shown}" if proxy is not None else host
        # Whoever waits for a line of plain text is silent to an encrypted greeting.
        plain = "" if to.port in (None, 443) or not typed else _if_plain(to)
        return APITimeoutError(f"{who} did not accept the connection in time.{plain}")
    if isinstance(error, httpx.TimeoutException):
        return APITimeoutError(f"{host} was silent for too long{via}.", answer_lost=lost)
    if proxy is not None and _is_proxys(error):
        return _refused_by_proxy(str(error), host, proxy)
    if isinstance(error, (httpx.UnsupportedProtocol, httpx.InvalidURL)):
        return APIConnectionError(
            f"{host} sends us elsewhere, to an address that cannot be used.", retryable=False
        )
    if isinstance(error, httpx.LocalProtocolError):
        return UnexpectedAnswerError(f"{host} cannot be asked this: {scrub(str(error))}")
    if isinstance(error, httpx.RemoteProtocolError) and _TLS_ALERT.search(str(error)):
        return speaks_https(to)
    pin = network.pin(to.host, to.port or 443)
    trusted = pin.sha256 if pin is not None else ""
    return _by_cause(error, to, proxy, trusted, lost=lost, typed=typed)


def cannot_connect(error: Exception, to: Address) -> DataForceError:
    """Our exception for what making an HTTP client raised."""
    if isinstance(error, DataForceError):
        return error
    return ConfigurationError(
        f"The connection to {to.place} could not be set up: {scrub(str(error))}. Look at the "
        "certificate and proxy variables of this computer.",
        title="The connection could not be set up",
    )


def speaks_https(to: Address) -> ServerAddressError:
    """The exception for http to a port that wants https."""
    right = "https" + to.url.removeprefix("http")
    return ServerAddressError(
        f"{to.place} speaks https, and the address says http. Write {right}.", suggested=right
    )


def wants_password(proxy: Proxy | None, host: str) -> APIConnectionError:
    """The exception for a 407, which only a proxy gives."""
    if proxy is None:
        return APIConnectionError(
            f"A proxy on the way to {host} wants a name and a password (407). Set the variable "
            "HTTPS_PROXY (or HTTP_PROXY) to http://name:password@proxy:port.",
            title="The proxy wants a password",
            retryable=False,
        )
    how = "did not accept the name and password" if proxy.user else "wants a name and a password"
    return ProxyLoginError(
        f"The proxy {proxy.shown} {how} (407). They are written into the address of the proxy: "
        f"{proxy.scheme}://name:password@{proxy.place}.",
        proxy=proxy.place,
        user=proxy.user,
    )


def _is_proxys(error: Exception) -> bool:
    # Of SOCKS, httpx lets through what its parser raises about a proxy that is none.
    return isinstance(error, (httpx.ProxyError, AssertionError)) or type(
        error
    ).__module__.startswith("socksio")


def _refused_by_proxy(said: str, host: str, proxy: Proxy) -> APIConnectionError:
    socks = "username/password" in said or "from proxy server, but got" in said
    if said.startswith("407") or socks:
        return wants_password(proxy, host)
    passing = said[:3] in ("500", "502", "503", "504") or "could not connect" in said
    told = f": {scrub(said)}" if said else ""
    return APIConnectionError(
        f"The proxy {proxy.shown} did not connect us with {host}{told}.",
        title="The proxy refused",
        retryable=passing,
    )


def _by_cause(
    error: Exception, to: Address, proxy: Proxy | None, trusted: str, *, lost: bool, typed: bool
) -> DataForceError:
    host = to.place
    at = to.port or {"http": 80, "https": 443}[to.scheme]
    via = f" Asked through the proxy {proxy.shown}." if proxy is not None else ""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLError) and not _is_break(cause, lost=lost):
            return _tls_failed(cause, to, proxy, trusted)
        if isinstance(cause, socket.gaierror):
            if proxy is not None:
                return _no_proxy(f"no computer named {proxy.host} was found.", proxy)
            check = " Check the address." if typed else ""
            return APIConnectionError(f"No computer named {to.host} was found.{check}")
        if isinstance(cause, ConnectionRefusedError):
            if proxy is not None:
                return _no_proxy(f"{proxy.place} refuses connections.", proxy)
            missing = (
                ""
                if to.port or not typed
                else " An address may need its port, such as “:8000”, behind it."
            )
            return APIConnectionError(
                f"{to.host} refuses connections at port {at}. Is the server running?{missing}"
            )
    if lost:
        hint = (
            f" If it speaks https, write https://{host}." if to.scheme == "http" and typed else ""
        )
        return APIConnectionError(
            f"{host} closed the connection before it answered.{via}{hint}",
            title="The connection broke",
            answer_lost=True,
        )
    broken = any(isinstance(each, _BROKEN) for each in _causes(error))
    if broken and to.scheme == "https":
        return APIConnectionError(
            f"{host} closed the connection instead of encrypting it.{via}"
            f"{_if_plain(to) if typed else ''}",
            title="The encrypted connection failed",
        )
    if proxy is not None:
        return _no_proxy(f"{proxy.place} did not answer.", proxy)
    return APIConnectionError(f"{host} could not be reached at port {at}.")


def _is_break(cause: ssl.SSLError, *, lost: bool) -> bool:
    """Whether the line broke, rather than that the two sides do not fit: a record that was damaged
    on its way looks like an error of TLS, too."""
    told = isinstance(cause, ssl.SSLCertVerificationError) or _in_words(_reason(cause))
    return isinstance(cause, _BROKEN) or (lost and not told)


def _reason(cause: ssl.SSLError) -> str:
    named = getattr(cause, "verify_message", "") or getattr(cause, "reason", "")
    return str(named or cause.strerror or "handshake failed")


def _in_words(reason: str) -> str:
    return next((words for sign, words in _TLS_WORDS.items() if sign in reason), "")


def _if_plain(to: Address) -> str:
    if to.scheme != "https":
        return ""
    return f" If it speaks plain http, write http{to.url.removeprefix('https')}."


def _no_proxy(what: str, proxy: Proxy) -> APIConnectionError:
    return APIConnectionError(
        f"{what[0].upper()}{what[1:]} This proxy is set by {proxy.source}.",
        title="The proxy cannot be reached",
    )


def _tls_failed(
    cause: ssl.SSLError, to: Address, proxy: Proxy | None, trusted: str
) -> DataForceError:
    reason = _reason(cause)
    if any(sign in reason for sign in _PLAIN_ANSWER):
        if proxy is not None and proxy.scheme == "https":
            right = f"http://{proxy.place}"
            return ConfigurationError(
                f"The proxy {proxy.shown} speaks plain http: its address begins with http://, "
                f"also for https servers. Write {right}.",
                title="The proxy setting cannot be used",
            )
        right = "http" + to.url.removeprefix("https")
        return ServerAddressError(
            f"{to.place} speaks plain http, and the address says https. Write {right}, if that is "
            "your server and nobody else can listen on the way.",
            suggested=right,
        )
    if not isinstance(cause, ssl.SSLCertVerificationError):
        reason = _in_words(reason) or reason
        return APIConnectionError(
            f"The encrypted connection to {to.place} failed: {scrub(reason)}.",
            title="The encrypted connection failed",
            retryable="INTERNAL_ERROR" in reason,  # it is in trouble itself: that passes
            answer_lost=False,
        )
    if isinstance(cause, ChangedCertificate):
        return _changed(read_certificate(cause.shown), to, trusted)
    certificate = seen_certificate(to, proxy)
    unknown = "issuer" in reason or "self" in reason
    return _not_accepted(
        f"The certificate of {to.place} was not accepted: {scrub(reason)}."
        f"{certificate.in_words()}{_remedy() if unknown else ''}",
        certificate,
        to,
        # Who opens the connections of all servers has a new certificate for each.
        may_trust=unknown and bool(certificate.sha256) and not certificate.by_opener,
    )


def _changed(certificate: Certificate, to: Address, trusted: str) -> CertificateError:
    return _not_accepted(
        f"{to.place} shows another certificate than the one that was trusted for it, and nothing was "
        f"sent.{certificate.in_words()} Trusted was {fingerprint(trusted)}. Either the server has got a "
        "new one, or somebody on the way opens the connection: ask whoever runs the server for its "
        "fingerprint before you trust the new one.",
        certificate,
        to,
        title="The server's certificate is another one",
        may_trust=True,
        trusted=trusted,
    )


def _not_accepted(
    text: str, certificate: Certificate, to: Address, **more: Any
) -> CertificateError:
    host, port = to.host.strip("[]").lower(), to.port or 443
    return CertificateError(text, host=host, port=port, **structs.asdict(certificate), **more)


def _remedy() -> str:
    also = f" {told_by_variables()}".rstrip()
    return (
        " If it is your company's, have this computer trust its authority, or name the authority's "
        f"file in SSL_CERT_FILE.{also}"
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting and len(seen) < 24:
        if (step := waiting.pop(0)) is None or step in seen:
            continue
        seen.append(step)
        yield step
        waiting += [step.__cause__, step.__context__]
        if isinstance(step, BaseExceptionGroup):  # anyio: one per address that was tried
            waiting += step.exceptions
