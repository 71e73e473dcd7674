"""Recorded matrices of the 2026 servers, the rules of types, and the limits of texts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.registries.local import NOBODY
from support.registries.local_luml import DATASET, LumlRoom, artifact_body, recording
from support.registries.matrix_requests import RECORDED, send_in_status, send_odd_value

from dfs_desktop.server import Rules


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LumlRoom]:
    """One registry for all matrices."""
    with LumlRoom(tmp_path_factory.mktemp("registry")) as made:
        yield made


@pytest.fixture(autouse=True)
def settled(room: LumlRoom) -> Iterator[None]:
    """Each test ends with an idle registry."""
    yield
    room.settle()


def test_matrix_file_names(tmp_path: Path) -> None:
    """Which names pass, and that every accepted one can be stored and read."""
    rows = recording("matrix-file-names")["rows"]
    assert len(rows) == 51
    with LumlRoom(tmp_path) as room:
        for row in rows:
            name = row["file_name"]
            if name.startswith("x*"):
                name = "x" * int(name[2:].split()[0]) + ".fnnx"
            _store_under(room, name, row["create"])


def _store_under(room: LumlRoom, name: str, expected: int) -> None:
    content = name.encode()
    body = artifact_body(file_name=name, size=len(content))
    answer = room.api.post(room.artifacts, json=body)
    # NUL: 500 on the servers, here a 422 that says so.
    assert answer.status_code == (422 if expected == 500 else expected), ascii(name)
    if expected == 200:
        made = answer.json()
        assert made["artifact"]["file_name"] == name
        assert made["upload_details"]["bucket_location"].endswith(f"-{name}")
        # Also a name that S3 refuses as a key, for its length: here it is only a label.
        assert room.web.put(made["upload_details"]["url"], content=content).status_code == 200
        path = f"{room.artifacts}/{made['artifact']['id']}"
        assert room.web.get(room.json("GET", f"{path}/download-url")["url"]).content == content


@pytest.mark.parametrize("row", recording("matrix-odd-values")["rows"], ids=lambda row: row["case"])
def test_matrix_odd_values(room: LumlRoom, row: dict[str, Any]) -> None:
    send_odd_value(room, row, "name", "extra_values")


_STATUS = recording("matrix-status")["matrix"]


@pytest.mark.parametrize("stored", _STATUS)
def test_matrix_status(room: LumlRoom, stored: str) -> None:
    for request, expected in _STATUS[stored].items():
        send_in_status(room, stored, request, expected)


@pytest.fixture
def recorded_rules(tmp_path: Path) -> Iterator[LumlRoom]:
    """A registry that divides files where the recorded server did: above 500 MiB."""
    with LumlRoom(
        tmp_path / "as-recorded", Rules(multipart_above=500 << 20, part_sizes=RECORDED)
    ) as made:
        yield made


def test_matrix_part_sizes(recorded_rules: LumlRoom) -> None:
    """The recorded plan of parts at every boundary, with its right offsets."""
    room = recorded_rules
    for row in recording("matrix-part-sizes")["rows"]:
        details = room.create(size=row["size"])["upload_details"]
        assert details["multipart"] == row["multipart"]
        assert ("uploads=" in details["url"]) == row["multipart"]
        if not row["multipart"]:
            continue
        body = {"bucket_id": details["bucket_secret_id"], "size": row["size"], "upload_id": "x",
                "bucket_location": details["bucket_location"]}  # fmt: skip
        parts = room.json("POST", "/v1/bucket-secrets/upload/multipart", body)["parts"]
        assert len(parts) == row["parts"]
        plain = [{key: part[key] for key in row["first"]} for part in parts]
        assert [plain[0], plain[1], plain[-1]] == [row["first"], row["second"], row["last"]]
        assert sum(part["part_size"] for part in plain) == row["size"]


def test_matrix_permissions_of_the_owner(room: LumlRoom) -> None:
    """The one person of a local registry may do what an organization's owner may."""
    secret = room.orbit_record["bucket_secret_id"]
    secrets = f"/v1/organizations/{room.organization}/bucket-secrets"
    orbit = room.json("POST", room.orbits, {"name": "x", "bucket_secret_id": secret})["id"]
    new = {"name": "x", "description": "", "type": "model"}
    collection = room.add_collection("gone")
    made = room.create()
    artifact = f"{room.artifacts}/{made['artifact']['id']}"
    forced = room.create()["artifact"]["id"]
    urls = {"bucket_id": secret, "size": 1, "upload_id": "x",
            "bucket_location": made["upload_details"]["bucket_location"]}  # fmt: skip
    requests: dict[str, tuple[Any, ...]] = {
        "list organizations": ("GET", "/v1/users/me/organizations"),
        "list orbits": ("GET", room.orbits),
        "read orbit": ("GET", room.orbit),
        "create orbit": ("POST", room.orbits, {"name": "y", "bucket_secret_id": secret}),
        "update orbit": ("PATCH", f"{room.orbits}/{orbit}", {"name": "z"}),
        "delete orbit": ("DELETE", f"{room.orbits}/{orbit}"),
        "list collections": ("GET", f"{room.orbit}/collections"),
        "create collection": ("POST", f"{room.orbit}/collections", new),
        "update collection": ("PATCH", collection, {"name": "n", "description": "d"}),
        "delete collection": ("DELETE", collection),
        "list artifacts": ("GET", room.list),
        "create artifact": ("POST", room.artifacts, artifact_body()),
        "update artifact": ("PATCH", artifact, {"description": "d"}),
        "download-url": ("GET", f"{artifact}/download-url"),
        "delete-url": ("GET", f"{artifact}/delete-url"),
        "multipart urls": ("POST", "/v1/bucket-secrets/upload/multipart", urls),
        "confirm delete": ("DELETE", artifact),
        "force delete": ("DELETE", f"{room.artifacts}/{forced}/force"),
        "list bucket secrets": ("GET", secrets),
        "read bucket secret": ("GET", f"{secrets}/{secret}"),
    }
    expected = recording("matrix-permissions")["matrix"]["organization owner"]
    assert requests.keys() == expected.keys()
    for name, (method, path, *body) in requests.items():
        answer = room.api.request(method, path, json=body[0] if body else None)
        assert answer.status_code == expected[name], name


