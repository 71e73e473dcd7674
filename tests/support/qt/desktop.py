"""The whole program inside a test: the real Application, registry and window, driven like a person does."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import gc
import logging
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLineEdit, QWidget
from support.network.relay import Hold, Relay

from dfs_desktop import redaction
from dfs_desktop.api import AsyncDataForceClient, ModelArtifact
from dfs_desktop.app import QUIET, Application, Options, make_qt
from dfs_desktop.settings import Places
from dfs_desktop.transfers.job import Job
from dfs_desktop.ui.platform.event_loop import EventLoop
from dfs_desktop.ui.platform.local_paths import url_of
from dfs_desktop.ui.transfers.progress_dialog import ProgressDialog
from dfs_desktop.ui.upload_review.sheet import ReviewSheet
from dfs_desktop.ui.widgets.dialogs import Question
from dfs_desktop.workspace.notices import Notice
from dfs_desktop.workspace.session import Stage

T = TypeVar("T")
Prepare = Callable[[Application], object]
PATIENCE = 20.0  # seconds for anything; a machine under load is slow, not broken
LEFT = Qt.MouseButton.LeftButton


class Desktop:
    """One run of the program. Between two waits the loop counts as running, as in a Qt slot."""

    def __init__(self, home: Path, prepare: Prepare | None = None) -> None:
        self.home = home
        self.places = Places(*(home / name for name in Places.__struct_fields__))
        self._root = logging.getLogger()
        self._handlers, self._level = list(self._root.handlers), self._root.level
        redaction.write_log(self.places.state, QUIET)
        self._log_file = self._root.handlers[0]
        self._root.handlers += self._handlers
        # What the program freezes could not be looked at for leaks.
        self._freeze, gc.freeze = gc.freeze, lambda: None
        qt = make_qt([])
        self.loop = EventLoop(qt)
        asyncio.set_event_loop(self.loop)
        self.app = Application(qt, self.places)
        self._hook, sys.excepthook = sys.excepthook, self.app.uncaught
        if prepare is not None:
            prepare(self.app)
        self.said: list[Notice] = []
        self.app.workspace.notices.noticed.connect(self.said.append)
        self.life: asyncio.Task[int] = self.loop.create_task(self.app.run(Options()))
        self.window, self.workspace = self.app.window, self.app.workspace
        self.table = self.window.table
        self.run(asyncio.sleep(0))

    def another_window(self) -> Desktop:
        """File > New Window, as this one is seen."""
        self.window.actions_["new_window"].trigger()
        new = copy.copy(self)
        new.window = self.app.windows.front
        new.workspace, new.table = new.window.workspace, new.window.table
        return new.ready()

    # Time passes.

    def run(self, work: Awaitable[T]) -> T:
        """Let the window live until the work is done."""

        async def bounded() -> T:
            return await asyncio.wait_for(work, PATIENCE)

        return self._turn(bounded())

    def until(self, found: Callable[[], T], what: str = "") -> T:
        """Let the window live until `found()` is something."""

        async def wait() -> T:
            end = time.monotonic() + PATIENCE
            while not (result := found()):
                if self.life.done() and (error := self.life.exception()) is not None:
                    raise error
                if time.monotonic() > end:
                    problem = self.workspace.session.problem
                    pytest.fail(f"waited in vain for {what or found}: {problem} {self.notices()}")
                await asyncio.sleep(0.01)
            return result

        return self._turn(wait())

    def _turn(self, work: Coroutine[Any, Any, T]) -> T:
        # Not run_until_complete: qasync's turns once more afterwards, when no loop counts as running.
        task = self.loop.create_task(work, name="the test")
        task.add_done_callback(lambda _task: self.loop.stop())
        self.loop.run_forever()
        asyncio._set_running_loop(self.loop)
        return task.result()

    def ready(self) -> Desktop:
        """Wait for the open collection with its rows, as the server says them now."""

        def there() -> bool:
            session = self.workspace.session
            open_ = session.stage is Stage.READY and session.collection is not None
            return open_ and not session.loading and not session.remembered

        self.until(there, "the open collection")
        self.activate()
        return self

    def end(self) -> int:
        """Close as a polite kill does, check that nothing is left, and return the exit code."""
        try:
            if not self.life.done():
                self.app._close()
            code = self.run(self.life)
            left = [task.get_name() for task in asyncio.all_tasks(self.loop)]
            assert not left, f"tasks at the end: {left}"
            return code
        finally:
            self._clean_up()

    def _clean_up(self) -> None:
        sys.excepthook = self._hook
        asyncio._set_running_loop(None)
        self.app.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        self.loop.close()
        QApplication.clipboard().clear()  # offscreen Qt would free what was copied after Python
        asyncio.set_event_loop(None)
        self._root.handlers[:] = self._handlers
        self._root.setLevel(self._level)
        with contextlib.suppress(OSError):  # on a full disk
            self._log_file.close()
        gc.freeze = self._freeze

    @property
    def log(self) -> str:
        self._log_file.flush()
        return (self.places.state / "dfs-desktop.log").read_text("utf-8")

    # What a person sees.

    def names(self) -> list[str]:
        """The Name column from top to bottom."""
        return self.column("name")

    def column(self, key: str) -> list[str]:
        model = self.table.table
        number = [column.key for column in model.columns()].index(key)
        return [model.index(row, number).data() for row in range(model.rowCount())]

    def notices(self) -> list[str]:
        """Titles of the notices in the window now."""
        return [card.notice.title for card in self.window.main_panel.notices.cards()]

    def notice(self, title: str) -> Notice:
        """Wait until a notice with these words is there."""
        cards = self.window.main_panel.notices.cards
        return self.until(
            lambda: next((c.notice for c in cards() if title in c.notice.title), None),
            f"the notice {title!r}",
        )

    def dialogs(self, kind: type[T] = QDialog) -> list[T]:  # type: ignore[assignment]
        return [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]

    def dialog(self, kind: type[T]) -> T:
        return self.until(lambda: next(iter(self.dialogs(kind)), None), kind.__name__)

    def button(self, name: str, inside: QWidget | None = None) -> QAbstractButton:
        """Wait for the button with this object name or text that can be pressed."""
        places = [inside] if inside is not None else None

        def found() -> QAbstractButton | None:
            for place in places or [self.window, *self.dialogs()]:
                for button in place.findChildren(QAbstractButton):
                    named = name in (button.objectName(), button.text())
                    if named and button.isVisible() and button.isEnabled():
                        return button
            return None

        return self.until(found, f"the button {name!r}")

    # What a person does.

    def activate(self, closing: Any = ()) -> None:
        """Bring the window to the front: keys and shortcuts go to the active one."""

        def active() -> bool:
            for dialog in self.dialogs(closing):  # also one that opens meanwhile
                dialog.close()
            self.window.activateWindow()
            return self.window.isActiveWindow()

        self.until(active, "the active window")

    def refresh(self) -> None:
        """F5, and the answer to it."""
        seen: list[bool] = []
        disconnect = self.workspace.session_changed.connect(
            lambda: seen.append(self.workspace.session.loading)
        )
        self.press(self.window, Qt.Key.Key_F5)
        self.until(lambda: True in seen and not seen[-1], "the refresh")
        disconnect()

    def click(self, name: str, inside: QWidget | None = None) -> None:
        QTest.mouseClick(self.button(name, inside), LEFT)

    def press(
        self,
        widget: QWidget,
        key: Qt.Key,
        modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        QTest.keyClick(widget, key, modifier)

    def write(self, edit: QLineEdit, text: str) -> None:
        """Type over what stands there."""
        edit.setFocus()
        edit.selectAll()
        QTest.keyClick(edit, Qt.Key.Key_Delete)
        QTest.keyClicks(edit, text)

    def drop(self, *paths: Path, on: QWidget | None = None, at: QPointF | None = None) -> None:
        """A drag that enters with these files and is let go."""
        target = on or self.window
        mime = QMimeData()
        mime.setUrls([url_of(path) for path in paths])
        point = at or QPointF(target.rect().center())
        copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
        enter = QDragEnterEvent(point.toPoint(), copy, mime, LEFT, none)
        QApplication.sendEvent(target, enter)
        assert enter.isAccepted(), "the window does not want these files"
        QApplication.sendEvent(target, QDropEvent(point, copy, mime, LEFT, none))

    def accept_review(self) -> list[Job]:
        """Press Upload in the review sheet and return the new transfers."""
        before = len(self.workspace.queue.jobs)
        sheet = self.dialog(ReviewSheet)
        self.click("uploadButton", sheet)
        self.until(lambda: len(self.workspace.queue.jobs) > before, "the uploads")
        return self.workspace.queue.jobs[before:]

    def held_uploads(self, relay: Relay, *paths: Path) -> tuple[list[Job], Hold]:
        """Drop, accept, wait until the relay holds back the bytes of one."""
        hold = relay.hold_request("PUT", "/objects/")
        self.drop(*paths)
        jobs = self.accept_review()
        self.until(hold.reached.is_set, "the held request")
        return jobs, hold

    def upload(self, *paths: Path) -> list[ModelArtifact]:
        """What a drop does that is accepted as it is, without its windows; wait for the records."""
        uploads = self.workspace.uploads
        jobs = uploads.submit(self.run(uploads.review(paths)))
        self.until(lambda: all(job.state.ended for job in jobs), "the ends of the uploads")
        self.until(lambda: not any(row.job for row in self.workspace.listing.visible))
        found = [job.artifact for job in jobs]
        assert None not in found, [job.error for job in jobs]
        return [artifact for artifact in found if artifact is not None]

    def downloaded(self, name: str) -> ProgressDialog:
        """Wait until the window of the transfer says so."""
        title = f"{name} downloaded"

        def found() -> ProgressDialog | None:
            dialogs = self.dialogs(ProgressDialog)
            return next((each for each in dialogs if each.windowTitle() == title), None)

        dialog = self.until(found, title)
        assert dialog is not None
        return dialog

    def close_progress(self) -> None:
        self.activate(ProgressDialog)

    def select(self, *artifacts: ModelArtifact) -> None:
        self.table.clearSelection()
        for artifact in artifacts:
            number = self.table.table.number(artifact.id)
            assert number is not None
            flags = self.table.selectionModel().SelectionFlag
            self.table.selectionModel().select(
                self.table.table.index(number, 0), flags.Select | flags.Rows
            )
        self.table.setFocus()

    def delete(self, *artifacts: ModelArtifact) -> None:
        """Select, press Delete, answer the question with its verb."""
        self.select(*artifacts)
        self.press(self.table, Qt.Key.Key_Delete)
        many = len(artifacts)
        self.click("Delete" if many == 1 else f"Delete {many} artifacts", self.dialog(Question))
        self.until(lambda: self.workspace.listing.going or not self.dialogs(Question))
        self.activate()

    def struck(self) -> list[str]:
        """Names of the rows that are struck through: they wait to be deleted."""
        return [r.artifact.model_name or "" for r in self.workspace.listing.visible if r.going]

    def double_click(self, artifact: ModelArtifact) -> None:
        number = self.table.table.number(artifact.id)
        assert number is not None
        place = self.table.visualRect(self.table.table.index(number, 0)).center()
        QTest.mouseClick(self.table.viewport(), LEFT, pos=place)
        QTest.mouseDClick(self.table.viewport(), LEFT, pos=place)

    # What the server holds.

    @property
    def here(self) -> AsyncDataForceClient:
        return self.workspace.session.here()

    def records(self) -> list[ModelArtifact]:
        return self.run(self.here.model_artifacts.list())

    def statuses(self) -> list[str]:
        return sorted(record.status.value for record in self.records())

    def until_records(self, right: Callable[[list[ModelArtifact]], object]) -> list[ModelArtifact]:
        """Ask the server until its list is right."""
        end = time.monotonic() + PATIENCE
        while not right(found := self.records()):
            if time.monotonic() > end:
                pytest.fail(f"the server holds {[(r.model_name, r.status) for r in found]}")
            self.run(asyncio.sleep(0.02))
        return found


def all_of(desktop: Desktop, works: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Run several coroutines together."""

    async def together() -> list[T]:
        return list(await asyncio.gather(*works))

    return desktop.run(together())
