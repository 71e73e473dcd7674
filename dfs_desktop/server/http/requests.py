"""Requests as the registry reads them: one header value, checked parameters, a bounded JSON body."""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qs

import msgspec
from starlette.types import Receive, Scope

from .answers import Refusal
from .validation import Check, Invalid, Report, problem

# Of an artifact with a hundred thousand members, three times over. Each costs memory when decoded.
MOST_CONTAINERS = 300_000
CLOSE = [(b"connection", b"close")]


class Gone(Exception):  # noqa: N818  nobody is left to answer
    """The client hung up before it had sent everything."""


def header(scope: Scope, name: bytes) -> bytes | None:
    """The value of a header; a repeated header counts as malformed and gives ``b""``."""
    values = [value for key, value in scope["headers"] if key == name]
    if not values:
        return None
    return bytes(values[0]) if len(values) == 1 else b""


# Takes the raw query, says in the report what is wrong with it, returns the clean values.
QueryCheck = Callable[[bytes, Report], dict[str, Any]]


class Parameter(NamedTuple):
    """One parameter. *many* may be repeated and gives a list; of others the last one counts."""

    check: Check
    default: Any = None
    many: bool = False


def parameters(members: Mapping[str, Parameter]) -> QueryCheck:
    """These parameters, all optional; others are ignored."""

    def check(raw: bytes, report: Report) -> dict[str, Any]:
        sent = parse_qs(raw.decode("ascii", "replace"), keep_blank_values=True)
        clean: dict[str, Any] = {}
        for name, member in members.items():
            values, at = sent.get(name), ("query", name)
            if values is None:
                clean[name] = member.default
            elif member.many:
                clean[name] = [
                    member.check(value, (*at, number), report)
                    for number, value in enumerate(values)
                ]
            else:
                clean[name] = member.check(values[-1], at, report)
        return clean

    return check


async def read_body(receive: Receive, limit: int, stall_seconds: float) -> bytes:
    """The whole body, up to *limit* bytes; refuses one that is longer or does not come."""
    body = bytearray()
    try:
        async with asyncio.timeout(stall_seconds):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Gone
                body += message.get("body", b"")
                if len(body) > limit:
                    raise Refusal(413, f"Bodies may have at most {limit} bytes", CLOSE)
                if not message.get("more_body"):
                    return bytes(body)
    except TimeoutError:
        raise Refusal(408, "The body did not arrive", CLOSE) from None


async def read_json(scope: Scope, receive: Receive, limit: int, stall_seconds: float) -> Any:
    """The JSON body. Only ``application/json`` is taken: a web form can send anything else."""
    content_type = (header(scope, b"content-type") or b"").split(b";")[0].strip().lower()
    if content_type != b"application/json":
        raise Refusal(415, "Send the body as application/json")
    length = header(scope, b"content-length")
    if length is not None and (not length.isdigit() or int(length) > limit):
        raise Refusal(413, f"Bodies may have at most {limit} bytes", CLOSE)
    if not (body := await read_body(receive, limit, stall_seconds)):
        raise Invalid([problem("missing", ("body",), "Field required", None)])
    if body.count(b"[") + body.count(b"{") > MOST_CONTAINERS:
        raise Refusal(413, f"Bodies may have at most {MOST_CONTAINERS} lists and objects", CLOSE)
    try:
        return msgspec.json.decode(body)
    except (ValueError, RecursionError):
        raise Invalid([_why_no_json(body)]) from None


def _why_no_json(body: bytes) -> dict[str, Any]:
    """Place and reason in the words of Python's parser, which the servers use."""
    place, reason = 0, "Values that JSON does not have, or nested too deep"
    try:
        json.loads(body)
    except json.JSONDecodeError as error:
        place, reason = error.pos, error.msg
    except (ValueError, RecursionError):
        pass
    return problem("json_invalid", ("body", place), "JSON decode error", {}, error=reason)
