"""Comparisons on a real registry: what comes at once, what is read, verdicts, and an end to reading."""

from __future__ import annotations

import asyncio
import io
import os
import tarfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from support.artifacts import makers
from support.artifacts.compared import Stage, rows, run, settled

from dfs_desktop.artifact import ArtifactError
from dfs_desktop.artifact.comparison.compare import Comparison as Tables
from dfs_desktop.artifact.comparison.compare import Facts
from dfs_desktop.artifact.safety.written_tables import Form
from dfs_desktop.workspace.comparison import comparison as comparing
from dfs_desktop.workspace.comparison import content_equality
from dfs_desktop.workspace.comparison.comparison import SECTIONS
from dfs_desktop.workspace.comparison.content_equality import Equality
from dfs_desktop.workspace.comparison.side_reader import Part, SideReader, Stopped


def two_versions(folder: Path) -> tuple[Path, Path]:
    folder.mkdir(exist_ok=True)
    return (
        makers.make_pyfunc(folder / "v1.luml"),
        makers.make_pyfunc(folder / "v2.luml", version="2", numpy_version="2.1.0"),
    )


def packed_anew(path: Path, target: Path, **changed: bytes) -> Path:
    """The same files in another order, with other headers; some with other bytes."""
    with tarfile.open(path) as old, tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as new:
        for member in sorted(old.getmembers(), key=lambda each: each.name):
            if not member.isfile():
                continue
            content = old.extractfile(member).read()  # type: ignore[union-attr]
            content = changed.get(member.name.replace(".", "__"), content)
            info = tarfile.TarInfo(member.name)
            info.size, info.mtime = len(content), 1
            new.addfile(info, io.BytesIO(content))
    return target


def test_facts_and_metrics_need_no_request_and_the_rest_one_each(tmp_path: Path) -> None:
    async def play(stage: Stage) -> None:
        old, new = await stage.upload(*two_versions(tmp_path / "m"))
        stage.road.ranges.clear()
        comparison = stage.comparison(new, old)
        assert [side.name for side in comparison.sides] == ["v1", "v2"], "from old to new"
        assert rows(comparison, "Facts")["File"] == ("v1.luml", "v2.luml", "")
        assert rows(comparison, "Metrics")["f1"][:2] == ("0.5", "0.5")
        assert comparison.reading("Environment")
        assert comparison.verdicts() == [None]
        assert stage.road.ranges == []
        comparison.start()
        await settled(comparison)
        assert len(stage.road.ranges) == 2, "the documents of each side come together"
        assert rows(comparison, "Environment")["numpy"] == ("==1.26.4", "==2.1.0", "major version")
        assert next(iter(rows(comparison, "Environment"))) == "python"
        assert rows(comparison, "Manifest")["version"] == ("1", "2", "")
        assert rows(comparison, "Files")["env.json"][2] == "resized"
        (verdict,) = comparison.verdicts()
        assert verdict is not None
        assert verdict.verdict == "same"
        assert not comparison.same_environment(1)
        (alike,) = comparison.equalities()
        assert alike.kind is Equality.OTHER_CONTENT
        assert "1 resized" in alike.text
        difference = await comparison.difference("env.json", 1)
        assert '-        "package": "numpy==1.26.4",' in difference
        assert '+        "package": "numpy==2.1.0",' in difference
        packed = next(name for name in rows(comparison, "Files") if name.endswith(".npz"))
        with pytest.raises(ArtifactError, match="no text"):
            await comparison.difference(packed, 1)
        comparison.close()

    run(tmp_path, play)


