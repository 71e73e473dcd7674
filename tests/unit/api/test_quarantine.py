"""A download is marked as one where systems have such marks, is no program, and is opened by nobody."""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.registries.client_faces import FACES, download
from support.registries.scripted import Stage

from dfs_desktop.api.storage.local import partial_file, quarantine

PROGRAM = Path(__file__).parents[3] / "dfs_desktop"
PAGES = {"help_handlers.py"}  # of the program itself: that of its versions

pytestmark = pytest.mark.fault("S-14")


@pytest.fixture
def stage() -> Iterator[Stage]:
    with_stage = Stage()
    yield with_stage
    with_stage.close()


@pytest.mark.parametrize("face", FACES)
def test_a_download_is_marked_before_it_gets_its_name_and_is_no_program(
    stage: Stage, face: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marked: list[tuple[str, bool]] = []
    target = tmp_path / "setup.exe"

    def note(path: Path) -> None:
        marked.append((path.suffix, target.exists()))

    monkeypatch.setattr(partial_file, "mark_downloaded", note)
    record = stage.add(b"#!/bin/sh\n" * 100, file_name="setup.exe")
    download(stage, face, record["id"], target)
    assert marked == [(".dfspart", False)]
    if os.name == "posix":
        assert stat.S_IMODE(target.stat().st_mode) & 0o111 == 0


def test_the_marks_are_those_that_the_systems_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a disk of Linux the stream of NTFS is a file beside it, so that it can be read here."""
    file = tmp_path / "model.fnnx"
    file.write_bytes(b"x")
    monkeypatch.setattr(sys, "platform", "win32")
    quarantine.mark_downloaded(file)
    monkeypatch.undo()
    stream = tmp_path / "model.fnnx:Zone.Identifier"
    assert stream.read_bytes() == b"[ZoneTransfer]\r\nZoneId=3\r\n"
    assert re.fullmatch(rb"[0-9a-f]{4};[0-9a-f]{8};[^;]+;", quarantine.quarantine_value(1.8e9))


def test_the_window_opens_folders_pages_and_cards_but_no_download() -> None:
    """Where something is handed to the system to be opened, it is none of what was downloaded."""
    opening = re.compile(r"openUrl\(|startfile|xdg-open")
    found = {path.name for path in PROGRAM.rglob("*.py") if opening.search(path.read_text("utf-8"))}
    assert found <= {"safe_browser.py", "card.py", "reveal_file.py", "track_handlers.py", *PAGES}
