"""One JSON request and its answer, as httpx's two clients share them: options, headers, limits."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import msgspec

from dfs_desktop import __version__

from .address import Address, Secret
from .answers import BODY_LIMIT
from .errors import UnexpectedAnswerError
from .flows.effects import Call
from .flows.server import Server
from .flows.session import Clock
from .storage.store import bare_context, tls_context

CONNECTIONS = 8


class Wire:
    """What both transports know: where the registry is, the key, and how to say a request."""

    def __init__(
        self, address: Address, key: Secret, timeout: float, clock: Clock, server: Server
    ) -> None:
        self.address = address
        self.server = server
        self.clock = clock
        self.timeout = httpx.Timeout(timeout, connect=min(timeout, 10.0))
        self._key = key
        for name in ("httpx", "httpcore"):  # both write whole URLs at INFO and DEBUG
            logging.getLogger(name).setLevel(logging.WARNING)

    def client_options(self) -> dict[str, Any]:
        """The arguments that httpx's two clients share."""
        return {
            "verify": tls_context() if self.address.scheme == "https" else bare_context(),
            # Proxy variables would catch requests to this machine, key included.
            "trust_env": not self.address.loopback,
            "follow_redirects": False,
            "timeout": self.timeout,
            "limits": httpx.Limits(max_connections=CONNECTIONS + 4),
            "headers": {"User-Agent": f"dfs-desktop/{__version__}", "Accept": "application/json"},
        }

    def request(self, call: Call[Any]) -> dict[str, Any]:
        """The arguments of one request. The key goes to this origin and nowhere else."""
        headers = {} if call.keyless else {"Authorization": f"Bearer {self._key.reveal()}"}
        content = None
        if call.json is not msgspec.UNSET:
            headers["Content-Type"] = "application/json"
            content = msgspec.json.encode(call.json)
        url = self.address.url + call.path
        return {"method": call.method, "url": url, "headers": headers, "content": content}

    def too_long(self) -> UnexpectedAnswerError:
        """The error for an answer above the limit."""
        return UnexpectedAnswerError(
            f"{self.address.host} answered with more than {BODY_LIMIT >> 20} MiB."
        )

    def learn_time(self, headers: Mapping[str, str]) -> None:
        """Note the server's clock."""
        try:
            theirs = parsedate_to_datetime(headers.get("date", "")).timestamp()
        except (TypeError, ValueError, IndexError):
            return
        self.clock.learn(theirs, time.time())


def may_repeat(call: Call[Any], error: Exception, attempt: int) -> bool:
    """One more try after a connection that broke before any answer (idle, or after a 500)."""
    dropped = isinstance(error, (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError))
    return attempt == 0 and call.repeatable and dropped
