"""The exception for a request without an answer, naming what prevented it (name, proxy, certificate)."""

import re
import socket
import ssl
from collections.abc import Iterator

import httpx

from dfs_desktop.api import errors
from dfs_desktop.translation import sentences, tr

from .address import Address
from .network import Network
from .proxy.proxy_address import Proxy
from .scrubbing import scrub
from .tls_errors import BROKEN, is_break, tls_failed

# What the HTTP client raises for what others do. ValueError: numbers of thousands of digits.
FAULTS = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError, ExceptionGroup)
# A first answer that is a TLS alert, as it stands in the complaint about it.
_TLS_ALERT = re.compile(r"\\x1[56]\\x03")
_CUT = re.compile("Server disconnected|peer closed")  # complaints about an answer that is not whole


def is_fault(error: Exception, proxy: Proxy | None) -> bool:
    """Whether an exception of the HTTP client tells of others, and not of a mistake in here."""
    return isinstance(error, FAULTS) or (proxy is not None and _is_proxys(error))


def connection_error(
    error: Exception,
    to: Address,
    proxy: Proxy | None,
    network: Network,
    *,
    typed: bool = True,
) -> errors.DataForceError:
    """Our exception for what the HTTP client raised when no answer came from ``to``. It may take
    seconds: a certificate that was not accepted is looked at once more.

    ``typed``: a person wrote that address, and may write another one.
    """
    host = to.told(to.place)
    lost = not isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout))
    if isinstance(error, httpx.ConnectTimeout):
        late = tr("{host} did not accept the connection in time.", host=host)
        if proxy is not None:
            late = tr("The proxy {proxy} did not accept the connection in time.", proxy=proxy.shown)
        # Whoever waits for a line of plain text is silent to an encrypted greeting.
        plain = "" if to.port in (None, 443) or not typed else _if_plain(to)
        return errors.APITimeoutError(sentences(late, plain))
    if isinstance(error, httpx.TimeoutException):
        silent = tr("{host} was silent for too long.", host=host)
        return errors.APITimeoutError(sentences(silent, _asked_through(proxy)), answer_lost=lost)
    if proxy is not None and _is_proxys(error):
        return _refused_by_proxy(str(error), host, proxy)
    if isinstance(error, (httpx.UnsupportedProtocol, httpx.InvalidURL)):
        return errors.APIConnectionError(
            tr("{host} sends us elsewhere, to an address that cannot be used.", host=host),
            retryable=False,
        )
    if isinstance(error, httpx.LocalProtocolError):
        return errors.UnexpectedAnswerError(
            tr("{host} cannot be asked this: {reason}", host=host, reason=scrub(str(error)))
        )
    if isinstance(error, httpx.RemoteProtocolError) and _TLS_ALERT.search(str(error)):
        return speaks_https(to)
    pin = network.pin(to.host, to.port or 443)
    trusted = pin.sha256 if pin is not None else ""
    return _by_cause(error, to, proxy, trusted, lost=lost, typed=typed)


def cannot_connect(error: Exception, to: Address) -> errors.DataForceError:
    """Our exception for what making an HTTP client raised."""
    if isinstance(error, errors.DataForceError):
        return error
    return errors.ConfigurationError(
        tr(
            "The connection to {place} could not be set up: {reason}. Look at the "
            "certificate and proxy variables of this computer.",
            place=to.told(to.place),
            reason=scrub(str(error)),
        ),
        title=tr("The connection could not be set up"),
    )


def speaks_https(to: Address) -> errors.ServerAddressError:
    """The exception for http to a port that wants https."""
    right = "https" + to.url.removeprefix("http")
    return errors.ServerAddressError(
        tr(
            "{place} speaks https, and the address says http. Write {right}.",
            place=to.place,
            right=right,
        ),
        suggested=right,
    )


def wants_password(proxy: Proxy | None, host: str) -> errors.APIConnectionError:
    """The exception for a 407, which only a proxy gives."""
    if proxy is None:
        return errors.APIConnectionError(
            tr(
                "A proxy on the way to {host} wants a name and a password (407). Set the variable "
                "HTTPS_PROXY (or HTTP_PROXY) to http://name:password@proxy:port.",
                host=host,
            ),
            title=tr("The proxy wants a password"),
            retryable=False,
        )
    if proxy.user:
        asked = tr(
            "The proxy {proxy} did not accept the name and password (407).", proxy=proxy.shown
        )
    else:
        asked = tr("The proxy {proxy} wants a name and a password (407).", proxy=proxy.shown)
    login = tr(
        "They are written into the address of the proxy: {address}.",
        address=f"{proxy.scheme}://name:password@{proxy.place}",
    )
    return errors.ProxyLoginError(sentences(asked, login), proxy=proxy.place, user=proxy.user)


