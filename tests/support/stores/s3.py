"""A strict S3 server on loopback: signatures, lengths, parts and ETags are checked as S3 does it.

    python -m support.stores.s3 FOLDER      (in tests/) runs one alone; prints its origin as a JSON line.

Stricter than the real ones in two places: headers that are not signed are refused with every
presigned request (Ceph does that with Content-Type), and a path may not be re-encoded.
"""

from __future__ import annotations

import json
import re
import ssl
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qsl, unquote

from support.network.scripted_server import ScriptedHandler, ScriptedServer
from support.stores.s3_disk import Disk, Stored
from support.stores.sigv4 import Keys, Refused, check

BUCKET = "models"
_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


@dataclass
class S3Rules:
    """What differs between S3 stores. Sizes in bytes, times in seconds."""

    smallest_part: int = 5 << 20
    largest_put: int = 5 << 30
    lifetime: int = 12 * 3600
    opaque_etags: bool = False  # as with encryption by keys of the store (SSE-KMS)
    completes_again: bool = True  # Ceph: 200 as before. Others forget the upload: NoSuchUpload
    lists: bool = True  # whether the key may list: if not, what is not there gives 403, not 404
    trusts_headers: bool = False  # let requests in that are signed in their header, unchecked


class S3Server(ScriptedServer):
    """Steps of its script: put, get, head, delete, initiate, part, complete."""

    def __init__(
        self, folder: Path, rules: S3Rules | None = None, context: ssl.SSLContext | None = None
    ) -> None:
        super().__init__(Handler, context)
        self.rules = rules or S3Rules()
        self.weakens_etags = False  # as proxies do that could compress what passes
        self.keys = Keys()
        self.disk = Disk(folder, opaque_etags=self.rules.opaque_etags)

    def stored(self, location: str) -> Stored | None:
        """The object of a record, by its bucket location."""
        return self.disk.objects.get(f"/{BUCKET}/{location}")


