"""Recorded exchanges of the 2026 servers, replayed against the local registry over a socket."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from support.registries.local import NOBODY
from support.registries.local_luml import DATASET, RECORDINGS, LumlRoom, recording
from unit.server.test_conformance import UUID, assert_same

from dfs_desktop.server import Rules

SESSION = "needs a signed-in session; a local registry has only its API key"
ACCOUNT = "sent with the key of another account; a local registry has one person"
TRACKS = "a local registry has no tracks"

SKIPPED = {
    **dict.fromkeys(
        ("api-key-create", "api-key-delete", "organization-get-jwt", "organization-get-unknown",
         "signin", "users-me-jwt", "validate-api-key-with-jwt"), SESSION),
    **dict.fromkeys(
        ("artifact-create-outsider", "artifact-delete-url-member-refused",
         "artifact-download-url-member", "artifact-force-delete-member-refused",
         "artifacts-list-outsider", "bucket-secrets-list-member-refused",
         "collection-create-member", "collection-delete-member-refused",
         "collections-list-member", "collections-list-outsider", "multipart-urls-member-refused",
         "orbit-get-member", "orbit-update-member-refused", "orbits-list-member",
         "orbits-list-outsider", "organizations-list-member"), ACCOUNT),
    **dict.fromkeys(
        ("artifact-delete-url-in-track", "artifact-force-delete-in-track",
         "artifact-get-with-track"), TRACKS),
    "probe-openapi": "the registry publishes no OpenAPI document: 404",
}  # fmt: skip

# Where the servers fail with a 500, the registry says what is wrong.
BETTER = {
    "artifact-create-null-name-500": (422, "an artifact needs a name"),
    "artifact-update-null-name-500": (422, "an artifact needs a name"),
    "artifact-update-null-status-500": (422, "an artifact needs a status"),
    "collection-update-partial-500": (422, "name and description are required"),
    "multipart-urls-without-upload-id-500": (422, "S3 needs the id of the upload"),
}
# Other deviations, each asserted where it is named:
# * a 422 does not repeat the keys of a bucket (bucket-secret-create-without-type): MASKED here;
# * a bucket secret without region is refused instead of breaking the list of secrets for good
#   (flow-bucket-secret-update-bricks-list): test_server_luml_flows;
# * sorting by a metric pages to the end (flow-artifacts-metric-paging-loops), text among the
#   numbers counts as no number instead of a 500, a column that is none for sorting is a 400
#   instead of a 500, and an unknown column pages on without collection_ids instead of ending in
#   an empty page (artifacts-list-sort-unknown-whole-orbit): test_server_luml_lists;
# * NaN, Infinity and NUL are 422 instead of 500, and names that S3 cannot store are stored
#   (matrix-odd-values, matrix-file-names): test_server_luml_matrices.
MASKED = ("bucket-secret-create-without-type",)

# Replayed elsewhere: flows step by step, matrices row by row, lists on the recorded records.
ELSEWHERE = {
    path.stem
    for pattern in ("flow-*", "matrix-*", "artifacts-list*", "collections-list*")
    for path in RECORDINGS.glob(f"{pattern}.json")
} - {*SKIPPED, "artifacts-list-dataforce-route", "collections-list-wrong-organization"}
SINGLE = sorted({path.stem for path in RECORDINGS.glob("*.json")} - ELSEWHERE - SKIPPED.keys())

VISION = "01a20a16-f076-7782-9473-f92795ff76c4"
ADA = "01a20a16-14c5-7722-bd59-17425a54ec4d"
MAIN_ORBIT = "01a20a17-37f4-740b-b3e7-f8c90fd16390"
CLASSIFIERS = "01a20a17-3904-75f0-880a-76a5857dc12a"
REGRESSORS = "01a20a17-3938-753a-a31c-077a822062a1"
DATASETS = "01a20a17-39d5-7288-b6c5-2e0cd0126a99"
SECRET_IN_USE = "01a20a17-374d-7661-b5e9-8fec0f42986b"
ADAS_SECRET = "01a20a17-3731-757d-823f-209dcb3b4149"

# These need a registry of their own: with limits, or with this dialect alone.
ALONE = {
    "artifact-create-limit-reached": Rules(artifacts_limit=0),
    "orbit-create-limit-reached": Rules(orbits_limit=1),
    "orbits-list": Rules(),
    "bucket-secrets-list": Rules(),
    "probe-bare-organizations-noauth": Rules(generations=("G",)),
    "artifacts-list-dataforce-route": Rules(generations=("G",)),
    "multipart-urls-without-v1": Rules(generations=("G",)),
}
# In the recordings these had been changed by a request before.
UNDESCRIBED = ("artifact-update-empty-object", "artifact-update-file-name")
CHANGED = ("orbit-update-empty-object",)
REMOVED = ("artifact-force-delete-unknown",)
BAD_KEY = ("error-401-bad-key", "api-key-rotated-old-key-refused", "validate-api-key-bad")


def test_nothing_recorded_is_forgotten() -> None:
    """Every file is replayed here or elsewhere, or skipped with a reason."""
    everything = {path.stem for path in RECORDINGS.glob("*.json")}
    assert len(everything) == 172
    assert everything == set(SINGLE) | ELSEWHERE | SKIPPED.keys()
    assert BETTER.keys() | set(MASKED) <= set(SINGLE)


class Stage:
    """The state that recordings presuppose: recorded ids, and what stands for them here."""

    def __init__(self, room: LumlRoom) -> None:
        self.room = room
        room.collection = room.add_collection("Classifiers", tags=["vision", "prod"])
        room.artifacts = f"{room.collection}/artifacts"
        second = room.json("GET", "/v1/users/me/organizations")[1]["id"]
        adas_orbit = room.json("GET", f"/v1/organizations/{second}/orbits")[0]
        self.secrets = f"/v1/organizations/{room.organization}/bucket-secrets"
        self.known = {
            NOBODY: NOBODY,
            VISION: room.organization,
            ADA: second,
            MAIN_ORBIT: room.orbit_record["id"],
            CLASSIFIERS: room.collection[-36:],
            REGRESSORS: room.add_collection("Regressors")[-36:],
            DATASETS: room.add_collection("Datasets", "dataset")[-36:],
            SECRET_IN_USE: room.orbit_record["bucket_secret_id"],
            ADAS_SECRET: adas_orbit["bucket_secret_id"],
        }

    def artifact(self, name: str) -> str:
        """A fresh artifact in the state that the recording found it in."""
        if name in REMOVED:
            return NOBODY
        record = self.room.artifact_in("uploaded")
        if name in UNDESCRIBED:
            path = f"{self.room.artifacts}/{record['id']}"
            self.room.json("PATCH", path, {"description": None, "tags": None})
        key: str = record["id"]
        return key

    def orbit(self, name: str) -> str:
        """A fresh orbit."""
        body = {"name": "Scratch", "bucket_secret_id": self.known[SECRET_IN_USE]}
        key: str = self.room.json("POST", self.room.orbits, body)["id"]
        if name in CHANGED:
            self.room.json("PATCH", f"{self.room.orbits}/{key}", {"name": "Scratch Renamed"})
        return key

    def collection(self, _name: str) -> str:
        """A fresh collection."""
        return self.room.add_collection("Scratch", tags=["a", "b"])[-36:]

    def secret(self, name: str = "") -> str:
        """The bucket secret of the recordings, new, or gone where it is going to be made."""
        body = recording("bucket-secret-create")["request"]["json"]
        for each in self.room.json("GET", self.secrets):
            if not each["orbits"]:
                self.room.json("DELETE", f"{self.secrets}/{each['id']}")
        if name == "bucket-secret-create":
            return NOBODY
        made: str = self.room.json("POST", self.secrets, body)["id"]
        return made

    def prepare(self, name: str, path: str) -> dict[str, str]:
        """Recorded id → id here, with fresh things where the recording changes them."""
        found = dict(self.known)
        make = {"artifacts": self.artifact, "collections": self.collection,
                "orbits": self.orbit, "bucket-secrets": self.secret}  # fmt: skip
        for segment, key in re.findall(rf"/([a-z_-]+)/({UUID.pattern})", path):
            if key not in found:
                found[key] = make[segment](name)
        if name.startswith("bucket-secret-create"):
            self.secret(name)
        if name == "bucket-secrets-list":
            azure, bare = recording(name)["response"]["json"][2:]
            key = self.room.json("POST", self.secrets, azure)["id"]
            self.room.json("POST", self.room.orbits, {"name": "Azure", "bucket_secret_id": key})
            self.room.json("POST", self.secrets, bare)
        if name == "collection-delete-not-empty":
            self.artifact(name)
        return found


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One registry for all recordings."""
    with LumlRoom(tmp_path_factory.mktemp("registry"), second=True) as room:
        yield Stage(room)


