"""Another language is there at once: every open window is built anew, and nothing else changes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit
from support.network.relay import Relay
from support.qt.desktop import Desktop

from dfs_desktop import translation
from dfs_desktop.settings import SettingsFile
from dfs_desktop.transfers.job import State
from dfs_desktop.translation import LANGUAGES
from dfs_desktop.ui.main_window.qt_application import make_qt
from dfs_desktop.ui.preferences.window import PreferencesWindow
from dfs_desktop.ui.widgets.properties_dialog import PropertiesDialog

Make = Callable[..., Path]
Start = Callable[..., Desktop]


@pytest.fixture(autouse=True)
def _english_again(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(translation, "_used", list(translation._used))
    monkeypatch.setenv(translation.VARIABLE, "en")  # what `use` writes is undone
    yield
    translation.use("en")
    make_qt([])


def chosen(desktop: Desktop) -> QComboBox:
    """The choice of the language, in the preferences that are open."""
    desktop.until(lambda: len(desktop.dialogs(PreferencesWindow)) == 1)
    box = desktop.dialog(PreferencesWindow).findChild(QComboBox, "languageChoice")
    assert box is not None
    return box


def press_to(desktop: Desktop, key: Qt.Key) -> None:
    """A key in the choice, and the window that comes of it."""
    before = desktop.app.windows.front
    desktop.press(chosen(desktop), key)
    desktop.until(lambda: desktop.app.windows.front is not before, "the other language")
    desktop.window = desktop.app.windows.front
    desktop.table = desktop.window.table


def test_windows_follow_the_choice_at_once_and_keep_their_place(
    start: Start, relay: Relay, make_model: Make
) -> None:
    first = start(relay.before)
    _one, two = first.upload(make_model("one"), make_model("two"))
    second = first.another_window()
    second.workspace.place_editor.create_collection("Second")
    second.until(lambda: (c := second.workspace.session.collection) and c.name == "Second")
    second.ready()
    (job,), hold = second.held_uploads(relay, make_model("bert"))
    second.close_progress()

    first.activate()
    first.window.filter.setText("name:o")
    first.table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    first.table.horizontalHeader().resizeSection(0, 222)
    first.select(two)
    first.window.details.tabs.choose("files")
    size, names = first.window.size(), first.names()
    first.window.actions_["preferences"].trigger()
    box = chosen(first)
    assert [box.itemText(n) for n in range(1, box.count())] == list(LANGUAGES.values())
    box.setCurrentIndex(box.findData("en"))
    box.setFocus()
    press_to(first, Qt.Key.Key_Down)
    assert translation.language() == "de"
    assert first.window.menuBar().actions()[0].text() == "&Datei"
    assert first.window.windowTitle() == "Models — Auf diesem Computer — DFS Desktop"
    box = chosen(first)
    first.until(box.hasFocus, "the keyboard at the choice")
    assert box.currentData() == "de"
    press_to(first, Qt.Key.Key_Down)
    assert QApplication.layoutDirection() is Qt.LayoutDirection.RightToLeft
    assert first.window.layoutDirection() is Qt.LayoutDirection.RightToLeft

    shown = [window.windowTitle().split(" — ")[0] for window in first.app.windows.open()]
    assert shown == ["Models", "Second"]
    assert first.window.size() == size
    assert first.names() == names == ["two", "one"]
    assert [each.id for each in first.table.artifacts()] == [two.id]
    assert first.table.horizontalHeader().sectionSize(0) == 222
    assert first.window.filter.text() == "name:o"
    assert first.window.details.tabs.key == "files"
    assert not job.state.ended
    hold.release()
    first.until(lambda: job.state is State.DONE, "the upload")
    other = first.app.windows.open()[1]
    first.until(lambda: other.table.table.rowCount() == 1)
    assert other.workspace is second.workspace
    kept = SettingsFile(first.places.settings)
    first.until(lambda: kept.load().language == "ar", "the settings")
    first.window = other
    first.until(lambda: not any("bert" in each for each in first.notices()) or True)
    first.app.windows.front.actions_["close_window"].trigger()
    first.until(lambda: len(first.app.windows.open()) == 1)
    first.window = first.app.window
    first.end()


def test_what_is_typed_in_an_open_dialog_is_not_lost(start: Start) -> None:
    desktop = start()
    desktop.window.actions_["edit_collection"].trigger()
    form = desktop.dialog(PropertiesDialog)
    desktop.write(line := form.findChildren(QLineEdit)[0], "Another name")
    desktop.workspace.settings.language = "ar"
    before = desktop.window
    desktop.workspace.state.language_chosen.emit()
    desktop.until(lambda: desktop.app.window is not before, "the other language")
    assert form.isVisible()
    assert line.text() == "Another name"
    assert form.layoutDirection() is Qt.LayoutDirection.LeftToRight, "it stays as it is"
    desktop.press(line, Qt.Key.Key_Return)
    desktop.until(lambda: desktop.workspace.session.collection.name == "Another name")
    desktop.window = desktop.app.window
    desktop.until(lambda: desktop.window.windowTitle().startswith("Another name"))
    assert os.environ[translation.VARIABLE] == "ar"


def test_keys_that_are_pressed_while_windows_are_built_are_heard(start: Start) -> None:
    """Until they have come, what had the keyboard is there: without it Qt drops them."""
    desktop = start()
    desktop.window.actions_["preferences"].trigger()
    box = chosen(desktop)
    box.setCurrentIndex(box.findData("en"))
    box.setFocus()
    desktop.press(box, Qt.Key.Key_Down)
    desktop.app.windows._speak()
    assert translation.language() == "de"
    assert box.isVisible()
    desktop.press(box, Qt.Key.Key_Down)
    desktop.until(lambda: translation.language() == "ar", "the second key")
    assert chosen(desktop).currentData() == "ar"
