"""Uploads to a store and a registry that misbehave, through both faces."""

from __future__ import annotations

import hashlib
import json
import shutil
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.registries.client_faces import FACES, SAMPLE, secrets_in, upload
from support.registries.faults import apply_then_drop, drop, expire_urls, first, proceed, status
from support.registries.scripted import Stage

from dfs_desktop.api import FileError, FileUploadError, ModelArtifactStatus

pytestmark = pytest.mark.parametrize("face", FACES)


@pytest.fixture
def stage(tls: ssl.SSLContext | None) -> Iterator[Stage]:
    with_stage = Stage(context=tls)
    yield with_stage
    with_stage.close()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dfs_desktop.api.flows.context.Context.second_look", 0.15)


class TestUpload:
    def test_everything_arrives(self, stage: Stage, face: str) -> None:
        record = upload(stage, face, description="d", tags=["a", "b"])
        content = SAMPLE.read_bytes()
        assert record.status is ModelArtifactStatus.UPLOADED
        assert stage.objects[record.unique_identifier] == content
        stored = stage.records[record.id]
        assert stored["file_hash"] == hashlib.sha256(content).hexdigest()
        assert (stored["size"], stored["tags"]) == (len(content), ["a", "b"])
        offset, length = stored["file_index"]["manifest.json"]
        assert (
            json.loads(content[offset : offset + length])["variant"] == record.manifest["variant"]
        )

    def test_the_key_goes_to_the_registry_only(self, stage: Stage, face: str) -> None:
        upload(stage, face)
        for step, _, _, headers in stage.audit:
            assert ("authorization" in headers) == (step not in ("put", "get"))
            if step == "put":
                assert not {"content-type", "cookie", "transfer-encoding"} & set(headers)

    def test_parts_are_cut_by_their_sizes(self, stage: Stage, face: str) -> None:
        stage.part_size = 3000
        record = upload(stage, face)
        assert stage.objects[record.unique_identifier] == SAMPLE.read_bytes()
        assert stage.count("put") == -(-SAMPLE.stat().st_size // 3000)

    @pytest.mark.parametrize("fault", [drop, status(503), status(500), apply_then_drop])
    def test_a_passing_fault_is_tried_again(self, stage: Stage, face: str, fault: Any) -> None:
        stage.script("put", fault, fault)
        record = upload(stage, face)
        assert stage.objects[record.unique_identifier] == SAMPLE.read_bytes()
        assert (stage.count("put"), stage.count("create")) == (3, 1)

    @pytest.mark.parametrize(
        "fault", [status(403, b"<Error><Code>AccessDenied</Code></Error>"), drop]
    )
    def test_a_lasting_fault_marks_the_record(self, stage: Stage, face: str, fault: Any) -> None:
        stage.script("put", *[fault] * 20)
        with pytest.raises(FileUploadError) as raised:
            upload(stage, face)
        assert stage.statuses() == ["upload_failed"]
        assert not secrets_in(raised.value)

    def test_an_expired_link_is_named_so(self, stage: Stage, face: str) -> None:
        stage.script("put", expire_urls)
        with pytest.raises(FileUploadError, match="expired"):
            upload(stage, face)

    def test_a_part_without_etag_is_sent_again(self, stage: Stage, face: str) -> None:
        stage.part_size = 8000
        stage.script("put", status(200))
        record = upload(stage, face)
        assert stage.objects[record.unique_identifier] == SAMPLE.read_bytes()

    def test_completion_answers_are_read(self, stage: Stage, face: str) -> None:
        stage.part_size = 8000
        busy = b"  \n<Error><Code>InternalError</Code><Message>again</Message></Error>"
        stage.script("complete", status(200, busy), status(200, busy))
        upload(stage, face)
        assert stage.count("complete") == 3
        unfit = status(200, b"<Error><Code>EntityTooSmall</Code></Error>")
        stage.script("complete", unfit)
        with pytest.raises(FileUploadError, match="EntityTooSmall"):
            upload(stage, face)
        assert stage.statuses() == ["uploaded", "upload_failed"]

    def test_a_file_that_changes_is_not_uploaded(
        self, stage: Stage, face: str, tmp_path: Path
    ) -> None:
        copy = Path(shutil.copy(SAMPLE, tmp_path / "copy.fnnx"))

        def touch() -> None:
            copy.write_bytes(copy.read_bytes()[:-1] + b"!")

        stage.script("put", first(touch))
        with pytest.raises(FileUploadError, match="changed"):
            upload(stage, face, copy)
        assert stage.statuses() == ["upload_failed"]

    def test_a_lost_creation_is_cleaned_and_made_once(self, stage: Stage, face: str) -> None:
        stage.script("create", apply_then_drop)
        record = upload(stage, face)
        assert stage.statuses() == ["uploaded"]
        assert record.id in stage.records
        assert stage.count("create") == 2

    @pytest.mark.fault("W-12")
    def test_a_creation_that_never_came_is_asked_for_again(self, stage: Stage, face: str) -> None:
        stage.script("create", drop)
        record = upload(stage, face)
        assert (stage.count("create"), list(stage.records)) == (2, [record.id])
        steps = [step for step, *_ in stage.audit]
        first, second = (number for number, step in enumerate(steps) if step == "create")
        assert "list" in steps[first:second], "looked for before it is asked for again"

    @pytest.mark.fault("U-02", "W-12")
    def test_a_500_that_left_a_record_leaves_one(self, stage: Stage, face: str) -> None:
        def insert_and_fail(handler: Any) -> bool:
            stage.record(json.loads(handler.read()))
            handler.answer(500, b"Internal Server Error", Content_Type="text/plain")
            return True

        stage.script("create", insert_and_fail)
        record = upload(stage, face)
        assert list(stage.records) == [record.id]
        assert stage.statuses() == ["uploaded"]

    def test_records_of_others_are_never_touched(self, stage: Stage, face: str) -> None:
        """Same file, same name, but made a minute before: somebody else's unfinished upload."""
        stage.script("create", proceed, drop)
        record = upload(stage, face)
        stage.records[record.id].update(status="pending_upload", created_at="2025-01-01T00:00:00Z")
        again = upload(stage, face)
        assert {key: each["status"] for key, each in stage.records.items()} == {
            record.id: "pending_upload",
            again.id: "uploaded",
        }

    @pytest.mark.parametrize("fault", [apply_then_drop, drop, status(500)])
    def test_a_lost_confirmation_is_looked_up(self, stage: Stage, face: str, fault: Any) -> None:
        stage.script("patch", fault)
        assert upload(stage, face).status is ModelArtifactStatus.UPLOADED
        assert stage.statuses() == ["uploaded"]

    def test_stored_bytes_are_never_marked_failed(self, stage: Stage, face: str) -> None:
        stage.script("patch", *[status(503)] * 5)
        with pytest.raises(FileUploadError, match="not confirmed") as raised:
            upload(stage, face)
        assert raised.value.retryable
        assert stage.statuses() == ["pending_upload"]

    def test_a_record_deleted_meanwhile(self, stage: Stage, face: str) -> None:
        stage.script("patch", first(stage.records.clear))
        with pytest.raises(FileUploadError, match="deleted its record"):
            upload(stage, face)

    def test_a_hostile_plan_is_refused(self, stage: Stage, face: str) -> None:
        def elsewhere(handler: Any) -> bool:
            record = stage.record(json.loads(handler.read()))
            part = {
                "part_number": 1,
                "url": "http://169.254.169.254/x",
                "part_size": record["size"],
            }
            handler.answer_json(200, {"model": record, "url": {"parts": [part]}})
            return True

        stage.script("create", elsewhere)
        with pytest.raises(FileUploadError, match="network link"):
            upload(stage, face)
        assert stage.statuses() == ["upload_failed"]


class TestRefusedBeforeAnything:
    @pytest.mark.parametrize(
        ("name", "content", "words"),
        [
            ("model.zip", b"", "format"),
            ("noext", b"", "format"),
            ("text.fnnx", b"no archive at all", "archive"),
            ("what~.fnnx", None, "~"),
        ],
    )
    def test_files(
        self, stage: Stage, face: str, tmp_path: Path, name: str, content: Any, words: str
    ) -> None:
        path = tmp_path / name
        path.write_bytes(SAMPLE.read_bytes() if content is None else content)
        with pytest.raises(FileError, match=words):
            upload(stage, face, path)
        assert stage.audit == []

    @pytest.mark.parametrize("name", ["my.model.v2.fnnx", "MODEL.FNNX", "a b.pyfnx"])
    def test_names_that_are_fine(self, stage: Stage, face: str, tmp_path: Path, name: str) -> None:
        assert upload(stage, face, Path(shutil.copy(SAMPLE, tmp_path / name))).file_name == name

    def test_missing_and_folders(self, stage: Stage, face: str, tmp_path: Path) -> None:
        (tmp_path / "folder.fnnx").mkdir()
        for name in ("missing.fnnx", "folder.fnnx"):
            with pytest.raises(FileError):
                upload(stage, face, tmp_path / name)
        assert stage.audit == []

    def test_over_5_gib(self, stage: Stage, face: str, tmp_path: Path) -> None:
        path = Path(shutil.copy(SAMPLE, tmp_path / "big.fnnx"))
        with path.open("r+b") as file:
            file.truncate(5 * 2**30 + 512)
        with pytest.raises(FileError, match="5 GiB"):
            upload(stage, face, path)
        assert stage.audit == []
