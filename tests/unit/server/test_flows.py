"""Recorded flows through the API and the object store, and multipart uploads in detail."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.registries.local import Room, artifact_body, recording

from dfs_desktop.server import Rules

PART = 1 << 16
SMALL_PARTS = Rules(multipart_above=PART, part_sizes=((1 << 30, PART),), smallest_part=PART)
CONTENT = random.Random(7).randbytes(PART * 4) + b"the end"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """A registry that begins multipart at 64 KiB."""
    with Room(tmp_path / "registry", SMALL_PARTS) as made:
        yield made


def xml_code(text: str) -> str | None:
    """The error code of an S3 answer."""
    found = re.search("<Code>(.*?)</Code>", text)
    return found and found[1]


def assert_as_recorded(answer: httpx.Response, expected: dict[str, Any]) -> None:
    """Status, the headers that were recorded, and the code of an XML error."""
    assert answer.status_code == expected["status"], answer.text
    for name, value in expected["headers"].items():
        if name == "etag":
            assert re.fullmatch(r'"[0-9a-f]{32,64}(-\d+)?"', answer.headers["etag"])
        else:
            assert answer.headers.get(name) == value, name
    if "text" in expected and answer.request.method != "HEAD":
        assert xml_code(answer.text) == xml_code(expected["text"])
    if "body_bytes" in expected:
        assert len(answer.content) == expected["body_bytes"]


def test_flow_artifact_life(room: Room) -> None:
    """The recorded life of an artifact, step for step, with the URLs that were handed out."""
    content = bytes(20480)
    room.api.base_url = httpx.URL(room.address.url)
    urls: dict[str, str] = {}
    key = ""
    with Room(room.folder.parent / "plain") as plain:
        for step in recording("flow-artifact-life")["steps"]:
            sent, expected = step["request"], step["response"]
            method, path = sent["method"], sent["path"]
            if path.startswith("http"):
                url = urls["GET" if method == "HEAD" else method]
                headers = sent["headers"]
                body = content if "body" in sent else None
                answer = plain.web.request(method, url, headers=headers, content=body)
            else:
                tail = path.partition("/model_artifacts")[2]
                tail = re.sub("^/[0-9a-f-]{36}", f"/{key}", tail)
                answer = plain.api.request(method, plain.artifacts + tail, json=sent.get("json"))
                if "model" in answer.text and method == "POST":
                    key = answer.json()["model"]["id"]
                    urls["PUT"] = answer.json()["url"]["parts"][0]["url"]
                elif answer.status_code == 200 and "url" in answer.json():
                    urls["DELETE" if tail.endswith("delete-url") else "GET"] = answer.json()["url"]
            assert_as_recorded(answer, expected)
            if "detail" in expected.get("json", {}):
                assert answer.json() == expected["json"]


def test_flow_storage_errors(room: Room) -> None:
    """The recorded refusals of the store: signature, method, Content-Type, nothing there."""
    steps = recording("flow-storage-errors")["steps"]
    made = room.create(size=1)
    put = made["url"]["parts"][0]["url"]
    never_put = room.download_url(room.create()["model"]["id"])
    broken = put[:-1] + ("0" if put[-1] != "0" else "1")
    for step, url in zip(steps, (broken, put, put, put, never_put), strict=True):
        sent = step["request"]
        body = b"x" if sent.get("body") else None
        answer = room.web.request(sent["method"], url, headers=sent["headers"], content=body)
        assert_as_recorded(answer, step["response"])


def begin(room: Room, content: bytes = CONTENT) -> dict[str, Any]:
    """A new artifact large enough for parts."""
    digest = hashlib.sha256(content).hexdigest()
    return room.create(size=len(content), file_hash=digest, file_name="big.fnnx")


def put_parts(room: Room, made: dict[str, Any], content: bytes = CONTENT) -> list[str]:
    """Cut by the cumulated part sizes, as every client must; the ETags."""
    etags, at = [], 0
    for part in made["url"]["parts"]:
        piece = content[at : at + part["part_size"]]
        at += part["part_size"]
        answer = room.web.put(part["url"], content=piece)
        assert answer.status_code == 200, answer.text
        etags.append(answer.headers["etag"])
    assert at == len(content)
    return etags


def completion(etags: list[str]) -> str:
    """The document that names the parts."""
    parts = "".join(
        f"<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>"
        for number, etag in enumerate(etags, 1)
    )
    return f"<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>"


def test_flow_multipart_s3(room: Room) -> None:
    """The recorded flow at a smaller scale: parts, four completions, confirmation, download."""
    steps = recording("flow-multipart-s3")["steps"]
    expected = [step["response"] for step in steps]
    made = begin(room)
    recorded_url = expected[0]["json"]["url"]
    assert made["url"].keys() == recorded_url.keys()
    assert made["url"]["parts"][0].keys() == recorded_url["parts"][0].keys()
    etags = put_parts(room, made)
    url, body = made["url"]["complete_url"], completion(etags)
    wrong = completion(['"0"', *etags[1:]])
    with_type = {"content-type": "application/xml"}
    assert_as_recorded(room.web.post(url, content=body, headers=with_type), expected[3])
    assert_as_recorded(room.web.post(url, content=wrong), expected[4])
    first, again = room.web.post(url, content=body), room.web.post(url, content=body)
    assert_as_recorded(first, expected[5])
    assert_as_recorded(again, expected[6])
    tags = [
        re.sub("<[^>]*>", "<>", answer.text.replace("&quot;", '"')) for answer in (first, again)
    ]
    assert tags[0] == tags[1]
    assert re.search(rf'"[0-9a-f]+-{len(etags)}"', tags[0])
    key = made["model"]["id"]
    assert room.json("PATCH", f"{room.artifacts}/{key}", {"status": "uploaded"})
    assert room.download(key).content == CONTENT


@pytest.mark.parametrize(("start", "end"), [(0, 0), (PART - 1, PART), (PART, PART * 3 + 2),
                                            (10, len(CONTENT) - 1)])  # fmt: skip
def test_range_across_parts(room: Room, start: int, end: int) -> None:
    """An object of several parts reads as one, at the seams too."""
    made = begin(room)
    etags = put_parts(room, made)
    assert room.web.post(made["url"]["complete_url"], content=completion(etags)).is_success
    answer = room.download(made["model"]["id"], range=f"bytes={start}-{end}")
    assert answer.status_code == 206
    assert answer.content == CONTENT[start : end + 1]
    assert answer.headers["content-range"] == f"bytes {start}-{end}/{len(CONTENT)}"


def test_completion_is_refused(room: Room) -> None:
    """Documents that name no parts, wrong parts, or are no such document at all."""
    made = begin(room)
    etags = put_parts(room, made)
    url = made["url"]["complete_url"]
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>' + completion(etags).replace('"', "&a;", 1)
    one = '<Part><PartNumber>1</PartNumber><ETag>"x"</ETag></Part>'
    cases = {
        "": "MalformedXML",
        "not xml": "MalformedXML",
        "<CompleteMultipartUpload/>": "MalformedXML",
        f"<Other>{one}</Other>": "MalformedXML",
        "<CompleteMultipartUpload><Part><a><b/></a></Part></CompleteMultipartUpload>":
            "MalformedXML",
        f"<CompleteMultipartUpload>{one * 10_001}</CompleteMultipartUpload>": "MalformedXML",
        bomb: "MalformedXML",
        completion([etags[1], etags[0], *etags[2:]]): "InvalidPart",
        completion([*etags, etags[0]]): "InvalidPart",
        completion(etags).replace(">2<", ">1<"): "InvalidPartOrder",
    }  # fmt: skip
    for document, code in cases.items():
        answer = room.web.post(url, content=document.encode())
        assert (answer.status_code, xml_code(answer.text)) == (400, code), document[:80]
    assert room.web.post(url, content=completion(etags)).status_code == 200


def test_small_part_is_refused_unless_last(room: Room) -> None:
    """EntityTooSmall, as S3 has it."""
    made = begin(room)
    first = room.web.put(made["url"]["parts"][0]["url"], content=b"tiny").headers["etag"]
    second = room.web.put(made["url"]["parts"][1]["url"], content=b"last").headers["etag"]
    url = made["url"]["complete_url"]
    answer = room.web.post(url, content=completion([first, second]))
    assert (answer.status_code, xml_code(answer.text)) == (400, "EntityTooSmall")
    short = room.web.post(url, content=completion([first]))
    assert (short.status_code, "declares" in short.text) == (400, True), (
        "a whole one, but too short"
    )


def test_part_put_twice_counts_once(room: Room) -> None:
    """A retried part replaces the first try, and no file of it stays behind."""
    made = begin(room)
    room.web.put(made["url"]["parts"][0]["url"], content=b"first try" * 9000)
    etags = put_parts(room, made)
    assert room.web.post(made["url"]["complete_url"], content=completion(etags)).is_success
    assert room.download(made["model"]["id"]).content == CONTENT
    files = [path for path in (room.folder / "objects").rglob("*") if path.is_file()]
    assert len(files) == len(etags)


def test_finished_upload_takes_no_more_parts(room: Room) -> None:
    """After completion, and for an upload that never was: NoSuchUpload."""
    made = begin(room)
    etags = put_parts(room, made)
    url = made["url"]["complete_url"]
    assert room.web.post(url, content=completion(etags)).is_success
    late = room.web.put(made["url"]["parts"][0]["url"], content=b"late")
    assert (late.status_code, xml_code(late.text)) == (404, "NoSuchUpload")
    deletion = room.json("GET", f"{room.artifacts}/{made['model']['id']}/delete-url")["url"]
    assert room.web.delete(deletion).status_code == 204
    again = room.web.post(url, content=completion(etags))
    assert (again.status_code, xml_code(again.text)) == (404, "NoSuchUpload")


def test_parts_and_uploads_side_by_side(room: Room) -> None:
    """Eight uploads at once, parts in parallel and out of order: every byte lands where it should."""
    contents = [bytes([number]) * len(CONTENT) for number in range(8)]

    def journey(content: bytes) -> bytes:
        with httpx.Client(trust_env=False, timeout=30) as web:
            made = room.api.post(room.artifacts, json=artifact_body(size=len(content))).json()
            parts = made["url"]["parts"]
            sizes = [part["part_size"] for part in parts]
            etags = {}
            for number in reversed(range(len(parts))):
                at = sum(sizes[:number])
                answer = web.put(parts[number]["url"], content=content[at : at + sizes[number]])
                etags[number] = answer.headers["etag"]
            listed = [etags[number] for number in range(len(parts))]
            assert web.post(made["url"]["complete_url"], content=completion(listed)).is_success
            return web.get(room.download_url(made["model"]["id"])).content

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(journey, contents)) == contents
