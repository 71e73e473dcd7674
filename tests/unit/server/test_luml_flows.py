"""Recorded flows of the 2026 servers, and the same records seen through both dialects."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.registries.local import NOBODY
from support.registries.local import artifact_body as body_of_2025
from support.registries.local_luml import DATASET, LumlRoom, artifact_body, recording, upload_id
from unit.server.test_flows import CONTENT, PART, SMALL_PARTS, assert_as_recorded, completion

from dfs_desktop.server import Rules


@pytest.fixture
def room(tmp_path: Path) -> Iterator[LumlRoom]:
    """A registry that begins multipart at 64 KiB."""
    with LumlRoom(tmp_path / "registry", SMALL_PARTS) as made:
        yield made


def test_flow_artifact_life(tmp_path: Path) -> None:
    """The recorded life of an artifact, step for step, with the URLs that were handed out."""
    content = random.Random(1).randbytes(20480)
    urls: dict[str, str] = {}
    key = ""
    with LumlRoom(tmp_path / "registry") as room:
        for step in recording("flow-artifact-life")["steps"]:
            sent, expected = step["request"], step["response"]
            method, path = sent["method"], sent["path"]
            if path.startswith("http"):
                url = urls["GET" if method == "HEAD" else method]
                body = content if "body" in sent else None
                answer = room.web.request(method, url, headers=sent["headers"], content=body)
            else:
                tail = re.sub("^/[0-9a-f-]{36}", f"/{key}", path.partition("/artifacts")[2])
                answer = room.api.request(method, room.artifacts + tail, json=sent.get("json"))
                if method == "POST":
                    key = answer.json()["artifact"]["id"]
                    urls["PUT"] = answer.json()["upload_details"]["url"]
                elif tail.endswith("-url") and answer.is_success:
                    urls["DELETE" if tail.endswith("delete-url") else "GET"] = answer.json()["url"]
            assert_as_recorded(answer, expected)
            recorded = expected.get("json", {})
            if "status" in recorded:
                same = ("name", "description", "tags", "status", "type", "extra_values")
                assert [answer.json()[name] for name in same] == [recorded[name] for name in same]
                assert answer.json().keys() == recorded.keys()
            if "detail" in recorded:
                assert answer.json() == recorded


def test_flow_storage_errors(room: LumlRoom) -> None:
    """The recorded refusals of the store: signature, method, Content-Type, nothing there."""
    steps = recording("flow-storage-errors")["steps"]
    put = room.create(size=1)["upload_details"]["url"]
    key = room.create()["artifact"]["id"]
    never_put = room.json("GET", f"{room.artifacts}/{key}/download-url")["url"]
    broken = put[:-1] + ("0" if put[-1] != "0" else "1")
    for step, url in zip(steps, (broken, put, put, put, never_put), strict=True):
        sent = step["request"]
        body = b"x" if sent.get("body") else None
        answer = room.web.request(sent["method"], url, headers=sent["headers"], content=body)
        assert_as_recorded(answer, step["response"])


def ask_for_parts(room: LumlRoom, details: dict[str, Any], upload: str) -> dict[str, Any]:
    """The URLs of the parts of an upload of CONTENT."""
    body = {
        "bucket_id": details["bucket_secret_id"],
        "bucket_location": details["bucket_location"],
        "size": len(CONTENT),
        "upload_id": upload,
    }
    answer: dict[str, Any] = room.json("POST", "/v1/bucket-secrets/upload/multipart", body)
    return answer


def put_parts(room: LumlRoom, plan: dict[str, Any]) -> list[str]:
    """Send the parts, cut by first and last byte; the ETags."""
    etags = []
    for part in plan["parts"]:
        piece = CONTENT[part["start_byte"] : part["end_byte"] + 1]
        assert len(piece) == part["part_size"]
        answer = room.web.put(part["url"], content=piece)
        assert answer.status_code == 200, answer.text
        etags.append(answer.headers["etag"])
    return etags


def test_flow_multipart_s3(room: LumlRoom) -> None:
    """The recorded flow at a smaller scale: initiate, parts, four completions, confirmation."""
    expected = [step["response"] for step in recording("flow-multipart-s3")["steps"]]
    made = room.create(size=len(CONTENT), file_hash=hashlib.sha256(CONTENT).hexdigest())
    details = made["upload_details"]
    assert details.keys() == expected[0]["json"]["upload_details"].keys()
    assert (details["type"], details["multipart"]) == ("s3", True)
    initiated = room.web.post(details["url"])
    assert_as_recorded(initiated, expected[1])
    tags = [re.findall("<([A-Za-z]+)", text) for text in (initiated.text, expected[1]["text"])]
    assert tags[0] == tags[1]
    upload = upload_id(initiated.text)
    plan = ask_for_parts(room, details, upload)
    assert plan.keys() == expected[2]["json"].keys()
    assert plan["upload_id"] == upload
    assert plan["parts"][0].keys() == expected[2]["json"]["parts"][0].keys()
    etags = put_parts(room, plan)
    url, body = plan["complete_url"], completion(etags)
    with_type = {"content-type": "application/xml"}
    assert_as_recorded(room.web.post(url, content=body, headers=with_type), expected[5])
    wrong = completion(['"0"', *etags[1:]])
    assert_as_recorded(room.web.post(url, content=wrong), expected[6])
    assert_as_recorded(room.web.post(url, content=body), expected[7])
    assert_as_recorded(room.web.post(url, content=body), expected[8])
    path = f"{room.artifacts}/{made['artifact']['id']}"
    assert room.json("PATCH", path, {"status": "uploaded"})["status"] == "uploaded"
    assert room.web.get(room.json("GET", f"{path}/download-url")["url"]).content == CONTENT


def test_part_urls_may_be_asked_for_again(room: LumlRoom) -> None:
    """Nothing is kept between the answers: new URLs serve an upload that was begun before."""
    details = room.create(size=len(CONTENT))["upload_details"]
    upload = upload_id(room.web.post(details["url"]).text)
    first = ask_for_parts(room, details, upload)
    etags = put_parts(room, {"parts": first["parts"][:2]})
    second = ask_for_parts(room, details, upload)
    etags += put_parts(room, {"parts": second["parts"][2:]})
    assert room.web.post(second["complete_url"], content=completion(etags)).status_code == 200
    other = upload_id(room.web.post(details["url"]).text)
    assert other != upload
    # Below 5 MiB (here: a part) only the last may be; a part never sent is none.
    small = room.web.put(ask_for_parts(room, details, other)["parts"][0]["url"], content=b"x")
    last = room.web.put(ask_for_parts(room, details, other)["parts"][1]["url"], content=b"y")
    complete = ask_for_parts(room, details, other)["complete_url"]
    tags = [small.headers["etag"], last.headers["etag"]]
    for etags, code in ((tags, "EntityTooSmall"), ([*tags, '"0"'], "InvalidPart")):
        answer = room.web.post(complete, content=completion(etags))
        assert (answer.status_code, code in answer.text) == (400, True)
    unknown = ask_for_parts(room, details, "no-such-upload")["parts"][0]["url"]
    assert room.web.put(unknown, content=b"x").status_code == 404


def test_part_urls_of_a_location_that_nobody_has(room: LumlRoom) -> None:
    """They are made, as on the servers, and lead nowhere."""
    details = room.create(size=len(CONTENT))["upload_details"]
    upload = upload_id(room.web.post(details["url"]).text)
    for location in ("", "x", "../objects", "test_file", details["bucket_location"] + "x"):
        plan = ask_for_parts(room, {**details, "bucket_location": location}, upload)
        assert room.web.put(plan["parts"][0]["url"], content=b"x").status_code == 404
    body = {"bucket_id": details["bucket_secret_id"], "bucket_location": "x", "upload_id": "x"}
    for size, parts in ((0, 0), (-5, 0), (1, 1), (PART + 1, 2)):
        answer = room.api.post("/v1/bucket-secrets/upload/multipart", json={**body, "size": size})
        assert len(answer.json()["parts"]) == parts
    answer = room.api.post("/v1/bucket-secrets/upload/multipart", json={**body, "size": 2**62})
    assert answer.status_code == 422


def test_flow_bucket_secret_update_leaves_the_list_whole(room: LumlRoom) -> None:
    """A change without region is refused; on the servers it breaks every later reading."""
    secrets = f"/v1/organizations/{room.organization}/bucket-secrets"
    made = room.json("POST", secrets, recording("bucket-secret-create")["request"]["json"])
    before = room.json("GET", secrets)
    for step in recording("flow-bucket-secret-update-bricks-list")["steps"][:1]:
        answer = room.api.patch(f"{secrets}/{made['id']}", json=step["request"]["json"])
        assert answer.status_code == 422
        assert answer.json()["detail"][0]["loc"] == ["body", "region"]
    assert room.json("GET", secrets) == before
    assert room.json("GET", f"{secrets}/{made['id']}") == made


def test_both_dialects_show_the_same_records(room: LumlRoom) -> None:
    """What one makes, changes and deletes, the other sees at once."""
    old = room.collection.removeprefix("/v1") + "/model_artifacts"
    made = room.json("POST", old, body_of_2025(size=3, model_name="old"))
    key = made["model"]["id"]
    room.web.put(made["url"]["parts"][0]["url"], content=b"abc")
    record = room.record(key)
    assert (record["name"], record["type"], record["status"]) == ("old", "model", "pending_upload")
    assert record["extra_values"] == made["model"]["metrics"]
    room.json("PATCH", f"{room.artifacts}/{key}", {"status": "uploaded", "name": "new"})
    seen = room.json("GET", old)[0]
    assert (seen["model_name"], seen["status"]) == ("new", "uploaded")
    assert "type" not in seen
    url = room.json("GET", f"{room.artifacts}/{key}/download-url")["url"]
    assert room.web.get(url).content == b"abc"
    fresh = room.upload(b"defg", name="fresh")
    url = room.json("GET", f"{old}/{fresh['id']}/download-url")["url"]
    assert room.web.get(url).content == b"defg"
    assert [each["model_name"] for each in room.json("GET", old)] == ["new", "fresh"]
    room.json("GET", f"{old}/{key}/delete-url")
    assert room.record(key)["status"] == "pending_deletion"
    room.json("DELETE", f"{room.artifacts}/{key}")
    assert [each["id"] for each in room.json("GET", old)] == [fresh["id"]]


def test_types_of_what_the_older_dialect_makes(room: LumlRoom) -> None:
    """It names none: the manifest may, and everything else is a model."""
    old = room.collection.removeprefix("/v1") + "/model_artifacts"
    manifests = [({"version": "1.0"}, "model"), (DATASET, "dataset"),
                 ({**DATASET, "artifact_type": "pipeline"}, "model")]  # fmt: skip
    for manifest, kind in manifests:
        key = room.json("POST", old, body_of_2025(manifest=manifest))["model"]["id"]
        assert room.record(key)["type"] == kind


@pytest.mark.parametrize("spoken", ["A", "G"])
def test_one_dialect_alone(tmp_path: Path, spoken: str) -> None:
    """The probe without credentials finds exactly the dialects that are spoken."""
    below = f"/organizations/{NOBODY}/orbits/{NOBODY}"
    old = {"/users/me/organizations": 401, f"{below}/collections/{NOBODY}/model_artifacts": 401,
           f"{below}/collections/{NOBODY}": 405}  # fmt: skip
    new = {"/v1/users/me/organizations": 401, f"/v1{below}/artifacts": 401,
           "/v1/auth/api-keys/validate": 401, "/v1/bucket-secrets/upload/multipart": 405}  # fmt: skip
    from support.registries.local import Room

    kind = Room if spoken == "A" else LumlRoom
    with kind(tmp_path / "alone", Rules(generations=(spoken,))) as room:
        table = {**dict.fromkeys(old, 404), **new} if spoken == "G" else {
            **old, **dict.fromkeys(new, 404)}  # fmt: skip
        assert {path: room.web.get(path).status_code for path in table} == table
    with LumlRoom(tmp_path / "both") as room:
        table = {**old, **new}
        assert {path: room.web.get(path).status_code for path in table} == table


def test_creation_takes_the_type_of_content_it_was_sent(room: LumlRoom) -> None:
    """Only JSON is read: a web form cannot make records."""
    body = httpx.Request("POST", "http://x", json=artifact_body()).content
    headers = {"content-type": "text/plain"}
    assert room.api.post(room.artifacts, content=body, headers=headers).status_code == 415
