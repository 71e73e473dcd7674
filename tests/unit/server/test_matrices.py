"""Recorded matrices: file names, odd values, status rules, part sizes and the owner's rights."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.registries.local import NOBODY, Room, artifact_body, recording
from support.registries.matrix_requests import RECORDED, send_in_status, send_odd_value

from dfs_desktop.server import Rules


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """One registry for all matrices."""
    with Room(tmp_path_factory.mktemp("registry")) as made:
        yield made


@pytest.fixture(autouse=True)
def settled(room: Room) -> Iterator[None]:
    """Each test ends with an idle registry."""
    yield
    room.settle()


def test_matrix_file_names(tmp_path: Path) -> None:
    """Which names pass, that every accepted one can be stored and read, and where (R-04)."""
    with Room(tmp_path / "registry") as room:
        _store_under_every_name(room)
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
    blobs = [path for path in files if path.parent.parent.name == "objects"]
    accepted = [row for row in recording("matrix-file-names")["rows"] if row["create"] == 200]
    assert len(blobs) == len(accepted) == 31
    assert all(len(path.name) == 32 and path.name.isalnum() for path in blobs)
    others = {path.name for path in files} - {path.name for path in blobs}
    assert others <= {
        "lock",
        "port",
        "registry.sqlite3",
        "registry.reserve",
        "registry.sqlite3-wal",
        "registry.sqlite3-shm",
    }


def _store_under_every_name(room: Room) -> None:
    rows = recording("matrix-file-names")["rows"]
    assert len(rows) == 51
    for row in rows:
        name, expected = row["file_name"], row["create"]
        if name.startswith("x*"):
            name = "x" * int(name[2:].split()[0]) + ".fnnx"
        body = artifact_body(file_name=name, size=len(name.encode()))
        answer = room.api.post(room.artifacts, json=body)
        # NUL: 500 on the servers, here a 422 that says so.
        assert answer.status_code == (422 if expected == 500 else expected), ascii(name)
        if expected != 200:
            continue
        made = answer.json()
        assert made["model"]["file_name"] == name
        assert made["model"]["bucket_location"].endswith(f"-{name}")
        content = name.encode()
        # Also the name of 3000 characters, which S3 refuses as a key: here it is only a label.
        assert room.web.put(made["url"]["parts"][0]["url"], content=content).status_code == 200
        assert room.download(made["model"]["id"]).content == content


@pytest.mark.parametrize("row", recording("matrix-odd-values")["rows"], ids=lambda row: row["case"])
def test_matrix_odd_values(room: Room, row: dict[str, Any]) -> None:
    send_odd_value(room, row, "model_name", "metrics")


_STATUS = recording("matrix-status")["matrix"]


@pytest.mark.parametrize("stored", _STATUS)
def test_matrix_status(room: Room, stored: str) -> None:
    for request, expected in _STATUS[stored].items():
        send_in_status(room, stored, request, expected)


@pytest.fixture
def recorded_rules(tmp_path: Path) -> Iterator[Room]:
    """A registry that divides files where the recorded server did: above 500 MiB."""
    with Room(
        tmp_path / "as-recorded", Rules(multipart_above=500 << 20, part_sizes=RECORDED)
    ) as made:
        yield made


def test_matrix_part_sizes(recorded_rules: Room) -> None:
    """The recorded plan of parts at every boundary, with its drifting offsets."""
    room = recorded_rules
    for row in recording("matrix-part-sizes")["rows"]:
        url = room.create(size=row["size"])["url"]
        assert (url["upload_id"] is not None) == row["multipart"]
        assert (url["complete_url"] is not None) == row["multipart"]
        assert len(url["parts"]) == row["parts"]
        plain = [{key: part[key] for key in row["first"]} for part in url["parts"]]
        assert plain[0] == row["first"]
        assert plain[-1] == row["last"]
        if "second" in row:
            assert plain[1] == row["second"]
        assert sum(part["part_size"] for part in plain) == row["size"]
        assert [part["part_number"] for part in plain] == list(range(1, row["parts"] + 1))


def test_matrix_permissions_of_the_owner(room: Room) -> None:
    """The one person of a local registry may do what an organization's owner may."""
    secret = room.orbit_record["bucket_secret_id"]
    secrets = f"/organizations/{room.organization}/bucket-secrets"
    orbit = room.json("POST", room.orbits, {"name": "x", "bucket_secret_id": secret})["id"]
    new = {"name": "x", "description": "", "collection_type": "model"}
    collection = room.json("POST", f"{room.orbit}/collections", new)["id"]
    key, forced = room.create()["model"]["id"], room.create()["model"]["id"]
    artifact = f"{room.artifacts}/{key}"
    requests: dict[str, tuple[Any, ...]] = {
        "list organizations": ("GET", "/users/me/organizations"),
        "list orbits": ("GET", room.orbits),
        "read orbit": ("GET", room.orbit),
        "create orbit": ("POST", room.orbits, {"name": "y", "bucket_secret_id": secret}),
        "update orbit": ("PATCH", f"{room.orbits}/{orbit}", {"name": "z"}),
        "delete orbit": ("DELETE", f"{room.orbits}/{orbit}"),
        "list collections": ("GET", f"{room.orbit}/collections"),
        "create collection": ("POST", f"{room.orbit}/collections", new),
        "update collection": ("PATCH", f"{room.orbit}/collections/{collection}",
                              {"name": "n", "description": "d", "tags": None}),
        "delete collection": ("DELETE", f"{room.orbit}/collections/{collection}"),
        "list artifacts": ("GET", room.artifacts),
        "create artifact": ("POST", room.artifacts, artifact_body()),
        "update artifact": ("PATCH", artifact, {"description": "d"}),
        "download-url": ("GET", f"{artifact}/download-url"),
        "delete-url": ("GET", f"{artifact}/delete-url"),
        "confirm delete": ("DELETE", artifact),
        "force delete": ("DELETE", f"{room.artifacts}/{forced}/force"),
        "list bucket secrets": ("GET", secrets),
        "read bucket secret": ("GET", f"{secrets}/{secret}"),
    }  # fmt: skip
    expected = recording("matrix-permissions")["matrix"]["organization owner"]
    assert requests.keys() == expected.keys()
    for name, (method, path, *body) in requests.items():
        answer = room.api.request(method, path, json=body[0] if body else None)
        assert answer.status_code == expected[name], name


