"""A stored artifact as a source of bytes: each read is one ranged GET of a presigned URL."""

import threading
from collections.abc import Callable
from typing import NoReturn

import httpx

from dfs_desktop.api.errors import APIConnectionError, DataForceError, TransferCancelled
from dfs_desktop.api.storage.limits.progress_meter import Meter
from dfs_desktop.api.storage.local.checksum import tell_packing
from dfs_desktop.artifact.errors import ArtifactError, reading_stopped
from dfs_desktop.number_text import number_text
from dfs_desktop.translation import later, tr

from .download.response import content_range, declared_length, packing, tell_sizes
from .presigned_urls import is_over
from .store_client import Store
from .store_errors import StoreResponseError, refusal
from .store_retry import Retries

_UNREADABLE = later("The stored file cannot be read")


class RangeSource:
    """Random access to a stored file of ``size`` bytes, blocking; use it from worker threads.

    Nothing is asked before the first read. Links are asked for when they are needed, and again
    when they expired. Every failure is an ArtifactError; reads after ``close()`` fail at once, and
    ``close()`` ends those under way within a second.
    """

    def __init__(
        self,
        name: str,
        size: int,
        ask_url: Callable[[], str],
        store: Store,
        now: Callable[[], float | None] = lambda: None,
    ) -> None:
        """``now``: the server's clock, by which links expire (POSIX seconds), where it is known."""
        self.name, self.size = name, size  # as they are registered
        self._ask_url, self._store, self._now = ask_url, store, now
        self._meter = Meter()
        self._lock = threading.Lock()
        self._url = ""
        self._etag = ""

    def read(self, offset: int, length: int) -> bytes:
        """Exactly these bytes, or ArtifactError."""
        if offset < 0 or length < 0 or offset + length > self.size:
            raise ArtifactError(tr(_UNREADABLE), tr("A part beyond its end was asked for."))
        if length == 0:
            return b""  # "bytes=5-4" would bring the whole file
        try:
            return self._insist(offset, length)
        except TransferCancelled:
            raise reading_stopped() from None
        except StoreResponseError as refused:
            raise ArtifactError(tr(_UNREADABLE), refused.explain_absence()) from None
        except DataForceError as error:
            raise ArtifactError(tr(_UNREADABLE), error.detail) from error

    def close(self) -> None:
        """Stop what reads, and read no more."""
        self._meter.stop()

    def _insist(self, offset: int, length: int) -> bytes:
        renewed, retries = False, Retries(hasty=True)
        while True:
            try:
                return self._read_once(offset, length)
            except (StoreResponseError, APIConnectionError) as fault:
                if isinstance(fault, StoreResponseError) and fault.of_link and not renewed:
                    renewed, self._url = True, ""
                    continue
                if (pause := retries.after(fault)) is None:
                    raise
            self._meter.wait(pause)

    def _read_once(self, offset: int, length: int) -> bytes:
        target = self._store.target(self._link())
        headers = {"Range": f"bytes={offset}-{offset + length - 1}"}
        with self._store.fetch(target, check=self._meter.check, headers=headers) as answer:
            if answer.status_code not in (httpx.codes.PARTIAL_CONTENT, httpx.codes.OK):
                raise refusal(answer)
            self._judge(answer, offset, length)
            received, declared = bytearray(), declared_length(answer)
            ends = declared == length  # then to its end: the connection serves again
            packed = packing(answer) if declared is None else ""
            for block in answer.iter_raw():
                self._meter.check()
                received += block
                if len(received) >= length + bool(packed) and not ends:
                    break
            if packed and len(received) != length:  # what packs on the way has another length
                _refuse(tell_packing(packed))
        if len(received) < length:
            raise APIConnectionError(
                tr("The storage sent less than it announced."), answer_lost=True
            )
        return bytes(received[:length])

    def _judge(self, answer: httpx.Response, offset: int, length: int) -> None:
        """Let through only these bytes of this very file."""
        etag = answer.headers.get("etag", "")
        if self._etag and etag and etag != self._etag:
            raise ArtifactError(
                tr("The file was replaced in the storage"),
                tr("Refresh the list and open it again."),
            )
        self._etag = etag
        packed = packing(answer)
        if answer.status_code == httpx.codes.OK:  # the whole file, of which the beginning is read
            if offset:
                _refuse(tr("The storage does not give parts of files."))
            total = declared_length(answer)
            if total is None and packed:  # on the way, where nobody knows the size
                _refuse(tell_packing(packed))
        else:
            found = content_range(answer)
            if not found or (found.first, found.last) != (offset, offset + length - 1):
                _refuse(tr("The storage sent another part of the file than was asked for."))
            total = found.total
        if total is not None and total != self.size:
            _refuse(tell_sizes(self.size, number_text(total), packed))

    def _link(self) -> str:
        with self._lock:
            if not self._url or is_over(self._url, self._now()):
                self._meter.check()
                self._url = self._ask_url()
            return self._url


def _refuse(why: str) -> NoReturn:
    raise ArtifactError(tr(_UNREADABLE), why)
