"""Names that are taken, equal bytes, and a disk without room: asked once for a batch, nothing lost."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from dfs_desktop.api import ModelArtifact
from dfs_desktop.artifact import Fingerprint
from dfs_desktop.workspace.downloads import survey as surveys
from dfs_desktop.workspace.downloads.survey import clash_question, survey, trouble

BYTES = b"the bytes of a model"


def unknown(_path: str, _mark: Fingerprint) -> str:
    return ""


def record(name: str, content: bytes = BYTES, size: int | None = None) -> ModelArtifact:
    return ModelArtifact(
        id=f"id-{name}-{len(content)}",
        collection_id="c",
        file_name=name,
        model_name=name,
        metrics={},
        manifest={},
        file_hash=hashlib.sha256(content).hexdigest(),
        file_index={},
        bucket_location="",
        size=len(content) if size is None else size,
        unique_identifier="",
        status="uploaded",
        created_at="",
    )


def test_equal_bytes_are_found_behind_a_numbered_name_and_never_asked_about(tmp_path: Path) -> None:
    (tmp_path / "m.fnnx").write_bytes(b"mine")
    (tmp_path / "m (1).fnnx").write_bytes(BYTES)
    found = survey(tmp_path, [record("m.fnnx")], False, unknown, {})
    assert [path.name for _artifact, path in found.present] == ["m (1).fnnx"]
    assert not found.named
    assert not found.clashing


def test_a_folder_of_that_name_is_stepped_aside_for_and_not_offered_for_replacement(
    tmp_path: Path,
) -> None:
    (tmp_path / "m.fnnx").mkdir()
    found = survey(tmp_path, [record("m.fnnx")], False, unknown, {})
    assert len(found.named) == 1
    assert not found.clashing


def test_the_question_names_five_files_and_counts_the_others(tmp_path: Path) -> None:
    records = [record(f"m{number}.fnnx") for number in range(8)]
    for each in records:
        (tmp_path / each.file_name).write_bytes(b"mine")
    title, text = clash_question(survey(tmp_path, records, False, unknown, {}))
    assert title.startswith("8 files with these names")
    assert "m4.fnnx and 3 more" in text


@pytest.mark.parametrize("promised", [0, 4_000_000])
def test_missing_room_is_said_with_its_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, promised: int
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=10_000_000)
    monkeypatch.setattr(surveys.shutil, "disk_usage", lambda _folder: usage)
    small = survey(tmp_path, [record("m.fnnx")], False, unknown, {})
    assert trouble(small, promised) is None
    large = survey(tmp_path, [record("m.fnnx", size=20_000_000)], False, unknown, {})
    said = trouble(large, promised)
    assert said is not None
    assert said.anyway
    missing = "11 MB" if not promised else "15 MB"
    assert f"{missing} are missing" in said.text


def test_a_folder_that_cannot_be_made_is_a_question_and_no_wall(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    said = trouble(survey(tmp_path / "file" / "models", [record("m.fnnx")], False, unknown, {}), 0)
    assert said is not None
    assert not said.anyway
