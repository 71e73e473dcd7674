"""The menu of the selected transfers: everything that can be done with them, now or not."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from dfs_desktop.workspace.transfers import actions
from dfs_desktop.workspace.transfers.actions import Verb, verbs

if TYPE_CHECKING:
    from .panel import TransfersView

_KEYS = {Verb.PAUSE: "Space", Verb.RESUME: "Space"}


def transfers_menu(view: TransfersView) -> QMenu:
    """A menu that deletes itself when it closes."""
    jobs = view.selected()
    possible = {verb for job in jobs for verb in verbs(job)}
    menu = QMenu(view)
    menu.setObjectName("transfersMenu")
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def add(text: str, run: Callable[[], object], on: bool, keys: str = "") -> None:
        action = QAction(text, menu)
        action.setEnabled(on)
        if keys:
            action.setShortcut(QKeySequence(keys))
        action.triggered.connect(lambda _checked=False: run())
        menu.addAction(action)

    for verb in (Verb.PAUSE, Verb.RESUME, Verb.APPROVE, Verb.RETRY):
        add(verb.value, partial(view.do, verb, jobs), verb in possible, _KEYS.get(verb, ""))
    menu.addSeparator()
    movable = any(actions.can_move(job) for job in jobs)
    front, back = (
        partial(view.move_selected, to_front=True),
        partial(view.move_selected, to_front=False),
    )
    add("Move to front", front, movable, "Ctrl+Up")
    add("Move to back", back, movable, "Ctrl+Down")
    menu.addSeparator()
    add(Verb.OPEN.value, partial(view.do, Verb.OPEN, jobs), Verb.OPEN in possible, "Return")
    wrong = any(actions.why(job) for job in jobs)
    add("Copy what went wrong", partial(view.transfer_actions.copy, jobs), wrong)
    menu.addSeparator()
    ended = {Verb.CANCEL, Verb.DISCARD} & possible
    word = "Discard…" if Verb.DISCARD in possible and Verb.CANCEL not in possible else "Cancel…"
    add(word, partial(view.transfer_actions.give_up, jobs, view), bool(ended), "Del")
    remove = partial(view.do, Verb.REMOVE, jobs)
    add(Verb.REMOVE.value, remove, Verb.REMOVE in possible)
    add("Clear finished", view.clear_finished, True)
    return menu
