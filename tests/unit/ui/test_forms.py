"""What people fill in about files: tags, and the review of what was dropped. Real files."""

from __future__ import annotations

import asyncio
import copy
import shutil
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QToolTip,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot
from support.qt.widgets import HTML, assert_plain, find, open_workspace, until, window_loop

from dfs_desktop.artifact.findings import Finding
from dfs_desktop.ui.theme.icon_files import sample_artifact
from dfs_desktop.ui.upload_review.file_list import ReviewFiles
from dfs_desktop.ui.upload_review.findings import Summary
from dfs_desktop.ui.upload_review.sheet import ReviewSheet
from dfs_desktop.ui.widgets.dialogs import finished
from dfs_desktop.ui.widgets.elided_label import ElidedLabel
from dfs_desktop.ui.widgets.fields.tag_edit import CHIPS_MADE, TagEdit
from dfs_desktop.workspace.uploads.draft import Draft

pytestmark = pytest.mark.usefixtures("light")

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def tags(qtbot: QtBot) -> TagEdit:
    around = QWidget()
    layout = QVBoxLayout(around)
    edit = TagEdit()
    layout.addWidget(edit)
    layout.addWidget(QLineEdit(objectName="elsewhere"))
    qtbot.addWidget(around)
    around.resize(300, 200)
    around.show()
    qtbot.waitActive(around)
    edit.setFocus()
    edit.around = around  # type: ignore[attr-defined]  # keeps it alive
    return edit


def chips(edit: TagEdit) -> list[QToolButton]:
    return [b for b in edit.findChildren(QToolButton, "removeTagButton") if b.isVisible()]


def test_tags_are_typed_with_enter_and_comma_and_taken_back(qtbot: QtBot, tags: TagEdit) -> None:
    line = find(tags, QLineEdit, "tagLine")
    qtbot.keyClicks(line, "nlp,prod")
    assert tags.tags() == ["nlp", "prod"]
    assert len(chips(tags)) == 1
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.keyClicks(line, "NLP")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert tags.tags() == ["nlp", "prod"], "the same in capitals is the same tag"
    assert QToolTip.text() == "“nlp” is there already"
    with qtbot.waitSignal(tags.committed):
        qtbot.keyClick(line, Qt.Key.Key_Return)
    with qtbot.waitSignal(tags.changed):
        qtbot.keyClick(line, Qt.Key.Key_Backspace)
    assert tags.tags() == ["nlp"]


def test_a_pasted_list_becomes_tags(qtbot: QtBot, tags: TagEdit) -> None:
    QGuiApplication.clipboard().setText("a, b ,, c d")
    find(tags, QLineEdit, "tagLine").paste()
    assert tags.tags() == ["a", "b", "c d"]
    assert find(tags, QLineEdit, "tagLine").text() == ""
    assert len(chips(tags)) == 3


def test_a_chip_is_removed_by_mouse_and_by_keyboard(qtbot: QtBot, tags: TagEdit) -> None:
    tags.set_tags(["one", "two", "three"])
    assert chips(tags)[0].accessibleName() == "Remove the tag one"
    qtbot.mouseClick(chips(tags)[1], LEFT)
    assert tags.tags() == ["one", "three"]
    chips(tags)[0].setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(chips(tags)[0], Qt.Key.Key_Delete)
    assert tags.tags() == ["three"]
    assert find(tags, QLineEdit, "tagLine").hasFocus()


def test_leaving_takes_what_was_typed(qtbot: QtBot, tags: TagEdit) -> None:
    qtbot.keyClicks(find(tags, QLineEdit, "tagLine"), "half")
    with qtbot.waitSignals([tags.changed, tags.committed]):
        find(tags.around, QLineEdit, "elsewhere").setFocus()  # type: ignore[attr-defined]
    assert len(chips(tags)) == 1


