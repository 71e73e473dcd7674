"""Recorded exchanges of the 2025 servers, replayed against the local registry over a socket."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.registries.local import NOBODY, RECORDINGS, Room, recording

from dfs_desktop.server import Rules

SESSION = "needs a signed-in session; a local registry has only its API key"
ACCOUNT = "sent with the key of another account; a local registry has one person"

SKIPPED = {
    "api-key-create": SESSION,
    "api-key-delete": SESSION,
    "organization-get-jwt": SESSION,
    "organization-get-unknown": SESSION,
    "signin": SESSION,
    "users-me-jwt": SESSION,
    "artifact-create-outsider": ACCOUNT,
    "artifact-delete-url-member-refused": ACCOUNT,
    "artifact-download-url-member": ACCOUNT,
    "artifact-force-delete-member-refused": ACCOUNT,
    "bucket-secrets-list-member-refused": ACCOUNT,
    "collection-create-member": ACCOUNT,
    "collection-delete-member-refused": ACCOUNT,
    "collections-list-member": ACCOUNT,
    "collections-list-outsider": ACCOUNT,
    "orbit-get-member": ACCOUNT,
    "orbit-update-member-refused": ACCOUNT,
    "orbits-list-member": ACCOUNT,
    "orbits-list-outsider": ACCOUNT,
    "organizations-list-member": ACCOUNT,
    "artifact-create-multipart-store-down": "the store is the registry itself, never down alone",
    "probe-openapi": "the registry publishes no OpenAPI document: 404",
}

# Where the servers fail with a 500, the registry says what is wrong.
BETTER = {
    "artifact-create-null-name-500": (422, "an artifact needs a name"),
    "artifact-update-null-name-500": (422, "an artifact needs a name"),
    "artifact-update-null-status-500": (422, "an artifact needs a status"),
    "collection-update-partial-500": (422, "name and description are required"),
}

# Replayed step by step in test_server_flows.py and test_server_matrices.py.
ELSEWHERE = {path.stem for path in RECORDINGS.glob("flow-*")} | {
    path.stem for path in RECORDINGS.glob("matrix-*")
}

SINGLE = sorted({path.stem for path in RECORDINGS.glob("*.json")} - ELSEWHERE - SKIPPED.keys())

VISION = "01a20a16-eb72-734e-8712-d5fa5ea9ea4a"
ADA = "01a20a16-1921-71d7-89e6-80a7f97e8e74"
MAIN_ORBIT = "01a20a16-ece1-7407-ac9a-f4f10c0c3d87"
ADAS_ORBIT = "01a20a16-ec86-7760-aa8a-0f63a57300fa"
CLASSIFIERS = "01a20a16-ed93-762a-9c22-ec66163012ab"
REGRESSORS = "01a20a16-edbe-72c0-a753-9596fe08be01"
SECRET_IN_USE = "01a20a16-ec4b-71f2-9c2f-d436557b65a4"
ADAS_SECRET = "01a20a16-ec27-75ef-a2cd-efe728d8e18c"
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")

# These need a registry of their own: with limits, or without what other recordings left behind.
ALONE = {
    "artifact-create-limit-reached": Rules(artifacts_limit=0),
    "orbit-create-limit-reached": Rules(orbits_limit=1),
    "orbits-list": Rules(),
    "collections-list": Rules(),
    "artifacts-list": Rules(),
    # A registry answers in both dialects otherwise.
    "probe-v1-organizations-noauth": Rules(generations=("A",)),
}
# In the recordings these artifacts had been cleared by a request before.
UNDESCRIBED = ("artifact-update-empty-object", "artifact-update-file-name")
# ... and these orbits and secrets had been changed before.
CHANGED = ("orbit-update-empty-object",)


def test_nothing_recorded_is_forgotten() -> None:
    """Every file is replayed here, replayed as a flow or matrix, or skipped with a reason."""
    everything = {path.stem for path in RECORDINGS.glob("*.json")}
    assert len(everything) == 120
    assert everything == set(SINGLE) | ELSEWHERE | SKIPPED.keys()
    assert BETTER.keys() <= set(SINGLE)


class Stage:
    """The state that recordings presuppose: recorded ids, and what stands for them here."""

    def __init__(self, room: Room) -> None:
        self.room = room
        second = room.json("GET", "/users/me/organizations")[1]["id"]
        orbits = room.json("GET", f"/organizations/{second}/orbits")
        self.known = {
            NOBODY: NOBODY,
            VISION: room.organization,
            ADA: second,
            MAIN_ORBIT: room.orbit_record["id"],
            ADAS_ORBIT: orbits[0]["id"],
            CLASSIFIERS: room.collection_record["id"],
            REGRESSORS: self._collection("Regressors"),
            SECRET_IN_USE: room.orbit_record["bucket_secret_id"],
            ADAS_SECRET: orbits[0]["bucket_secret_id"],
        }

    def _collection(self, name: str) -> str:
        body = {"name": name, "description": "for tests", "collection_type": "model"}
        made: str = self.room.json("POST", f"{self.room.orbit}/collections", body)["id"]
        return made

    def _artifact(self, name: str) -> str:
        record = self.room.artifact_in("uploaded")
        if name in UNDESCRIBED:
            path = f"{self.room.artifacts}/{record['id']}"
            self.room.json("PATCH", path, {"description": None, "tags": None})
        key: str = record["id"]
        return key

    def _orbit(self, name: str) -> str:
        body = {"name": "Scratch", "bucket_secret_id": self.known[SECRET_IN_USE]}
        key: str = self.room.json("POST", self.room.orbits, body)["id"]
        if name in CHANGED:
            self.room.json("PATCH", f"{self.room.orbits}/{key}", {"name": "Scratch Renamed"})
        return key

    def _secret(self) -> str:
        path = f"/organizations/{self.room.organization}/bucket-secrets"
        body = {"endpoint": "http://storage.example", "bucket_name": "dfs-extra"}
        for each in self.room.json("GET", path):
            if each["bucket_name"] == "dfs-extra":
                self.room.json("DELETE", f"{path}/{each['id']}")
        made: str = self.room.json("POST", path, {**body, "secure": False, "region": "x",
                                                  "cert_check": False})["id"]  # fmt: skip
        return made

    def ids(self, name: str, path: str) -> dict[str, str]:
        """Recorded id → id here, with fresh things where the recording changes them."""
        found = dict(self.known)
        for segment, key in re.findall(rf"/([a-z_-]+)/({UUID.pattern})", path):
            if key in found:
                continue
            if name == "artifact-force-delete-unknown":
                found[key] = NOBODY  # recorded after the same artifact was removed
            elif segment == "model_artifacts":
                found[key] = self._artifact(name)
            elif segment == "collections":
                found[key] = self._collection("Scratch")
            elif segment == "bucket-secrets":
                found[key] = self._secret()
            elif segment == "orbits":
                found[key] = self._orbit(name)
        return found

    def prepare(self, name: str) -> None:
        """What cannot be seen from the ids."""
        if name in ("artifacts-list", "collection-delete-not-empty"):
            self._artifact(name)
        if name == "bucket-secret-create-duplicate":
            self._secret()
        if name == "bucket-secret-create":
            path = f"/organizations/{self.room.organization}/bucket-secrets"
            self.room.json("DELETE", f"{path}/{self._secret()}")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One registry for all recordings."""
    with Room(tmp_path_factory.mktemp("registry"), second=True) as room:
        yield Stage(room)


