"""A registry and its object store on loopback whose answers a test can script: faults on demand."""

from __future__ import annotations

import functools
import hashlib
import json
import re
import ssl
import uuid
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from support.network.scripted_server import ScriptedHandler, ScriptedServer

ORGANIZATION, ORBIT, COLLECTION = (f"00000000-0000-7000-8000-00000000000{n}" for n in (1, 2, 3))
KEY = "dfs_" + "k" * 43


class Stage(ScriptedServer):
    """Steps of its script: create, list, patch, download-url, delete-url, forget (API); put, get,
    delete, complete (store)."""

    def __init__(
        self,
        part_size: int | None = None,
        handler: type[ScriptedHandler] | None = None,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self.part_size = part_size
        self.records: dict[str, dict[str, Any]] = {}
        self.objects: dict[str, bytes] = {}
        self.parts: dict[str, dict[int, bytes]] = {}
        self.etags: dict[str, str] = {}
        self.epoch = 0  # of the signatures: raise it to let every URL expire
        super().__init__(handler or Handler, context)

    @property
    def url(self) -> str:
        return self.origin

    @property
    def options(self) -> dict[str, Any]:
        return {
            "base_url": self.url,
            "api_key": KEY,
            "organization": ORGANIZATION,
            "orbit": ORBIT,
            "collection": COLLECTION,
            "timeout": 5.0,
            "generation": "A",
        }

    def statuses(self) -> list[str]:
        return [record["status"] for record in self.records.values()]

    def signed(self, record: dict[str, Any], verb: str, part: int = 0) -> str:
        extra = f"&partNumber={part}" if part else ""
        key = record["unique_identifier"]
        return (
            f"{self.url}/objects/{key}?verb={verb}{extra}&epoch={self.epoch}&X-Amz-Signature=secret"
        )

    def add(self, content: bytes, **changes: Any) -> dict[str, Any]:
        """A finished artifact."""
        record = self.record(
            {
                "file_name": "stored.fnnx",
                "model_name": "stored",
                "file_hash": hashlib.sha256(content).hexdigest(),
                "size": len(content),
            }
        )
        record.update({"status": "uploaded"} | changes)
        self.objects[record["unique_identifier"]] = content
        return record

    def record(self, body: dict[str, Any]) -> dict[str, Any]:
        record = {
            "metrics": {},
            "manifest": {},
            "file_index": {},
            **body,
            "id": str(uuid.uuid4()),
            "collection_id": COLLECTION,
            "unique_identifier": uuid.uuid4().hex,
            "status": "pending_upload",
            "created_at": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        }
        self.records[record["id"]] = record
        return record


@functools.lru_cache(8)
def etag_of(content: bytes) -> str:
    """What a store says of an object that was sent whole; computed once, as stores do."""
    return f'"{hashlib.md5(content).hexdigest()}"'


class Handler(ScriptedHandler):
    """One request, as a registry or a strict store would answer it."""

    server: Stage

    def name_step(self) -> str:
        path = urlsplit(self.path).path
        if path.startswith("/objects/"):
            return {"PUT": "put", "GET": "get", "DELETE": "delete", "POST": "complete"}[
                self.command
            ]
        if path.endswith(("/download-url", "/delete-url")):
            return path.rsplit("/", 1)[1]
        return {"POST": "create", "GET": "list", "PATCH": "patch", "DELETE": "forget"}[self.command]

    def answer_json(self, status: int, value: Any) -> None:
        self.answer(status, json.dumps(value).encode(), Content_Type="application/json")

    def perform(self) -> None:
        """What an honest server does."""
        if self.step in ("put", "get", "delete", "complete"):
            self._store()
        elif self.headers.get("Authorization") != f"Bearer {KEY}":
            self.answer_json(401, {"detail": "Not authenticated"})
        else:
            self._api()

    def _api(self) -> None:
        stage = self.server
        found = re.search(r"/model_artifacts/([^/]+)", self.path)
        record = stage.records.get(found[1]) if found else None
        if self.step == "create":
            record = stage.record(json.loads(self.read()))
            return self.answer_json(200, {"model": record, "url": self._plan(record)})
        if self.step == "list":
            return self.answer_json(200, list(stage.records.values()))
        if record is None:
            return self.answer_json(404, {"detail": "Model Artifact model not found"})
        if self.step == "patch":
            return self._patch(record)
        if self.step == "forget":
            del stage.records[record["id"]]
            return self.answer(204)
        if self.step == "delete-url":
            record["status"] = "pending_deletion"
        verb = {"download-url": "GET", "delete-url": "DELETE"}[self.step]
        return self.answer_json(200, {"url": stage.signed(record, verb)})

    def _patch(self, record: dict[str, Any]) -> None:
        changes = json.loads(self.read())
        allowed = {("pending_upload", "uploaded"), ("pending_upload", "upload_failed")}
        allowed.add(("pending_deletion", "deletion_failed"))
        if "status" in changes and (record["status"], changes["status"]) not in allowed:
            return self.answer_json(400, {"detail": "Invalid status transition"})
        record.update(changes)
        return self.answer_json(200, record)

    def _plan(self, record: dict[str, Any]) -> dict[str, Any]:
        size, step = record["size"], self.server.part_size
        if step is None or size <= step:
            part = {"part_number": 1, "url": self.server.signed(record, "PUT"), "part_size": size}
            return {"upload_id": None, "parts": [part], "complete_url": None}
        parts = [
            {
                "part_number": n + 1,
                "url": self.server.signed(record, "PUT", n + 1),
                "start_byte": n * (step + 1),  # drifts, as this generation's do
                "end_byte": n * (step + 1) + step,
                "part_size": min(step, size - n * step),
            }
            for n in range(-(-size // step))
        ]
        return {
            "upload_id": "u",
            "parts": parts,
            "complete_url": self.server.signed(record, "POST"),
        }

    def _store(self) -> None:
        stage, query = self.server, parse_qs(urlsplit(self.path).query)
        key = urlsplit(self.path).path.rsplit("/", 1)[1]
        if self.headers.get("Content-Type") or self.headers.get("Authorization"):
            return self.refuse(403, "AccessDenied")
        if int(query["epoch"][0]) != stage.epoch:
            return self.refuse(403, "AccessDenied", "Request has expired")
        if self.command in ("PUT", "POST") and "Content-Length" not in self.headers:
            return self.refuse(411, "MissingContentLength")
        if self.step == "put":
            data, part = self.read(), int(query.get("partNumber", ["0"])[0])
            if part:
                stage.parts.setdefault(key, {})[part] = data
            else:
                stage.objects[key] = data
            return self.answer(200, ETag=f'"{hashlib.md5(data).hexdigest()}"')
        if self.step == "complete":
            return self._complete(key)
        if self.step == "delete":
            stage.objects.pop(key, None)
            return self.answer(204)
        return self._get(key)

    def _complete(self, key: str) -> None:
        listed = re.findall(
            rb"<PartNumber>(\d+)</PartNumber><ETag>(?:\"|&quot;)(\w+)(?:\"|&quot;)</ETag>",
            self.read(),
        )
        parts = self.server.parts[key]
        whole = [(int(n), hashlib.md5(parts[int(n)]).hexdigest().encode()) for n, _ in listed]
        if [(int(n), etag) for n, etag in listed] != whole or len(whole) != len(parts):
            return self.refuse(400, "InvalidPart")
        self.server.objects[key] = b"".join(parts[n] for n in sorted(parts))
        return self.answer(
            200, b"<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>"
        )

    def _get(self, key: str) -> None:
        content = self.server.objects.get(key)
        if content is None:
            return self.refuse(404, "NoSuchKey")
        etag = self.server.etags.get(key) or etag_of(content)
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if asked and self.headers.get("If-Range", etag) == etag:
            start, last = int(asked[1]), min(int(asked[2] or len(content)), len(content) - 1)
            if start > last:
                return self.answer(416, Content_Range=f"bytes */{len(content)}")
            total = f"bytes {start}-{last}/{len(content)}"
            return self.answer(206, content[start : last + 1], ETag=etag, Content_Range=total)
        return self.answer(200, content, ETag=etag)
