"""Answers as ASGI messages: JSON for the API, XML for the object store, refusals for both."""

from collections.abc import Sequence
from html import escape
from typing import Any

import msgspec
from starlette.types import Send

Headers = Sequence[tuple[bytes, bytes]]

JSON = b"application/json"
XML = b"application/xml"


class Refusal(Exception):  # noqa: N818  an answer, not a fault
    """The API says no: a status and the ``detail`` of the JSON answer."""

    def __init__(self, status: int, detail: Any, headers: Headers = ()) -> None:
        super().__init__(status)
        self.status = status
        self.detail = detail
        self.headers = headers


class StoreRefusal(Refusal):
    """The object store says no: a status and the code and message of the XML answer."""

    def __init__(self, status: int, code: str, message: str = "", headers: Headers = ()) -> None:
        super().__init__(status, message, headers)
        self.code = code


async def send_answer(
    send: Send,
    status: int,
    body: bytes = b"",
    content_type: bytes | None = None,
    headers: Headers = (),
) -> None:
    """Send a whole answer. A 204 has no length, as HTTP wants it."""
    lines = list(headers)
    if status != 204:
        lines.append((b"content-length", b"%d" % len(body)))
    if content_type is not None:
        lines.append((b"content-type", content_type))
    await send({"type": "http.response.start", "status": status, "headers": lines})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def send_json(send: Send, status: int, payload: Any, headers: Headers = ()) -> None:
    """Send *payload* as JSON. ``None`` is an empty answer that still names JSON, as recorded."""
    body = b"" if payload is None else msgspec.json.encode(payload)
    await send_answer(send, status, body, JSON, headers)


async def send_refusal(send: Send, refusal: Refusal) -> None:
    """Send a refusal of the API."""
    await send_json(send, refusal.status, {"detail": refusal.detail}, refusal.headers)


def xml(root: str, **elements: str) -> bytes:
    """A small XML document."""
    inner = "".join(
        f"<{name}>{escape(text, quote=False)}</{name}>" for name, text in elements.items()
    )
    name = root.split(" ", 1)[0]
    return f'<?xml version="1.0" encoding="UTF-8"?><{root}>{inner}</{name}>'.encode()


async def send_store_refusal(send: Send, refusal: StoreRefusal) -> None:
    """Send a refusal of the object store."""
    body = xml("Error", Code=refusal.code, Message=refusal.detail)
    headers = [(b"accept-ranges", b"bytes"), *refusal.headers]
    await send_answer(send, refusal.status, body, XML, headers)