def test_probe_without_credentials_says_generation_a(tmp_path: Path) -> None:
    """The table by which clients tell the generations apart, where only this one is spoken."""
    below = f"/organizations/{NOBODY}/orbits/{NOBODY}/collections/{NOBODY}"
    table = {
        "/v1/users/me/organizations": 404,
        "/users/me/organizations": 401,
        f"/v1/organizations/{NOBODY}/orbits/{NOBODY}/artifacts": 404,
        f"{below}/artifacts": 404,
        f"{below}/model_artifacts": 401,
        below: 405,
        "/bucket-secrets/upload/multipart": 404,
        "/": 404,
        "/openapi.json": 404,
    }
    with Room(tmp_path, Rules(generations=("A",))) as room:
        assert {path: room.web.get(path).status_code for path in table} == table


def test_any_spelling_of_an_id_is_taken(room: Room) -> None:
    """Upper case, without dashes, in braces, as URN; what is none says why."""
    key = room.organization
    for spelling in (key.upper(), key.replace("-", ""), f"{{{key}}}", f"urn:uuid:{key}"):
        assert room.json("GET", f"/organizations/{spelling}/orbits")
    for wrong in ("x", "1" * 31, "1-2", "zz" * 16, "%00"):
        answer = room.api.get(f"/organizations/{wrong}/orbits/{wrong}")
        assert answer.status_code == 422
        places = [entry["loc"] for entry in answer.json()["detail"]]
        assert places == [["path", "organization_id"], ["path", "orbit_id"]]


def test_unknown_organization_is_refused_like_a_foreign_one(room: Room) -> None:
    """403, not 404: nobody learns which organizations exist."""
    answer = room.api.get(f"/organizations/{NOBODY}/orbits")
    assert (answer.status_code, answer.json()) == (403, {"detail": "Not enough rights"})


def test_manifest_of_the_later_form_is_kept(room: Room) -> None:
    """Artifacts that LUML's tools wrote keep their payload."""
    manifest = {"artifact_type": "experiment", "variant": "x", "payload": {"a": [1, {"b": None}]}}
    assert room.create(manifest=manifest)["model"]["manifest"] == manifest


def test_spec_example_with_a_short_manifest_is_taken(room: Room) -> None:
    """The documented example sends only a version; what is missing may miss, here."""
    record = room.create(manifest={"version": "1.0"})["model"]
    assert record["manifest"] == {"version": "1.0"}
