"""Recorded flows and tables of the 2025 registry: whole lives of artifacts, parts, store errors."""

from __future__ import annotations

import hashlib
import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from support.registries.client_faces import FACES, SAMPLE, Recorded, target, through
from support.registries.dataforce_recordings import WIRE

from dfs_desktop.api import (
    FileDownloadError,
    FileError,
    FileUploadError,
    ModelArtifactStatus,
    NotFoundError,
)
from dfs_desktop.api.flows.transfers.send_parts import split_parts
from dfs_desktop.api.http.address import read_address
from dfs_desktop.api.protocol.upload_plan import PlannedPart, UploadPlan
from dfs_desktop.api.storage.presigned_urls import check_url
from dfs_desktop.api.storage.providers.provider import JoinedPart
from dfs_desktop.api.storage.providers.s3 import completion
from dfs_desktop.api.storage.store_client import Store
from dfs_desktop.api.storage.store_xml import read_xml
from dfs_desktop.artifact import ArtifactError, check_registered_name

SIZE = SAMPLE.stat().st_size


def steps(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((WIRE / f"{name}.json").read_text())["steps"]
    return found


def rows(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((WIRE / f"{name}.json").read_text())["rows"]
    return found


LIFE = steps("flow-artifact-life")
PUT, CONFIRMED, GET, RENAMED, REMOVED = LIFE[1], LIFE[2], LIFE[5], LIFE[8], LIFE[12]
ARTIFACT = CONFIRMED["response"]["json"]["id"]


def at(step: dict[str, Any]) -> tuple[str, str]:
    request = step["request"]
    return request["method"], request["path"].removeprefix("http://storage.example")


def first_byte(size: int) -> dict[str, Any]:
    """The store's answer to ``Range: bytes=0-0``."""
    return {"status": 206, "headers": {"content-range": f"bytes 0-0/{size}"}, "content": b"x"}


def play(
    face: str, operation: Any, api: list[Any], store: list[Any]
) -> tuple[Any, Recorded, Recorded]:
    _, organization, _, orbit, _, collection = LIFE[0]["request"]["path"].split("/")[1:7]
    wire, storage = Recorded([step["response"] for step in api]), Recorded(store)
    options = {
        "base_url": "http://api.example",
        "api_key": "dfs_REDACTED",
        "allow_http": True,
        "generation": "A",
        "transport": wire,
        "storage_transport": storage,
        "organization": organization,
        "orbit": orbit,
        "collection": collection,
    }
    result = through(face, operation, **options)
    assert [(r.method, target(r)) for r in wire.asked] == [at(step) for step in api]
    assert not wire.answers
    return result, wire, storage


def listing(record: dict[str, Any]) -> dict[str, Any]:
    """The list that stands in for reading one artifact, which this generation cannot (405)."""
    path = LIFE[0]["request"]["path"]
    return {
        "request": {"method": "GET", "path": path},
        "response": {"status": 200, "json": [record]},
    }


@pytest.mark.parametrize("face", FACES)
class TestLife:
    def test_upload(self, face: str) -> None:
        created = json.loads(json.dumps(LIFE[0]))
        created["response"]["json"]["model"]["size"] = SIZE
        created["response"]["json"]["url"]["parts"][0]["part_size"] = SIZE
        record, wire, storage = play(
            face,
            lambda c: c.model_artifacts.upload(str(SAMPLE), "doubler", "doubles its input"),
            [created, LIFE[4], CONFIRMED],
            [PUT["response"], first_byte(SIZE)],
        )
        assert record.status is ModelArtifactStatus.UPLOADED
        assert set(wire.sent(0)) == set(LIFE[0]["request"]["json"]) - {"tags"}
        assert set(wire.sent(0)["manifest"]) >= set(LIFE[0]["request"]["json"]["manifest"])
        assert wire.sent(2) == CONFIRMED["request"]["json"]
        put, proof = storage.asked
        assert (proof.method, proof.headers["range"]) == ("GET", "bytes=0-0")
        assert (put.method, target(put)) == at(PUT)
        assert storage.bodies == [SAMPLE.read_bytes(), b""]
        assert put.headers["content-length"] == str(SIZE)
        assert not {"content-type", "authorization"} & set(put.headers)

    def test_download(self, face: str, tmp_path: Path) -> None:
        content = bytes(20480)
        record = CONFIRMED["response"]["json"] | {"file_hash": hashlib.sha256(content).hexdigest()}
        answer = {**GET["response"], "content": content}
        _, _, storage = play(
            face,
            lambda c: c.model_artifacts.download(ARTIFACT, str(tmp_path / "x")),
            [listing(record), LIFE[4]],
            [answer],
        )
        assert [(r.method, target(r)) for r in storage.asked] == [at(GET)]
        assert (tmp_path / "x").read_bytes() == content

    def test_update(self, face: str) -> None:
        record, wire, _ = play(
            face,
            lambda c: c.model_artifacts.update(ARTIFACT, **RENAMED["request"]["json"]),
            [RENAMED],
            [],
        )
        assert wire.sent() == RENAMED["request"]["json"]
        assert (record.model_name, record.tags) == ("doubler renamed", ["prod"])

    def test_delete(self, face: str) -> None:
        _, _, storage = play(
            face,
            lambda c: c.model_artifacts.delete(ARTIFACT),
            [LIFE[10], LIFE[13]],
            [REMOVED["response"]],
        )
        assert [(r.method, target(r)) for r in storage.asked] == [at(REMOVED)]

    def test_afterwards(self, face: str) -> None:
        for step, name in ((LIFE[14], "download_url"), (LIFE[10], "delete_url")):
            refused = {**step, "response": LIFE[15]["response"]}
            with pytest.raises(NotFoundError):
                play(
                    face,
                    lambda c, name=name: getattr(c.model_artifacts, name)(ARTIFACT),
                    [refused],
                    [],
                )

    @pytest.mark.parametrize("number", [0, 2])
    def test_store_refuses_an_upload(self, face: str, number: int) -> None:
        created = json.loads(json.dumps(LIFE[0]))
        created["response"]["json"]["url"]["parts"][0]["part_size"] = SIZE
        refused = steps("flow-storage-errors")[number]["response"]
        with pytest.raises(FileUploadError, match="403"):
            play(
                face,
                lambda c: c.model_artifacts.upload(str(SAMPLE), "doubler"),
                [created, CONFIRMED],
                [refused, refused],  # once more, in case that something in between was wrong
            )

    def test_store_has_lost_the_object(self, face: str, tmp_path: Path) -> None:
        missing = steps("flow-storage-errors")[4]["response"]
        with pytest.raises(FileDownloadError, match="missing in the storage"):
            play(
                face,
                lambda c: c.model_artifacts.download(ARTIFACT, str(tmp_path / "x")),
                [listing(CONFIRMED["response"]["json"]), LIFE[4]],
                [missing],
            )
        assert list(tmp_path.iterdir()) == []


def test_completion_of_parts() -> None:
    recorded = steps("flow-multipart-s3")
    puts, completions = recorded[1:3], recorded[3:7]
    etags = {1: puts[0]["response"]["headers"]["etag"], 2: '"421f783124fbadb16d4e15ca1d17c84f"'}
    body = completion(JoinedPart(number, "", etags[number]) for number in (2, 1)).decode()
    assert (
        body.replace("</CompleteMultipartUpload>", "")
        == (completions[2]["request"]["body"].split("<!--")[0])
    )
    said = [read_xml(step["response"]["text"].encode()) for step in completions]
    roots = [(answer.root, answer.code) for answer in said if answer is not None]
    assert roots == [
        ("Error", "AccessDenied"),
        ("Error", "InvalidPart"),
        ("CompleteMultipartUploadResult", ""),
        ("CompleteMultipartUploadResult", ""),
    ]


@pytest.mark.parametrize("row", rows("matrix-part-sizes"), ids=lambda row: str(row["size"]))
def test_parts_are_cut_without_gaps(row: dict[str, Any]) -> None:
    """The server's own offsets drift by a byte per part: only the sizes are used."""
    count, size = row["parts"], row["size"]
    sizes = [row["first"]["part_size"]] * (count - 1) + [row["last"]["part_size"]]
    parts = tuple(PlannedPart(n + 1, "u", s) for n, s in enumerate(sizes))
    pieces = split_parts(UploadPlan(parts, "c" if count > 1 else None), size)
    assert pieces[0].offset == 0
    assert all(a.offset + a.size == b.offset for a, b in itertools.pairwise(pieces))
    assert pieces[-1].offset + pieces[-1].size == size
    if count > 2:
        assert row["second"]["start_byte"] != pieces[1].offset


@pytest.mark.parametrize("row", rows("matrix-file-names"), ids=lambda row: repr(row["file_name"]))
def test_file_names(row: dict[str, Any]) -> None:
    """What the server refuses is refused before hashing; the signed path goes out as it came."""
    if row["create"] in (422, 500):
        with pytest.raises(ArtifactError):
            check_registered_name(row["file_name"])
    if row.get("url_path_end"):
        url = f"http://storage.example/b/x-{row['url_path_end']}?X-Amz-Signature=s"
        checked = check_url(url, read_address("http://api.example", allow_http=True))
        assert checked.raw.decode() == url.removeprefix("http://storage.example")


@pytest.mark.parametrize("case", ["NaN metric", "Infinity metric", "NUL in description"])
def test_odd_values_that_cost_a_500_are_never_sent(case: str) -> None:
    assert any(row["case"] == case and row["status"] == 500 for row in rows("matrix-odd-values"))
    wire = Recorded([])
    value = {"NaN metric": float("nan"), "Infinity metric": float("inf")}.get(case, 0.5)
    with pytest.raises(FileError, match=r"finite|NUL"):
        through(
            "sync",
            lambda c: c.model_artifacts.create(
                file_name="a.fnnx",
                metrics={"deep": [{"a": value}]},
                manifest={},
                file_hash="",
                file_index={},
                size=1,
                description="\0" if "NUL" in case else None,
            ),
            base_url="http://127.0.0.1:1",
            generation="A",
            api_key="dfs_x",
            transport=wire,
        )
    assert wire.asked == []


def test_the_storage_gets_the_target_as_signed() -> None:
    """httpx would drop ".." and re-encode: what is signed goes around it."""
    wire = Recorded([{"status": 200}])
    store = Store(read_address("http://127.0.0.1:1", allow_http=False), wire)
    signed = store.target("http://127.0.0.1:2/b/../x?a=%2f&b=[1]")
    with store.send("GET", signed, check=lambda: None):
        pass
    assert target(wire.asked[0]) == "/b/../x?a=%2f&b=[1]"
    assert "x?a" not in f"{wire.asked[0]!r}{wire.asked[0].url}"
