"""The list of transfers on a real registry: keys, buttons, menu and questions move real transfers."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
import shiboken6
from journeys import model_files
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from ui_room import find, texts, until, window_loop
from workspace_room import Room, connected

from dfs_desktop.server import Rules
from dfs_desktop.settings import Settings
from dfs_desktop.transfers.job import Job, State
from dfs_desktop.ui import theme
from dfs_desktop.ui.dialogs import Question
from dfs_desktop.ui.pulse import Pulse
from dfs_desktop.ui.transfers_list import TransfersList
from dfs_desktop.ui.transfers_menu import transfers_menu
from dfs_desktop.ui.transfers_view import TransfersView
from dfs_desktop.workspace.steering import Verb, on_quit, sent_for_nothing

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
        self.pulse = Pulse()
        self.view = TransfersView(room.workspace, self.pulse, self.opened.append)
        self.view.resize(900, 400)
        self.view.show()
        self.list = find(self.view, TransfersList, "transfersList")

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
                shiboken6.delete(desk.pulse)

    with window_loop(qapp) as loop:

        def go(work: Work, rules: Rules | None = None, **settings: object) -> None:
            kept = Settings(**{"upload_limit": MB, **settings})  # type: ignore[arg-type]
            loop.run_until_complete(whole(work, kept, rules))

        yield go


def test_space_and_the_button_pause_and_go_on(run: Run) -> None:
    async def journey(desk: Desk) -> None:
        job = await desk.begin("bert")
        await until(lambda: "Sending" in desk.text(job))
        assert desk.list.model().entry(0).buttons == (Verb.PAUSE, Verb.CANCEL)
        desk.press(job, Key.Key_Space)
        assert desk.text(job) == "Pausing…", "at once, not at the next beat"
        await until(lambda: job.state is State.PAUSED)
        assert desk.text(job) == "Paused"
        assert "1 paused" in texts(desk.view)
        sentence = desk.list.model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
        assert sentence == "bert, Upload to “Models”, Paused"
        assert not desk.pulse.running, "nothing moves, so nothing beats"
        desk.workspace.queue.set_rate(job.kind, None)
        desk.click(job, Verb.RESUME)
        await until(lambda: job.state is State.DONE)
        assert [r.status.value for r in await desk.here.model_artifacts.list()] == ["uploaded"]

    run(journey)


@pytest.mark.fault("U-17")
def test_u17_delete_cancels_a_file_in_one_piece_at_once(run: Run) -> None:
    """It leaves nothing in the storage, so nobody is asked."""

    async def journey(desk: Desk) -> None:
        job = await desk.begin("bert")
        await until(lambda: "Sending" in desk.text(job))
        desk.press(job, Key.Key_Delete)
        assert desk.text(job) == "Cancelling…"
        desk.press(job, Key.Key_Delete)
        await until(lambda: job.state is State.CANCELLED)
        assert desk.text(job) == "Cancelled"
        assert [r.status.value for r in await desk.here.model_artifacts.list()] == []
        desk.press(job, Key.Key_Delete)
        assert desk.list.model().rowCount() == 0, "what has ended leaves the list"

    run(journey)


async def in_parts(desk: Desk) -> Job:
    """An upload of which parts have arrived."""
    job = await desk.begin("big", 50 * MB)
    await until(lambda: job.ledger is not None and job.ledger.record.parts)  # type: ignore[union-attr]
    desk.workspace.queue.set_rate(job.kind, 100_000)  # the others take their time
    return job


@pytest.mark.fault("M-15")
def test_m15_keeping_parts_for_later_is_the_safe_answer(run: Run) -> None:
    async def journey(desk: Desk) -> None:
        job = await in_parts(desk)
        desk.press(job, Key.Key_Delete)
        question = await desk.question()
        words = texts(question)
        assert "Discard the upload of “big.fnnx”?" in words
        assert "lifecycle rule" in words
        assert "MB of 50 MB have arrived in the storage" in words
        QTest.keyClick(question, Key.Key_Escape)
        await until(lambda: not shiboken6.isValid(question))
        assert job.state is State.RUNNING
        assert not job.cancelling
        desk.press(job, Key.Key_Delete)
        QTest.keyClick(await desk.question(), Key.Key_Return)
        await until(lambda: job.state is State.PAUSED)
        kept = dict(job.ledger.record.parts)  # type: ignore[union-attr]
        assert "kept" in desk.text(job)
        desk.workspace.queue.set_rate(job.kind, None)
        desk.press(job, Key.Key_Space)
        await until(lambda: job.state is State.DONE)
        done = job.ledger.record.parts  # type: ignore[union-attr]
        assert {n: done[n] for n in kept} == kept, "what had arrived was not sent again"

    run(journey, PARTS, upload_limit=40 * MB)


@pytest.mark.fault("M-15")
def test_m15_discarding_says_what_stays(run: Run) -> None:
    async def journey(desk: Desk) -> None:
        job = await in_parts(desk)
        desk.click(job, Verb.CANCEL)
        await desk.answer("Discard")
        await until(lambda: job.state is State.CANCELLED)
        assert "Parts of the file stay in the storage" in [n.title for n in desk.said]
        assert [r.status.value for r in await desk.here.model_artifacts.list()] == []

    run(journey, PARTS, upload_limit=40 * MB)


@pytest.mark.fault("RL-08")
def test_a_pause_on_the_local_registry_keeps_what_has_arrived_and_asks_nothing(run: Run) -> None:
    """With the registry's own rules: 50 MB go in parts, and a pause costs the parts under way."""

    async def journey(desk: Desk) -> None:
        job = await in_parts(desk)
        desk.press(job, Key.Key_Space)
        await until(lambda: job.state is State.PAUSED)
        assert "MB of 50 MB kept" in desk.text(job)
        kept = dict(job.ledger.record.parts)  # type: ignore[union-attr]
        desk.workspace.queue.set_rate(job.kind, None)
        desk.press(job, Key.Key_Space)
        await until(lambda: job.state is State.DONE)
        done = job.ledger.record.parts  # type: ignore[union-attr]
        assert kept
        assert {n: done[n] for n in kept} == kept, "what had arrived was not sent again"

    run(journey, upload_limit=40 * MB)


