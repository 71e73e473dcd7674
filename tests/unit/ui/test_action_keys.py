"""The table of actions: a key means one thing, or neither of the two would be done."""

from __future__ import annotations

from collections import Counter

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication

from dfs_desktop.ui.main_window.action_table import ACTIONS, CONTEXT, MENUS, SUBMENUS


def test_no_key_means_two_actions(qapp: QApplication) -> None:
    keys = Counter(
        QKeySequence(spec.shortcut).toString() for spec in ACTIONS if spec.shortcut is not None
    )
    assert [key for key, many in keys.items() if many > 1] == []


def test_what_the_context_menu_offers_a_menu_offers_too() -> None:
    offered = {key for _title, keys in MENUS for key in keys}
    assert set(CONTEXT) - offered == set()
    inside = {key for _title, keys in SUBMENUS.values() for key in keys}
    assert set(SUBMENUS) <= offered
    assert inside <= {spec.key for spec in ACTIONS}
