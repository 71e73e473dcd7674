"""What tabs that look inside share: a quiet line while bytes come, errors in place, no stale answers."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from dfs_desktop import disk_errors
from dfs_desktop.api import DataForceError
from dfs_desktop.artifact import ArtifactError
from dfs_desktop.ui.widgets.reading_line import STOPPED, ReadingLine
from dfs_desktop.workspace.inspection.inspector import Inspection
from dfs_desktop.workspace.workspace import Workspace


class InsidePage(QWidget):
    """A tab whose content has to be read.

    A subclass gives `ask`, which asks the reader for one of its operations, and `fill`, which
    shows what that found.
    """

    key = ""
    scrolls = True

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self.look: Inspection | None = None
        self._shown: Inspection | None = None
        self._last: Inspection | None = None
        self.number = 0  # of several cards, experiments or files the one that is shown
        self._task: asyncio.Task[None] | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.line = ReadingLine(self.try_again, self.stop)
        self.body = QWidget()
        self.content = QVBoxLayout(self.body)
        self.content.setContentsMargins(5, 8, 16, 16)
        self.content.setSpacing(8)
        layout.addWidget(self.line)
        layout.addWidget(self.body, 1)
        layout.addStretch(0)  # takes the room while there is no content

    def ask(self, look: Inspection) -> Coroutine[Any, Any, Any]:
        """What the tab shows, awaited from the reader."""
        raise NotImplementedError

    def fill(self, found: Any) -> None:
        """Show what was read."""
        raise NotImplementedError

    def fill_known(self, _look: Inspection) -> bool:
        """Show what is known without any byte; False when that is nothing."""
        return False

    def show_look(self, look: Inspection) -> None:
        """The tab is seen and looks into this artifact; what it shows already stays."""
        busy = self._task is not None and not self._task.done()
        if look is self.look and busy:
            return
        if look is self._shown:
            self.look = look
            return
        self.leave()
        if look is not self._last:
            self.number = 0
        self.look = self._last = look
        self._begin()

    def choose(self, number: int) -> None:
        """Show another one of several."""
        look = self.look
        if look is not None and number != self.number:
            self.number = number
            look.known.pop(self.key, None)
            self._begin()

    def leave(self) -> None:
        """Nobody sees the tab any more, or it is about another artifact."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self.look = None

    def try_again(self) -> None:
        """Forget what was read and what went wrong, and begin anew."""
        look = self.look
        if look is not None:
            look.begin_anew()
            self._begin()

    def stop(self) -> None:
        """Read no more, and say so."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self.line.fail(ArtifactError(STOPPED, "What is read again begins anew."))

    def _begin(self) -> None:
        look = self.look
        if look is None:
            return
        if self._task is not None:
            self._task.cancel()
        if self.key in look.known:
            self._show(look, look.known[self.key])
            return
        self._shown = None
        known = self.fill_known(look)
        self.body.setVisible(known)
        if known:
            self.line.say("")
        else:
            self.line.wait()
        self._task = self.workspace.tasks.start(self._read(look), "look inside the artifact")

    async def _read(self, look: Inspection) -> None:
        try:
            found = await self.ask(look)
        except (ArtifactError, DataForceError) as error:
            if look is self.look:
                look.note(error)
                self.line.fail(error)
            return
        except OSError as error:
            if look is self.look:
                self._failed("The file cannot be read", disk_errors.explain(error))
            return
        except Exception:
            if look is self.look:
                self._failed("This cannot be shown", "The reason is in the log.")
            raise
        if look is self.look:
            look.known[self.key] = found
            self._show(look, found)

    def _show(self, look: Inspection, found: Any) -> None:
        self.line.say("")
        self._shown = look
        self.fill(found)
        self.body.show()

    def _failed(self, title: str, detail: str) -> None:
        self.line.say(title, detail, failed=True)


def scrolling(content: QWidget) -> QScrollArea:
    """A page that is as wide as the pane and scrolls up and down only."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(content)
    area.viewport().setAutoFillBackground(False)
    content.setAutoFillBackground(False)
    return area
