"""Presigned URLs of the strict S3 server, in the words of the registry's presigner."""

from __future__ import annotations

import re
import time
import urllib.request

from support.stores.s3 import BUCKET, S3Server
from support.stores.sigv4 import Keys, presign

from dfs_desktop.server.objects.object_urls import Presigner


class S3Presigner(Presigner):
    """URLs of the bucket of one server, as the registry asks for them. Keys: bucket locations."""

    def __init__(self, server: S3Server | str) -> None:
        """*server*: one in this process, or the origin of one in another."""
        self._server = None if isinstance(server, str) else server
        self._origin = server if isinstance(server, str) else server.origin

    def open_upload(self, key: str) -> str:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        request = urllib.request.Request(self.initiate(key), method="POST")
        with opener.open(request, timeout=10) as answer:
            found = re.search(r"<UploadId>(.*?)</UploadId>", answer.read().decode())
        assert found
        return found[1]

    def drop_uploads(self, key: str) -> None:
        """Its lifecycle rule removes what was begun; the registry cannot."""

    def _url(self, method: str, key: str, **extra: str) -> str:
        server = self._server
        return presign(
            method,
            self._origin,
            f"/{BUCKET}/{key}",
            extra,
            server.keys if server else Keys(),
            lifetime=server.rules.lifetime if server else 12 * 3600,
            now=server.clock() if server else time.time(),
        )
