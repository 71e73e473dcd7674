"""Uploads as LUML servers want them: opened, in parts, renewed, joined, proved; S3 and Azure."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.network.scripted_server import Fault
from support.registries.client_faces import (
    FACES,
    SAMPLE,
    delete,
    download,
    secrets_in,
    through,
    upload,
)
from support.registries.faults import apply_then_drop, drop, expire_urls, first, status
from support.registries.scripted import KEY, Handler
from support.registries.scripted_luml import LumlStage

from dfs_desktop.api import (
    FileUploadError,
    ModelArtifactStatus,
    PermissionDeniedError,
    UnexpectedAnswerError,
    UploadDeniedError,
)
from dfs_desktop.api.errors import FileError
from dfs_desktop.api.http.address import read_address
from dfs_desktop.api.storage import effect_handlers, store_retry
from dfs_desktop.api.storage.presigned_urls import Target
from dfs_desktop.api.storage.providers.azure import block_id, block_list
from dfs_desktop.api.storage.providers.provider import JoinedPart
from dfs_desktop.api.storage.providers.s3 import whole_etag
from dfs_desktop.api.storage.store_client import Store

CONTENT = SAMPLE.read_bytes()
PART = 4000
COUNT = -(-len(CONTENT) // PART)


@pytest.fixture(params=FACES)
def face(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["s3", "azure"])
def parts(request: pytest.FixtureRequest) -> Iterator[LumlStage]:
    stage = LumlStage(PART, store=request.param)
    yield stage
    stage.close()


@pytest.fixture
def s3() -> Iterator[LumlStage]:
    stage = LumlStage(PART)
    yield stage
    stage.close()


def stored(stage: LumlStage) -> bytes:
    (content,) = stage.objects.values()
    return content


@pytest.mark.parametrize("store", ["s3", "azure"])
def test_whole(face: str, store: str, tmp_path: Path) -> None:
    stage = LumlStage(store=store)
    record = upload(stage, face)
    assert record.status is ModelArtifactStatus.UPLOADED
    assert stored(stage) == CONTENT
    (put,) = [headers for step, _, _, headers in stage.audit if step == "put"]
    assert put.get("x-ms-blob-type") == ("BlockBlob" if store == "azure" else None)
    assert put["content-length"] == str(len(CONTENT))
    assert not {"content-type", "authorization", "transfer-encoding"} & set(put)
    steps = [step for step, *_ in stage.audit]
    assert steps == ["create", "put", "download-url", "get", "patch"]
    download(stage, face, record.id, tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == CONTENT
    delete(stage, face, record.id)
    assert (stage.objects, stage.records) == ({}, {})
    stage.close()


def test_in_parts(face: str, parts: LumlStage) -> None:
    record = upload(parts, face)
    assert record.status is ModelArtifactStatus.UPLOADED
    assert stored(parts) == CONTENT
    steps = [step for step, *_ in parts.audit]
    opening = ["initiate"] if parts.store == "s3" else []
    assert steps[: 2 + len(opening)] == ["create", *opening, "parts"]
    assert steps[-4:] == ["complete", "download-url", "get", "patch"]
    assert parts.count("put") == COUNT
    for step, _, _, headers in parts.audit:
        if step in ("initiate", "put", "complete", "get"):
            assert not {"content-type", "authorization", "transfer-encoding"} & set(headers)
        if step == "get":
            assert headers["range"] == "bytes=0-0"


def test_a_create_that_is_filled_by_hand(face: str, parts: LumlStage) -> None:
    body = {"file_name": "a.fnnx", "metrics": {}, "manifest": {}, "file_hash": ""}
    made = through(
        face,
        lambda c: c.model_artifacts.create(**body, file_index={}, size=9000),
        **parts.options,
    )
    assert set(made) == {"url", "parts", "model"}
    assert made["parts"].count('"number"') == 3


class TestRenewal:
    def test_links_that_expire_are_replaced(self, face: str, parts: LumlStage) -> None:
        parts.script("put", *[_proceed] * 2, expire_urls)
        upload(parts, face)
        assert stored(parts) == CONTENT
        assert parts.count("parts") == 2
        # Those that arrived before are not sent again.
        assert parts.count("put") < 2 * COUNT

    def test_also_when_only_joining_is_left(self, face: str, parts: LumlStage) -> None:
        parts.script("complete", expire_urls)
        upload(parts, face)
        assert stored(parts) == CONTENT
        assert (parts.count("put"), parts.count("complete")) == (COUNT, 2)

    def test_not_for_ever(self, face: str, parts: LumlStage) -> None:
        parts.script("put", *[status(403)] * 99)
        with pytest.raises(FileUploadError, match="fresh links") as raised:
            upload(parts, face)
        assert parts.count("parts") == 3
        assert parts.statuses() == ["upload_failed"]
        assert secrets_in(raised.value) == []

    def test_another_cut_begins_again(self, face: str, s3: LumlStage) -> None:
        def smaller(handler: Handler) -> bool:
            handler.server.part_size = 3000
            return expire_urls(handler)

        s3.script("put", *[_proceed] * 4, smaller)
        upload(s3, face)
        assert stored(s3) == CONTENT


def _proceed(_handler: Handler) -> bool:
    return False


class TestJoining:
    @pytest.mark.parametrize(
        "faults",
        [
            [apply_then_drop],
            [drop, drop],
            [status(200, b"  <Error><Code>InternalError</Code></Error>")],
            [status(503)],
            [status(200, b"")],
        ],
    )
    def test_survives(self, face: str, s3: LumlStage, faults: list[Fault]) -> None:
        s3.script("complete", *faults)
        assert upload(s3, face).status is ModelArtifactStatus.UPLOADED
        assert stored(s3) == CONTENT

    @pytest.mark.parametrize(
        ("fault", "words"),
        [
            (status(200, b"<Error><Code>InvalidPart</Code></Error>"), "InvalidPart"),
            (status(404, b"<Error><Code>NoSuchUpload</Code></Error>"), "forgotten"),
            (status(400, b"<Error><Code>EntityTooSmall</Code></Error>"), "EntityTooSmall"),
        ],
    )
    def test_refused(self, face: str, s3: LumlStage, fault: Fault, words: str) -> None:
        s3.script("complete", *[fault] * 4)
        with pytest.raises(FileUploadError, match=words):
            upload(s3, face)
        assert s3.statuses() == ["upload_failed"]

    def test_an_answer_lost_for_good_is_looked_up(self, face: str, s3: LumlStage) -> None:
        s3.script("complete", apply_then_drop, *[drop] * (store_retry.TRIES - 1))
        assert upload(s3, face).status is ModelArtifactStatus.UPLOADED
        assert s3.statuses() == ["uploaded"]

    def test_an_object_of_other_parts(self, face: str, s3: LumlStage) -> None:
        s3.script("complete", apply_then_drop)
        s3.script("get", first(s3.etags.clear))
        with pytest.raises(FileUploadError, match="other parts"):
            upload(s3, face)
        assert s3.statuses() == ["upload_failed"]

    def test_never_joined_at_all(self, face: str, s3: LumlStage) -> None:
        s3.script("complete", *[drop] * store_retry.TRIES)
        with pytest.raises(FileUploadError, match="did not join"):
            upload(s3, face)
        assert s3.statuses() == ["upload_failed"]

    def test_azure_may_be_told_twice(self, face: str) -> None:
        stage = LumlStage(PART, store="azure")
        stage.script("complete", apply_then_drop)
        upload(stage, face)
        assert (stored(stage), len(stage.committed)) == (CONTENT, COUNT)
        stage.close()

    def test_a_part_without_an_etag_is_sent_again(self, face: str, s3: LumlStage) -> None:
        s3.script("put", status(200))
        upload(s3, face)
        assert s3.count("put") == COUNT + 1


class TestProof:
    def test_an_object_that_is_not_there(self, face: str, s3: LumlStage) -> None:
        s3.script("get", status(404))
        with pytest.raises(FileUploadError, match="does not have it"):
            upload(s3, face)
        assert s3.statuses() == ["upload_failed"]

    def test_an_object_of_another_size(self, face: str, s3: LumlStage) -> None:
        s3.script("get", status(206, b"x", Content_Range="bytes 0-0/7"))
        with pytest.raises(FileUploadError, match="7 bytes instead of"):
            upload(s3, face)
        assert s3.statuses() == ["upload_failed"]

    @pytest.mark.parametrize("step", ["get", "download-url"])
    def test_nobody_can_see_it(self, face: str, s3: LumlStage, step: str) -> None:
        s3.script(step, *[status(403)] * 9)
        with pytest.raises(FileUploadError, match="whether it arrived") as raised:
            upload(s3, face)
        assert raised.value.retryable
        assert s3.statuses() == ["pending_upload"]

    def test_a_passing_fault(self, face: str, s3: LumlStage) -> None:
        s3.script("get", status(503), drop)
        assert upload(s3, face).status is ModelArtifactStatus.UPLOADED


class TestLostCreation:
    def test_azure_goes_on_with_the_record(self, face: str) -> None:
        stage = LumlStage(PART, store="azure")
        stage.script("create", apply_then_drop)
        record = upload(stage, face)
        assert list(stage.records) == [record.id]
        assert (stored(stage), stage.count("create")) == (CONTENT, 1)
        stage.close()

    def test_s3_removes_it_and_begins_again(self, face: str, s3: LumlStage) -> None:
        s3.script("create", apply_then_drop)
        record = upload(s3, face)
        assert list(s3.records) == [record.id]
        assert (stored(s3), s3.count("create"), s3.count("forget")) == (CONTENT, 2, 1)


def large(folder: Path) -> Path:
    """An artifact of 501 MiB that takes no room: the sample, and a member that is a hole."""
    path = folder / "large.fnnx"
    header = tarfile.TarInfo("variant_artifacts/weights.bin")
    header.size = 501 << 20
    with tarfile.open(fileobj=io.BytesIO(CONTENT)) as sample:
        end = max(m.offset_data + -(-m.size // 512) * 512 for m in sample.getmembers())
    with path.open("wb") as file:
        file.write(CONTENT[:end] + header.tobuf(tarfile.USTAR_FORMAT))
        file.truncate(file.tell() + header.size + 1024)
    return path


def test_members_are_told_before_hashing(
    face: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(effect_handlers, "hash_file", None)
    stage = LumlStage(role="member")
    with pytest.raises(UploadDeniedError, match=r"over 500 MiB.*organization admin") as raised:
        upload(stage, face, large(tmp_path))
    assert isinstance(raised.value, (PermissionDeniedError, FileError))
    assert [step for step, *_ in stage.audit] == ["organizations"]
    assert stage.records == {}
    stage.close()


def test_a_member_refused_later_leaves_no_pending_record(face: str) -> None:
    stage = LumlStage(PART, role="member")
    with pytest.raises(FileUploadError, match="organization admin"):
        upload(stage, face)
    assert stage.statuses() == ["upload_failed"]
    stage.close()


class TestRedirects:
    @pytest.mark.fault("S-09")
    def test_followed_without_the_key(self, face: str, s3: LumlStage, tmp_path: Path) -> None:
        record = s3.add(CONTENT)
        where = s3.signed(record, "GET").removeprefix(s3.url)
        s3.script("get", status(307, Location=where), status(302, Location=s3.url + where))
        download(s3, face, record["id"], tmp_path / "x")
        assert (tmp_path / "x").read_bytes() == CONTENT
        for step, _, _, headers in s3.audit:
            assert (KEY in str(headers)) == (step != "get")

    @pytest.mark.parametrize(
        "where", ["http://169.254.169.254/x", "file:///etc/passwd", "http://a:b@127.0.0.1/x"]
    )
    def test_judged(self, face: str, s3: LumlStage, tmp_path: Path, where: str) -> None:
        s3.script("get", status(302, Location=where))
        with pytest.raises(Exception, match="was not used"):
            download(s3, face, s3.add(CONTENT)["id"], tmp_path / "x")
        assert list(tmp_path.iterdir()) == []


def test_a_redirect_never_gives_up_encryption() -> None:
    store = Store(read_address("http://127.0.0.1:1", allow_http=False))
    assert store._next(Target("https://s", "s", b"/a/x"), "y?z").raw == b"/a/y?z"
    with pytest.raises(UnexpectedAnswerError, match="without encryption"):
        store._next(Target("https://s", "s", b"/x"), "http://s/x")


class TestWords:
    def test_etag_of_parts(self) -> None:
        digests = [f'"{"0" * 31}{n}"' for n in range(3)]
        assert whole_etag(digests).endswith("-3")
        assert whole_etag([*digests, '"opaque"']) == ""
        assert whole_etag([]) == ""

    def test_blocks(self) -> None:
        named = JoinedPart(1, "/c/o?sig=x&comp=block&blockid=YmxvY2st%2BDAw+x%3D", "")
        assert block_id(named) == "YmxvY2st+DAw+x="
        assert block_id(JoinedPart(1, "/c/o?sig=x", "")) == "YmxvY2stMDAwMDAwMDE="
        body = block_list(JoinedPart(n, f"/c/o?blockid={i}", "") for n, i in enumerate("a<"))
        assert body.endswith(b"<Latest>a</Latest><Latest>&lt;</Latest></BlockList>")


def test_secrets_are_in_no_error(face: str, parts: LumlStage) -> None:
    parts.script("put", *[status(400, b"<Error><Code>Bad</Code></Error>")] * 9)
    with pytest.raises(FileUploadError) as raised:
        upload(parts, face)
    assert secrets_in(raised.value) == []
