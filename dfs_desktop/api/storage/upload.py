"""Sending a local file to presigned URLs, whole or in parallel pieces, and proving it unchanged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import httpx

from dfs_desktop.api.errors import APIConnectionError, FileUploadError, UnexpectedAnswerError
from dfs_desktop.api.flows.effects import Piece, SendBytes
from dfs_desktop.artifact import ArtifactError, Fingerprint
from dfs_desktop.artifact.files import check_unchanged, open_regular

from .meter import Meter
from .parallel import run_parallel
from .retry import PASSING, TRIES, wait_before
from .s3 import completion, read_xml
from .store import COMPLETION_TIMEOUT, Store, StoreRefused, read_small, refusal
from .urls import Target

BLOCK = 1 << 20
WORKERS = 4


def send_bytes(job: SendBytes, store: Store, meter: Meter) -> None:
    """Put every piece, complete the upload, and check that the file stayed the same throughout."""
    targets = {piece.number: store.target(piece.url) for piece in job.pieces}
    completing = store.target(job.complete_url) if job.complete_url else None
    if len({target.origin for target in targets.values()}) > 1:
        raise UnexpectedAnswerError("The registry spread one upload over several storage hosts.")
    puts = [
        partial(_put_piece, job, piece, targets[piece.number], store, meter) for piece in job.pieces
    ]
    if completing is None:
        puts[0](meter.check)
    else:
        etags = run_parallel(puts, WORKERS, meter.check)
        numbered = zip((piece.number for piece in job.pieces), etags, strict=True)
        _complete(completing, completion(numbered), store, meter)
    _check_source(job)


def _check_source(job: SendBytes) -> None:
    try:
        same = Fingerprint.of(job.path) == job.fingerprint
    except OSError:
        same = False
    if not same:
        raise _changed()


def _changed() -> FileUploadError:
    return FileUploadError(
        "Another program changed or replaced it. Wait until it has finished, then upload again.",
        title="The file changed while uploading",
    )


def _put_piece(
    job: SendBytes,
    piece: Piece,
    target: Target,
    store: Store,
    meter: Meter,
    check: Callable[[], None],
) -> str:
    """PUT one piece, again with a fresh reader after a passing fault; its ETag."""
    for attempt in range(1, TRIES + 1):
        reader = _Reader(job, piece, meter, check)
        try:
            etag = _put(reader, target, store, check)
        except StoreRefused as refused:
            again, asked, why = refused.status in PASSING, refused.wait, refused.explain()
        except APIConnectionError as error:
            again, asked, why = error.retryable, None, error.detail
        else:
            if etag or job.complete_url is None:
                return etag
            again, asked, why = True, None, "The storage confirmed a part without an ETag."
        if reader.broken is not None:
            raise reader.broken
        if not again or attempt == TRIES:
            raise FileUploadError(why, retryable=again)
        meter.advance(-reader.sent)
        _wait(meter, check, wait_before(attempt, asked))
    raise AssertionError("unreachable")


def _put(reader: _Reader, target: Target, store: Store, check: Callable[[], None]) -> str:
    # No Content-Type: stores refuse headers that the signature does not cover.
    headers = {"Content-Length": str(reader.piece.size)}
    with store.send("PUT", target, check=check, headers=headers, content=reader) as answer:
        if not 200 <= answer.status_code < 300:
            raise refusal(answer)
        read_small(answer)
        return str(answer.headers.get("etag", ""))


class _Reader:
    """The blocks of one piece, read while they are sent; watches that the file stays the same."""

    def __init__(
        self, job: SendBytes, piece: Piece, meter: Meter, check: Callable[[], None]
    ) -> None:
        self.piece = piece
        self.sent = 0
        # httpx may turn an exception of its body into one of its own; the reason is kept here.
        self.broken: FileUploadError | None = None
        self._job, self._meter, self._check = job, meter, check

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._blocks()
        except (ArtifactError, OSError) as error:
            self.broken = _changed()
            raise self.broken from error

    def _blocks(self) -> Iterator[bytes]:
        left = self.piece.size
        with open_regular(self._job.path) as file:
            descriptor = file.fileno()
            file.seek(self.piece.offset)
            while left:
                self._check()
                check_unchanged(descriptor, self._job.fingerprint)
                block = file.read(min(BLOCK, left))
                if not block:
                    raise OSError("the file ended early")
                left -= len(block)
                yield block
                # Counted when the block is out of our hands, not when it was read.
                self.sent += len(block)
                self._meter.advance(len(block))
            check_unchanged(descriptor, self._job.fingerprint)


def _complete(target: Target, body: bytes, store: Store, meter: Meter) -> None:
    """Join the parts. A store may answer 200 and still have failed: only its result counts."""
    for attempt in range(1, TRIES + 1):
        try:
            why, asked, again = _complete_once(target, body, store, meter)
            if not why:
                return
        except APIConnectionError as error:
            why, asked, again = error.detail, None, error.retryable
        if not again or attempt == TRIES:
            raise FileUploadError(why, title="The storage did not join the parts", retryable=again)
        meter.wait(wait_before(attempt, asked))


def _complete_once(
    target: Target, body: bytes, store: Store, meter: Meter
) -> tuple[str, float | None, bool]:
    headers = {"Content-Length": str(len(body))}
    with store.send(
        "POST",
        target,
        check=meter.check,
        headers=headers,
        content=body,
        timeout=COMPLETION_TIMEOUT,
    ) as answer:
        if not 200 <= answer.status_code < 300:
            refused = refusal(answer)
            return refused.explain(), refused.wait, refused.status in PASSING
        said = read_xml(read_small(answer) or b"")
    if said is not None and said.root == "CompleteMultipartUploadResult":
        return "", None, False
    if said is not None and said.root == "Error":
        refused = StoreRefused(200, said.code, said.message, None)
        return refused.explain(), None, said.code in ("InternalError", "SlowDown")
    return "The storage did not say whether it joined the parts.", None, True


def _wait(meter: Meter, check: Callable[[], None], seconds: float) -> None:
    while seconds > 0:
        check()
        meter.wait(min(seconds, 0.2))
        seconds -= 0.2


def delete_object(url: str, store: Store, meter: Meter) -> None:
    """DELETE an object; 404 means that it is gone already. Raises StoreRefused otherwise."""
    target = store.target(url)
    for attempt in range(1, TRIES + 1):
        try:
            with store.send("DELETE", target, check=meter.check) as answer:
                status = answer.status_code
                if 200 <= status < 300 or status == httpx.codes.NOT_FOUND:
                    return
                refused = refusal(answer)
            if status not in PASSING or attempt == TRIES:
                raise refused
            asked = refused.wait
        except APIConnectionError as error:
            if not error.retryable or attempt == TRIES:
                raise
            asked = None
        meter.wait(wait_before(attempt, asked))
