"""The gate before every route: this machine only, no web pages, no surprises in the answer."""

import logging

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .answers import Refusal, send_answer, send_refusal
from .requests import CLOSE, Gone, header

log = logging.getLogger(__name__)

_OWN_SITE = (b"none", b"same-origin")


class Gate:
    """Refuses what a browser page or a rebound DNS name would send, on every method and path."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._app = app
        names = ("127.0.0.1", "localhost", "[::1]")
        self._hosts = {f"{name}:{port}".encode("ascii") for name in names}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        if scope["type"] != "http":
            return
        if (refusal := self._refusal(scope)) is not None:
            await send_refusal(send, refusal)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Gone:
            return
        except Exception as error:
            # The type only: texts of exceptions may quote addresses, and those are secrets here.
            log.error("A request failed: %s", type(error).__name__)  # noqa: TRY400
            if started:
                raise  # uvicorn then cuts the connection, so that nobody takes it for complete
            text = b"text/plain; charset=utf-8"
            await send_answer(send, 500, b"Internal Server Error", text, CLOSE)

    def _refusal(self, scope: Scope) -> Refusal | None:
        host = header(scope, b"host") or b""
        if host.lower() not in self._hosts:
            return Refusal(421, "This registry answers only to its own address", CLOSE)
        site = header(scope, b"sec-fetch-site")
        foreign = site is not None and site.lower() not in _OWN_SITE
        if foreign or header(scope, b"origin") is not None:
            return Refusal(403, "Web pages may not use this registry", CLOSE)
        return None
