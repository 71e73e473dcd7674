"""Files on their way out of the window: name clashes, room, what a finished download offers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QLineEdit
from support.qt.desktop import Desktop

from dfs_desktop.transfers.job import State
from dfs_desktop.ui.widgets.dialogs import Question
from dfs_desktop.workspace.transfers.actions import verbs

pytestmark = pytest.mark.shared_window
Make = Callable[..., Path]


def answer(desktop: Desktop, text: str) -> None:
    desktop.click(text, desktop.dialog(Question))
    desktop.until(lambda: not desktop.dialogs(Question))


def settle(desktop: Desktop) -> None:
    desktop.until(lambda: all(job.state.ended for job in desktop.workspace.queue.jobs))
    desktop.close_progress()


def test_other_files_of_the_names_are_asked_about_once_and_equal_bytes_never(
    desktop: Desktop, make_model: Make, tmp_path: Path
) -> None:
    files = [make_model(name) for name in ("ant", "bee", "cow")]
    records = desktop.upload(*files)
    folder = desktop.workspace.downloads.folder
    folder.mkdir(parents=True)
    (folder / "ant.fnnx").write_text("mine")
    (folder / "bee.fnnx").write_text("mine too")
    (folder / "cow.fnnx").write_bytes(files[2].read_bytes())

    def ask_to_download() -> None:
        desktop.select(*records)
        desktop.window.actions_["download"].trigger()

    def contents() -> dict[str, int]:
        return {path.name: path.stat().st_size for path in sorted(folder.iterdir())}

    before = contents()
    ask_to_download()
    question = desktop.dialog(Question)
    assert question.windowTitle().startswith("2 files with these names")
    desktop.notice("cow.fnnx is already there")
    question.reject()  # as Escape does
    desktop.until(lambda: not desktop.dialogs(Question))
    assert contents() == before, "called off"

    ask_to_download()
    answer(desktop, "Skip")
    assert contents() == before

    ask_to_download()
    answer(desktop, "Keep Both")
    desktop.until(lambda: (folder / "bee (1).fnnx").exists() and (folder / "ant (1).fnnx").exists())
    settle(desktop)
    assert (folder / "ant.fnnx").read_text() == "mine"

    for name in ("ant", "bee"):
        (folder / f"{name} (1).fnnx").unlink()
    ask_to_download()
    answer(desktop, "Replace")
    desktop.until(lambda: (folder / "bee.fnnx").read_bytes() == files[1].read_bytes())
    settle(desktop)
    assert sorted(contents()) == ["ant.fnnx", "bee.fnnx", "cow.fnnx"]
    assert (folder / "ant.fnnx").read_bytes() == files[0].read_bytes()

    ask_to_download()  # all are there now: no question, and a way to have them all the same
    notice = desktop.notice("3 files are already there")
    assert not desktop.dialogs(Question)
    assert notice.other is not None
    assert notice.other.text == "Download Again"
    for name in ("noticeAction", "otherAction"):
        button = desktop.button(name)
        assert button.width() >= button.sizeHint().width(), "both are read whole"
    desktop.workspace.place_editor.create_collection("Elsewhere")  # what is meant is kept in mind
    desktop.until(lambda: desktop.workspace.session.place.collection != records[0].collection_id)
    notice.other.run()
    desktop.until((folder / "cow (1).fnnx").exists)
    settle(desktop)

    desktop.workspace.browser.choose_collection(records[0].collection_id)
    desktop.ready()

    # What a finished download offers.
    jobs = [job for job in desktop.workspace.queue.jobs if job.state is State.DONE]
    view = desktop.window.transfers
    verb = {each.value: each for each in verbs(jobs[-1])}
    view.transfer_actions.do(verb["Copy Path"], [jobs[-1]], view)
    assert QGuiApplication.clipboard().text() == str(jobs[-1].path)
    view.transfer_actions.do(verb["Look Inside"], [jobs[-1]], view)
    desktop.until(lambda: desktop.window.details.pages.get("local"), "the look inside")

    # Each collection remembers the folder of its last “Download to…”.
    chosen = tmp_path / "this once"
    chosen.mkdir()
    desktop.select(records[0])
    desktop.window.actions_["download_to"].trigger()
    dialog = desktop.dialog(QFileDialog)
    desktop.write(dialog.findChild(QLineEdit), str(chosen))
    dialog.accept()
    desktop.until((chosen / "ant.fnnx").exists)
    settle(desktop)
    desktop.window.actions_["download_to"].trigger()
    dialog = desktop.dialog(QFileDialog)
    assert Path(dialog.directory().absolutePath()) == chosen
    dialog.reject()
    desktop.until(lambda: not desktop.dialogs(QFileDialog))
