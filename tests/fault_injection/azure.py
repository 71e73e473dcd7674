"""A strict fake of Azure Blob Storage: signatures, their expiry, blocks that wait and can vanish."""

from __future__ import annotations

import re
import ssl
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

from support.network.scripted_server import ScriptedHandler, ScriptedServer
from support.stores import azure as sas
from support.stores.s3 import _range
from support.stores.s3_disk import Disk, Segment, Stored
from support.stores.sigv4 import Refused

CONTAINER = "models"


class AzureServer(ScriptedServer):
    """Steps: put, block, join, get, delete. ``blocks`` are uncommitted: a test may lose some.

    A committed blob is made of the blocks of the list only, in its order; one that is not there
    gives InvalidBlockList, and ids of unequal length give InvalidBlobOrBlock, as Azure says it.
    """

    def __init__(
        self, folder: Path, context: ssl.SSLContext | None = None, lifetime: int = 12 * 3600
    ) -> None:
        self.disk = Disk(folder)
        self.blocks: dict[str, dict[str, Segment]] = {}
        self.lifetime = lifetime
        super().__init__(_Handler, context)

    def stored(self, location: str) -> Stored | None:
        return self.disk.objects.get(f"/{sas.ACCOUNT}/{CONTAINER}/{location}")


class AzureUrls(sas.AzurePresigner):
    """URLs that live by the clock of the fake."""

    def __init__(self, server: AzureServer, origin: str | None = None) -> None:
        super().__init__(origin or server.origin, CONTAINER)
        self._server = server

    def _url(self, key: str, permissions: str) -> str:
        self.lifetime = int(self._server.lifetime + self._server.ahead)
        return super()._url(key, permissions)


_PERMISSION = {"PUT": "w", "GET": "r", "HEAD": "r", "DELETE": "d"}


class _Handler(ScriptedHandler):
    server: AzureServer

    def name_step(self) -> str:
        if self.command == "PUT":
            found = re.search(r"[?&]comp=(\w+)", self.path)
            return {"block": "block", "blocklist": "join"}.get(found[1] if found else "", "put")
        return {"GET": "get", "HEAD": "get", "DELETE": "delete"}.get(self.command, "other")

    def perform(self) -> None:
        try:
            query = self._permitted()
            self.key = unquote(self.path.partition("?")[0])
            self._act(query)
        except Refused as refused:
            self.refuse(refused.status, refused.code, refused.message)
        except EOFError:
            self.close_connection = True

    def _permitted(self) -> dict[str, str]:
        if "Authorization" in self.headers:
            raise Refused(400, "InvalidAuthenticationInfo", "Only one way to authenticate")
        path, _, text = self.path.partition("?")
        # Not parse_qs: block ids are base64 and stand there unescaped, with their plus signs.
        query = dict(parse_qsl(text.replace("+", "%2B"), keep_blank_values=True))
        ends, permissions = query.get("se", ""), query.get("sp", "")
        resource = f"/blob{unquote(path)}"
        version = query.get("sv", "")
        signed = "\n".join(
            (permissions, "", ends, resource, "", "", "", version, "b", *("" for _ in range(7)))
        )
        if query.get("sig") != sas._hmac(signed):
            raise Refused(403, "AuthenticationFailed", "Signature did not match")
        moment = datetime.fromisoformat(ends).astimezone(UTC).timestamp()
        if self.server.clock() > moment:
            raise Refused(403, "AuthenticationFailed", "Signature not valid in the specified time")
        if _PERMISSION.get(self.command, "?") not in permissions:
            raise Refused(403, "AuthorizationPermissionMismatch", "Not permitted by the signature")
        if self.command == "PUT" and "Content-Length" not in self.headers:
            raise Refused(411, "MissingContentLengthHeader", "Send Content-Length")
        return query

    def _act(self, query: dict[str, str]) -> None:
        disk = self.server.disk
        if self.step == "put":
            if self.headers.get("x-ms-blob-type") != "BlockBlob":
                raise Refused(400, "MissingRequiredHeader", "x-ms-blob-type is missing")
            segment = disk.receive(self.rfile, self.length())
            disk.put(self.key, Stored((segment,), f"0x{uuid.uuid4().hex[:15].upper()}"))
            self.answer(201, ETag=f'"{disk.objects[self.key].etag}"')
        elif self.step == "block":
            segment = disk.receive(self.rfile, self.length())
            self.server.blocks.setdefault(self.key, {})[query["blockid"]] = segment
            self.answer(201)
        elif self.step == "join":
            self._join()
        elif self.step == "delete":
            if self.key not in disk.objects:
                raise Refused(404, "BlobNotFound", "The specified blob does not exist")
            disk.remove(self.key)
            self.answer(202)
        else:
            self._give()

    def _join(self) -> None:
        """Blocks may be of the last list too: a list that is sent twice is fine."""
        ids = re.findall(r"<Latest>(.*?)</Latest>", self.read().decode())
        if not ids or len(ids) > 50_000 or len({len(block) for block in ids}) > 1:
            raise Refused(400, "InvalidBlobOrBlock", "The list of blocks is not a good one")
        waiting = self.server.blocks.get(self.key, {})
        if any(block not in waiting for block in ids):
            raise Refused(400, "InvalidBlockList", "The specified block list is invalid")
        chosen = tuple(waiting[block] for block in ids)
        etag = f"0x{uuid.uuid4().hex[:15].upper()}"
        with self.server.disk.lock:
            self.server.disk.objects[self.key] = Stored(chosen, etag)
        self.answer(201, ETag=f'"{etag}"')

    def _give(self) -> None:
        stored = self.server.disk.objects.get(self.key)
        if stored is None:
            raise Refused(404, "BlobNotFound", "The specified blob does not exist")
        etag = f'"{stored.etag}"'
        asked = self.headers.get("Range") if self.headers.get("If-Range", etag) == etag else None
        status, start, length = _range(asked, stored.size)
        head: dict[str, Any] = {"ETag": etag, "Accept-Ranges": "bytes"}
        if status == 206:
            head["Content-Range"] = f"bytes {start}-{start + length - 1}/{stored.size}"
        content = b""
        for path, offset, count in stored.stretches(start, length):
            with path.open("rb") as file:
                file.seek(offset)
                content += file.read(count)
        self.answer(status, content, **head)
