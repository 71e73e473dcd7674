"""The self-test: the real window on a throw-away registry does the main job once, and says how it went."""

import asyncio
import hashlib
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from dfs_desktop.ui.platform.event_loop_lag import EventLoopLag
from dfs_desktop.ui.theme.icon_files import sample_artifact
from dfs_desktop.ui.upload_review.sheet import ReviewSheet
from dfs_desktop.ui.widgets.dialogs import Question
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.listing.row import Row

from .api import ModelArtifactStatus
from .app import Application
from .number_text import number_text
from .translation import tr

T = TypeVar("T")

_PATIENCE = 30.0  # seconds for one step


class SelfTestError(Exception):
    """A step did not come to its end; the message names it."""


class SelfTest:
    """Drives the window with the events that a mouse and a keyboard would make."""

    def __init__(
        self, say: Callable[[str], None], folder: Path, screenshot: Path | None = None
    ) -> None:
        self._say = say
        self._folder = folder
        self._screenshot = screenshot

    async def drive(self, app: Application) -> int:
        started = time.monotonic()
        beat = EventLoopLag(app.qt)
        try:
            await self._ready(app)
            beat.start()
            row = await self._upload(app)
            uploading = beat.stop()
            self._picture(app)  # painting to a file is no part of what a person feels
            beat.start()
            await self._download(app, row)
            await self._delete(app, row)
        except SelfTestError as error:
            self._say(tr("FAILED: {reason}", reason=str(error)))
            return 1
        first, second = (number_text(round(each.longest)) for each in (uploading, beat.stop()))
        self._say(tr("The window's longest pause during the upload: {number} ms.", number=first))
        self._say(
            tr(
                "The window's longest pause during the download and the deletion: {number} ms.",
                number=second,
            )
        )
        seconds = number_text(round(time.monotonic() - started))
        self._say(tr("All well, in {seconds} s. Your machine is fine.", seconds=seconds))
        return 0

    async def _until(self, what: str, found: Callable[[], T | None]) -> T:
        """Wait until the window shows something, or fail with its name."""
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            if (result := found()) is not None and result is not False:
                return result
            await asyncio.sleep(0.02)
        raise SelfTestError(
            tr("{step}: nothing after {seconds} s", step=what, seconds=round(_PATIENCE))
        )

    async def _ready(self, app: Application) -> None:
        session = app.workspace.session
        await self._until(
            tr("The local registry"),
            lambda: session.collection and not (session.loading or session.remembered),
        )
        await self._until(tr("The whole window"), lambda: app.prepared.is_set() or None)
        app.workspace.downloads.use_folder(self._folder / "downloads")
        app.workspace.deleter.seconds = 0.5
        name = session.collection.name if session.collection else ""
        self._say(tr("The window is open on the local registry, collection “{name}”.", name=name))

    async def _upload(self, app: Application) -> Row:
        """Drop the sample on the window, accept the review sheet, wait for the row."""
        source = self._folder / "sample.fnnx"
        shutil.copyfile(sample_artifact(), source)
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(source))])
        window, point = app.window, QPointF(app.window.rect().center())
        copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
        none = Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(window, QDragEnterEvent(point.toPoint(), copy, mime, left, none))
        QApplication.sendEvent(window, QDropEvent(point, copy, mime, left, none))
        sheet = await self._until(tr("The review sheet"), lambda: window.findChild(ReviewSheet))
        button = await self._until(
            tr("A file that can be sent"),
            lambda: next(
                (b for b in sheet.findChildren(QPushButton, "uploadButton") if b.isEnabled()), None
            ),
        )
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        self._say(
            tr("Dropped {file} on the window and accepted the review sheet.", file=source.name)
        )

        def uploaded() -> Row | None:
            rows = [r for r in app.workspace.listing.visible if r.job is None]
            done = [r for r in rows if r.artifact.status is ModelArtifactStatus.UPLOADED]
            return done[0] if done else None

        row = await self._until(tr("The uploaded row"), uploaded)
        if row.artifact.file_hash != _sha256(source):
            raise SelfTestError(tr("The registered SHA-256 is not the file's"))
        name, size = row.artifact.model_name, row.artifact.size
        self._say(tr("Uploaded: {name}, {size}.", name=name, size=quantities.size(size)))
        return row

    def _picture(self, app: Application) -> None:
        if self._screenshot is not None:
            app.window.table.select(app.workspace.listing.visible[0].key)
            QApplication.sendPostedEvents()
            app.window.grab().save(str(self._screenshot))
            self._say(tr("Screenshot: {path}", path=str(self._screenshot)))

    async def _download(self, app: Application, row: Row) -> None:
        table = app.window.table
        table.select(row.key)
        number = table.table.number(row.key) or 0
        place: QPoint = table.visualRect(table.table.index(number, 0)).center()
        viewport = table.viewport()
        QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place)
        QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=place)
        target = self._folder / "downloads" / "sample.fnnx"
        await self._until(tr("The downloaded file"), lambda: target.exists() or None)
        if _sha256(target) != _sha256(self._folder / "sample.fnnx"):
            raise SelfTestError(tr("The downloaded file differs from the one that was sent"))
        await self._until(tr("The end of the download"), lambda: not app.workspace.queue.running())
        self._say(tr("Double-clicked it back: {file}, SHA-256 equal.", file=target.name))

    async def _delete(self, app: Application, row: Row) -> None:
        table = app.window.table
        table.select(row.key)
        QTest.keyClick(table, Qt.Key.Key_Delete)
        question = await self._until(tr("The question"), lambda: app.window.findChild(Question))
        delete = next(b for b in question.findChildren(QPushButton) if b.text() == tr("Delete"))
        QTest.mouseClick(delete, Qt.MouseButton.LeftButton)
        await self._until(tr("The deletion"), lambda: row.key not in app.workspace.listing)
        session = app.workspace.session
        left = await session.here().model_artifacts.list()
        if left:
            raise SelfTestError(tr("The record is still on the server"))
        self._say(tr("Deleted it: record and stored file are gone."))


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
