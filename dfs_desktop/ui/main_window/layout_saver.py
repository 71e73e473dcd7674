"""Writes what is in use soon after it changes: a program that is killed comes up as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer

from .layout import save_layout

if TYPE_CHECKING:
    from .window import MainWindow

SOON = 700  # milliseconds in which changes that come together are written together
_CHANGES = {QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.WindowStateChange}


class LayoutSaver(QObject):
    """Server, place, sort, filter, panes, columns, theme, and the rows to be shown first."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._rows_too = False
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON)
        self._soon.timeout.connect(self._write)
        header = window.table.horizontalHeader()
        for changed in (
            header.sectionResized,
            header.sectionMoved,
            header.sortIndicatorChanged,
            window.panes.splitterMoved,
            window.filter.textChanged,
            *(action.triggered for action in window.actions_.all()),
        ):
            changed.connect(lambda *_: self._soon.start())
        window.installEventFilter(self)
        self.destroyed.connect(window.workspace.session_changed.connect(self._session_changed))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _CHANGES:
            self._soon.start()
        return super().eventFilter(watched, event)

    def _session_changed(self) -> None:
        self._rows_too = True
        self._soon.start()

    def _write(self) -> None:
        workspace = self._window.workspace
        if not self._window.isVisible():
            return  # it is on its way out: the ordered end writes
        save_layout(self._window)
        workspace.save_settings()
        if self._rows_too:
            self._rows_too = False
            workspace.remember_soon()
