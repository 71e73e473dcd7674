"""A local registry for tests of LUML's dialect: addresses below ``/v1``, and recordings of it."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import httpx
from support.registries.local import Room

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

    prefix = "/v1"
    artifacts_name, record_name = "artifacts", "artifact"
    body = staticmethod(artifact_body)

    @property
    def list(self) -> str:
        """The artifacts of the orbit."""
        return f"{self.orbit}/artifacts"

    def upload_url(self, made: dict[str, Any]) -> str:
        """Where the answer to a creation wants the bytes."""
        url: str = made["upload_details"]["url"]
        return url

    def kept(self, key: str) -> list[dict[str, Any]]:
        """One artifact; nothing where it is gone."""
        answer = self.api.get(f"{self.artifacts}/{key}")
        return [answer.json()] if answer.status_code == 200 else []

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
