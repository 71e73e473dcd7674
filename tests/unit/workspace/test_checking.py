"""Checks before an upload: what is inside, what the place says to it, and the same bytes elsewhere."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs
from support.artifacts import makers
from support.artifacts.compared import Stage, run

from dfs_desktop.api.dialects.server_dialect import dialect_for
from dfs_desktop.artifact.artifact_reader import OpenArtifact
from dfs_desktop.artifact.code_snippet import Library, curl_snippet, python_snippet
from dfs_desktop.artifact.findings import Finding
from dfs_desktop.artifact.preflight import LARGE
from dfs_desktop.workspace.registry import snippets
from dfs_desktop.workspace.uploads.draft import Draft
from dfs_desktop.workspace.uploads.file_checks import FileChecks
from dfs_desktop.workspace.uploads.server_rules import (
    accepted_by_collection,
    accepted_by_role,
    accepted_by_server,
    without_needless,
)

PARTS = Finding("note", "The file is sent in parts, since it has more than 500 MiB", "Ask.")


def _checks(stage: Stage, drafts: list[Draft]) -> FileChecks:
    workspace = stage.workspace
    collection = workspace.session.place.collection
    return FileChecks(workspace.state, workspace.reader, drafts, collection)


async def checked(stage: Stage, *paths: Path) -> list[Draft]:
    """Drafts of these files after all checks; `found` told of each."""
    drafts = await stage.workspace.uploads.review(paths)
    checking = _checks(stage, drafts)
    told: list[str] = []
    checking.found.connect(lambda draft: told.append(draft.path.name))
    checking.start()
    for _ in range(1000):
        if all(draft.checked or draft.problem for draft in drafts):
            break
        await asyncio.sleep(0.01)
    assert set(told) == {draft.path.name for draft in drafts if not draft.problem}
    checking.close()
    return drafts


def words(draft: Draft) -> str:
    return "\n".join(f"{each.level}: {each.title}" for each in draft.findings)


def test_good_files_pass_and_errors_hold_back_their_file_only(tmp_path: Path) -> None:
    async def play(stage: Stage) -> None:
        good = makers.make_pyfunc(tmp_path / "good.luml")
        bad = makers.make_pipeline(tmp_path / "bad.fnnx", ops__json=None)
        experiment = makers.make_experiment(tmp_path / "experiment.luml")
        plain = tmp_path / "plain.tar"
        makers.tar_of({"manifest.json": "{}"}, plain)
        other = tmp_path / "notes.fnnx"
        other.write_bytes(b"no archive")
        found = await checked(stage, good, bad, experiment, plain, other)
        assert (found[0].findings, found[0].obstacle) == ((), "")
        assert "error: The file ops.json is missing" in words(found[1])
        assert found[1].obstacle.endswith("Build the artifact again.")
        assert words(found[2]) == (
            "error: This collection takes models, and the file is an experiment"
        )
        assert "warning: The file ops.json is missing" in words(found[3])
        assert found[3].obstacle == "", "what claims to be no package may be kept here"
        assert found[4].problem == found[4].obstacle

    run(tmp_path, play)


def test_the_same_bytes_are_found_in_the_registry_and_in_the_list(tmp_path: Path) -> None:
    async def play(stage: Stage) -> None:
        first = makers.make_pipeline(tmp_path / "first.fnnx")
        await stage.upload(first)
        stage.workspace.listing.clear()  # the orbit is asked, not only the open list
        again, twin = tmp_path / "again.fnnx", tmp_path / "twin.fnnx"
        shutil.copyfile(first, again)
        # As long as the first one, with another letter in it: only the hash can tell.
        data = first.read_bytes().replace(b"Two steps", b"Two stepz")
        for path in (twin, tmp_path / "third.fnnx"):
            path.write_bytes(data)
        found = await checked(stage, again, twin, tmp_path / "third.fnnx")
        assert words(found[0]) == "warning: The same bytes are in “Models” already, as “first”"
        assert found[0].obstacle == ""
        assert words(found[1]) == (
            "warning: The same bytes are in this list a second time, as “third.fnnx”"
        )

    run(tmp_path, play)


def test_review_and_checks_share_one_opening_of_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dfs_desktop.workspace.uploads.uploads.MOST_OPEN", 2)

    async def play(stage: Stage) -> None:
        files = [makers.make_pipeline(tmp_path / f"{n}.fnnx") for n in range(3)]
        reader = stage.workspace.reader
        opened: list[bytes] = []
        add = reader.add

        def counted(link: Any = None, **target: Any) -> Any:
            opened.append(Path(target["path"].decode()).name.encode())
            return add(link, **target)

        monkeypatch.setattr(reader, "add", counted)
        review = stage.workspace.uploads.begin()
        assert await review.look_into(files)
        assert [draft.opened is not None for draft in review.drafts] == [True, True, False]
        makers.make_pipeline(files[1], ops__json=None)  # changed meanwhile: it is opened anew
        checks = review.checks()
        checks.start()
        for _ in range(1000):
            if all(draft.checked for draft in review.drafts):
                break
            await asyncio.sleep(0.01)
        assert sorted(opened) == [b"0.fnnx", b"1.fnnx", b"1.fnnx", b"2.fnnx", b"2.fnnx"]
        assert "error: The file ops.json is missing" in words(review.drafts[1])
        assert not reader._artifacts, "all are closed again"
        checks.close()
        review = stage.workspace.uploads.begin()
        await review.look_into(files[:1])
        review.checks().close()
        assert not reader._artifacts, "also those that were not checked any more"

    run(tmp_path, play)


def test_a_review_submits_nothing_to_an_orbit_that_was_opened_meanwhile(tmp_path: Path) -> None:
    async def play(stage: Stage) -> None:
        workspace = stage.workspace
        review = workspace.uploads.begin()
        assert await review.look_into([makers.make_pipeline(tmp_path / "m.fnnx")])
        review.checks().close()
        place = workspace.session.place
        workspace.session.place = structs.replace(place, orbit="another")
        assert review.submit(review.drafts) == []
        workspace.session.place = place
        assert len(review.submit(review.drafts)) == 1

    run(tmp_path, play)


def test_a_closed_review_stops_the_checks(tmp_path: Path) -> None:
    async def play(stage: Stage) -> None:
        files = [makers.make_pipeline(tmp_path / f"{n}.fnnx") for n in range(3)]
        drafts = await stage.workspace.uploads.review(files)
        checking = _checks(stage, drafts)
        checking.start()
        await asyncio.sleep(0)
        checking.close()
        await asyncio.sleep(0.1)
        assert not any(draft.checked for draft in drafts)
        assert not len(stage.workspace.tasks)

    run(tmp_path, play)


@pytest.mark.parametrize(
    ("generation", "role", "size", "refused"),
    [
        ("G", "member", LARGE + 1, True),
        ("G", "member", LARGE, False),
        ("G", "admin", LARGE + 1, False),
        ("G", "", LARGE + 1, False),
        ("A", "member", LARGE + 1, False),
    ],
)
def test_members_are_told_before_that_large_files_are_not_for_them(
    generation: str, role: str, size: int, refused: bool
) -> None:
    findings = list(accepted_by_role(size, role, dialect_for(generation)))
    assert [each.level for each in findings] == ["error"] * refused
    kept = without_needless([PARTS], role, dialect_for(generation))
    assert kept == ([] if role or generation == "A" else [PARTS])


@pytest.mark.parametrize(
    ("manifest", "collection", "generation", "level"),
    [
        ({}, "model", "G", ""),
        ({"artifact_type": "dataset"}, "model", "G", "error"),
        ({"artifact_type": "dataset"}, "model_dataset", "G", ""),
        ({"artifact_type": "dataset"}, "mixed", "E", ""),
        ({"artifact_type": ["x"]}, "experiment", "E", "error"),
        ({"artifact_type": "dataset"}, "model", "A", "warning"),
        ({"artifact_type": "dataset"}, "something new", "G", ""),
    ],
)
def test_the_type_must_fit_the_collection(
    manifest: dict[str, Any], collection: str, generation: str, level: str
) -> None:
    findings = accepted_by_collection(manifest, collection, dialect_for(generation))
    assert [each.level for each in findings] == ([level] if level else [])


def test_older_servers_take_fewer_endings_and_smaller_files() -> None:
    old, new = dialect_for("A"), dialect_for("G")
    assert [each.level for each in accepted_by_server("a.luml", 1, old)] == ["error"]
    assert not list(accepted_by_server("a.LUML", 1, new))
    assert not list(accepted_by_server("a.fnnx", 5 * 2**30, old))
    (finding,) = accepted_by_server("a.fnnx", 5 * 2**30 + 1, old)
    assert "5.4 GB" in finding.title


def test_snippets_name_the_place_and_fetch_the_schemas(tmp_path: Path) -> None:
    async def play(stage: Stage) -> None:
        pyfunc = makers.make_pyfunc(tmp_path / "pyfunc.luml")
        pipeline = makers.make_pipeline(tmp_path / "pipeline.fnnx")
        first, second = await stage.upload(pyfunc, pipeline)
        workspace = stage.workspace
        address = snippets.address(workspace.session, workspace.local, "", first)
        python, curl = python_snippet(address, Library("python", "")), curl_snippet(address)
        compile(python, "snippet", "exec")
        assert stage.client.base_url in python
        assert address.route.endswith(f"/{first.id}/download-url")
        assert address.route in curl
        assert "$DFS_API_KEY" in curl
        stage.road.ranges.clear()
        assert '"x"' in snippets.quick_request(second)
        assert snippets.quick_request(first) == "", "its schemas are inside the file"
        assert stage.road.ranges == []
        assert '"filters"' in await snippets.read_request(workspace.inspector, first)
        assert len(stage.road.ranges) == 1
        dataset = structs.replace(first, manifest={"artifact_type": "dataset"})
        assert not snippets.has_request(dataset)

    run(tmp_path, play)


@pytest.mark.fault("X-03", "X-04")
def test_a_review_opens_no_file_in_the_process_of_the_window(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that kills its reader holds up neither the window nor the other files."""
    monkeypatch.setattr(OpenArtifact, "walk", None)

    async def play(stage: Stage) -> None:
        good = makers.make_pipeline(tmp_path / "good.fnnx")
        bad = tmp_path / "bad.fnnx"
        bad.write_bytes(b"no archive" * 1000)
        found, problem = await stage.workspace.uploads.review([good, bad])
        assert found.contents is not None
        assert found.contents.count > 3
        assert not found.problem
        assert "no tar archive" in problem.problem
        assert found.name

    run(tmp_path, play)
