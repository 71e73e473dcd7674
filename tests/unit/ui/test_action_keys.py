"""The table of actions: a key means one thing, or neither of the two would be done."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

from dfs_desktop import translation
from dfs_desktop.ui import main_window
from dfs_desktop.ui.main_window.action_table import ACTIONS
from dfs_desktop.ui.main_window.actions import Actions, letter_of, with_letters
from dfs_desktop.ui.main_window.menus import CONTEXT, MENUS, SUBMENUS


def test_no_key_means_two_actions(qapp: QApplication) -> None:
    keys = Counter(
        QKeySequence(spec.shortcut).toString() for spec in ACTIONS if spec.shortcut is not None
    )
    assert [key for key, many in keys.items() if many > 1] == []


def test_every_action_stands_in_a_menu_and_what_the_context_menu_offers_too() -> None:
    offered = {key for _title, keys in MENUS for key in keys}
    assert set(CONTEXT) - offered == set()
    inside = {key for _title, keys in SUBMENUS.values() for key in keys}
    assert set(SUBMENUS) <= offered
    assert (offered | inside) - {*SUBMENUS, "-"} == {spec.key for spec in ACTIONS}


def test_every_action_has_its_work() -> None:
    connected = {*_keywords_of_connect()}
    for chosen in ("group_by", "contrast", "appearance"):  # by `choose_one`
        connected.update(SUBMENUS[chosen][1])
    idle = {spec.key for spec in ACTIONS} - connected - {"poll"}  # which is ticked
    assert not idle, "to be named in a `connect` of ui/main_window/handlers"


def _keywords_of_connect() -> Iterator[str | None]:
    for path in Path(main_window.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "connect":
                yield from (keyword.arg for keyword in node.keywords)


@given(st.lists(st.text("abAB äß1&…", min_size=1, max_size=12), max_size=12))
def test_every_entry_of_a_menu_has_a_letter_of_its_own_as_far_as_there_are_letters(
    texts: list[str],
) -> None:
    plain = [text.replace("&", "") for text in texts]
    marked = with_letters(plain)
    assert [text.replace("&", "") for text in marked] == plain
    letters = [letter_of(text) for text in marked if "&" in text]
    assert all(letter.isalnum() for letter in letters)
    assert len(set(letters)) == len(letters)
    for text, found in zip(plain, marked, strict=True):
        if "&" not in found:
            assert {each.casefold() for each in text if each.isalnum()} <= set(letters)


def test_keys_read_in_their_order_where_lines_begin_at_the_right(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By itself “Ctrl+,” reads as “,+Ctrl” there."""
    monkeypatch.setattr(translation, "_used", list(translation._used))
    monkeypatch.setenv(translation.VARIABLE, "en")
    translation.use("ar")
    window = QMainWindow()
    qtbot.addWidget(window)
    actions = Actions(window)
    actions.fill_menus()
    entry = actions["preferences"]
    words = entry.text()
    assert actions.chord("preferences") == "\u2068Ctrl+,\u2069"
    assert actions.chord("edit_server") == ""
    menu = next(
        each.menu() for each in window.menuBar().actions() if entry in each.menu().actions()
    )
    menu.aboutToShow.emit()
    assert entry.text().endswith("\t\u2068Ctrl+,\u2069")
    menu.aboutToHide.emit()
    assert entry.text() == words
    assert entry.shortcut() == QKeySequence("Ctrl+,")
