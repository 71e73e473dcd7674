"""The list of transfers on a real registry: keys, buttons, menu and questions move real transfers."""

from __future__ import annotations

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from support.artifacts import model_files
from support.qt.transfers_panel import Desk, Run, in_parts, run
from support.qt.widgets import find, texts, until

from dfs_desktop.server import Rules
from dfs_desktop.transfers.job import State
from dfs_desktop.workspace.transfers.actions import Verb

MB = 10**6
__all__ = ["run"]  # a fixture
PARTS = Rules(generations=("G",), multipart_above=1 << 20, part_sizes=((1 << 40, 5 << 20),))
Key, Mod = Qt.Key, Qt.KeyboardModifier


def test_space_and_the_button_pause_and_go_on(run: Run) -> None:
    async def journey(desk: Desk) -> None:
        job = await desk.begin("bert")
        await until(lambda: "Sending" in desk.text(job))
        assert desk.list.model().entry(0).buttons == (Verb.PAUSE, Verb.CANCEL)
        desk.press(job, Key.Key_Space)
        assert desk.text(job) == "Pausing…", "at once, not at the next beat"
        await until(lambda: job.state is State.PAUSED)
        assert desk.text(job) == "Paused · nothing kept yet"
        assert "1 paused" in texts(desk.view)
        sentence = desk.list.model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
        assert sentence == "bert, Upload to “Models”, Paused · nothing kept yet"
        assert not desk.refresh_timer.running, "nothing moves, so nothing beats"
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


@pytest.mark.fault("M-15")
def test_m15_keeping_parts_for_later_is_the_safe_answer(run: Run) -> None:
    async def journey(desk: Desk) -> None:
        await desk.move_elsewhere()
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
        await desk.move_elsewhere()
        job = await in_parts(desk)
        desk.click(job, Verb.CANCEL)
        await desk.answer("Discard")
        await until(lambda: job.state is State.CANCELLED)
        assert "Parts of the file stay in the storage" in [n.title for n in desk.said]
        assert [r.status.value for r in await desk.here.model_artifacts.list()] == []

    run(journey, PARTS, upload_limit=40 * MB)


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
        await until(lambda: not any(job.state is State.PAUSED for job in jobs))
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
        (draft,) = await desk.workspace.uploads.review([path])
        path.rename(aside)
        (job,) = desk.workspace.uploads.submit([draft])
        await until(lambda: job.state is State.FAILED)
        assert "cannot be" in desk.text(job)
        assert desk.list.model().entry(0).buttons == (Verb.RETRY, Verb.DISCARD)
        desk.view.transfer_actions.copy([job])
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
            menu = desk.view.menu()
            found = {a.text() for a in menu.actions() if a.isEnabled() and a.text()}
            shiboken6.delete(menu)
            return found

        await until(lambda: job.state is State.RUNNING)
        always = {"Log…", "Clear finished"}
        assert allowed() == {"Pause", "Cancel…", *always}
        desk.workspace.queue.pause(job)
        await until(lambda: job.state is State.PAUSED)
        more = {"Resume", "Move to front", "Move to back"}
        assert allowed() == {*more, "Cancel…", *always}
        desk.workspace.queue.cancel(job)
        await until(lambda: job.state is State.CANCELLED)
        assert allowed() == {"Remove from list", *always}

    run(journey)
