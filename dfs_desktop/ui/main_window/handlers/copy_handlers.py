"""Artifacts are copied and moved: by the clipboard, by a drag onto a collection, or to a chosen place."""

from functools import partial

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, Qt
from PySide6.QtGui import QDragMoveEvent, QDropEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication

from dfs_desktop.artifact import visible
from dfs_desktop.translation import tr, trn
from dfs_desktop.ui.platform.carried_artifacts import carried, carry
from dfs_desktop.ui.theme.icon_files import icons
from dfs_desktop.ui.widgets import dialogs
from dfs_desktop.workspace.copies.destinations import Target, target_here
from dfs_desktop.workspace.copies.plan import CopyPlan
from dfs_desktop.workspace.notices import Level, Notice
from dfs_desktop.workspace.registry.permissions import refusal
from dfs_desktop.workspace.workspace import Workspace

from .upload_handlers import Watch
from .window_parts import Handlers, WindowParts

_NEED_ROWS = ("copy", "cut", "copy_to", "move_to")


class CopyHandlers(Handlers, QObject):
    """What needs no decision is done at once; the dialog opens for the rest."""

    def __init__(self, parts: WindowParts, workspace: Workspace, watch: Watch) -> None:
        QObject.__init__(self, parts.window)
        Handlers.__init__(self, parts)
        self._workspace, self._watch = workspace, watch
        self._actions.connect(
            copy=self._copy,
            cut=lambda: self._copy(move=True),
            paste=self._send_paste,
            copy_to=self._choose,
            move_to=lambda: self._choose(move=True),
        )
        self._table.copy_requested.connect(self._copy)
        self._table.cut_requested.connect(lambda: self._copy(move=True))
        self._window.installEventFilter(self)
        self._allow_after(
            self._table.selection_changed, workspace.listing.rows_changed, workspace.session_changed
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Artifacts on the clipboard are pasted; over the window itself they go nowhere."""
        if isinstance(event, QDragMoveEvent | QDropEvent):
            own = carried(event.mimeData()) is not None
            if own:
                event.ignore()
            return own
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return event.matches(QKeySequence.StandardKey.Paste) and self._paste()
        return False

    def allow(self) -> None:
        chosen, session = self._table.artifacts(), self._workspace.session
        stays = self._workspace.listing.stays
        ready = session.client is not None and any(stays(each.id) for each in chosen)
        for key in _NEED_ROWS:
            refused = refusal(session, "delete") if key in {"cut", "move_to"} else ""
            self._actions.allow(key, ready, refused)
        here = session.client is not None and bool(session.place.collection)
        self._actions.allow("paste", here)

    def _plan(self, *, move: bool = False) -> CopyPlan | None:
        return self._workspace.copies.plan(self._table.artifacts(), move=move)

    def _copy(self, *, move: bool = False) -> None:
        move = move and self._actions["cut"].isEnabled()
        if (plan := self._plan(move=move)) is not None:
            QGuiApplication.clipboard().setMimeData(carry(plan))
            many = len(plan.artifacts)
            copied = trn("{amount} artifact copied", "{amount} artifacts copied", many)
            cut = trn("{amount} artifact to be moved", "{amount} artifacts to be moved", many)
            text = tr("Open another collection, at any server, and press Ctrl+V.")
            title = cut if move else copied
            said = Notice(title, text, Level.INFORMATION, seconds=5, key="copy:clipboard")
            self._workspace.notify(said)

    def _send_paste(self) -> None:
        """As if the key had been pressed: files and links on the clipboard are pasted as well."""
        press, control = QEvent.Type.KeyPress, Qt.KeyboardModifier.ControlModifier
        QApplication.sendEvent(self._window, QKeyEvent(press, Qt.Key.Key_V, control))

    def _paste(self) -> bool:
        plan = carried(QGuiApplication.clipboard().mimeData())
        target = target_here(self._workspace.session)
        if plan is None:
            return False
        if target is None:
            title, text = tr("Choose a collection first"), tr("Artifacts go into a collection.")
            self._workspace.notify(Notice(title, text, seconds=8))
            return True
        if plan.move:
            QGuiApplication.clipboard().clear()
        self._begin(plan, target)
        return True

    def _choose(self, *, move: bool = False) -> None:
        if (plan := self._plan(move=move)) is not None:
            self._workspace.tasks.start(self._ask(plan, None), "copy or move artifacts")

    def carried_rows(self) -> QMimeData:
        """The selected rows, to be dragged onto a collection."""
        plan = self._plan()
        return carry(plan) if plan is not None else QMimeData()

    def dropped(self, plan: CopyPlan, collection_id: str, position: QPoint, shift: bool) -> None:
        """Artifacts were let go over a collection of the sidebar: copy, or move?"""
        if (target := target_here(self._workspace.session, collection_id)) is None:
            return
        moved = CopyPlan(plan.artifacts, plan.origin, move=True)
        refused = refusal(self._workspace.session, "delete")
        if shift and not refused:
            self._begin(moved, target)
            return
        menu = dialogs.passing_menu(self._window, "dropMenu")
        name = visible(target.collection.name)[:60]
        words, begin = tr("Copy to “{name}”", name=name), partial(self._begin, plan, target)
        copy = dialogs.offer(menu, words, begin, icons.get("copy"))
        words, begin = tr("Move to “{name}”", name=name), partial(self._begin, moved, target)
        move = dialogs.offer(menu, words, begin, icons.get("collection"))
        move.setEnabled(not refused)
        move.setToolTip(refused)
        menu.addSeparator()
        menu.addAction(tr("Cancel"))
        menu.setActiveAction(copy)
        menu.popup(position)

    def _begin(self, plan: CopyPlan, target: Target) -> None:
        work = self._judge_and_go(plan, target)
        self._workspace.tasks.start(work, "copy or move artifacts")

    async def _judge_and_go(self, plan: CopyPlan, target: Target) -> None:
        """What the target takes as it is goes at once; else the dialog says what does not."""
        copies = self._workspace.copies
        verdicts = await copies.judge(plan, target)
        if any(each.refused or each.twin or each.findings for each in verdicts):
            await self._ask(plan, target)
        else:
            undo = self._workspace.undo_list
            self._watch(copies.submit(plan, target, verdicts, undo_list=undo))

    async def _ask(self, plan: CopyPlan, target: Target | None) -> None:
        from dfs_desktop.ui.connections.dialog import mender
        from dfs_desktop.ui.copying.dialog import CopyDialog

        copies = self._workspace.copies
        dialog = CopyDialog(self._window, copies, plan, self._workspace.tasks.start, target)
        chooser = dialog.chooser
        chooser.problem.mend_wanted.connect(
            mender(dialog, self._workspace.connections, chooser.ask)
        )
        if await dialogs.finished(dialog) and dialog.target is not None:
            copies.destinations.remember(dialog.target)
            jobs = copies.submit(
                plan, dialog.target, dialog.verdicts, again=dialog.again,
                undo_list=self._workspace.undo_list,
            )  # fmt: skip
            self._watch(jobs)