@pytest.fixture(autouse=True)
def settled(stage: Stage) -> Iterator[None]:
    """Each test ends with an idle registry."""
    yield
    stage.room.settle()


@pytest.fixture
def stage_for(stage: Stage, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Stage]:
    """The shared stage, or one of its own for a recording that needs it."""
    rules = ALONE.get(request.param)
    if rules is None:
        yield stage
        return
    with Room(tmp_path / "registry", rules, second=True) as room:
        yield Stage(room)


@pytest.mark.parametrize(("stage_for", "name"), list(zip(SINGLE, SINGLE, strict=True)),
                         indirect=["stage_for"], ids=SINGLE)  # fmt: skip
def test_recorded_exchange(stage_for: Stage, name: str) -> None:
    """Status, headers and body are as recorded; only ids, times and addresses may differ."""
    exchange = recording(name)
    sent, expected = exchange["request"], exchange["response"]
    stage_for.prepare(name)
    ids = stage_for.ids(name, sent["path"])
    answer = _send(stage_for.room, name, sent, ids)
    if name in BETTER:
        assert answer.status_code == BETTER[name][0]
        assert answer.json()["detail"][0]["loc"][0] == "body"
        return
    assert answer.status_code == expected["status"], answer.text
    assert answer.headers.get("content-type") == expected["headers"].get("content-type")
    assert answer.headers.get("allow") == expected["headers"].get("allow")
    assert "www-authenticate" not in answer.headers
    if "location" in expected["headers"]:
        path = expected["headers"]["location"].removeprefix("http://api.example")
        assert answer.headers["location"] == stage_for.room.address.url + path
    if "json" in expected:
        assert_same(_translate(expected["json"], ids), answer.json(), name)
    else:
        assert answer.content == b""


