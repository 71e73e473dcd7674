"""One JSON request and its answer, as both transports share them: connections, headers, limits."""

import logging
import re
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import msgspec

from dfs_desktop import __version__
from dfs_desktop.api.errors import DataForceError, UnprocessableEntityError
from dfs_desktop.api.protocol.effects import Call
from dfs_desktop.translation import tr

from .address import Address, Secret
from .answer_limits import BODY_LIMIT, ERROR_LIMIT, Body, Patience, head_came
from .connection_errors import connection_error, is_fault, wants_password
from .cookies import Cookies
from .network import Network
from .proxy.proxy_address import Proxy
from .proxy.proxy_choice import Check, another_way, may_change, never, proxy_for
from .server_clock import Clock
from .trusted_authorities import bare_context, tls_context

CONNECTIONS = 8
_HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "gzip",
    "Connection": "keep-alive",
    "User-Agent": f"dfs-desktop/{__version__}",
}


class Wire:
    """What both transports know: where the registry is, the key, and how to say a request."""

    longest = BODY_LIMIT  # bytes of an answer

    def __init__(
        self,
        address: Address,
        key: Secret,
        timeout: float,
        clock: Clock,
        network: Network,
    ) -> None:
        self.address, self.network = address, network
        self.clock = clock
        self._cookies = Cookies(address.host, encrypted=address.scheme == "https")
        self._timeout = httpx.Timeout(timeout, connect=min(timeout, 10.0)).as_dict()
        self.proxy: Proxy | None = None
        self.settled = False  # whether all requests leave by this way, till the end
        self._silence = timeout
        self._key = key
        for name in ("httpx", "httpcore"):  # both write whole URLs at INFO and DEBUG
            logging.getLogger(name).setLevel(logging.WARNING)

    def find_proxy(self, check: Check = never) -> Proxy | None:
        """The proxy by which requests leave now. It may take seconds, in which ``check`` is called."""
        if not self.settled:
            self.settled = not may_change(self.address, self.network)
            self.proxy = proxy_for(self.address, self.network, check)
        return self.proxy

    def another_way(self, error: Exception, proxy: Proxy | None) -> bool:
        """Whether to send it once more, by another proxy: nobody was found at this one."""
        return another_way(error, proxy, self.address, self.network)

    def connection_options(self, proxy: Proxy | None) -> dict[str, Any]:
        """The arguments that httpx's two transports share."""
        address, network = self.address, self.network
        secure = address.scheme == "https"
        trusted = tls_context(network, address.host, address.port, own=True) if secure else None
        return {
            "verify": trusted or bare_context(),
            "proxy": proxy.for_httpx(network) if proxy is not None else None,
            "trust_env": False,  # proxy_choice.py reads the variables
            "limits": httpx.Limits(max_connections=CONNECTIONS + 4),
        }

    def request(self, call: Call[Any]) -> httpx.Request:
        """One request. The key goes to this origin and nowhere else."""
        headers = dict(_HEADERS)
        if not call.keyless:
            headers["Authorization"] = f"Bearer {self._key.reveal()}"
        content = None
        if call.json is not msgspec.UNSET:
            headers["Content-Type"] = "application/json"
            content = _encoded(call.json)
        if "%00" in call.path:
            raise _unsendable(tr("it holds a NUL character"))
        url = httpx.URL(self.address.url + call.path)
        if cookies := self._cookies.header(url.path):
            headers["Cookie"] = cookies
        extensions = {"timeout": self._timeout}
        return httpx.Request(
            call.method, url, headers=headers, content=content, extensions=extensions
        )

    def patience(self, request: httpx.Request) -> Patience:
        """How long a request may take as a whole."""
        return Patience(self._silence, len(request.content))

    def body(self, call: Call[Any], answer: httpx.Response) -> Body:
        """What the body of an answer, whose head came, is collected in."""
        head_came(answer)
        if answer.status_code == httpx.codes.PROXY_AUTHENTICATION_REQUIRED:
            raise wants_password(self.proxy, self.address.place)
        short = call.look is not None or answer.status_code >= 300
        limit = ERROR_LIMIT if short else self.longest
        return Body(answer, self.address.place, limit, cut=short)

    def failed(self, error: Exception) -> DataForceError:
        """The exception for a request without an answer. Raises what is a fault of the program."""
        if isinstance(error, DataForceError):
            return error
        if not is_fault(error, self.proxy):
            raise error
        return connection_error(error, self.address, self.proxy, self.network)

    def learn(self, call: Call[Any], headers: httpx.Headers) -> None:
        """Note the server's clock, and the cookies that it set."""
        if lines := headers.get_list("set-cookie"):
            self._cookies.learn(lines, httpx.URL(self.address.url + call.path).path)
        try:
            theirs = parsedate_to_datetime(headers.get("date", "")).timestamp()
        except (TypeError, ValueError, IndexError, OverflowError):
            return
        self.clock.learn(theirs)


_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")  # as JSON writes it


def _encoded(value: Any) -> bytes:
    """JSON of a request; UnprocessableEntityError for what no server takes."""
    try:
        text = msgspec.json.encode(value)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise _unsendable(str(error)[:200]) from None
    if _NUL.search(text):
        raise _unsendable(tr("it holds a NUL character"))
    return text


def _unsendable(why: str) -> UnprocessableEntityError:
    return UnprocessableEntityError(
        tr("A value was not sent: {reason}.", reason=why),
        status_code=422,
        title=tr("This value cannot be sent"),
    )