def test_many_tags_wrap_and_stay_cheap(qtbot: QtBot, tags: TagEdit) -> None:
    low = tags.heightForWidth(300)
    many = [f"{HTML} {number}" for number in range(5000)]
    tags.set_tags(many)
    assert tags.tags() == many, "what is not shown is kept"
    assert len(tags.findChildren(QToolButton, "removeTagButton")) == CHIPS_MADE
    assert tags.heightForWidth(300) > 3 * low
    assert_plain(tags)


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> list[Draft]:
    """Two good files, one that only looks like an artifact, and one of another kind."""
    tmp_path = tmp_path_factory.mktemp("reviewed")
    for name in ("first.fnnx", "second.fnnx"):
        shutil.copyfile(sample_artifact(), tmp_path / name)
    (tmp_path / "third.fnnx").write_bytes(b"no archive" * 1000)
    (tmp_path / "notes.txt").write_text("hello")
    names = ("first.fnnx", "third.fnnx", "notes.txt", "second.fnnx")

    async def review() -> list[Draft]:
        with open_workspace(tmp_path / "workspace") as workspace:
            try:
                return await workspace.uploads.review([tmp_path / name for name in names])
            finally:
                await workspace.stop()

    return asyncio.run(review())


@pytest.fixture
def drafts(reviewed: list[Draft]) -> list[Draft]:
    return copy.deepcopy(reviewed)


def open_sheet(qtbot: QtBot, drafts: list[Draft]) -> ReviewSheet:
    sheet = ReviewSheet(None, drafts, "Models", ["nlp"])
    qtbot.addWidget(sheet)
    sheet.open()
    qtbot.waitExposed(sheet)
    return sheet


def test_a_review_edits_the_drafts_and_counts_the_good_ones(
    qtbot: QtBot, drafts: list[Draft]
) -> None:
    sheet = open_sheet(qtbot, drafts)
    button = find(sheet, QPushButton, "uploadButton")
    assert sheet.windowTitle() == "Upload 4 files to “Models”"
    assert button.text() == "Upload 2 artifacts"
    assert find(sheet, QLabel, "reviewNote").text() == "2 files are left out."
    name = find(sheet, QLineEdit, "nameEdit")
    assert name.text() == "Sample classifier 1.0"
    name.selectAll()
    qtbot.keyClicks(name, "Renamed")
    find(sheet, QPlainTextEdit, "descriptionEdit").setPlainText("What it does")
    qtbot.keyClicks(find(sheet, QLineEdit, "tagLine"), "nlp,half")
    for_all = find(sheet, QPushButton, "tagsForAllButton")
    qtbot.mouseClick(for_all, LEFT)
    assert for_all.text() == "All have these tags now", "said where it was asked"
    qtbot.keyClick(name, Qt.Key.Key_Return)
    assert sheet.result() == ReviewSheet.DialogCode.Accepted
    good = sheet.drafts()
    assert [draft.path.name for draft in good] == ["first.fnnx", "second.fnnx"]
    assert [draft.name for draft in good] == ["Renamed", "Sample classifier 1.0"]
    assert good[0].description == "What it does"
    assert [draft.tags for draft in good] == [["nlp", "half"]] * 2


def test_a_bad_file_shows_its_reason_and_can_be_removed(qtbot: QtBot, drafts: list[Draft]) -> None:
    sheet = open_sheet(qtbot, drafts)
    files = find(sheet, ReviewFiles, "reviewFiles")
    files.setCurrentRow(1)
    shown = [label.text() for label in sheet.findChildren(QLabel) if label.isVisible()]
    assert drafts[1].problem in shown
    assert "cannot be uploaded" in files.item(1).data(Qt.ItemDataRole.AccessibleTextRole)
    files.setFocus()
    qtbot.keyClick(files, Qt.Key.Key_Delete)
    assert files.count() == 3
    assert find(sheet, QLabel, "reviewNote").text() == "1 file is left out."
    for _ in range(2):
        qtbot.mouseClick(find(sheet, QPushButton, "removeFileButton"), LEFT)
    files.setCurrentRow(0)
    assert [draft.path.name for draft in sheet.drafts()] == ["first.fnnx"]
    qtbot.keyClick(files, Qt.Key.Key_Delete)
    assert not sheet.isVisible(), "nothing left to review"