def _send(room: Room, name: str, sent: dict[str, Any], ids: dict[str, str]) -> httpx.Response:
    headers = dict(sent["headers"])
    if name not in ("error-401-bad-key", "api-key-rotated-old-key-refused"):
        key = room.address.api_key
        headers = {k: v.replace("dfs_REDACTED", key) for k, v in headers.items()}
    content = None
    if "json" in sent:
        content = json.dumps(_translate(sent["json"], ids)).encode()
    elif "body" in sent:
        content = sent["body"].encode()
    path = _translate(sent["path"], ids)
    return room.web.request(sent["method"], path, headers=headers, content=content)


def _translate(value: Any, ids: dict[str, str]) -> Any:
    text = json.dumps(value)
    return json.loads(UUID.sub(lambda found: ids.get(found[0], found[0]), text))


def assert_same(expected: Any, actual: Any, at: str) -> None:
    """Equal in shape: keys, types, nullness; equal in value where no chance is involved."""
    if isinstance(expected, dict):
        assert isinstance(actual, dict), at
        assert actual.keys() == expected.keys(), at
        for key, value in expected.items():
            assert_same(value, actual[key], f"{at}.{key}")
    elif isinstance(expected, list) and at.endswith((".detail", ".loc")):
        assert actual == expected, at
    elif isinstance(expected, list) and ".permissions." in at:
        assert sorted(actual) == sorted(expected), at
    elif isinstance(expected, list):
        assert isinstance(actual, list), at
        whole = [each for each in expected if not _trimmed(each)]
        assert bool(whole) == bool(actual), at
        for each in actual:
            assert_like_one_of(whole, each, f"{at}[]")
    elif isinstance(expected, str) and isinstance(actual, str):
        _assert_same_text(expected, actual, at)
    else:
        assert type(actual) is type(expected), f"{at}: {actual!r} for {expected!r}"


def assert_like_one_of(expected: list[Any], actual: Any, at: str) -> None:
    """Equal in shape to one of the recorded elements."""
    for each in expected[:-1]:
        try:
            assert_same(each, actual, at)
        except AssertionError:
            continue
        return
    assert_same(expected[-1], actual, at)


def _trimmed(value: Any) -> bool:
    return (isinstance(value, str) and "parts" in value) or (
        isinstance(value, dict) and "_trimmed" in value
    )


def _assert_same_text(expected: str, actual: str, at: str) -> None:
    if UUID.fullmatch(expected):
        assert UUID.fullmatch(actual), at
    elif TIME.fullmatch(expected):
        assert TIME.fullmatch(actual), at
    elif expected.startswith("http"):
        assert actual.startswith("http://127.0.0.1:"), at
        assert ("X-Amz-Signature=" in actual) == ("X-Amz-Signature=" in expected), at
        assert ("uploadId=" in actual) == ("uploadId=" in expected), at
    elif at.endswith((".detail", ".msg", ".type", ".status", ".role", "collection_type")):
        assert actual == expected, at
