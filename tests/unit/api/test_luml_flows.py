"""Recorded flows and tables of the registry of August 2026, over S3 and over Azure."""

from __future__ import annotations

import copy
import hashlib
import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from support.registries.client_faces import FACES, SAMPLE, Recorded, target, through
from support.registries.luml_recordings import recorded

from dfs_desktop.api import FileDownloadError, FileUploadError, ModelArtifactStatus, NotFoundError
from dfs_desktop.api.dialects.upload_plans import read_creation
from dfs_desktop.api.flows.transfers.send_parts import split_parts
from dfs_desktop.api.http.address import read_address
from dfs_desktop.api.protocol.upload_plan import PlannedPart, UploadPlan
from dfs_desktop.api.storage.presigned_urls import check_url
from dfs_desktop.api.storage.providers.azure import block_id, block_list
from dfs_desktop.api.storage.providers.provider import JoinedPart
from dfs_desktop.api.storage.providers.s3 import completion, whole_etag
from dfs_desktop.api.storage.store_xml import read_xml
from dfs_desktop.artifact import ArtifactError, check_registered_name

CONTENT = SAMPLE.read_bytes()
SIZE = len(CONTENT)


@pytest.fixture(params=FACES)
def face(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def steps(name: str) -> list[dict[str, Any]]:
    """The steps of a flow, its artifact as large as the sample."""
    found: list[dict[str, Any]] = copy.deepcopy(recorded(name)["steps"])
    created = found[0]["response"].get("json")
    if created:
        created["artifact"]["size"] = SIZE
    return found


LIFE = steps("flow-artifact-life")
SIMPLE = steps("flow-azure-simple")
FIRST_BYTE = {
    "status": 206,
    "headers": {"content-range": f"bytes 0-0/{SIZE}"},
    "content": b"x",
}


def at(step: dict[str, Any]) -> tuple[str, str]:
    request = step["request"]
    return request["method"], request["path"].removeprefix("http://storage.example")


def play(
    face: str, operation: Any, api: list[Any], store: list[Any]
) -> tuple[Any, Recorded, Recorded]:
    places = api[0]["request"]["path"].split("/")
    wire, storage = Recorded([step["response"] for step in api]), Recorded(store)
    result = through(
        face,
        operation,
        base_url="http://api.example",
        api_key="dfs_REDACTED",
        allow_http=True,
        generation="G",
        transport=wire,
        storage_transport=storage,
        organization=places[3],
        orbit=places[5],
        collection=places[7],
    )
    assert [(r.method, target(r)) for r in wire.asked] == [at(step) for step in api]
    assert (wire.answers, storage.answers) == ([], [])
    return result, wire, storage


def upload(face: str, api: list[Any], store: list[Any]) -> tuple[Any, Recorded, Recorded]:
    return play(face, lambda c: c.model_artifacts.upload(str(SAMPLE), "doubler"), api, store)


class TestLife:
    def test_upload(self, face: str) -> None:
        record, wire, storage = upload(
            face, [LIFE[0], LIFE[4], LIFE[2]], [LIFE[1]["response"], FIRST_BYTE]
        )
        assert record.status is ModelArtifactStatus.UPLOADED
        assert (record.model_name, record.type) == ("doubler", "model")
        assert record.metrics == {"f1": 0.88, "accuracy": 0.91}
        assert set(wire.sent(0)) == set(LIFE[0]["request"]["json"]) - {"tags", "description"}
        assert wire.sent(2) == LIFE[2]["request"]["json"]
        assert (storage.asked[0].method, target(storage.asked[0])) == at(LIFE[1])
        assert target(storage.asked[1]) == at(LIFE[5])[1]
        assert storage.bodies[0] == CONTENT

    def test_download(self, face: str, tmp_path: Path) -> None:
        known = copy.deepcopy(LIFE[3])
        content = bytes(known["response"]["json"]["size"])
        known["response"]["json"]["file_hash"] = hashlib.sha256(content).hexdigest()
        artifact = known["response"]["json"]["id"]
        _, _, storage = play(
            face,
            lambda c: c.model_artifacts.download(artifact, str(tmp_path / "x")),
            [known, LIFE[4]],
            [{**LIFE[5]["response"], "content": content}],
        )
        assert [(r.method, target(r)) for r in storage.asked] == [at(LIFE[5])]
        assert (tmp_path / "x").read_bytes() == content

    def test_update(self, face: str) -> None:
        new = LIFE[8]["request"]["json"]
        artifact = LIFE[8]["response"]["json"]["id"]
        record, wire, _ = play(
            face,
            lambda c: c.model_artifacts.update(
                artifact, model_name=new["name"], description=new["description"], tags=new["tags"]
            ),
            [LIFE[8]],
            [],
        )
        assert wire.sent() == new
        assert (record.model_name, record.tags) == (new["name"], new["tags"])

    @pytest.mark.parametrize("flow", [LIFE, SIMPLE], ids=["s3", "azure"])
    def test_delete(self, face: str, flow: list[dict[str, Any]]) -> None:
        asked = next(n for n, s in enumerate(flow) if s["request"]["path"].endswith("delete-url"))
        removed, forgotten = [s for s in flow[asked:] if s["request"]["method"] == "DELETE"][:2]
        artifact = flow[0]["response"]["json"]["artifact"]["id"]
        _, _, storage = play(
            face,
            lambda c: c.model_artifacts.delete(artifact),
            [flow[asked], forgotten],
            [removed["response"]],
        )
        assert [(r.method, target(r)) for r in storage.asked] == [at(removed)]

    def test_afterwards(self, face: str) -> None:
        artifact = LIFE[0]["response"]["json"]["artifact"]["id"]
        with pytest.raises(NotFoundError, match="Artifact not found"):
            play(face, lambda c: c.model_artifacts.download_url(artifact), [LIFE[14]], [])

    @pytest.mark.parametrize("number", [0, 2])
    def test_store_refuses_an_upload(self, face: str, number: int) -> None:
        refused = steps("flow-storage-errors")[number]["response"]
        with pytest.raises(FileUploadError, match="403"):
            upload(face, [LIFE[0], LIFE[2]], [refused, refused])

    def test_store_has_lost_the_object(self, face: str, tmp_path: Path) -> None:
        missing = steps("flow-storage-errors")[4]["response"]
        artifact = LIFE[3]["response"]["json"]["id"]
        with pytest.raises(FileDownloadError, match="missing in the storage"):
            play(
                face,
                lambda c: c.model_artifacts.download(artifact, str(tmp_path / "x")),
                [LIFE[3], LIFE[4]],
                [missing],
            )
        assert list(tmp_path.iterdir()) == []


def test_azure_whole(face: str) -> None:
    created, put, confirmed, asked = SIMPLE[0], SIMPLE[2], SIMPLE[3], SIMPLE[4]
    _, _, storage = upload(face, [created, asked, confirmed], [put["response"], FIRST_BYTE])
    assert (storage.asked[0].method, target(storage.asked[0])) == at(put)
    assert storage.asked[0].headers["x-ms-blob-type"] == "BlockBlob"


class TestParts:
    """The recorded parts, resized to the sample: two of them are left in each recording."""

    def _resized(self, name: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        flow = steps(name)
        asked = next(s for s in flow if s["request"]["path"].endswith("/upload/multipart"))
        asked["request"]["json"]["size"] = SIZE
        said = asked["response"]["json"]
        first, second = said["parts"][:2]
        said["parts"] = [{**first, "part_size": 8000}, {**second, "part_size": SIZE - 8000}]
        return flow, asked

    def _proved(self, flow: list[dict[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Where the object is read, which these recordings leave out; and the confirmation."""
        confirmed = flow[-1]
        asked = copy.deepcopy(LIFE[4])
        asked["request"]["path"] = f"{confirmed['request']['path']}/download-url"
        return asked, confirmed

    def test_s3(self, face: str) -> None:
        flow, asked = self._resized("flow-multipart-s3")
        opened = flow[1]
        puts = [{"status": 200, "headers": {"etag": f'"{"ab" * 16}"'}}] * 2
        joined = next(s for s in flow if "CompleteMultipartUploadResult" in str(s["response"]))
        proof, confirmed = self._proved(flow)
        _, wire, storage = upload(
            face,
            [flow[0], asked, proof, confirmed],
            [opened["response"], *puts, joined["response"], FIRST_BYTE],
        )
        assert wire.sent(1) == asked["request"]["json"]
        parts = asked["response"]["json"]["parts"]
        told = [(r.method, target(r)) for r in storage.asked]
        assert told[0] == at(opened)
        urls = [("PUT", part["url"].removeprefix("http://storage.example")) for part in parts]
        assert sorted(told[1:3]) == sorted(urls)
        assert told[3] == at(joined)
        assert sorted(storage.bodies[1:3], key=len) == sorted(
            [CONTENT[:8000], CONTENT[8000:]], key=len
        )
        assert not any("content-type" in r.headers for r in storage.asked)

    def test_azure(self, face: str) -> None:
        flow, asked = self._resized("flow-azure-blocks")
        proof, confirmed = self._proved(flow)
        joined = next(s for s in flow if "Latest" in str(s["request"].get("body")))
        _, wire, storage = upload(
            face,
            [flow[0], asked, proof, confirmed],
            [{"status": 201}, {"status": 201}, joined["response"], FIRST_BYTE],
        )
        assert wire.sent(1) == asked["request"]["json"]
        told = [(r.method, target(r)) for r in storage.asked]
        assert told[2] == at(joined)
        assert storage.bodies[2].decode() == joined["request"]["body"].replace(
            "<!-- one per part, in file order -->", ""
        )

    def test_refused_joining(self, face: str) -> None:
        """The blocks are staged once more, then it is given up."""
        flow, asked = self._resized("flow-azure-blocks")
        refused = next(s for s in flow if s["response"]["status"] == 400)
        failed = {**flow[-1], "response": flow[-1]["response"]}
        with pytest.raises(FileUploadError, match="InvalidBlockList"):
            upload(
                face,
                [flow[0], asked, asked, failed],
                [{"status": 201}, {"status": 201}, refused["response"]] * 2,
            )


def test_answers_about_parts() -> None:
    flow = recorded("flow-multipart-s3")["steps"]
    opened = read_xml(flow[1]["response"]["text"].encode())
    assert opened is not None
    assert opened.upload_id == "2~XkukyjfSpMhW2hCJlKfP5Sv7CcqMm52"
    puts = [step for step in flow if step["request"]["method"] == "PUT"]
    etags = [step["response"]["headers"]["etag"] for step in puts]
    assert all(whole_etag([etag]).endswith("-1") for etag in etags)
    joined = next(s for s in flow if "CompleteMultipartUploadResult" in str(s["response"]))
    said = read_xml(joined["response"]["text"].encode())
    assert said is not None
    assert said.etag.strip('"').endswith("-18")
    assert f"<ETag>{etags[0]}</ETag>" in completion([JoinedPart(1, "", etags[0])]).decode()
    blocks = recorded("flow-azure-blocks")["steps"]
    url = next(s["request"]["path"] for s in blocks if "blockid" in s["request"]["path"])
    checked = check_url(url, read_address("http://api.example", allow_http=True))
    part = JoinedPart(1, checked.raw.decode(), "")
    assert block_id(part) == "YmxvY2stMDAwMDAwMDE="
    assert block_id(part) in block_list([part]).decode()


def test_the_largest_size() -> None:
    said = recorded("artifact-create-max-size")["response"]["json"]
    plan = read_creation(json.dumps(said).encode()).plan
    assert (plan.parts, plan.store) == ((), "s3")
    assert plan.start_url == said["upload_details"]["url"]
    assert plan.source is not None
    assert plan.source.location == said["upload_details"]["bucket_location"]


@pytest.mark.parametrize(
    "row",
    [row for row in recorded("matrix-part-sizes")["rows"] if "parts" in row],
    ids=lambda row: str(row["size"]),
)
def test_parts_are_cut_without_gaps(row: dict[str, Any]) -> None:
    count, size = row["parts"], row["size"]
    sizes = [row["first"]["part_size"]] * (count - 1) + [row["last"]["part_size"]]
    parts = tuple(PlannedPart(n + 1, "u", s) for n, s in enumerate(sizes))
    pieces = split_parts(UploadPlan(parts, "c" if count > 1 else None), size)
    assert all(a.offset + a.size == b.offset for a, b in itertools.pairwise(pieces))
    assert (pieces[0].offset, pieces[-1].offset + pieces[-1].size) == (0, size)


@pytest.mark.parametrize(
    "row", recorded("matrix-file-names")["rows"], ids=lambda row: repr(row["file_name"])
)
def test_file_names(row: dict[str, Any]) -> None:
    """What the server refuses is refused before hashing; the signed path goes out as it came."""
    if row["create"] in (422, 500):
        with pytest.raises(ArtifactError):
            check_registered_name(row["file_name"])
    if row.get("url_path_end"):
        url = f"http://storage.example/b/x-{row['url_path_end']}?X-Amz-Signature=s"
        checked = check_url(url, read_address("http://api.example", allow_http=True))
        assert checked.raw.decode() == url.removeprefix("http://storage.example")
