"""Presigned URLs of the strict S3 server, in the words of the registry's presigner."""

from __future__ import annotations

from typing import Literal

from .s3 import S3Server
from .s3_disk import Stored
from .sigv4 import presign


class S3Presigner:
    """URLs of one bucket of an S3Server, as the registry asks for them. Keys: bucket locations."""

    kind: Literal["s3"] = "s3"

    def __init__(self, server: S3Server, bucket: str = "models") -> None:
        self._server, self._bucket = server, bucket

    def put(self, key: str) -> str:
        return self._url("PUT", key)

    def get(self, key: str) -> str:
        return self._url("GET", key)

    def delete(self, key: str) -> str:
        return self._url("DELETE", key)

    def initiate(self, key: str) -> str:
        return self._url("POST", key, uploads="")

    def part(self, key: str, number: int, upload_id: str | None) -> str:
        return self._url("PUT", key, partNumber=str(number), uploadId=upload_id or "")

    def complete(self, key: str, upload_id: str | None) -> str:
        return self._url("POST", key, uploadId=upload_id or "")

    def open_upload(self, key: str) -> str:
        return self._server.disk.initiate(self.path(key))

    def stored(self, key: str) -> Stored | None:
        """What the store has under this key."""
        return self._server.disk.objects.get(self.path(key))

    def path(self, key: str) -> str:
        return f"/{self._bucket}/{key}"

    def _url(self, method: str, key: str, **extra: str) -> str:
        server = self._server
        return presign(
            method, server.origin, self.path(key), extra, server.keys,
            lifetime=server.rules.lifetime, now=server.clock(),
        )  # fmt: skip