_FIT = {
    "model": {"model"},
    "dataset": {"dataset"},
    "experiment": {"experiment"},
    "model_dataset": {"model", "dataset"},
    "dataset_experiment": {"dataset", "experiment"},
    "model_experiment": {"model", "experiment"},
    "mixed": {"model", "dataset", "experiment"},
}


@pytest.mark.parametrize("collection_type", _FIT)
def test_types_that_a_collection_takes(room: LumlRoom, collection_type: str) -> None:
    """By the manifest, in the older and the newer spelling, or by the files of a model."""
    path = room.add_collection(collection_type, collection_type) + "/artifacts"
    for kind in ("model", "dataset", "experiment"):
        spelled = {**DATASET, "type": kind}
        del spelled["artifact_type"]
        bodies = [artifact_body(manifest={**DATASET, "artifact_type": kind}),
                  artifact_body(manifest=spelled), artifact_body(manifest=spelled, type=kind)]  # fmt: skip
        if kind == "model":
            bodies += [artifact_body(), artifact_body(type="model")]
        for body in bodies:
            answer = room.api.post(path, json=body)
            fits = kind in _FIT[collection_type]
            assert answer.status_code == (200 if fits else 400), (kind, answer.text)
            if fits:
                assert answer.json()["artifact"]["type"] == kind
                assert answer.json()["artifact"]["manifest"].get("artifact_type", kind) == kind
            else:
                detail = "Artifact type is not allowed for this collection type"
                assert answer.json() == {"detail": detail}


def test_types_that_are_none(room: LumlRoom) -> None:
    """Unknown, undefinable, or another than stated: 400, and no record is left behind."""
    before = len(room.json("GET", f"{room.list}?limit=100")["items"])
    cases: list[tuple[dict[str, Any], int]] = [
        ({"manifest": {**DATASET, "artifact_type": "pipeline"}}, 400),
        ({"file_index": {"manifest.json": [0, 1]}}, 400),
        ({"type": "dataset"}, 400),
        ({"type": "pipeline"}, 422),
        ({"manifest": {**DATASET, "artifact_type": 5}}, 422),
        ({"manifest": "text"}, 422),
    ]
    for changes, status in cases:
        answer = room.api.post(room.artifacts, json=artifact_body(**changes))
        assert answer.status_code == status, changes
    assert len(room.json("GET", f"{room.list}?limit=100")["items"]) == before


def test_limits_of_texts(room: LumlRoom) -> None:
    """The longest that passes, and one more: of collections and orbits, made and changed."""
    full = {"name": "n" * 100, "description": "d" * 1000, "tags": ["t" * 64] * 50}
    over = {"name": "n" * 101, "description": "d" * 1001, "tags": ["t"] * 51}
    collections = f"{room.orbit}/collections"
    made = f"{collections}/{room.json('POST', collections, {**full, 'type': 'model'})['id']}"
    assert room.json("PATCH", made, full)["tags"] == full["tags"]
    for field, value in over.items():
        for method, path in (("POST", collections), ("PATCH", made)):
            body = {**full, "type": "model", field: value}
            answer = room.api.request(method, path, json=body)
            assert answer.status_code == 422
            assert [each["loc"] for each in answer.json()["detail"]] == [["body", field]]
    assert room.api.patch(made, json={**full, "name": ""}).status_code == 422
    assert room.api.patch(made, json={"name": "n", "description": ""}).json()["tags"] is None
    orbit = {"name": "o" * 101, "bucket_secret_id": room.orbit_record["bucket_secret_id"]}
    assert room.api.post(room.orbits, json=orbit).status_code == 422
    assert room.api.patch(room.orbit, json={"name": "o" * 101}).status_code == 422


def test_every_address_below_the_wrong_parent(room: LumlRoom) -> None:
    """404 throughout: another collection, another orbit, nothing."""
    key = room.artifact_in("uploaded")["id"]
    right = f"{room.artifacts}/{key}"
    other = room.add_collection("Other")
    requests: list[tuple[str, str, Any]] = [
        ("GET", "", None), ("PATCH", "", {"description": "x"}), ("GET", "/download-url", None),
        ("GET", "/delete-url", None), ("DELETE", "", None), ("DELETE", "/force", None),
    ]  # fmt: skip
    wrong = [f"{other}/artifacts/{key}", right.replace(key, NOBODY),
             right.replace(room.orbit_record["id"], NOBODY)]  # fmt: skip
    for path in wrong:
        for method, tail, body in requests:
            answer = room.api.request(method, path + tail, json=body)
            assert answer.status_code == 404, (method, path, tail)
    assert room.record(key)["status"] == "uploaded"
