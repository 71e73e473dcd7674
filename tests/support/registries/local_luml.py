"""A local registry for tests of LUML's dialect: addresses below ``/v1``, and recordings of it."""

from __future__ import annotations

import copy
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import httpx
from support.registries.local import Room

from dfs_desktop.server import Presigner, Rules

RECORDINGS = Path(__file__).parents[2] / "wire" / "luml"


def recording(name: str) -> dict[str, Any]:
    """A recorded exchange, flow or matrix."""
    found: dict[str, Any] = json.loads((RECORDINGS / f"{name}.json").read_text("utf-8"))
    return found


_SAMPLE = recording("artifact-create")["request"]["json"]
DATASET = recording("artifact-create-luml-manifest-dataset")["request"]["json"]["manifest"]


def artifact_body(**changes: Any) -> dict[str, Any]:
    """A good body for a new model."""
    return {**copy.deepcopy(_SAMPLE), **changes}


class LumlRoom(Room):
    """The same registry as :class:`Room`, seen through the other dialect."""

    def __init__(
        self,
        folder: Path,
        rules: Rules | None = None,
        *,
        second: bool = False,
        presigner: Presigner | None = None,
    ) -> None:
        super().__init__(folder, rules, second=second, presigner=presigner, prefix="/v1")
        self.list = f"{self.orbit}/artifacts"
        self.artifacts = f"{self.collection}/artifacts"

    def create(self, **changes: Any) -> dict[str, Any]:
        """A new artifact: the whole answer."""
        answer: dict[str, Any] = self.json("POST", self.artifacts, artifact_body(**changes))
        return answer

    def upload(self, content: bytes, **changes: Any) -> dict[str, Any]:
        """A new artifact with its bytes in place: the record."""
        digest = hashlib.sha256(content).hexdigest()
        made = self.create(size=len(content), file_hash=digest, **changes)
        answer = self.web.put(made["upload_details"]["url"], content=content)
        assert answer.status_code == 200, answer.text
        path = f"{self.artifacts}/{made['artifact']['id']}"
        record: dict[str, Any] = self.json("PATCH", path, {"status": "uploaded"})
        return record

    def artifact_in(self, status: str) -> dict[str, Any]:
        """A new record that has come to *status*."""
        record = self.create()["artifact"]
        path = f"{self.artifacts}/{record['id']}"
        if status in ("uploaded", "upload_failed"):
            self.json("PATCH", path, {"status": status})
        if status in ("pending_deletion", "deletion_failed"):
            self.json("GET", f"{path}/delete-url")
        if status == "deletion_failed":
            self.json("PATCH", path, {"status": status})
        return self.record(record["id"])

    def record(self, key: str) -> dict[str, Any]:
        """One artifact."""
        found: dict[str, Any] = self.json("GET", f"{self.artifacts}/{key}")
        return found

    def add_collection(self, name: str, kind: str = "model", **more: Any) -> str:
        """A new collection: its address."""
        body = {"name": name, "description": f"{name} description", "type": kind, **more}
        key = self.json("POST", f"{self.orbit}/collections", body)["id"]
        return f"{self.orbit}/collections/{key}"

    def pages(self, query: str, address: str = "") -> list[list[dict[str, Any]]]:
        """All pages of a list. A cursor that comes back, or an id, would never end."""
        pages: list[list[dict[str, Any]]] = []
        cursor, seen = None, set()
        while True:
            path = f"{address or self.list}?{query}"
            params = httpx.QueryParams(path.partition("?")[2])
            if cursor:
                params = params.set("cursor", cursor)
            page = self.json("GET", f"{path.partition('?')[0]}?{params}")
            pages.append(page["items"])
            cursor = page["cursor"]
            if cursor is None:
                return pages
            assert cursor not in seen
            seen.add(cursor)


def upload_id(text: str) -> str:
    """The id in the answer to an initiation."""
    found = re.search("<UploadId>([^<]+)</UploadId>", text)
    assert found
    return found[1]
