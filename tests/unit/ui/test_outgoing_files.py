"""What a drag out of the window offers: files that are here as URLs and words, the others as a promise."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData
from pytestqt.qtbot import QtBot

from dfs_desktop.ui.platform import direct_save, outgoing_files
from dfs_desktop.ui.platform.local_paths import dropped_files
from dfs_desktop.ui.platform.outgoing_files import PromisedFiles, offer_files

OWN = "application/x-own"


def test_files_that_are_here_go_to_file_managers_and_terminals(tmp_path: Path) -> None:
    paths = [tmp_path / "a b's.fnnx", tmp_path / "ü%20#.fnnx"]
    mime = QMimeData()
    offer_files(mime, paths)
    assert dropped_files(mime) == paths
    assert shlex.split(mime.text()) == [str(path) for path in paths]


class Target:
    """What a file manager writes."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self.closed = False

    def propose(self) -> None: ...

    def folder(self) -> Path | None:
        return self._folder

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize("there", [True, False])
def test_a_promise_is_kept_once_and_only_into_a_folder(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    target = Target(tmp_path if there else None)
    monkeypatch.setattr(direct_save, "is_possible", lambda: True)
    monkeypatch.setattr(outgoing_files, "DirectSave", lambda _name: target)
    wanted: list[Path] = []
    original = QMimeData()
    original.setData(OWN, b"rows")
    promise = PromisedFiles(original, "a.fnnx", wanted.append)
    promise.begin()
    assert set(promise.formats()) >= {direct_save.FORMAT, OWN}
    assert bytes(promise.data(OWN).data()) == b"rows", "the window's own meaning stays"
    answers = [bytes(promise.data(direct_save.FORMAT).data()) for _ in range(2)]
    assert answers == [b"S" if there else b"E", b"E"]
    assert wanted == ([tmp_path] if there else [])
    assert promise.asked is there
    promise.end()
    assert target.closed
    assert direct_save.FORMAT not in promise.formats()


def test_elsewhere_than_on_x11_nothing_is_promised(qapp: object) -> None:
    promise = PromisedFiles(QMimeData(), "a.fnnx", print)
    assert direct_save.FORMAT not in promise.formats()