@pytest.fixture(autouse=True)
def settled(stage: Stage) -> Iterator[None]:
    """Each test ends with an idle registry."""
    yield
    stage.room.settle()


@pytest.fixture
def stage_for(
    stage: Stage, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Stage]:
    """The shared stage, or one of its own for a recording that needs it."""
    rules = ALONE.get(request.param)
    if rules is None:
        yield stage
        return
    with LumlRoom(tmp_path_factory.mktemp("alone"), rules, second=True) as room:
        yield Stage(room)


@pytest.mark.parametrize(("stage_for", "name"), list(zip(SINGLE, SINGLE, strict=True)),
                         indirect=["stage_for"], ids=SINGLE)  # fmt: skip
def test_recorded_exchange(stage_for: Stage, name: str) -> None:
    """Status, headers and body are as recorded; only ids, times and addresses may differ."""
    exchange = recording(name)
    sent, expected = exchange["request"], exchange["response"]
    ids = stage_for.prepare(name, sent["path"])
    answer = send(stage_for.room, name, sent, ids)
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
    if "json" not in expected:
        assert answer.content == b""
        return
    body = translate(expected["json"], ids)
    if name in MASKED:
        entry = body["detail"][0]
        entry["input"] |= dict.fromkeys(("access_key", "secret_key", "session_token"), "...")
    assert_same(body, answer.json(), name)


