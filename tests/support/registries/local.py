"""A local registry for tests: started in a folder, with the requests that every test needs."""

from __future__ import annotations

import copy
import hashlib
import json
import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from dfs_desktop.api.http.trusted_authorities import bare_context
from dfs_desktop.server import LocalRegistry, Presigner, Rules
from dfs_desktop.server.store import Store

RECORDINGS = Path(__file__).parents[2] / "wire" / "dataforce"
NOBODY = "00000000-0000-4000-8000-000000000000"


def recording(name: str) -> dict[str, Any]:
    """A recorded exchange, flow or matrix."""
    found: dict[str, Any] = json.loads((RECORDINGS / f"{name}.json").read_text("utf-8"))
    return found


_SAMPLE = recording("artifact-create")["request"]["json"]


def artifact_body(**changes: Any) -> dict[str, Any]:
    """A good body for a new artifact."""
    return {**copy.deepcopy(_SAMPLE), **changes}


class Room:
    """A running registry, a client with its key, and a client without for the object store."""

    prefix = ""
    artifacts_name = "model_artifacts"
    record_name = "model"  # in the answer to a creation
    body = staticmethod(artifact_body)

    def __init__(
        self,
        folder: Path,
        rules: Rules | None = None,
        *,
        second: bool = False,
        presigner: Presigner | None = None,
    ) -> None:
        prefix = self.prefix
        self.folder = folder
        if second:
            self._add_second_organization()
        self.registry = LocalRegistry(folder, rules=rules, presigner=presigner)
        self.address = self.registry.start()
        self.port = urlsplit(self.address.url).port or 0
        self.api = httpx.Client(
            base_url=self.address.url,
            headers={"authorization": f"Bearer {self.address.api_key}"},
            trust_env=False,
            timeout=30,
            verify=bare_context(),  # it speaks plain http: the roots need not be read for it
        )
        self.web = httpx.Client(
            base_url=self.address.url, trust_env=False, timeout=30, verify=bare_context()
        )
        organizations = self.json("GET", f"{prefix}/users/me/organizations")
        self.organization = organizations[0]["id"]
        self.orbits = f"{prefix}/organizations/{self.organization}/orbits"
        self.orbit_record = self.json("GET", self.orbits)[0]
        self.orbit = f"{self.orbits}/{self.orbit_record['id']}"
        collections = self.json("GET", f"{self.orbit}/collections")
        self.collection_record = (collections["items"] if prefix else collections)[-1]
        self.collection = f"{self.orbit}/collections/{self.collection_record['id']}"
        self.artifacts = f"{self.collection}/{self.artifacts_name}"

    def _add_second_organization(self) -> None:
        """Only the store can: over the API it takes a session, which nobody has here."""
        self.folder.mkdir(parents=True, exist_ok=True)
        store = Store(self.folder / "registry.sqlite3")
        store.places.furnish()
        key = store.places.add_organization("Second organization")
        store.places.add_orbit(
            key, "Its orbit", store.all("bucket_secrets", organization_id=key)[0]["id"]
        )
        store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.api.close()
        self.web.close()
        self.registry.stop()

    def settle(self) -> None:
        """Wait until the registry has put its tools away: an answer arrives a moment before that.

        For registries that outlive a test, since a test may leave no task behind.
        """
        server = self.registry._server
        assert server is not None
        end = time.monotonic() + 5
        while server.server_state.tasks and time.monotonic() < end:
            time.sleep(0.001)

    def json(self, method: str, path: str, body: Any = ...) -> Any:
        """Send and expect success; the decoded answer."""
        answer = self.api.request(method, path, json=None if body is ... else body)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def create(self, **changes: Any) -> dict[str, Any]:
        """A new artifact: the whole answer."""
        answer: dict[str, Any] = self.json("POST", self.artifacts, self.body(**changes))
        return answer

    def upload_url(self, made: dict[str, Any]) -> str:
        """Where the answer to a creation wants the bytes."""
        url: str = made["url"]["parts"][0]["url"]
        return url

    def upload(self, content: bytes, **changes: Any) -> dict[str, Any]:
        """A new artifact with its bytes in place: the record."""
        digest = hashlib.sha256(content).hexdigest()
        made = self.create(size=len(content), file_hash=digest, **changes)
        answer = self.web.put(self.upload_url(made), content=content)
        assert answer.status_code == 200, answer.text
        path = f"{self.artifacts}/{made[self.record_name]['id']}"
        record: dict[str, Any] = self.json("PATCH", path, {"status": "uploaded"})
        return record

    def artifact_in(self, status: str) -> dict[str, Any]:
        """A new record that has come to *status*."""
        record = self.create()[self.record_name]
        path = f"{self.artifacts}/{record['id']}"
        if status in ("uploaded", "upload_failed"):
            self.json("PATCH", path, {"status": status})
        if status in ("pending_deletion", "deletion_failed"):
            self.json("GET", f"{path}/delete-url")
        if status == "deletion_failed":
            self.json("PATCH", path, {"status": status})
        return self.record(record["id"])

    def record(self, key: str) -> dict[str, Any]:
        """The record of an artifact, out of the list."""
        return self.kept(key)[0]

    def kept(self, key: str) -> list[dict[str, Any]]:
        """The same; nothing where it is gone."""
        return [each for each in self.json("GET", self.artifacts) if each["id"] == key]

    def download_url(self, key: str) -> str:
        """A presigned URL to read an artifact."""
        url: str = self.json("GET", f"{self.artifacts}/{key}/download-url")["url"]
        return url

    def download(self, key: str, **headers: str) -> httpx.Response:
        """The stored bytes."""
        return self.web.get(self.download_url(key), headers=headers)


def raw(room: Room, head: str, body: bytes = b"") -> tuple[int, str]:
    """Send bytes as they are; status and the whole answer."""
    with socket.create_connection(("127.0.0.1", room.port), timeout=10) as line:
        line.sendall(head.replace("\n", "\r\n").encode("latin-1") + b"\r\n" + body)
        received = b""
        while not _whole(received, has_body=not head.startswith("HEAD ")):
            block = line.recv(65536)
            if not block:
                break
            received += block
    found = re.match(rb"HTTP/1.1 (\d+)", received)
    return (int(found[1]) if found else 0), received.decode("latin-1")


def _whole(received: bytes, *, has_body: bool) -> bool:
    head, end, body = received.partition(b"\r\n\r\n")
    length = re.search(rb"\r\ncontent-length: (\d+)", head)
    return bool(end) and (not has_body or length is None or len(body) >= int(length[1]))


def launch(*arguments: str) -> tuple[subprocess.Popen[str], dict[str, Any]]:
    """The registry as a program; the process and its one line."""
    child = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    return child, json.loads(child.stdout.readline())


def finish(child: subprocess.Popen[str], number: int) -> None:
    """Ask it to stop; it does so in time, says nothing more, and exits with 0."""
    assert child.stdout is not None
    begin = time.monotonic()
    child.send_signal(number)
    assert child.wait(10) == 0
    assert time.monotonic() - begin < 3
    assert child.stdout.read() == ""
    child.stdout.close()
