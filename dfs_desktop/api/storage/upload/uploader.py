"""Sending a local file to presigned URLs, whole or in parallel pieces, each from fresh blocks."""

import threading
import time
from collections.abc import Callable, Sequence
from functools import partial

from dfs_desktop.api.errors import APIConnectionError, FileUploadError, UnexpectedAnswerError
from dfs_desktop.api.failpoints import reached
from dfs_desktop.api.http.server_clock import Clock
from dfs_desktop.api.protocol.effects import SendBytes, UploadPart, UploadResult
from dfs_desktop.api.protocol.ledger import SentPart
from dfs_desktop.api.storage.error_meaning import Meaning
from dfs_desktop.api.storage.limits.progress_meter import Meter
from dfs_desktop.api.storage.presigned_urls import Target
from dfs_desktop.api.storage.providers.known_providers import provider_of
from dfs_desktop.api.storage.store_client import Store
from dfs_desktop.api.storage.store_errors import StoreResponseError, refusal, refused
from dfs_desktop.api.storage.store_retry import Retries
from dfs_desktop.api.storage.store_xml import read_small, read_xml
from dfs_desktop.translation import tr

from .parallel_parts import run_parallel
from .part_reader import PartReader, check_source

WORKERS = 4
AT_STAKE = (
    10.0  # seconds of sending under a limit that a pause may lose: parts under way are sent anew
)


def send_bytes(job: SendBytes, store: Store, meter: Meter) -> UploadResult:
    """Put every piece that is not there yet, and check that the file stayed the same."""
    targets = {piece.number: store.target(piece.url) for piece in job.pieces}
    if len({target.origin for target in targets.values()}) > 1:
        raise UnexpectedAnswerError(
            tr("The registry spread one upload over several storage hosts.")
        )
    sender = _Sender(job, targets, store, meter)
    waiting = [piece for piece in job.pieces if piece.number not in job.done]
    if job.whole:
        sender.put(job.pieces[0], meter.check)
    else:
        with store.slots.sharing():  # with other transfers: few threads, or the window stutters
            limit = meter.limit.rate if meter.limit is not None else None
            workers = min(WORKERS, store.slots.share, _parts_at_once(waiting, limit))
            run_parallel([partial(sender.put, piece) for piece in waiting], workers, meter.check)
    check_source(job.path, job.fingerprint)
    return sender.result()


def _parts_at_once(pieces: Sequence[UploadPart], limit: int | None) -> int:
    """How many may be under way with so many bytes a second: more do not make it faster."""
    if limit is None or not pieces:
        return WORKERS
    return max(1, int(limit * AT_STAKE / max(piece.size for piece in pieces)))


