"""Single questions to the store: open an upload, look at an object, delete one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

import httpx

from dfs_desktop.api.errors import APIConnectionError, UnexpectedAnswerError
from dfs_desktop.api.flows.effects import StoredObject

from .meter import Meter
from .receiving import declared_length
from .retry import PASSING, TRIES, wait_before
from .s3 import read_xml
from .store import Store, StoreRefused, read_small, refusal

T = TypeVar("T")

_TOTAL = re.compile(r"bytes (?:\d{1,20}-\d{1,20}|\*)/(\d{1,20})$")


def open_upload(url: str, store: Store, meter: Meter) -> str:
    """Open an upload in parts; its id. Asking again opens another, which harms nobody."""
    target = store.target(url)

    def ask() -> str:
        headers = {"Content-Length": "0"}
        with store.send("POST", target, check=meter.check, headers=headers) as answer:
            if not 200 <= answer.status_code < 300:
                raise refusal(answer)
            said = read_xml(read_small(answer) or b"")
        if said is None or not said.upload_id:
            raise UnexpectedAnswerError("The storage opened an upload without giving its id.")
        return said.upload_id

    return _insist(ask, meter)


def look_at(url: str, store: Store, meter: Meter) -> StoredObject | None:
    """What the store says about an object; None when it has none."""
    target = store.target(url)

    def ask() -> StoredObject | None:
        headers = {"Range": "bytes=0-0"}
        with store.fetch(target, check=meter.check, headers=headers) as answer:
            status, etag = answer.status_code, answer.headers.get("etag", "")
            if status == httpx.codes.NOT_FOUND:
                return None
            if status == httpx.codes.OK:  # of an empty object, or from a store without ranges
                return StoredObject(declared_length(answer), etag)
            total = _TOTAL.match(answer.headers.get("content-range", ""))
            if status == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:  # no first byte: empty
                return StoredObject(int(total[1]) if total else 0, etag)
            if status == httpx.codes.PARTIAL_CONTENT:
                return StoredObject(int(total[1]) if total else None, etag)
            raise refusal(answer)

    return _insist(ask, meter)


def delete_object(url: str, store: Store, meter: Meter) -> None:
    """DELETE an object; 404 means that it is gone already. Raises StoreRefused otherwise."""
    target = store.target(url)

    def ask() -> None:
        with store.send("DELETE", target, check=meter.check) as answer:
            gone = answer.status_code == httpx.codes.NOT_FOUND
            if not gone and not 200 <= answer.status_code < 300:
                raise refusal(answer)

    _insist(ask, meter)


def _insist(ask: Callable[[], T], meter: Meter) -> T:
    """Ask again after a passing fault, a few times."""
    for attempt in range(1, TRIES + 1):
        asked: float | None = None
        try:
            return ask()
        except StoreRefused as refused:
            if refused.status not in PASSING or attempt == TRIES:
                raise
            asked = refused.wait
        except APIConnectionError as error:
            if not error.retryable or attempt == TRIES:
                raise
        meter.wait(wait_before(attempt, asked))
    raise AssertionError("unreachable")