async def in_one_piece(desk: Desk) -> Job:
    """An upload that cannot go on from where it was, with several MB sent."""
    job = await desk.begin("big", 50 * MB)
    await until(lambda: sent_for_nothing(job) > 5 * MB)
    desk.workspace.queue.set_rate(job.kind, 100_000)
    return job


@pytest.mark.fault("RL-08")
@pytest.mark.parametrize("generation", ["A", "G"])
def test_a_pause_that_costs_what_was_sent_says_so_and_offers_to_finish(
    run: Run, generation: str
) -> None:
    async def journey(desk: Desk) -> None:
        job = await in_one_piece(desk)
        desk.press(job, Key.Key_Space)
        question = await desk.question()
        words = texts(question)
        assert "in one piece" in words
        assert re.search(r"[0-9.]+ MB will be sent again", words)
        QTest.keyClick(question, Key.Key_Escape)
        await until(lambda: not shiboken6.isValid(question))
        assert job.state is State.RUNNING
        assert not job.pausing
        small = await desk.begin("small")
        QTest.mouseClick(find(desk.view, QPushButton, "pauseAllButton"), Qt.MouseButton.LeftButton)
        await desk.answer("Finish, then pause")
        await until(lambda: small.state is State.PAUSED)
        assert not job.pausing
        desk.workspace.queue.set_rate(job.kind, None)
        await until(lambda: job.state is State.DONE)
        assert small.state is State.PAUSED

    run(journey, one_piece(generation), upload_limit=40 * MB)


@pytest.mark.fault("RL-08")
def test_what_is_paused_all_the_same_is_sent_again_from_the_beginning(run: Run) -> None:
    async def journey(desk: Desk) -> None:
        job = await in_one_piece(desk)
        assert "will be sent again" in on_quit([job], resumes=True)
        desk.press(job, Key.Key_Space)
        await desk.answer("Pause now")
        await until(lambda: job.state is State.PAUSED)
        assert "kept" not in desk.text(job), "nothing is promised that is not so"
        desk.workspace.queue.set_rate(job.kind, None)
        desk.press(job, Key.Key_Space)
        await until(lambda: job.state is State.DONE)

    run(journey, one_piece("G"), upload_limit=40 * MB)


