"""The object store behind presigned URLs: PUT, ranged GET, DELETE and multipart, as S3 does it."""

import errno
import re

from starlette.types import Receive, Scope, Send

from dfs_desktop.server.http.answers import XML, StoreRefusal, send_answer, send_store_refusal, xml
from dfs_desktop.server.http.requests import CLOSE, header, read_body
from dfs_desktop.server.limits import DiskFull, Rules
from dfs_desktop.server.store import Store
from dfs_desktop.server.store.objects import Segment, Settled

from .blobs import Blobs
from .byte_streams import Transfers
from .multipart import COMPLETION_BYTES, chosen, combined_etag
from .url_signatures import PREFIX, Signer

_XMLNS = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
_RANGES = (b"accept-ranges", b"bytes")
_NO_ROOM = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG)


_FULL = StoreRefusal(507, "InsufficientStorage", "Not enough room on the disk.", CLOSE)
_SETTLED = StoreRefusal(
    409, "ObjectAlreadyExists", "This upload is complete; its link has done its work."
)


class ObjectStore:
    """An ASGI application for everything below ``/objects/``."""

    def __init__(
        self, store: Store, blobs: Blobs, signer: Signer, transfers: Transfers, rules: Rules
    ) -> None:
        self._objects = store.objects
        self._blobs = blobs
        self._signer = signer
        self._transfers = transfers
        self._rules = rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the signature, then do what the method says."""
        try:
            await self._answer(scope, receive, send)
        except StoreRefusal as refusal:
            await send_store_refusal(send, refusal)
        except DiskFull:
            await send_store_refusal(send, _FULL)
        except Settled:
            await send_store_refusal(send, _SETTLED)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope["method"]
        key = scope["path"].removeprefix(PREFIX)
        query = self._signer.check(method, key, scope["query_string"])
        if method in ("PUT", "POST") and header(scope, b"content-type") is not None:
            # Only the host is signed. Ceph refuses here too, others look away: clients that
            # work with this store work with all of them.
            raise StoreRefusal(403, "AccessDenied", "Content-Type is not part of the signature.")
        upload = query.get("uploadId")
        if method == "GET":
            await self._get(scope, receive, send, key)
        elif method == "PUT" and upload is None:
            await self._put(scope, receive, send, key)
        elif method == "PUT" and upload is not None:
            await self._put_part(scope, receive, send, key, upload, int(query["partNumber"]))
        elif method == "POST" and upload is None:
            await self._initiate(receive, send, key)
        elif method == "POST":
            await self._complete(scope, receive, send, key, upload or "")
        else:
            self._blobs.remove(self._objects.remove(key))
            await send_answer(send, 204)

    async def _put(self, scope: Scope, receive: Receive, send: Send, key: str) -> None:
        declared = self._objects.declared_size(key)
        segment = await self._receive(scope, receive, declared, whole=True)
        try:
            freed = self._objects.put(key, segment.sha256, [segment])
        except Settled:
            self._blobs.remove([segment.blob])
            raise
        self._blobs.remove(freed)
        await _send_etag(send, segment.sha256)

    async def _put_part(
        self, scope: Scope, receive: Receive, send: Send, key: str, upload: str, number: int
    ) -> None:
        self._require_upload(upload, key)
        segment = await self._receive(scope, receive, self._objects.declared_size(key))
        try:
            self._require_upload(upload, key)  # completed meanwhile?
        except StoreRefusal:
            self._blobs.remove([segment.blob])
            raise
        self._blobs.remove(self._objects.put_part(upload, number, segment))
        await _send_etag(send, segment.sha256)

    async def _receive(
        self, scope: Scope, receive: Receive, declared: int | None, *, whole: bool = False
    ) -> Segment:
        if (length := header(scope, b"content-length")) is None:
            raise StoreRefusal(411, "MissingContentLength", "Send Content-Length.", CLOSE)
        size = int(length)
        if declared is not None and (size > declared or (whole and size < declared)):
            raise _unlike(size, declared)
        if size > self._blobs.free_bytes():
            raise _FULL
        try:
            return await self._transfers.receive(receive, size)
        except OSError as error:
            if error.errno in _NO_ROOM:
                raise _FULL from error
            raise

    async def _initiate(self, receive: Receive, send: Send, key: str) -> None:
        await read_body(receive, COMPLETION_BYTES, self._rules.stall_seconds)
        upload = self._objects.open_upload(key)
        root = f"InitiateMultipartUploadResult {_XMLNS}"
        await send_answer(send, 200, xml(root, Bucket="local", Key=key, UploadId=upload), XML)

    async def _complete(
        self, scope: Scope, receive: Receive, send: Send, key: str, upload: str
    ) -> None:
        body = await read_body(receive, COMPLETION_BYTES, self._rules.stall_seconds)
        found = self._objects.find(key)
        if found is not None and found[0]["upload_id"] == upload:
            etag = found[0]["etag"]  # a repeated completion, its first answer got lost
        else:
            self._require_upload(upload, key)
            parts = chosen(body, self._objects.parts(upload), self._rules.smallest_part)
            etag, size = combined_etag(parts), sum(part.size for part in parts)
            declared = self._objects.declared_size(key)
            if declared is not None and size != declared:
                raise _unlike(size, declared)
            self._blobs.remove(self._objects.put(key, etag, parts, upload))
        host = (header(scope, b"host") or b"").decode("ascii")
        answer = xml(
            f"CompleteMultipartUploadResult {_XMLNS}",
            Location=f"http://{host}{PREFIX}{key}",
            Bucket="local",
            Key=key,
            ETag=f'"{etag}"',
        )
        await send_answer(send, 200, answer, XML)

    def _require_upload(self, upload: str, key: str) -> None:
        if not self._objects.upload_open(upload, key):
            raise StoreRefusal(404, "NoSuchUpload", "This upload is unknown, complete or too old.")

    async def _get(self, scope: Scope, receive: Receive, send: Send, key: str) -> None:
        if (found := self._objects.find(key)) is None:
            raise StoreRefusal(404, "NoSuchKey", "Nothing was stored under this address.")
        row, segments = found
        size, etag = row["size"], b'"%s"' % row["etag"].encode("ascii")
        headers = [_RANGES, (b"etag", etag), (b"content-type", b"binary/octet-stream")]
        match = header(scope, b"if-match")
        if match is not None and match not in (b"*", etag):
            raise StoreRefusal(412, "PreconditionFailed", "The object is another one now.")
        only_if = header(scope, b"if-range")
        asked = header(scope, b"range") if only_if in (None, etag) else None
        start, length, status = 0, size, 200
        if (stretch := _range(asked, size)) is not None:
            (start, length), status = stretch, 206
            shown = f"bytes {start}-{start + length - 1}/{size}"
            headers.append((b"content-range", shown.encode("ascii")))
        headers.append((b"content-length", b"%d" % length))
        try:
            await self._transfers.send(send, receive, status, headers, segments, start, length)
        except FileNotFoundError:
            raise StoreRefusal(404, "NoSuchKey", "The stored file is gone.") from None


def _unlike(size: int, declared: int) -> StoreRefusal:
    code = "EntityTooLarge" if size > declared else "EntityTooSmall"
    message = f"The record declares {declared} bytes, and {size} were to be stored."
    return StoreRefusal(400, code, message, CLOSE)


async def _send_etag(send: Send, etag: str) -> None:
    await send_answer(send, 200, headers=[(b"etag", f'"{etag}"'.encode("ascii")), _RANGES])


def _range(value: bytes | None, size: int) -> tuple[int, int] | None:
    """Start and length of a single byte range; ``None`` for the whole object.

    Several ranges, other units and nonsense count as no range, as on S3.
    """
    found = re.fullmatch(rb"bytes=([0-9]{0,18})-([0-9]{0,18})", value or b"")
    if found is None or found[0] == b"bytes=-":
        return None
    first, last = found.groups()
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1 if last else size)
        if last and int(last) < start:
            return None
    if start >= end:
        unsatisfied = [(b"content-range", b"bytes */%d" % size)]
        raise StoreRefusal(416, "InvalidRange", "The range lies outside the object.", unsatisfied)
    return start, end - start