class _Sender:
    """Puts the pieces of one job."""

    def __init__(
        self, job: SendBytes, targets: dict[int, Target], store: Store, meter: Meter
    ) -> None:
        self._job, self._targets, self._store, self._meter = job, targets, store, meter
        self._provider = provider_of(job.store)
        self._ended = threading.Event()  # no piece begins any more
        self._refused = self._forgotten = self._gone_quiet = self._expired = False
        self._denied = False  # once already
        self._why = ""
        self._etag = ""
        self._clock = Clock(job.ahead)
        self._slowest = 0.0  # seconds that a piece took

    def result(self) -> UploadResult:
        return UploadResult(
            refused=self._refused,
            lost=self._gone_quiet,
            expired=self._expired,
            forgotten=self._forgotten,
            etag=self._etag,
            why=self._why,
        )

    def put(self, piece: UploadPart, check: Callable[[], None]) -> None:
        """PUT one piece, again with a fresh reader after a passing fault.

        What ends the job stops the pieces that wait, not those under way.
        """
        retries = Retries(hasty=self._meter.hasty)
        while True:
            if self._ended.is_set():
                return
            if self._runs_out(piece):
                self._expired = True
                self._refuse(tr("The link to the storage has expired."))
                return
            reader = PartReader(self._job, piece, self._meter, check)
            try:
                self._put_once(reader, check)
            except StoreResponseError as refused:
                if reader.broken is not None:
                    raise reader.broken from None
                why, pause = refused.explain(), self._judge(refused, retries)
            except APIConnectionError as error:
                why, pause = error.detail, self._lost(error, reader, retries)
            else:
                return
            if pause is None:
                return
            self._meter.advance(-reader.sent)
            self._meter.stumbled(why)
            self._wait(pause, check)

    def _put_once(self, reader: PartReader, check: Callable[[], None]) -> None:
        piece, target = reader.piece, self._targets[reader.piece.number]
        # No Content-Type: stores refuse headers that the signature does not cover.
        headers = {"Content-Length": str(piece.size)}
        if self._job.whole:
            headers |= self._provider.whole_headers
        begun = time.monotonic()
        reached("upload.put:before")
        with self._store.send("PUT", target, check=check, headers=headers, content=reader) as said:
            if not 200 <= said.status_code < 300:
                raise refusal(said)
            body = read_xml(read_small(said) or b"")
            if body is not None and body.root == "Error":  # with a good status, as gateways do
                raise refused(said.status_code, body)
            # Proxies that could compress what they pass on weaken the ETag of what they did not.
            etag = str(said.headers.get("etag", "")).removeprefix("W/")
        reached("upload.put:after")
        self._slowest = max(self._slowest, time.monotonic() - begun)
        if not (etag or self._job.whole) and self._provider.in_parts().needs_etags:
            # An upload cannot be completed with a part that nobody can name.
            unnamed = tr("It confirmed a part without an ETag")
            raise StoreResponseError(said.status_code, "", unnamed, None, Meaning.LATER)
        self._arrived(SentPart(piece.number, piece.offset, piece.size, etag))

    def _arrived(self, part: SentPart) -> None:
        self._etag = part.etag
        self._meter.recovered()
        if self._job.whole:
            return
        self._job.done[part.number] = part
        if self._job.arrived is not None:
            self._job.arrived(part)

    def _judge(self, refused: StoreResponseError, retries: Retries) -> float | None:
        """Seconds until the piece is sent again; None when the job ends, or an error."""
        if refused.of_link:
            # One request gets no fresh link; what stands before a store may refuse it by mistake.
            if self._job.whole and not refused.expired and not self._denied:
                self._denied = True
                return retries.pause(refused.wait)
            self._expired = self._expired or refused.expired
            self._refuse(refused.explain())
            return None
        if refused.meaning in (Meaning.FORGOTTEN, Meaning.ABSENT) and not self._job.whole:
            self._forgotten, self._why = True, refused.explain()
            self._ended.set()
            return None
        if (pause := retries.after(refused)) is None:
            raise FileUploadError(
                refused.explain(), retryable=refused.passing, retry_after=refused.wait
            )
        return pause

    def _lost(
        self, error: APIConnectionError, reader: PartReader, retries: Retries
    ) -> float | None:
        """A store that refuses may close before all is sent, and its answer is lost on the way."""
        if reader.broken is not None:
            raise reader.broken
        self._gone_quiet = self._gone_quiet or error.answer_lost
        if (pause := retries.after(error)) is not None:
            return pause
        if not (error.retryable and error.answer_lost):
            raise FileUploadError(
                error.detail, retryable=error.retryable, unreachable=error.unreachable
            )
        self._meter.advance(-reader.sent)
        self._refuse(error.detail)
        return None

    def _refuse(self, why: str) -> None:
        self._refused, self._why = True, why
        self._ended.set()

    def _runs_out(self, piece: UploadPart) -> bool:
        """Whether the URL will have expired before a piece of this size is through."""
        now = self._clock.told()
        if piece.expires is None or now is None:
            return False  # the storage will tell
        left = piece.expires - now
        return left <= 0 or (not self._job.whole and left < 2 * self._slowest)

    def _wait(self, seconds: float, check: Callable[[], None]) -> None:
        """Sleep, but not beyond the job's end. ``check`` may raise."""
        while seconds > 0 and not self._ended.wait(min(seconds, 0.2)):
            check()
            seconds -= 0.2
