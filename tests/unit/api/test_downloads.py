"""Downloads and deletions at a store that misbehaves, through both faces."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.registries.client_faces import FACES, delete, download, secrets_in
from support.registries.faults import (
    apply_then_drop,
    cut_off,
    drop,
    expire_urls,
    first,
    send_instead,
    status,
)
from support.registries.scripted import Stage

from dfs_desktop.api import (
    ArtifactNotFoundError,
    ChecksumError,
    FileDeletionError,
    FileDownloadError,
    FileError,
    NotFoundError,
)

pytestmark = pytest.mark.parametrize("face", FACES)
CONTENT = bytes(range(256)) * 4096  # 1 MiB


@pytest.fixture
def stage(tls: ssl.SSLContext | None) -> Iterator[Stage]:
    with_stage = Stage(context=tls)
    yield with_stage
    with_stage.close()


class TestDownload:
    def test_to_a_path_and_into_a_folder(self, stage: Stage, face: str, tmp_path: Path) -> None:
        record = stage.add(CONTENT, file_name="../../evil:name.fnnx")
        download(stage, face, record["id"], tmp_path / "named.fnnx")
        download(stage, face, record["id"], tmp_path)
        found = sorted(path.name for path in tmp_path.iterdir())
        assert len(found) == 2
        assert all(path.read_bytes() == CONTENT for path in tmp_path.iterdir())

    def test_without_a_path(
        self, stage: Stage, face: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        download(stage, face, stage.add(CONTENT)["id"], None)
        assert (tmp_path / "stored.fnnx").read_bytes() == CONTENT

    @pytest.mark.parametrize("at", [0, 1, len(CONTENT) // 2, len(CONTENT) - 1])
    @pytest.mark.parametrize("declared", [True, False])
    def test_a_break_is_resumed(
        self, stage: Stage, face: str, tmp_path: Path, at: int, declared: bool
    ) -> None:
        record = stage.add(CONTENT)
        stage.script("get", cut_off(at, declared=declared), drop)
        download(stage, face, record["id"], tmp_path / "out.fnnx")
        assert (tmp_path / "out.fnnx").read_bytes() == CONTENT
        ranges = [headers.get("range") for step, _, _, headers in stage.audit if step == "get"]
        assert ranges == [None, *[f"bytes={at}-" if at else None] * 2]

    def test_without_an_etag_it_starts_again(self, stage: Stage, face: str, tmp_path: Path) -> None:
        stage.script("get", cut_off(5000, etag=""), cut_off(5000, etag='W/"weak"'))
        download(stage, face, stage.add(CONTENT)["id"], tmp_path / "out.fnnx")
        assert all("range" not in headers for step, _, _, headers in stage.audit if step == "get")

    def test_an_object_replaced_meanwhile(self, stage: Stage, face: str, tmp_path: Path) -> None:
        record = stage.add(CONTENT)
        stage.objects[record["unique_identifier"]] = CONTENT[::-1]
        swap = first(lambda: stage.objects.update({record["unique_identifier"]: CONTENT}))
        stage.script("get", cut_off(5000), swap)
        download(stage, face, record["id"], tmp_path / "out.fnnx")
        assert (tmp_path / "out.fnnx").read_bytes() == CONTENT

    def test_a_wrong_range_is_not_written(self, stage: Stage, face: str, tmp_path: Path) -> None:
        wrong = status(206, CONTENT[:100], Content_Range=f"bytes 0-99/{len(CONTENT)}")
        stage.script("get", cut_off(5000), wrong)
        download(stage, face, stage.add(CONTENT)["id"], tmp_path / "out.fnnx")
        assert (tmp_path / "out.fnnx").read_bytes() == CONTENT

    def test_an_expired_link_is_replaced(self, stage: Stage, face: str, tmp_path: Path) -> None:
        stage.script("get", cut_off(5000), expire_urls)
        download(stage, face, stage.add(CONTENT)["id"], tmp_path / "out.fnnx")
        assert stage.count("download-url") == 2

    @pytest.mark.parametrize(
        "fault",
        [
            send_instead(CONTENT[:-1] + b"!"),
            send_instead(CONTENT + b"!"),
            send_instead(CONTENT[:-1]),
            send_instead(CONTENT[:5000], Content_Encoding="gzip"),
        ],
    )
    def test_wrong_bytes_never_get_the_name(
        self, stage: Stage, face: str, tmp_path: Path, fault: Any
    ) -> None:
        target = tmp_path / "out.fnnx"
        target.write_bytes(b"what was there")
        stage.script("get", *[fault] * 8)
        with pytest.raises(ChecksumError):
            download(stage, face, stage.add(CONTENT)["id"], target)
        assert [path.name for path in tmp_path.iterdir()] == ["out.fnnx"]
        assert target.read_bytes() == b"what was there"

    @pytest.mark.parametrize(
        ("faults", "words"),
        [
            ([status(403)] * 8, "not in the storage, or the bucket's key may not see it"),
            ([status(404)] * 8, "missing in the storage"),
            ([status(302, Location="/objects/x?epoch=0")] * 8, "not followed"),
            ([drop] * 20, "connection"),
            ([status(503, Retry_After="0")] * 20, "503"),
        ],
    )
    def test_a_store_that_gives_nothing(
        self, stage: Stage, face: str, tmp_path: Path, faults: Any, words: str
    ) -> None:
        stage.script("get", *faults)
        with pytest.raises(FileDownloadError, match=words) as raised:
            download(stage, face, stage.add(CONTENT)["id"], tmp_path / "out.fnnx")
        assert list(tmp_path.iterdir()) == []
        assert not secrets_in(raised.value)

    def test_a_link_at_the_target_is_replaced_not_followed(
        self, stage: Stage, face: str, tmp_path: Path
    ) -> None:
        (tmp_path / "victim").write_bytes(b"safe")
        (tmp_path / "out.fnnx").symlink_to(tmp_path / "victim")
        download(stage, face, stage.add(CONTENT)["id"], tmp_path / "out.fnnx")
        assert (tmp_path / "victim").read_bytes() == b"safe"
        assert not (tmp_path / "out.fnnx").is_symlink()

    def test_records_without_a_usable_hash(self, stage: Stage, face: str, tmp_path: Path) -> None:
        for text in ("", "zz", "abc123"):
            record = stage.add(CONTENT, file_hash=text)
            download(stage, face, record["id"], tmp_path / "out.fnnx")
        assert (tmp_path / "out.fnnx").read_bytes() == CONTENT

    @pytest.mark.parametrize("state", ["pending_upload", "upload_failed"])
    def test_nothing_was_ever_stored(
        self, stage: Stage, face: str, tmp_path: Path, state: str
    ) -> None:
        with pytest.raises(FileDownloadError, match=state):
            download(stage, face, stage.add(CONTENT, status=state)["id"], tmp_path / "x.fnnx")

    @pytest.mark.parametrize("state", ["pending_deletion", "deletion_failed", "frozen"])
    def test_it_is_still_there(self, stage: Stage, face: str, tmp_path: Path, state: str) -> None:
        download(stage, face, stage.add(CONTENT, status=state)["id"], tmp_path / "x.fnnx")

    def test_an_unknown_id(self, stage: Stage, face: str, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="no model artifact") as raised:
            download(stage, face, "no-such-id", tmp_path / "x.fnnx")
        assert isinstance(raised.value, ArtifactNotFoundError)
        assert isinstance(raised.value, NotFoundError)

    def test_places_that_do_not_exist(self, stage: Stage, face: str, tmp_path: Path) -> None:
        with pytest.raises(FileError, match="does not exist"):
            download(stage, face, stage.add(CONTENT)["id"], tmp_path / "no" / "x.fnnx")
        with pytest.raises(FileError, match="free"):
            download(stage, face, stage.add(CONTENT, size=2**60)["id"], tmp_path / "x.fnnx")


class TestDelete:
    def test_object_first_then_record(self, stage: Stage, face: str) -> None:
        record = stage.add(CONTENT)
        delete(stage, face, record["id"])
        assert (stage.records, stage.objects) == ({}, {})
        # By https the storage's address is judged before the record is marked for deletion.
        steps = [step for step, *_ in stage.audit if step != "download-url"]
        assert steps == ["delete-url", "delete", "forget"]

    @pytest.mark.parametrize("fault", [status(404), status(202), status(200)])
    def test_an_object_that_is_gone_is_fine(self, stage: Stage, face: str, fault: Any) -> None:
        stage.script("delete", fault)
        delete(stage, face, stage.add(CONTENT)["id"])
        assert stage.records == {}

    @pytest.mark.parametrize("fault", [status(403), status(503), drop])
    def test_a_store_that_refuses_keeps_the_record(
        self, stage: Stage, face: str, fault: Any
    ) -> None:
        stage.script("delete", *[fault] * 20)
        with pytest.raises(FileDeletionError) as raised:
            delete(stage, face, stage.add(CONTENT)["id"])
        assert stage.statuses() == ["deletion_failed"]
        assert not secrets_in(raised.value)

    def test_a_lost_answer_at_the_end(self, stage: Stage, face: str) -> None:
        stage.script("forget", apply_then_drop)
        delete(stage, face, stage.add(CONTENT)["id"])
        assert stage.records == {}

    def test_an_unknown_id(self, stage: Stage, face: str) -> None:
        with pytest.raises(NotFoundError):
            delete(stage, face, "no-such-id")