def _is_proxys(error: Exception) -> bool:
    # Of SOCKS, httpx lets through what its parser raises about a proxy that is none.
    return isinstance(error, (httpx.ProxyError, AssertionError)) or type(
        error
    ).__module__.startswith("socksio")


def _refused_by_proxy(said: str, host: str, proxy: Proxy) -> errors.APIConnectionError:
    socks = "username/password" in said or "from proxy server, but got" in said
    if said.startswith("407") or socks:
        return wants_password(proxy, host)
    passing = said[:3] in ("500", "502", "503", "504") or "could not connect" in said
    refused = tr("The proxy {proxy} did not connect us with {host}.", proxy=proxy.shown, host=host)
    if said:
        refused = tr(
            "The proxy {proxy} did not connect us with {host}: {reason}.",
            proxy=proxy.shown,
            host=host,
            reason=scrub(said),
        )
    return errors.APIConnectionError(refused, title=tr("The proxy refused"), retryable=passing)


def _by_cause(
    error: Exception, to: Address, proxy: Proxy | None, trusted: str, *, lost: bool, typed: bool
) -> errors.DataForceError:
    host = to.told(to.place)
    at = to.port or {"http": 80, "https": 443}[to.scheme]
    via = _asked_through(proxy)
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLError) and not is_break(cause, lost=lost):
            return tls_failed(cause, to, proxy, trusted)
        if isinstance(cause, socket.gaierror):
            if proxy is not None:
                return _no_proxy(_unknown_name(proxy.host), proxy)
            check = tr("Check the address.") if typed else ""
            return errors.APIConnectionError(sentences(_unknown_name(to.told(to.host)), check))
        if isinstance(cause, ConnectionRefusedError):
            if proxy is not None:
                return _no_proxy(tr("{place} refuses connections.", place=proxy.place), proxy)
            missing = tr("An address may need its port, such as “:8000”, behind it.")
            refuses = tr(
                "{host} refuses connections at port {port}. Is the server running?",
                host=to.told(to.host),
                port=at,
            )
            return errors.APIConnectionError(
                sentences(refuses, "" if to.port or not typed else missing)
            )
    if lost:
        hint = tr("If it speaks https, write {url}.", url=f"https://{host}")
        what = tr("{host} closed the connection before it answered.", host=host)
        odd = isinstance(error, (httpx.RemoteProtocolError, ValueError))
        if odd and not _CUT.match(str(error)):
            reason = scrub(str(error))
            what = tr("{host} gave an answer that is no HTTP: {reason}.", host=host, reason=reason)
        return errors.APIConnectionError(
            sentences(
                what,
                via,
                hint if to.scheme == "http" and typed else "",
            ),
            title=tr("The connection broke"),
            answer_lost=True,
        )
    broken = any(isinstance(each, BROKEN) for each in _causes(error))
    if broken and to.scheme == "https":
        return errors.APIConnectionError(
            sentences(
                tr("{host} closed the connection instead of encrypting it.", host=host),
                via,
                _if_plain(to) if typed else "",
            ),
            title=tr("The encrypted connection failed"),
        )
    if proxy is not None:
        return _no_proxy(tr("{place} did not answer.", place=proxy.place), proxy)
    return errors.APIConnectionError(
        tr("{host} could not be reached at port {port}.", host=host, port=at)
    )


def _if_plain(to: Address) -> str:
    if to.scheme != "https":
        return ""
    return tr("If it speaks plain http, write {url}.", url="http" + to.url.removeprefix("https"))


def _asked_through(proxy: Proxy | None) -> str:
    return "" if proxy is None else tr("Asked through the proxy {proxy}.", proxy=proxy.shown)


def _unknown_name(host: str) -> str:
    return tr("No computer named {host} was found.", host=host)


def _no_proxy(what: str, proxy: Proxy) -> errors.APIConnectionError:
    return errors.APIConnectionError(
        sentences(what, tr("This proxy is set by {source}.", source=proxy.named_by)),
        title=tr("The proxy cannot be reached"),
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