def send(room: LumlRoom, name: str, sent: dict[str, Any], ids: dict[str, str]) -> httpx.Response:
    """A recorded request with the ids of this registry."""
    headers = dict(sent["headers"])
    if name not in BAD_KEY:
        key = room.address.api_key
        headers = {k: v.replace("dfs_REDACTED", key) for k, v in headers.items()}
    content = None
    if "json" in sent:
        content = json.dumps(translate(sent["json"], ids)).encode()
    elif "body" in sent:
        content = sent["body"].encode()
    path = translate(sent["path"], ids)
    return room.web.request(sent["method"], path, headers=headers, content=content)


def translate(value: Any, ids: dict[str, str]) -> Any:
    """Recorded ids become the ids of this registry; a list that was cut short is whole again."""
    text = json.dumps(value).replace(
        '["0", "1", "...51 items"]', json.dumps([str(n) for n in range(51)])
    )
    return json.loads(UUID.sub(lambda found: ids.get(found[0], found[0]), text))


def test_key_of_an_azure_account_is_not_kept(stage: Stage) -> None:
    """The servers show it to every reader; here it is neither stored nor shown."""
    recorded = recording("bucket-secrets-list")["response"]["json"][2]
    stage.secret()
    key = "c2VjcmV0" * 4
    body = {**recorded, "endpoint": recorded["endpoint"].replace("REDACTED", key)}
    made = stage.room.json("POST", stage.secrets, body)
    assert made["endpoint"] == recorded["endpoint"].replace("REDACTED", "")
    assert made["type"] == "azure"
    answers = [
        stage.room.api.get(stage.secrets),
        stage.room.api.get(f"{stage.secrets}/{made['id']}"),
        stage.room.api.post(stage.secrets, json={**body, "bucket_name": None}),
        stage.room.api.post(stage.secrets, json={**body, "endpoint": [body["endpoint"]]}),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 422, 422]
    assert not [answer for answer in answers if key in answer.text]
    old = stage.room.json("GET", stage.secrets.removeprefix("/v1"))
    assert {each["id"] for each in old} >= {made["id"]}


def test_recorded_values_come_back(stage: Stage) -> None:
    """What was sent is what is answered, value for value, for both forms of manifests."""
    for name in ("artifact-create", "artifact-create-luml-manifest-dataset"):
        exchange = recording(name)
        answer = send(stage.room, name, exchange["request"], stage.known).json()["artifact"]
        expected = exchange["response"]["json"]["artifact"]
        for field in (*exchange["request"]["json"], "type", "status", "updated_at"):
            assert answer[field] == expected[field], field
        location = answer["bucket_location"]
        assert location.endswith(f"/{answer['unique_identifier']}-{answer['file_name']}")
    assert answer["manifest"] == {**DATASET, "version": None, "description": None}
