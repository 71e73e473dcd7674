"""What the S3 server of the tests keeps: objects and parts as files, their names and ETags."""

from __future__ import annotations

import hashlib
import re
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple

from support.stores.sigv4 import Refused

BLOCK = 1 << 20
_LISTED = re.compile(r"<Part>(.*?)</Part>", re.DOTALL)


class Segment(NamedTuple):
    """A file on disk that is a part, or a whole object."""

    path: Path
    size: int
    etag: str  # without quotes


class Stored(NamedTuple):
    """An object: files in a row."""

    segments: tuple[Segment, ...]
    etag: str
    upload_id: str | None = None

    @property
    def size(self) -> int:
        return sum(segment.size for segment in self.segments)

    def stretches(self, start: int, length: int) -> Iterator[tuple[Path, int, int]]:
        """File, offset and bytes of each file that the range touches."""
        position, end = 0, start + length
        for path, size, _ in self.segments:
            first, last = max(start, position), min(end, position + size)
            if first < last:
                yield path, first - position, last - first
            position += size

    def content(self) -> bytes:
        """All bytes: for small objects in tests."""
        return b"".join(segment.path.read_bytes() for segment in self.segments)

    def sha256(self) -> str:
        """The hash of all bytes, read block by block."""
        digest = hashlib.sha256()
        for segment in self.segments:
            with segment.path.open("rb") as file:
                while block := file.read(BLOCK):
                    digest.update(block)
        return digest.hexdigest()


@dataclass
class Upload:
    """A multipart upload under way."""

    key: str
    parts: dict[int, Segment] = field(default_factory=dict)


class Disk:
    """Objects and uploads below one folder. Thread safe where requests run side by side."""

    def __init__(self, folder: Path, *, opaque_etags: bool = False) -> None:
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self.opaque_etags = opaque_etags
        self.objects: dict[str, Stored] = {}
        self.uploads: dict[str, Upload] = {}
        self.lock = threading.Lock()

    def receive(self, source: BinaryIO, size: int) -> Segment:
        """Write *size* bytes of *source* to a new file. EOFError when they end early."""
        path = self.folder / uuid.uuid4().hex
        digest = None if self.opaque_etags else hashlib.md5(usedforsecurity=False)
        room = memoryview(bytearray(min(BLOCK, max(size, 1))))
        left = size
        try:
            with path.open("xb", buffering=0) as file:
                while left:
                    got = _fill(source, room[: min(left, len(room))])
                    if digest is not None:
                        digest.update(room[:got])
                    file.write(room[:got])
                    left -= got
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return Segment(path, size, digest.hexdigest() if digest else f"opaque-{uuid.uuid4().hex}")

    def put(self, key: str, stored: Stored) -> None:
        """Make or replace an object."""
        with self.lock:
            before = self.objects.get(key)
            self.objects[key] = stored
        self._unlink(before)

    def remove(self, key: str) -> None:
        """Delete an object; fine when there is none."""
        with self.lock:
            before = self.objects.pop(key, None)
        self._unlink(before)

    def _unlink(self, stored: Stored | None) -> None:
        for segment in stored.segments if stored is not None else ():
            segment.path.unlink(missing_ok=True)

    def initiate(self, key: str) -> str:
        """Open a multipart upload; its id."""
        upload_id = f"2~{uuid.uuid4().hex}"
        with self.lock:
            self.uploads[upload_id] = Upload(key)
        return upload_id

    def upload(self, upload_id: str, key: str) -> Upload:
        """An open upload of this object."""
        found = self.uploads.get(upload_id)
        if found is None or found.key != key:
            raise Refused(404, "NoSuchUpload", "The upload is unknown, complete or aborted")
        return found

    def complete(self, upload_id: str, key: str, body: bytes, smallest: int) -> Stored:
        """Join the listed parts, after S3's checks."""
        upload = self.upload(upload_id, key)
        listed = read_completion(body)
        numbers = [number for number, _ in listed]
        if numbers != sorted(set(numbers)):
            raise Refused(400, "InvalidPartOrder", "Parts are not in ascending order")
        chosen = []
        for number, etag in listed:
            part = upload.parts.get(number)
            if part is None or part.etag != etag:
                raise Refused(400, "InvalidPart", "A part is missing or its ETag is another one")
            chosen.append(part)
        if any(part.size < smallest for part in chosen[:-1]):
            raise Refused(400, "EntityTooSmall", "A part but the last is too small")
        stored = Stored(tuple(chosen), self._joined_etag(chosen), upload_id)
        with self.lock:
            if self.uploads.pop(upload_id, None) is None:
                raise Refused(404, "NoSuchUpload", "The upload was completed meanwhile")
            left = [part for part in upload.parts.values() if part not in chosen]
        self.put(key, stored)
        for part in left:
            part.path.unlink(missing_ok=True)
        return stored

    def _joined_etag(self, parts: list[Segment]) -> str:
        if self.opaque_etags:
            return f"opaque-{uuid.uuid4().hex}-{len(parts)}"
        joined = b"".join(bytes.fromhex(part.etag) for part in parts)
        return f"{hashlib.md5(joined, usedforsecurity=False).hexdigest()}-{len(parts)}"


def _fill(source: BinaryIO, room: memoryview) -> int:
    got: int = source.readinto(room)  # type: ignore[attr-defined]
    if not got:
        raise EOFError("the body is shorter than announced")
    return got


def read_completion(body: bytes) -> list[tuple[int, str]]:
    """Part numbers and ETags (without quotes) of a completion's body, in its order."""
    text = body.decode("utf-8", "replace").strip()
    parts = []
    if text.startswith("<CompleteMultipartUpload") and text.endswith("</CompleteMultipartUpload>"):
        for inner in _LISTED.findall(text):
            number = re.search(r"<PartNumber>(\d+)</PartNumber>", inner)
            etag = re.search(r"<ETag>(.*?)</ETag>", inner)
            if number is None or etag is None:
                raise Refused(400, "MalformedXML", "A part lacks its number or ETag")
            parts.append((int(number[1]), etag[1].replace("&quot;", '"').strip('"')))
    if not parts or len(parts) > 10_000:
        raise Refused(400, "MalformedXML", "List between 1 and 10 000 parts")
    return parts
