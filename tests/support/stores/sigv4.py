"""Signature version 4 in the query string: presigned S3 URLs, made and judged."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlsplit

_ALGORITHM = "AWS4-HMAC-SHA256"
_STAMP = "%Y%m%dT%H%M%SZ"
_SIGNATURE = "X-Amz-Signature"
LONGEST_LIFE = 7 * 24 * 3600  # S3 signs for a week at most


class Keys(NamedTuple):
    """Who signs, where."""

    access: str = "TESTACCESSKEY"
    secret: str = "test-secret-key-that-no-log-may-hold"
    region: str = "us-east-1"

    def __repr__(self) -> str:
        return f"Keys({self.access!r}, '...')"


class Refused(Exception):  # noqa: N818 - an answer
    """What the store says no with, in S3's words."""

    def __init__(self, status: int, code: str, message: str = "") -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message


def presign(
    method: str,
    origin: str,
    path: str,
    extra: dict[str, str],
    keys: Keys,
    *,
    lifetime: int,
    now: float,
) -> str:
    """A URL that allows *method* on *path* (decoded) from *now* on. Only the host is signed."""
    stamp = datetime.fromtimestamp(now, UTC).strftime(_STAMP)
    query = {
        **extra,
        "X-Amz-Algorithm": _ALGORITHM,
        "X-Amz-Credential": f"{keys.access}/{_scope(stamp, keys)}",
        "X-Amz-Date": stamp,
        "X-Amz-Expires": str(lifetime),
        "X-Amz-SignedHeaders": "host",
    }
    host = urlsplit(origin).netloc
    signature = _sign(method, path, list(query.items()), f"host:{host}\n", stamp, keys)
    return f"{origin}{_encoded(path)}?{_joined(list(query.items()))}&{_SIGNATURE}={signature}"


def check(
    method: str, target: str, host: str, keys: Keys, clock: Callable[[], float] = time.time
) -> dict[str, str]:
    """The signed query of a request whose signature, host and moment are right."""
    path, _, text = target.partition("?")
    pairs = parse_qsl(text, keep_blank_values=True)
    query = dict(pairs)
    given = query.get(_SIGNATURE)
    if given is None:
        raise Refused(403, "AccessDenied", "Access Denied")
    if len(query) != len(pairs):
        raise Refused(400, "InvalidArgument", "A parameter is there twice")
    made, lifetime = _moment(query)
    if query.get("X-Amz-SignedHeaders") != "host":
        raise Refused(403, "AccessDenied", "Only the host is signed here")
    stamp = query["X-Amz-Date"]
    if query.get("X-Amz-Credential") != f"{keys.access}/{_scope(stamp, keys)}":
        raise Refused(403, "InvalidAccessKeyId", "The key is unknown")
    if not made - 900 <= clock() <= made + lifetime:
        raise Refused(403, "AccessDenied", "Request has expired")
    signed = [pair for pair in pairs if pair[0] != _SIGNATURE]
    expected = _sign(method, unquote(path), signed, f"host:{host}\n", stamp, keys)
    if not hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace")):
        raise Refused(403, "SignatureDoesNotMatch", "The signature fits another request")
    if _encoded(unquote(path)) != path:
        # Real stores would let it pass; a client that re-encodes what was signed is caught here.
        raise Refused(403, "SignatureDoesNotMatch", "The path is not the one that was signed")
    return dict(signed)


def _moment(query: dict[str, str]) -> tuple[float, int]:
    try:
        made = datetime.strptime(query["X-Amz-Date"], _STAMP).replace(tzinfo=UTC).timestamp()
        lifetime = int(query["X-Amz-Expires"])
        right = query["X-Amz-Algorithm"] == _ALGORITHM and 0 < lifetime <= LONGEST_LIFE
    except (KeyError, ValueError):
        right = False
    if not right:
        raise Refused(400, "AuthorizationQueryParametersError", "The query is not a signed one")
    return made, lifetime


def _scope(stamp: str, keys: Keys) -> str:
    return f"{stamp[:8]}/{keys.region}/s3/aws4_request"


def _sign(
    method: str, path: str, query: list[tuple[str, str]], headers: str, stamp: str, keys: Keys
) -> str:
    request = "\n".join(
        (method, _encoded(path), _joined(sorted(query)), headers, "host", "UNSIGNED-PAYLOAD")
    )
    digest = hashlib.sha256(request.encode()).hexdigest()
    text = "\n".join((_ALGORITHM, stamp, _scope(stamp, keys), digest))
    key = b"AWS4" + keys.secret.encode()
    for word in (stamp[:8], keys.region, "s3", "aws4_request", text):
        key = hmac.new(key, word.encode(), hashlib.sha256).digest()
    return key.hex()


def _encoded(path: str) -> str:
    return quote(path, safe="/~")


def _joined(pairs: list[tuple[str, str]]) -> str:
    return "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in pairs)
