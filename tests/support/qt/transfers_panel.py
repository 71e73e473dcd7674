"""The list of transfers on a real registry and on the screen, for tests that press its keys."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from support.artifacts import model_files
from support.qt.widgets import find, until, window_loop
from support.registries.workspace import Room, connected

from dfs_desktop.server import Rules
from dfs_desktop.settings import Settings
from dfs_desktop.transfers.job import Job
from dfs_desktop.ui.main_window.wiring import transfers_view
from dfs_desktop.ui.platform.timers import RefreshTimer
from dfs_desktop.ui.theme import theme
from dfs_desktop.ui.transfers.list_view import TransfersList
from dfs_desktop.ui.widgets.dialogs import Question
from dfs_desktop.workspace.registry.connections import ServerForm
from dfs_desktop.workspace.transfers.actions import Verb

MB = 10**6
PARTS = Rules(generations=("G",), multipart_above=1 << 20, part_sizes=((1 << 40, 5 << 20),))
Key, Mod = Qt.Key, Qt.KeyboardModifier


class Desk(Room):
    """A room with the list of transfers on the screen."""

    def __init__(self, room: Room, folder: Path) -> None:
        super().__init__(room.folder, room.workspace)
        self.models = folder / "models"
        self.models.mkdir(exist_ok=True)
        self.opened: list[Path] = []
        self.refresh_timer = RefreshTimer()
        self.view = transfers_view(room.workspace, self.refresh_timer, self.opened.append)
        self.view.resize(900, 400)
        self.view.show()
        self.list = find(self.view, TransfersList, "transfersList")

    async def move_elsewhere(self) -> None:
        """From now on the registry counts as another server, with a bucket of its own."""
        address = self.workspace.clients.start_local()
        form = ServerForm("Elsewhere", address.url, address.api_key, session_only=True)
        self.workspace.session.profile = await self.workspace.connections.add(form)

    async def begin(self, name: str, weights: int = 2 * MB) -> Job:
        return await self.upload(model_files.write(self.models, name, weights=weights))

    def row(self, job: Job) -> int:
        row = self.list.model().row(job)
        assert row is not None
        return int(row)

    def text(self, job: Job) -> str:
        return str(self.list.model().entry(self.row(job)).text)

    def press(self, job: Job, key: Key, modifier: Mod = Mod.NoModifier) -> None:
        self.view.select(job)
        QTest.keyClick(self.list, key, modifier)

    def click(self, job: Job, verb: Verb) -> None:
        """Press the button of a row, where it is painted."""
        buttons = self.list.model().entry(self.row(job)).buttons
        assert verb in buttons, buttons
        place = list(reversed(buttons)).index(verb)
        rect = self.list.visualRect(self.list.model().index(self.row(job), 0))
        side = max(16, round(self.list.fontMetrics().height() * 1.15)) + 8
        x = rect.right() - 8 - place * (side + 4) - side // 2
        QTest.mouseClick(
            self.list.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, rect.center().y())
        )

    async def question(self) -> Question:
        def shown() -> list[Question]:
            return [w for w in QApplication.topLevelWidgets() if isinstance(w, Question)]

        await until(shown)
        return shown()[0]

    async def answer(self, text: str) -> None:
        question = await self.question()
        (button,) = [b for b in question.findChildren(QPushButton) if b.text() == text]
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)


Work = Callable[[Desk], Awaitable[None]]
Run = Callable[..., None]


@pytest.fixture
def run(qapp: QApplication, tmp_path: Path) -> Iterator[Run]:
    """Runs a journey on a desk whose uploads are slow enough to be caught midway."""
    theme.install(qapp).use("light")

    async def whole(work: Work, settings: Settings, rules: Rules | None) -> None:
        async with connected(tmp_path, settings, rules) as room:
            desk = Desk(room, tmp_path)
            try:
                await work(desk)
            finally:
                shiboken6.delete(desk.view)
                shiboken6.delete(desk.refresh_timer)

    with window_loop(qapp) as loop:

        def go(work: Work, rules: Rules | None = None, **settings: object) -> None:
            kept = Settings(**{"upload_limit": MB, **settings})  # type: ignore[arg-type]
            loop.run_until_complete(whole(work, kept, rules))

        yield go


async def in_parts(desk: Desk) -> Job:
    """An upload of which parts have arrived."""
    job = await desk.begin("big", 50 * MB)
    await until(lambda: job.ledger is not None and job.ledger.record.parts)  # type: ignore[union-attr]
    desk.workspace.queue.set_rate(job.kind, 100_000)  # the others take their time
    return job
