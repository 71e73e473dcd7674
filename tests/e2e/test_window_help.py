"""The Help menu in the real window."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QTextDocument
from PySide6.QtWidgets import QFileDialog, QLineEdit
from support.qt.desktop import Desktop

import dfs_desktop
from dfs_desktop.ui.help.about import AboutDialog
from dfs_desktop.ui.help.guide import GuideWindow
from dfs_desktop.ui.help.key_sheet import KeySheet
from dfs_desktop.ui.help.problem_report import ProblemReport


def test_all_that_can_be_done_is_found_by_its_words_or_its_keys(desktop: Desktop) -> None:
    desktop.until(desktop.window.actions_["add_to_track"].isVisible, "what the server has")
    desktop.press(desktop.table, Qt.Key.Key_Question, Qt.KeyboardModifier.ControlModifier)
    sheet = desktop.dialog(KeySheet)

    def seen() -> list[str]:
        groups = [group for group, _items in sheet._groups if not group.isHidden()]
        return [
            group.child(number).text(0)
            for group in groups
            for number in range(group.childCount())
            if not group.child(number).isHidden()
        ]

    assert set(seen()) >= {
        action.text().replace("&", "")
        for menu in desktop.window.menuBar().actions()
        for action in menu.menu().actions()
        if action.isVisible() and not action.isSeparator() and action.menu() is None
    }
    desktop.write(sheet.line, "move front")
    assert seen() == ["Move Selected Transfers to Front"]
    desktop.write(sheet.line, "Ctrl+K")
    assert seen() == ["Go to or do…"]
    desktop.write(sheet.line, "no such thing")
    assert seen() == []
    desktop.press(sheet.line, Qt.Key.Key_Escape)
    desktop.until(lambda: not desktop.dialogs(KeySheet), "the end of the sheet")

    desktop.window.actions_["about"].trigger()
    about = desktop.dialog(AboutDialog)
    desktop.click("copyAboutButton")
    copied = QGuiApplication.clipboard().text()
    assert f"Version: {dfs_desktop.__version__}" in copied
    assert re.search(r"Made with: .*httpx [\d.]+ \(BSD-3-Clause\)", copied)
    about.accept()
    desktop.until(lambda: not desktop.dialogs(AboutDialog), "the end of what it is about")


def test_the_guide_opens_at_f1_shows_its_pictures_and_names_what_there_is(desktop: Desktop) -> None:
    desktop.press(desktop.table, Qt.Key.Key_F1)
    guide = desktop.dialog(GuideWindow)
    titles = [title for title, _ in guide.text.headings()]
    assert [guide.chapters.item(n).text() for n in range(guide.chapters.count())] == titles
    text = (guide.text._pages / "guide.md").read_text("utf-8")
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text)
    assert pictures
    for name in pictures:
        kind = QTextDocument.ResourceType.ImageResource.value
        picture = guide.text.loadResource(kind, name)
        assert 0 < picture.width() <= guide.text.viewport().width()  # type: ignore[attr-defined]
    # What it calls an entry of a menu is one.
    menus = {
        menu.text().replace("&", ""): menu.menu() for menu in desktop.window.menuBar().actions()
    }
    for menu, entry in re.findall(r"\*(\w[\w ]*?) › ([^*]+)\*", text):
        assert entry in [each.text().replace("&", "") for each in menus[menu].actions()], entry
    guide.chapters.setCurrentRow(titles.index("Tracks"))
    line = guide.text.cursorForPosition(guide.text.viewport().rect().topLeft()).block()
    assert line.text() in {"Tracks", ""} or guide.text.textCursor().block().text() == "Tracks"
    desktop.write(guide.line, "repaired part by part")
    assert guide.text.textCursor().selectedText() == "repaired part by part"
    guide.resize(600, 500)
    guide.close()
    desktop.until(lambda: not desktop.dialogs(GuideWindow), "the end of the guide")


def test_what_is_new_tells_of_this_version_and_names_what_there_is(desktop: Desktop) -> None:
    desktop.window.actions_["news"].trigger()
    news = desktop.dialog(GuideWindow)
    assert news.windowTitle() == "What’s New"
    assert news.text.headings()[0][0] == f"Version {dfs_desktop.__version__}"
    menus = {
        menu.text().replace("&", ""): menu.menu() for menu in desktop.window.menuBar().actions()
    }
    entries = re.findall(r"\*(\w[\w ]*?) › ([^*]+)\*", news.text._text)
    assert entries
    for menu, entry in entries:
        assert entry in [each.text().replace("&", "") for each in menus[menu].actions()], entry
    languages = {path.name.split(".")[1] for path in news.text._pages.glob("guide.*.md")}
    for each in languages:  # told in every language that the guide is in
        assert dfs_desktop.__version__ in (news.text._pages / f"news.{each}.md").read_text("utf-8")
    news.close()
    desktop.until(lambda: not desktop.dialogs(GuideWindow), "the end of what is new")


def test_a_report_holds_no_key_and_is_read_before_it_is_saved(
    desktop: Desktop, tmp_path: Path
) -> None:
    desktop.window.actions_["report"].trigger()
    shown = desktop.dialog(ProblemReport)
    text = shown.text.toPlainText()
    assert f"Version: {dfs_desktop.__version__}" in text
    assert "Log:" in text
    shown.text.setPlainText(f"It went wrong.\n{text}")
    desktop.click("Save…", shown)
    dialog = desktop.dialog(QFileDialog)
    desktop.write(dialog.findChild(QLineEdit), str(tmp_path / "report"))
    dialog.accept()
    desktop.until(lambda: shown.note.text() == "Saved as report.txt")
    assert (tmp_path / "report.txt").read_text("utf-8") == shown.text.toPlainText()
    desktop.run(shown.save_to(tmp_path / "no folder" / "report.txt"))
    assert shown.note.text().startswith("Not saved")
    shown.accept()
    desktop.until(lambda: not desktop.dialogs(ProblemReport), "the end of the report")


def test_what_cannot_be_done_now_says_what_it_lacks(desktop: Desktop) -> None:
    desktop.table.clearSelection()
    actions = desktop.window.actions_
    actions.looked_at.emit(True)
    usual = actions._hints
    silent = {
        action.objectName()
        for key in usual
        if not (action := actions[key]).isEnabled()
        and action.isVisible()
        and action.toolTip() == usual[key]
    }
    assert silent == set()
    assert actions["download"].toolTip() == "Select artifacts first"
    actions.looked_at.emit(False)
