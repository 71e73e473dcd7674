"""Sending a local file to presigned URLs, whole or in parallel pieces, and proving it unchanged."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

from dfs_desktop.api.errors import APIConnectionError, FileUploadError, UnexpectedAnswerError
from dfs_desktop.api.flows.effects import Piece, SendBytes, Sent

from .azure import WHOLE_BLOB, block_id
from .joining import join_blocks, join_parts
from .meter import Meter
from .parallel import run_parallel
from .reading import Reader, check_source
from .retry import PASSING, TRIES, wait_before
from .store import Store, StoreRefused, read_small, refusal
from .urls import Target

WORKERS = 4
AZURE = "azure"
_FORBIDDEN = 403


def send_bytes(job: SendBytes, store: Store, meter: Meter) -> Sent:
    """Put every piece, join them, and check that the file stayed the same throughout."""
    targets = {piece.number: store.target(piece.url) for piece in job.pieces}
    joining = store.target(job.complete_url) if job.complete_url else None
    origins = {target.origin for target in (*targets.values(), joining) if target is not None}
    if len(origins) > 1:
        raise UnexpectedAnswerError("The registry spread one upload over several storage hosts.")
    sender = _Sender(job, targets, store, meter)
    if joining is None:
        etag = sender.put(job.pieces[0], meter.check)
        check_source(job)
        return Sent(refused=sender.refused.is_set(), etag=etag)
    waiting = [piece for piece in job.pieces if piece.number not in job.done]
    run_parallel([partial(sender.put, piece) for piece in waiting], WORKERS, meter.check)
    if sender.refused.is_set():
        return Sent(refused=True)
    if job.store == AZURE:
        ids = [block_id(targets[piece.number], piece.number) for piece in job.pieces]
        sent = join_blocks(joining, ids, store, meter, renewable=job.renewable)
    else:
        etags = [(piece.number, job.done[piece.number]) for piece in job.pieces]
        sent = join_parts(joining, etags, store, meter, renewable=job.renewable)
    check_source(job)
    return sent


class _Sender:
    """Puts the pieces of one job."""

    def __init__(
        self, job: SendBytes, targets: dict[int, Target], store: Store, meter: Meter
    ) -> None:
        self.refused = threading.Event()
        self._job, self._targets, self._store, self._meter = job, targets, store, meter

    def put(self, piece: Piece, check: Callable[[], None]) -> str:
        """PUT one piece, again with a fresh reader after a passing fault; its ETag.

        A refused URL that can be renewed stops the pieces that wait, not those under way.
        """
        for attempt in range(1, TRIES + 1):
            if self.refused.is_set():
                return ""
            reader = Reader(self._job, piece, self._meter, check)
            status, lost, asked = 0, False, None
            try:
                etag = self._put_once(reader, check)
            except StoreRefused as refused:
                status, asked, why = refused.status, refused.wait, refused.explain()
                again = status in PASSING
            except APIConnectionError as error:
                again, lost, why = error.retryable, error.answer_lost, error.detail
            else:
                if etag or self._job.store == AZURE or self._job.complete_url is None:
                    self._job.done[piece.number] = etag
                    return etag
                again, why = True, "The storage confirmed a part without an ETag."
            if reader.broken is not None:
                raise reader.broken
            self._meter.advance(-reader.sent)
            last = not again or attempt == TRIES
            # A store that refuses may close before all is sent, and its 403 is lost on the way.
            if last and self._job.renewable and (status == _FORBIDDEN or lost):
                self.refused.set()
                return ""
            if last:
                raise FileUploadError(why, retryable=again)
            _wait(self._meter, check, wait_before(attempt, asked))
        raise AssertionError("unreachable")

    def _put_once(self, reader: Reader, check: Callable[[], None]) -> str:
        piece, target = reader.piece, self._targets[reader.piece.number]
        # No Content-Type: stores refuse headers that the signature does not cover.
        headers = {"Content-Length": str(piece.size)}
        if self._job.store == AZURE and self._job.complete_url is None:
            headers |= WHOLE_BLOB
        with self._store.send("PUT", target, check=check, headers=headers, content=reader) as said:
            if not 200 <= said.status_code < 300:
                raise refusal(said)
            read_small(said)
            return str(said.headers.get("etag", ""))


def _wait(meter: Meter, check: Callable[[], None], seconds: float) -> None:
    while seconds > 0:
        check()
        meter.wait(min(seconds, 0.2))
        seconds -= 0.2