@pytest.mark.fault("RL-16")
def test_what_no_registry_minds_is_sent_all_the_same_when_a_person_says_so(
    qtbot: QtBot, drafts: list[Draft]
) -> None:
    first, last = drafts[0], drafts[3]
    first.findings = (Finding("error", "The file ops.json is missing", "Build.", overridable=True),)
    last.findings = (*first.findings, Finding("error", "This server takes no files", "Go."))
    sheet = open_sheet(qtbot, drafts)
    summary = sheet.findChild(Summary)
    assert isinstance(summary, Summary)
    summary.show()
    files = find(sheet, ReviewFiles, "reviewFiles")
    anyway = find(sheet, QPushButton, "sendAnywayButton")
    assert sheet.drafts() == []
    files.setCurrentRow(3)
    assert anyway.isHidden(), "what the server refuses cannot be overruled"
    files.setCurrentRow(0)
    assert not anyway.isHidden()
    anyway.click()
    assert sheet.drafts() == [first]
    assert anyway.isHidden()
    assert find(sheet, QPushButton, "uploadButton").text() == "Upload 1 artifact"
    assert "ready" in files.item(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "will not be uploaded" not in summary.remedy.text()


def test_an_empty_name_is_refused_in_place(qtbot: QtBot, drafts: list[Draft]) -> None:
    sheet = open_sheet(qtbot, drafts)
    drafts[3].name = "  "
    find(sheet, QPlainTextEdit, "descriptionEdit").setPlainText("kept")
    qtbot.mouseClick(find(sheet, QPushButton, "uploadButton"), LEFT)
    assert sheet.isVisible()
    assert find(sheet, ReviewFiles, "reviewFiles").currentRow() == 3
    complaint = find(sheet, QLabel, "nameComplaint")
    assert complaint.isVisible()
    assert drafts[0].description == "kept"
    qtbot.keyClicks(find(sheet, QLineEdit, "nameEdit"), "now")
    assert not complaint.isVisible()
    qtbot.mouseClick(find(sheet, QPushButton, "uploadButton"), LEFT)
    assert drafts[3].name == "now"


def test_nothing_good_cannot_be_uploaded(qtbot: QtBot, drafts: list[Draft]) -> None:
    sheet = open_sheet(qtbot, drafts[1:2])
    assert not find(sheet, QPushButton, "uploadButton").isEnabled()
    assert find(sheet, QLabel, "reviewNote").text().startswith("There is nothing to upload")


def test_a_hostile_draft_is_shown_as_text(
    qtbot: QtBot, drafts: list[Draft], tmp_path: Path
) -> None:
    contents = drafts[0].contents
    assert contents is not None
    manifest = contents.manifest
    manifest.update(variant=HTML, producer_name=HTML, inputs=[{"name": HTML}, 7], outputs="none")
    contents.metrics[HTML] = 1.0
    huge = Draft(tmp_path / f"{HTML[:20]}.fnnx", HTML, HTML, [HTML], 5_000_000_000, contents)
    bad = Draft(tmp_path / "b.fnnx", "b", size=3 * 2**31, problem=HTML)
    sheet = open_sheet(qtbot, [huge, bad])
    shown = [label.text() for label in sheet.findChildren(QLabel)]
    assert HTML in [text.removesuffix(" 1") for text in shown]
    assert "5 GB" in shown
    find(sheet, ReviewFiles, "reviewFiles").setCurrentRow(1)
    assert HTML in [label.text() for label in sheet.findChildren(QLabel) if label.isVisible()]
    assert_plain(sheet)
    assert "<img" not in find(sheet, ReviewFiles, "reviewFiles").item(1).toolTip()


def test_a_sheet_is_awaited(qapp: QApplication, drafts: list[Draft]) -> None:
    async def journey() -> None:
        sheet = ReviewSheet(None, drafts, "Models", [])
        asyncio.get_running_loop().call_soon(sheet.accept)
        assert await finished(sheet) == ReviewSheet.DialogCode.Accepted
        assert len(sheet.drafts()) == 2
        await until(lambda: not shiboken6.isValid(sheet))

    with window_loop(qapp) as loop:
        loop.run_until_complete(asyncio.wait_for(journey(), 30))


def test_findings_arrive_without_moving_anything(qtbot: QtBot, drafts: list[Draft]) -> None:
    sheet = ReviewSheet(None, drafts[:1], "Models", [])
    qtbot.addWidget(sheet)
    sheet._form.summary.show()
    sheet.open()
    qtbot.waitExposed(sheet)
    name = find(sheet, QLineEdit, "nameEdit")
    words = find(sheet, ElidedLabel, "checkSummary")
    assert words.text() == "Checking…"
    qtbot.keyClicks(name, "typing")
    before = places(qtbot, sheet)
    draft = sheet.drafts()[0]
    draft.findings = (
        Finding("warning", f"A warning {HTML}", "Do this."),
        Finding("note", "A note", "Or that."),
    )
    sheet._found(draft)
    assert words.text() == f"Warning: A warning {HTML}"
    assert find(sheet, QPushButton, "showFindingsButton").text() == "and 1 note"
    assert find(sheet, QPushButton, "uploadButton").isEnabled()
    draft.findings = (Finding("error", "An error", "Build it again."), *draft.findings)
    draft.checked = True
    sheet._found(draft)
    assert before == places(qtbot, sheet)
    assert name.text() == "typing"
    assert words.text() == "Error: An error"
    assert find(sheet, QPushButton, "showFindingsButton").text() == "and 1 warning, 1 note"
    assert not find(sheet, QPushButton, "uploadButton").isEnabled()
    assert sheet.drafts() == []
    said = [label.text() for label in find(sheet, QWidget, "findings").findChildren(QLabel)]
    assert said[:3] == ["Error: An error", "Build it again.", f"Warning: A warning {HTML}"]
    assert_plain(sheet)


def places(qtbot: QtBot, sheet: ReviewSheet) -> list[tuple[str, QPoint]]:
    """Where everything stands, once the layout has come to rest (on a busy machine that is late)."""
    seen: list[list[tuple[str, QPoint]]] = []

    def at_rest() -> bool:
        seen.append([(w.objectName(), w.mapTo(sheet, w.rect().topLeft())) for w in still(sheet)])
        return seen[-3:] == [seen[-1]] * 3

    qtbot.waitUntil(at_rest)
    return seen[-1]


def still(sheet: ReviewSheet) -> list[QWidget]:
    """What a person may be looking at or typing into."""
    names = ("nameEdit", "descriptionEdit", "tagLine", "checkSummary", "uploadButton")
    return [find(sheet, QWidget, name) for name in names]


def test_a_list_of_files_marks_warnings_and_errors(qtbot: QtBot, drafts: list[Draft]) -> None:
    drafts[0].findings = (Finding("warning", "A warning", "Do this."),)
    drafts[3].findings = (Finding("error", "An error", "Build it again."),)
    sheet = open_sheet(qtbot, drafts)
    files = find(sheet, ReviewFiles, "reviewFiles")
    heard = [files.item(n).data(Qt.ItemDataRole.AccessibleTextRole) for n in range(4)]
    assert heard[0].endswith("ready, with warnings")
    assert heard[3].endswith("cannot be uploaded: An error. Build it again.")
    assert "A warning" in files.item(0).toolTip()
    assert find(sheet, QPushButton, "uploadButton").text() == "Upload 1 artifact"