def test_what_arrived_last_is_shown_however_long_an_earlier_comparison_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sides arrive at the same time, and each is compared with what is there of the others."""
    compare, read = comparing.compare, SideReader.read

    def slow_with_one_side(facts: Sequence[Facts], better: Callable[[str], int]) -> Tables:
        if sum(bool(each.metadata) for each in facts) == 1:
            time.sleep(0.5)
        return compare(facts, better)

    async def a_moment_later(reader: SideReader, part: Part) -> None:
        await asyncio.sleep(0.02 if reader.side.name == "v2.luml" else 0)
        await read(reader, part)

    async def play(stage: Stage) -> None:
        comparison = stage.comparison(*await stage.upload(*two_versions(tmp_path / "m")))
        monkeypatch.setattr(comparing, "compare", slow_with_one_side)
        monkeypatch.setattr(SideReader, "read", a_moment_later)
        comparison.start()
        await settled(comparison)
        await asyncio.sleep(0.6)
        assert all(None not in values[:2] for values in rows(comparison, "Metadata").values())
        comparison.close()

    run(tmp_path, play)


def test_another_interface_breaks_callers_and_says_why(tmp_path: Path) -> None:
    async def play(stage: Stage) -> None:
        first = makers.make_pyfunc(tmp_path / "first.luml")
        second = makers.make_pipeline(tmp_path / "second.fnnx")
        comparison = stage.comparison(*await stage.upload(first, second))
        comparison.start()
        await settled(comparison)
        (verdict,) = comparison.verdicts()
        assert verdict is not None
        assert verdict.verdict == "breaking"
        assert "the input “question” is gone" in verdict.breaking
        assert rows(comparison, "Metrics")["f1"] == ("0.5", None, "")
        comparison.measure_by(1)
        for _ in range(300):
            if comparison.sides[0].name == "second":
                break
            await asyncio.sleep(0.01)
        assert rows(comparison, "Metrics")["f1"] == (None, "0.5", "")
        assert comparison.written(Form.MARKDOWN, only_differences=True).count("second | first") > 1
        assert comparison.written(Form.CSV, only_differences=False).startswith(
            "section,,second,first,note"
        )
        await settled(comparison)
        comparison.close()

    run(tmp_path, play)


@pytest.mark.parametrize("unasked", [True, False])
def test_a_local_file_is_the_same_bytes_or_the_same_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unasked: bool
) -> None:
    async def play(stage: Stage) -> None:
        path = makers.make_pipeline(tmp_path / "model.fnnx")
        (record,) = await stage.upload(path)
        same = stage.comparison(record, path)
        same.start()
        await settled(same)
        assert same.equalities()[0].kind is Equality.SAME_BYTES
        assert rows(same, "Facts")["SHA-256"][:2] == (record.file_hash, record.file_hash)
        same.close()

        again = packed_anew(path, tmp_path / "again.fnnx")
        assert again.read_bytes() != path.read_bytes()
        packed = stage.comparison(record, again)
        packed.start()
        await settled(packed)
        (alike,) = packed.equalities()
        if not unasked:
            assert (alike.kind, alike.to_read > 1000) == (Equality.SAME_LIST, True)
            packed.read_bytes(1)
            await asyncio.sleep(0)
            await settled(packed)
            (alike,) = packed.equalities()
        assert alike.kind is Equality.SAME_CONTENT
        assert not any(row.differs for row in packed.sections()[-1].rows)
        packed.close()

    if not unasked:
        monkeypatch.setattr(content_equality, "READ_UNASKED", 0)
    run(tmp_path, play)


def test_other_bytes_behind_equal_sizes_are_found(tmp_path: Path) -> None:
    async def play(stage: Stage) -> None:
        path = makers.make_pipeline(tmp_path / "model.fnnx")
        (record,) = await stage.upload(path)
        changed = packed_anew(path, tmp_path / "changed.fnnx", meta__json=b"{}")
        comparison = stage.comparison(record, changed)
        comparison.start()
        await settled(comparison)
        (alike,) = comparison.equalities()
        assert (alike.kind, alike.differing) == (Equality.OTHER_CONTENT, ("meta.json",))
        assert rows(comparison, "Files")["meta.json"][2] == "other bytes"
        comparison.close()

    run(tmp_path, play)


def test_what_cannot_be_read_is_a_gap_with_a_reason(tmp_path: Path) -> None:
    async def play(stage: Stage) -> None:
        good = makers.make_pipeline(tmp_path / "good.fnnx")
        odd = makers.make_pipeline(tmp_path / "odd.fnnx", env__json="[]")
        none = tmp_path / "none.fnnx"
        none.write_bytes(os.urandom(3000))
        (record,) = await stage.upload(good)
        comparison = stage.comparison(record, odd, none)
        comparison.start()
        await settled(comparison)
        (trouble,) = comparison.unread_parts("Environment")
        assert (trouble.side, "odd.fnnx" in trouble.text) == (1, True)
        assert "env.json" in trouble.text
        (trouble,) = comparison.unread_parts("Files")
        assert "none.fnnx" in trouble.text
        assert comparison.unknown("Interface") == (2,)
        files = {row.label: row for row in comparison.sections()[-1].rows}
        assert not files["ops.json"].differs, "nobody knows whether it has one"
        assert comparison.verdicts()[1] is None, "nothing to judge by"
        assert comparison.verdicts()[0] is not None
        makers.make_pipeline(none)
        comparison.again(Part.FILES)
        await asyncio.sleep(0)
        await settled(comparison)
        assert comparison.unread_parts("Files") == []
        assert comparison.verdicts()[1] is not None
        comparison.close()

    run(tmp_path, play)


def test_datasets_and_unfinished_uploads_are_compared_as_far_as_they_are_known(
    tmp_path: Path,
) -> None:
    async def play(stage: Stage) -> None:
        from msgspec import structs

        from dfs_desktop.api import ModelArtifactStatus

        data = makers.make_dataset(tmp_path / "data.tar")
        (record,) = await stage.upload(makers.make_pipeline(tmp_path / "model.fnnx"))
        waiting = structs.replace(
            record, id="other", status=ModelArtifactStatus.PENDING_UPLOAD, model_name="waiting"
        )
        comparison = stage.comparison(record, waiting, data)
        comparison.start()
        await settled(comparison)
        assert rows(comparison, "Manifest")["artifact type"][:3] == (None, None, "dataset")
        (trouble,) = comparison.unread_parts("Files")
        assert trouble.text == "The file of “waiting” cannot be compared: it has not been uploaded"
        assert not trouble.again
        comparison.close()

    run(tmp_path, play)


def test_closing_ends_reading_at_once(tmp_path: Path) -> None:
    async def play(stage: Stage) -> None:
        records = await stage.upload(*two_versions(tmp_path / "m"))
        comparison = stage.comparison(*records)
        hold = stage.road.hold_request("GET", "Signature=")
        heard: list[bool] = []
        comparison.changed.connect(lambda: heard.append(True))
        comparison.start()
        assert await asyncio.to_thread(hold.reached.wait, 10)
        reading = [title for title in SECTIONS if comparison.reading(title)]
        assert "Environment" in reading
        comparison.close()
        heard.clear()
        hold.release()
        for _ in range(100):
            if not len(stage.workspace.tasks):
                break
            await asyncio.sleep(0.01)
        assert not len(stage.workspace.tasks)
        assert not heard
        with pytest.raises(Stopped):
            await comparison.difference("env.json", 1)

    run(tmp_path, play)


def test_a_comparison_ends_with_the_program(tmp_path: Path) -> None:
    async def play(stage: Stage) -> None:
        comparison = stage.comparison(*await stage.upload(*two_versions(tmp_path / "m")))
        comparison.start()
        await asyncio.sleep(0)  # and nobody closes it

    run(tmp_path, play)
