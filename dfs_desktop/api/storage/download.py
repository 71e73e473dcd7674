"""Receiving a presigned URL into a partial file, resumed after broken connections."""

from __future__ import annotations

import re

import httpx

from dfs_desktop.api.errors import APIConnectionError, ChecksumError, FileDownloadError

from .meter import Meter
from .partial import Partial
from .retry import PASSING, RESUMES, wait_before
from .store import Store, StoreRefused, refusal
from .urls import Target

_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)$")


class _BrokeOff(Exception):  # noqa: N818 - never leaves this module
    def __init__(self, why: str, asked: float | None = None) -> None:
        super().__init__(why)
        self.why, self.asked = why, asked


def fetch_bytes(url: str, partial: Partial, store: Store, meter: Meter) -> bool:
    """Receive until complete; False when the store refuses the URL (403: usually expired).

    A broken connection is resumed where it broke, at most 5 times in a row without a new byte.
    """
    target = store.target(url)
    failures = 0
    while True:
        before = partial.offset
        try:
            return _receive_once(target, partial, store, meter)
        except (_BrokeOff, APIConnectionError) as error:
            failures = failures + 1 if partial.offset <= before else 1
            passing = getattr(error, "retryable", True)
            if failures > RESUMES or not passing:
                raise _gave_up(error) from None
            meter.wait(wait_before(failures, getattr(error, "asked", None)))


def _gave_up(error: _BrokeOff | APIConnectionError) -> FileDownloadError:
    why = error.why if isinstance(error, _BrokeOff) else error.detail
    return FileDownloadError(why, retryable=True)


def _receive_once(target: Target, partial: Partial, store: Store, meter: Meter) -> bool:
    headers = {}
    if partial.offset and not partial.etag:
        _restart(partial, meter)  # nothing proves that the object is still the same
    if partial.offset:
        headers = {"Range": f"bytes={partial.offset}-", "If-Range": partial.etag}
    with store.fetch(target, check=meter.check, headers=headers) as answer:
        if answer.status_code == httpx.codes.FORBIDDEN:
            return False
        _judge(answer, partial, meter)
        for block in answer.iter_raw():
            meter.check()
            if partial.offset + len(block) > partial.size:
                raise _wrong_size(partial, "more")
            partial.write(block)
            meter.advance(len(block))
    if partial.offset < partial.size:
        raise _BrokeOff(f"The storage sent only {partial.offset:,} of {partial.size:,} bytes.")
    return True


def _judge(answer: httpx.Response, partial: Partial, meter: Meter) -> None:
    """Let through only an answer whose bytes belong at the partial's end."""
    status = answer.status_code
    if status == httpx.codes.PARTIAL_CONTENT and partial.offset:
        found = _RANGE.match(answer.headers.get("content-range", ""))
        if not found or int(found[1]) != partial.offset:
            _restart(partial, meter)
            raise _BrokeOff("The storage sent another part of the file than was asked for.")
        return
    if status == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE and partial.offset:
        _restart(partial, meter)
        raise _BrokeOff("The file in the storage became shorter.")
    if status != httpx.codes.OK:
        refused = refusal(answer)
        if status in PASSING:
            raise _BrokeOff(refused.explain(), refused.wait)
        raise _not_given(refused)
    if partial.offset:  # asked for the rest, got the whole: it changed, or ranges are not known
        _restart(partial, meter)
    length = answer.headers.get("content-length", "")
    if length.isdigit() and int(length) != partial.size:
        raise _wrong_size(partial, f"{int(length):,}")
    etag = answer.headers.get("etag", "")
    partial.etag = etag if etag.startswith('"') else ""


def _not_given(refused: StoreRefused) -> FileDownloadError:
    return FileDownloadError(refused.explain(), retryable=False)


def _wrong_size(partial: Partial, found: str) -> ChecksumError:
    return ChecksumError(
        f"{partial.size:,} bytes are registered, the storage holds {found}. It was not kept."
    )


def _restart(partial: Partial, meter: Meter) -> None:
    meter.advance(-partial.offset)
    partial.restart()