class Handler(ScriptedHandler):
    """One request, answered as a strict store does."""

    server: S3Server
    _steps: ClassVar = {"PUT": "put", "GET": "get", "HEAD": "head", "DELETE": "delete"}

    def send_header(self, keyword: str, value: str) -> None:
        weak = keyword == "ETag" and self.server.weakens_etags
        super().send_header(keyword, f"W/{value}" if weak else value)

    def name_step(self) -> str:
        query = self.path.partition("?")[2]
        if self.command == "POST":
            return "initiate" if re.search(r"(^|&)uploads(=|&|$)", query) else "complete"
        in_parts = self.command == "PUT" and "uploadId=" in query
        return "part" if in_parts else self._steps[self.command]

    def perform(self) -> None:
        """What an honest store does."""
        try:
            query = self._permitted()
            self.key = unquote(self.path.partition("?")[0])
            self._act(query)
        except Refused as refused:
            self.refuse(refused.status, refused.code, refused.message)
        except EOFError:
            self.close_connection = True  # nobody is there to be told

    def _permitted(self) -> dict[str, str]:
        """The signed query; refuses what a presigned request must not carry."""
        signed = self.headers.get("Authorization", "")
        if self.server.rules.trusts_headers and signed.startswith("AWS4-HMAC-SHA256 "):
            return dict(parse_qsl(self.path.partition("?")[2], keep_blank_values=True))
        if signed:
            raise Refused(400, "InvalidArgument", "Only one way to authenticate is allowed")
        host = self.headers.get("Host", "")
        query = check(self.command, self.path, host, self.server.keys, self.server.clock)
        for name in map(str.lower, self.headers.keys()):
            if name == "content-type" or name.startswith("x-amz-"):
                raise Refused(403, "AccessDenied", f"There were headers not signed: {name}")
        if self.command in ("PUT", "POST"):
            if "Transfer-Encoding" in self.headers or "Content-Length" not in self.headers:
                raise Refused(411, "MissingContentLength", "Send Content-Length")
            if self.length() > self.server.rules.largest_put:
                raise Refused(400, "EntityTooLarge", "Too large for one request")
        return query

    def _act(self, query: dict[str, str]) -> None:
        disk = self.server.disk
        if self.step == "put":
            segment = disk.receive(self.rfile, self.length())
            disk.put(self.key, Stored((segment,), segment.etag))
            self.answer(200, ETag=f'"{segment.etag}"')
        elif self.step == "part":
            self._part(query)
        elif self.step == "initiate":
            upload_id = disk.initiate(self.key)
            self._answer_xml("InitiateMultipartUploadResult", UploadId=upload_id)
        elif self.step == "complete":
            self._complete(query.get("uploadId", ""))
        elif self.step == "delete":
            disk.remove(self.key)
            self.answer(204)
        else:
            self._give()

    def _part(self, query: dict[str, str]) -> None:
        disk, number = self.server.disk, int(query.get("partNumber", "0"))
        if not 1 <= number <= 10_000:
            raise Refused(400, "InvalidArgument", "Part numbers go from 1 to 10 000")
        upload = disk.upload(query["uploadId"], self.key)
        segment = disk.receive(self.rfile, self.length())
        before = upload.parts.get(number)
        upload.parts[number] = segment
        if before is not None:
            before.path.unlink(missing_ok=True)
        self.answer(200, ETag=f'"{segment.etag}"')

    def _complete(self, upload_id: str) -> None:
        body, rules = self.read(), self.server.rules
        stored = self.server.disk.objects.get(self.key)
        again = stored is not None and stored.upload_id == upload_id
        if stored is None or not (again and rules.completes_again):
            stored = self.server.disk.complete(upload_id, self.key, body, rules.smallest_part)
        self._answer_xml("CompleteMultipartUploadResult", ETag=f"&quot;{stored.etag}&quot;")

    def _give(self) -> None:
        stored = self.server.disk.objects.get(self.key)
        if stored is None and self.server.rules.lists:
            raise Refused(404, "NoSuchKey", "There is no such object")
        if stored is None:
            raise Refused(403, "AccessDenied", "Access Denied")
        etag = f'"{stored.etag}"'
        if self.headers.get("If-Match", etag) not in ("*", etag):
            raise Refused(412, "PreconditionFailed", "The object is another one")
        asked = self.headers.get("Range") if self.headers.get("If-Range", etag) == etag else None
        status, start, length = _range(asked, stored.size)
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        self.send_header("ETag", etag)
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Type", "binary/octet-stream")
        if status == 206:
            shown = f"bytes {start}-{start + length - 1}/{stored.size}"
            self.send_header("Content-Range", shown)
        self.end_headers()
        if self.command == "GET":
            for path, offset, count in stored.stretches(start, length):
                with path.open("rb") as file:
                    self.connection.sendfile(file, offset, count)

    def _answer_xml(self, root: str, **fields: str) -> None:
        inner = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
        document = f'<?xml version="1.0" encoding="UTF-8"?><{root} xmlns="{_NAMESPACE}">{inner}'
        self.answer(200, f"{document}</{root}>".encode(), Content_Type="application/xml")


def _range(value: str | None, size: int) -> tuple[int, int, int]:
    """Status, start and length of the answer to a Range header."""
    found = re.fullmatch(r"bytes=(\d*)-(\d*)", value or "")
    if found is None or found[0] == "bytes=-":
        return 200, 0, size
    if not found[1]:
        start, end = max(0, size - int(found[2])), size
    else:
        start = int(found[1])
        end = min(int(found[2]) + 1, size) if found[2] else size
    if start >= size or end <= start:
        raise Refused(416, "InvalidRange", "The range lies outside of the object")
    return 206, start, end - start


def main(folder: str) -> None:
    """Serve until the standard input ends; without hashing, so that benchmarks wait for others."""
    server = S3Server(Path(folder), S3Rules(opaque_etags=True, trusts_headers=True))
    print(json.dumps({"origin": server.origin}), flush=True)
    sys.stdin.read()
    server.close()


if __name__ == "__main__":
    main(sys.argv[1])
