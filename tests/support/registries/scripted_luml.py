"""The scripted stage as a LUML registry, with parts asked for later, over S3 or over Azure."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from support.registries.scripted import ORBIT, ORGANIZATION, Handler, Stage

BUCKET = "00000000-0000-7000-8000-00000000000b"
UPLOAD = "2~opened"


class LumlStage(Stage):
    """More steps than its parent: initiate, parts, read, organizations, orbit, secrets."""

    def __init__(
        self, part_size: int | None = None, *, store: str = "s3", role: str = "owner"
    ) -> None:
        self.store, self.role = store, role
        self.committed: list[str] = []
        super().__init__(part_size, LumlHandler)

    @property
    def options(self) -> dict[str, Any]:
        return {**super().options, "generation": "G"}

    def many(self, count: int) -> None:
        """Records that nobody uploads."""
        for n in range(count):
            self.record({"file_name": f"{n}.fnnx", "name": f"number {n}", "size": n})


class LumlHandler(Handler):
    """What a LUML registry and a strict store would do."""

    server: LumlStage

    def name_step(self) -> str:
        url = urlsplit(self.path)
        query = parse_qs(url.query, keep_blank_values=True)
        if url.path.startswith("/objects/"):
            if "uploads" in query:
                return "initiate"
            return "complete" if query.get("comp") == ["blocklist"] else super().name_step()
        if url.path.endswith("/upload/multipart"):
            return "parts"
        if url.path.endswith("/users/me/organizations"):
            return "organizations"
        if url.path.endswith("/bucket-secrets"):
            return "secrets"
        if url.path.endswith(f"/orbits/{ORBIT}"):
            return "orbit"
        if self.command == "GET" and re.search(r"/collections/[^/]+/artifacts/[^/]+$", url.path):
            return "read"
        return super().name_step()

    def perform(self) -> None:
        if self.step == "initiate":
            self._store()
        else:
            super().perform()

    def _api(self) -> None:
        stage = self.server
        if not self.path.startswith("/v1/"):
            return self.answer_json(404, {"detail": "Not Found"})
        answers: dict[str, Any] = {
            "organizations": [{"id": ORGANIZATION, "name": "Ours", "role": stage.role}],
            "orbit": {"id": ORBIT, "name": "Main", "bucket_secret_id": BUCKET},
            "secrets": [{"id": BUCKET, "type": stage.store, "endpoint": "AccountKey=hidden;"}],
        }
        if self.step in answers:
            return self.answer_json(200, answers[self.step])
        if self.step == "parts":
            return self._parts(json.loads(self.read()))
        if self.step == "create":
            record = stage.record(json.loads(self.read()))
            record["bucket_location"] = record["unique_identifier"]
            return self.answer_json(200, {"artifact": record, "upload_details": self._plan(record)})
        if self.step == "list":
            return self._list()
        found = re.search(r"/artifacts/([^/?]+)", self.path)
        record = stage.records.get(found[1]) if found else None
        if record is None:
            return self.answer_json(404, {"detail": "Artifact not found"})
        if self.step == "read":
            return self.answer_json(200, record)
        # The rest is the same under either name.
        self.path = self.path.replace("/artifacts/", "/model_artifacts/")
        return super()._api()

    def _list(self) -> None:
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        found = list(self.server.records.values())
        wanted = query.get("search", "").casefold()
        found = [record for record in found if wanted in record.get("name", "").casefold()]
        if query["order"] == "desc":
            found.reverse()
        begin, limit = int(query.get("cursor", "0")), int(query["limit"])
        more = str(begin + limit) if begin + limit < len(found) else None
        self.answer_json(200, {"items": found[begin : begin + limit], "cursor": more})

    def _plan(self, record: dict[str, Any]) -> dict[str, Any]:
        stage = self.server
        large = stage.part_size is not None and record["size"] > stage.part_size
        url: str | None = stage.signed(record, "PUT")
        if large:
            url = None if stage.store == "azure" else f"{stage.signed(record, 'POST')}&uploads="
        return {
            "type": stage.store,
            "url": url,
            "multipart": large,
            "bucket_location": record["bucket_location"],
            "bucket_secret_id": BUCKET,
        }

    def _parts(self, body: dict[str, Any]) -> None:
        stage, step = self.server, self.server.part_size or body["size"]
        azure = stage.store == "azure"
        if body["bucket_id"] != BUCKET:
            return self.answer_json(404, {"detail": "Bucket secret not found"})
        if stage.role not in ("owner", "admin"):
            return self.answer_json(403, {"detail": "Not enough rights"})
        if not azure and body.get("upload_id") != UPLOAD:
            return self.answer(500, b"Internal Server Error")
        record = {"unique_identifier": body["bucket_location"]}
        parts = []
        for n in range(-(-body["size"] // step)):
            block = base64.b64encode(f"block-{n + 1:08d}".encode()).decode()
            more = f"&comp=block&blockid={block}" if azure else f"&uploadId={UPLOAD}"
            url = stage.signed(record, "PUT", 0 if azure else n + 1) + more
            size = min(step, body["size"] - n * step)
            start = n * step
            part = {"part_number": n + 1, "url": url, "start_byte": start, "part_size": size}
            parts.append({**part, "end_byte": start + size - 1})
        complete = stage.signed(record, "PUT" if azure else "POST")
        complete += "&comp=blocklist" if azure else f"&uploadId={UPLOAD}"
        answer = {"type": stage.store, "parts": parts, "complete_url": complete}
        return self.answer_json(200, answer if azure else {**answer, "upload_id": UPLOAD})

    def _store(self) -> None:
        query = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
        key = urlsplit(self.path).path.rsplit("/", 1)[1]
        if self.step == "initiate":
            if self.headers.get("Content-Type") or self.headers.get("Content-Length") != "0":
                return self.refuse(403, "SignatureDoesNotMatch")
            space = ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
            said = f"<InitiateMultipartUploadResult{space}><UploadId>{UPLOAD}</UploadId>"
            return self.answer(200, f"{said}</InitiateMultipartUploadResult>".encode())
        if self.server.store != "azure" or self.command not in ("PUT", "DELETE"):
            return super()._store()
        return self._azure(key, query)

    def _azure(self, key: str, query: dict[str, list[str]]) -> None:
        stage = self.server
        if int(query["epoch"][0]) != stage.epoch or self.headers.get("Authorization"):
            return self.refuse(403, "AuthenticationFailed")
        if self.command == "DELETE":
            gone = stage.objects.pop(key, None) is None
            return self.refuse(404, "BlobNotFound") if gone else self.answer(202)
        blocks = stage.parts.setdefault(key, {})
        if query.get("comp") == ["block"]:
            number = int(base64.b64decode(query["blockid"][0]).decode().removeprefix("block-"))
            blocks[number] = self.read()
            return self.answer(201)
        if query.get("comp") == ["blocklist"]:
            stage.committed = re.findall(r"<Latest>([^<]+)</Latest>", self.read().decode())
            numbers = [int(base64.b64decode(block)[6:]) for block in stage.committed]
            if not set(numbers) <= set(blocks):
                return self.refuse(400, "InvalidBlockList")
            stage.objects[key] = b"".join(blocks[number] for number in numbers)
            return self.answer(201)
        if self.headers.get("x-ms-blob-type") != "BlockBlob":
            return self.refuse(400, "MissingRequiredHeader")
        stage.objects[key] = self.read()
        return self.answer(201, ETag='"0x1"')

    def _complete(self, key: str) -> None:
        """With the ETag that S3 makes of parts, and only while the upload is open."""
        parts = self.server.parts.get(key)
        if parts is None:
            return self.refuse(404, "NoSuchUpload")
        super()._complete(key)
        self.server.etags[key] = etag_of_parts([parts[n] for n in sorted(parts)])
        del self.server.parts[key]
        return None


def etag_of_parts(parts: list[bytes]) -> str:
    digests = b"".join(hashlib.md5(part).digest() for part in parts)
    return f'"{hashlib.md5(digests).hexdigest()}-{len(parts)}"'