@pytest.mark.fault("RL-07")
def test_giving_up_what_cost_time_is_asked_about_also_in_one_piece(run: Run) -> None:
    async def journey(desk: Desk) -> None:
        job = await in_one_piece(desk)
        desk.press(job, Key.Key_Delete)
        question = await desk.question()
        assert "have been sent, in one piece" in texts(question)
        await desk.answer("Discard")
        await until(lambda: job.state is State.CANCELLED)

    run(journey, one_piece("G"), upload_limit=40 * MB)


def one_piece(generation: str) -> Rules:
    return Rules(generations=(generation,), multipart_above=1 << 40)


def test_reordering_changes_who_is_next(run: Run) -> None:
    async def journey(desk: Desk) -> None:
        first, second, third = [await desk.begin(name) for name in ("one", "two", "three")]
        await until(lambda: first.state is State.RUNNING)
        assert desk.text(second) == "Waiting · next in line"
        assert desk.text(third) == "Waiting · 1 before it"
        desk.press(third, Key.Key_Up, Mod.ControlModifier)
        assert desk.text(third) == "Waiting · next in line"
        desk.press(third, Key.Key_Down, Mod.AltModifier)
        assert desk.text(third) == "Waiting · 1 before it"
        desk.press(third, Key.Key_Up, Mod.AltModifier)
        desk.press(first, Key.Key_Delete)
        await until(lambda: third.state is State.RUNNING)
        assert second.state is State.WAITING

    run(journey, parallel_transfers=1)


def test_all_at_once_and_several_together(run: Run) -> None:
    async def journey(desk: Desk) -> None:
        jobs = [await desk.begin(name) for name in ("one", "two", "three")]
        QTest.mouseClick(find(desk.view, QPushButton, "pauseAllButton"), Qt.MouseButton.LeftButton)
        await until(lambda: all(job.state is State.PAUSED for job in jobs))
        assert desk.view.summary() == "3 transfers paused"
        desk.list.selectAll()
        QTest.keyClick(desk.list, Key.Key_Space)
        await until(lambda: any(job.state is State.RUNNING for job in jobs))
        assert not any(job.state is State.PAUSED for job in jobs)
        desk.list.selectAll()
        QTest.keyClick(desk.list, Key.Key_Delete)
        await until(lambda: all(job.state is State.CANCELLED for job in jobs))
        clear = find(desk.view, QPushButton, "clearFinishedButton")
        QTest.mouseClick(clear, Qt.MouseButton.LeftButton)
        assert desk.workspace.queue.jobs == []
        assert desk.list.model().rowCount() == 0
        assert "No transfers yet" in texts(desk.view)

    run(journey)


def test_what_failed_says_why_and_enter_tries_again(run: Run) -> None:
    async def journey(desk: Desk) -> None:
        path = model_files.write(desk.models, "bert", weights=MB // 10)
        aside = path.with_name("aside")
        (draft,) = await desk.workspace.uploading.review([path])
        path.rename(aside)
        (job,) = desk.workspace.uploading.submit([draft])
        await until(lambda: job.state is State.FAILED)
        assert "cannot be" in desk.text(job)
        assert desk.list.model().entry(0).buttons == (Verb.RETRY, Verb.DISCARD)
        desk.view.wishes.copy([job])
        assert QGuiApplication.clipboard().text() == f"bert: {desk.text(job)}"
        aside.rename(path)
        desk.press(job, Key.Key_Return)
        await until(lambda: job.state is State.DONE)
        assert desk.text(job).startswith("Uploaded · ")

    run(journey)


def test_the_menu_offers_what_the_state_allows(run: Run) -> None:
    async def journey(desk: Desk) -> None:
        job = await desk.begin("bert")
        desk.view.select(job)

        def allowed() -> set[str]:
            menu = transfers_menu(desk.view)
            found = {a.text() for a in menu.actions() if a.isEnabled() and a.text()}
            shiboken6.delete(menu)
            return found

        await until(lambda: job.state is State.RUNNING)
        assert allowed() == {"Pause", "Cancel…", "Clear finished"}
        desk.workspace.queue.pause(job)
        await until(lambda: job.state is State.PAUSED)
        more = {"Resume", "Move to front", "Move to back"}
        assert allowed() == more | {"Cancel…", "Clear finished"}
        desk.workspace.queue.cancel(job)
        await until(lambda: job.state is State.CANCELLED)
        assert allowed() == {"Remove from list", "Clear finished"}

    run(journey)
