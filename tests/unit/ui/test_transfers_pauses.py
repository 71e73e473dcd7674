"""Pausing and giving up: what it costs is said before, and nothing is promised that is not so."""

from __future__ import annotations

import re

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from support.qt.transfers_panel import Desk, Run, in_parts, run
from support.qt.widgets import find, texts, until

from dfs_desktop.server import Rules
from dfs_desktop.transfers.job import Job, State
from dfs_desktop.workspace.transfers.confirmations import on_quit, sent_for_nothing

MB = 10**6
__all__ = ["run"]  # a fixture
Key, Mod = Qt.Key, Qt.KeyboardModifier


@pytest.mark.fault("RL-08")
def test_a_pause_on_the_local_registry_keeps_what_has_arrived_and_asks_nothing(run: Run) -> None:
    """With the registry's own rules: 50 MB go in parts, and a pause costs the parts under way."""

    async def journey(desk: Desk) -> None:
        job = await in_parts(desk)
        desk.press(job, Key.Key_Space)
        await until(lambda: job.state is State.PAUSED)
        await until(lambda: "MB of 50 MB kept" in desk.text(job))
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
        await until(
            lambda: "nothing kept yet" in desk.text(job)
        )  # nothing is promised that is not so
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
