"""Files whose names are not UTF-8: looked into, saved beside, and not sent, in words."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from e2e.test_window_inside import shown
from PySide6.QtCore import QMimeData
from support.qt.desktop import Desktop
from support.qt.widgets import texts

from dfs_desktop.ui.platform.local_paths import dropped_files, url_of
from dfs_desktop.ui.upload_review.sheet import ReviewSheet
from dfs_desktop.workspace.downloads.downloads import Downloads

pytestmark = [
    pytest.mark.fault("RL-44"),
    pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="there, names are Unicode"),
]


@pytest.fixture
def odd(model: Path, tmp_path: Path) -> Path:
    """A model whose name was written in Latin-1."""
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/m\xfcll"))
    folder.mkdir()
    path = folder / os.fsdecode(b"mod\xe9l.fnnx")
    path.write_bytes(model.read_bytes())
    return path


def dropped(path: Path) -> list[Path]:
    mime = QMimeData()
    mime.setUrls([url_of(path)])
    return dropped_files(mime)


def test_it_is_looked_into(desktop: Desktop, odd: Path) -> None:
    desktop.window.local_files.look_into(dropped(odd))
    details = desktop.window.details
    desktop.until(lambda: "files" in details.tabs.shown, "the tabs")
    assert details.local.name.text() == "mod⟨U+DCE9⟩l.fnnx"
    for tab in details.tabs.shown:
        shown(desktop, tab)


def test_its_upload_is_refused_in_words_and_others_go(
    desktop: Desktop, odd: Path, model: Path
) -> None:
    desktop.window.upload_handlers.upload_files([*dropped(odd), model])
    sheet = desktop.dialog(ReviewSheet)
    refused, fine = sheet._drafts
    assert "is not UTF-8" in refused.obstacle
    assert refused.size == model.stat().st_size
    assert fine.obstacle == ""
    sheet._files.setCurrentRow(0)
    assert "is not UTF-8" in texts(sheet)
    desktop.accept_review()
    (record,) = desktop.until_records(lambda records: len(records) == 1)
    assert record.file_name == model.name


def test_a_folder_like_that_is_no_download_folder_and_settings_are_kept(
    desktop: Desktop, odd: Path
) -> None:
    downloading: Downloads = desktop.workspace.downloads
    before = downloading.folder
    downloading.use_folder(odd.parent)
    desktop.notice("Downloads stay where they were")
    assert downloading.folder == before
    settings = desktop.workspace.settings
    settings.remember_folder("look_folder", odd.parent)
    assert "look_folder" not in settings.layout
    settings.remember_folder("look_folder", before)
    assert settings.layout["look_folder"] == str(before)
