"""Making one object of the parts that arrived, and saying honestly when that is not certain."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from dfs_desktop.api.errors import APIConnectionError, FileUploadError
from dfs_desktop.api.flows.effects import Sent

from .azure import block_list
from .meter import Meter
from .retry import PASSING, TRIES, wait_before
from .s3 import completion, read_xml, whole_etag
from .store import COMPLETION_TIMEOUT, Store, StoreRefused, read_small, refusal
from .urls import Target

_FORBIDDEN, _NOT_FOUND = 403, 404
# The store does not have what it shall join: a part was replaced, or blocks were cleared away.
_UNFIT = ("InvalidPart", "InvalidPartOrder", "InvalidBlockList")


class _Said(Struct, frozen=True):
    """One answer to "join them": done, or why not and whether asking again can help."""

    why: str = ""
    again: bool = False
    wait: float | None = None
    # Whether the parts may be joined all the same.
    unclear: bool = False
    status: int = 0
    code: str = ""


def join_parts(
    target: Target, etags: Sequence[tuple[int, str]], store: Store, meter: Meter
) -> Sent:
    """Complete an upload at S3. ``joined`` is False when the store's answer got lost."""
    expected = whole_etag([etag for _, etag in etags])
    return _join("POST", target, completion(etags), store, meter, expected)


def join_blocks(target: Target, ids: Sequence[str], store: Store, meter: Meter) -> Sent:
    """Commit a list of blocks at Azure."""
    return _join("PUT", target, block_list(ids), store, meter, "")


def _join(
    method: str, target: Target, body: bytes, store: Store, meter: Meter, expected: str
) -> Sent:
    unclear = False
    for attempt in range(1, TRIES + 1):
        said = _ask(method, target, body, store, meter)
        if not said.why:
            return Sent(etag=expected)
        if said.status == _FORBIDDEN:
            return Sent(refused=True, why=said.why)
        # Told to join what it has joined already, a store has "no such upload".
        if said.status == _NOT_FOUND and said.code in ("NoSuchUpload", ""):
            return Sent(forgotten=True, joined=False, etag=expected, why=said.why)
        if said.code in _UNFIT:
            return Sent(unfit=True, why=said.why)
        unclear = unclear or said.unclear
        if said.again and attempt < TRIES:
            meter.wait(wait_before(attempt, said.wait))
            continue
        if unclear and said.unclear:
            return Sent(joined=False, etag=expected, why=said.why)
        raise FileUploadError(
            said.why, title="The storage did not join the parts", retryable=said.again
        )
    raise AssertionError("unreachable")


def _ask(method: str, target: Target, body: bytes, store: Store, meter: Meter) -> _Said:
    headers = {"Content-Length": str(len(body))}
    try:
        with store.send(
            method,
            target,
            check=meter.check,
            headers=headers,
            content=body,
            timeout=COMPLETION_TIMEOUT,
        ) as answer:
            if not 200 <= answer.status_code < 300:
                refused = refusal(answer)
                again = refused.status in PASSING
                return _Said(
                    refused.explain(), again, refused.wait, again, refused.status, refused.code
                )
            text = read_small(answer)
    except APIConnectionError as error:
        return _Said(error.detail, error.retryable, unclear=error.answer_lost)
    return _Said() if method == "PUT" else _read(text)


def _read(text: bytes | None) -> _Said:
    """S3 may answer 200 and still have failed: only its result counts."""
    said = read_xml(text or b"")
    if said is not None and said.root == "CompleteMultipartUploadResult":
        return _Said()
    if said is not None and said.root == "Error":
        refused = StoreRefused(200, said.code, said.message, None)
        passing = said.code in ("InternalError", "SlowDown")
        return _Said(refused.explain(), passing, code=said.code)
    why = "The storage did not say whether it joined the parts."
    return _Said(why, again=True, unclear=True)
