"""The list of transfers as a display: order, summary, places, and what a beat touches."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QHoverEvent, QImage, QMouseEvent
from PySide6.QtWidgets import QApplication, QListView, QPushButton
from pytestqt.qtbot import QtBot
from support.qt.painted import Painted
from support.qt.transfer_samples import make_job, nothing, run
from support.qt.widgets import HTML, texts

from dfs_desktop.api import Collection, Phase
from dfs_desktop.settings import Profile
from dfs_desktop.transfers.job import Kind, State
from dfs_desktop.ui.main_window.wiring import transfers_view
from dfs_desktop.ui.platform.timers import RefreshTimer
from dfs_desktop.workspace.workspace import Workspace

pytestmark = pytest.mark.usefixtures("light")


def test_the_list_shows_what_runs_first_and_its_summary(
    qtbot: QtBot, refresh_timer: RefreshTimer, workspace: Workspace
) -> None:
    view = transfers_view(workspace, refresh_timer, nothing)
    qtbot.addWidget(view)
    assert view.summary() == ""
    assert "No transfers yet" in texts(view)
    first, second = make_job("first"), run(make_job("second"), Phase.SENDING, 100, 61)
    for job in (first, second):
        workspace.queue.jobs.append(job)
        workspace.job_changed.emit(job)
    model = view.findChild(QListView).model()
    assert [model.index(row).data() for row in range(2)] == ["second", "first"]
    assert view.summary() == "2 transfers"
    first.state = State.DONE
    workspace.job_changed.emit(first)
    assert view.summary() == "⬆ second 61 %"
    said: list[str] = []
    view.summary_changed.connect(said.append)
    second.meter.advance(9)
    qtbot.waitUntil(lambda: bool(said) and said[-1].startswith("⬆ second 70 %"))
    qtbot.mouseClick(view.findChild(QPushButton, "clearFinishedButton"), Qt.MouseButton.LeftButton)
    assert model.rowCount() == 1
    assert workspace.queue.jobs == [second]
    second.state = State.DONE
    workspace.job_changed.emit(second)


def test_the_button_below_the_mouse_stands_out_and_nobody_is_asked_where_that_is(
    qtbot: QtBot, refresh_timer: RefreshTimer, workspace: Workspace
) -> None:
    view = transfers_view(workspace, refresh_timer, nothing)
    qtbot.addWidget(view)
    job = run(make_job("one"), Phase.SENDING, 100, 61)
    workspace.queue.jobs.append(job)
    workspace.job_changed.emit(job)
    view.resize(900, 300)
    rows = view.findChild(QListView)
    with qtbot.waitExposed(view):
        view.show()
    qtbot.waitUntil(lambda: rows.viewport().width() > 700 and rows.isVisible())
    where = rows.visualRect(rows.model().index(0, 0))
    middle, button = where.center(), QPoint(where.right() - 20, where.center().y())

    def seen(at: QPoint) -> QImage:
        """What is painted once the mouse has moved, of which the screen's pointer knows nothing."""
        to = QPointF(at), QPointF(rows.viewport().mapToGlobal(at))
        none = Qt.MouseButton.NoButton
        moved = QMouseEvent(QEvent.Type.MouseMove, *to, none, none, Qt.KeyboardModifier.NoModifier)
        hovers = QHoverEvent(QEvent.Type.HoverMove, *to, QPointF(middle))
        for event in (hovers, moved):
            QApplication.sendEvent(rows.viewport(), event)
        return (
            rows.viewport().grab(QRect(button - QPoint(12, 12), button + QPoint(12, 12))).toImage()
        )

    plain = seen(middle)
    assert seen(button) != plain
    assert seen(middle) == plain
    job.state = State.DONE
    workspace.job_changed.emit(job)


def test_what_waits_says_how_many_go_before_it_also_when_that_changes(
    qtbot: QtBot, refresh_timer: RefreshTimer, workspace: Workspace
) -> None:
    view = transfers_view(workspace, refresh_timer, nothing)
    qtbot.addWidget(view)
    jobs = [make_job(f"job {number}") for number in range(3)]
    for job in jobs:
        workspace.queue.jobs.append(job)
        workspace.job_changed.emit(job)
    model = view.findChild(QListView).model()

    def turns() -> dict[str, str]:
        rows = [model.index(row) for row in range(model.rowCount())]
        spoken = Qt.ItemDataRole.AccessibleTextRole
        return {row.data(): row.data(spoken).rpartition(" · ")[2] for row in rows}

    assert turns() == {"job 0": "next in line", "job 1": "1 before it", "job 2": "2 before it"}
    jobs[2].position = jobs[0].position - 1
    workspace.job_changed.emit(jobs[2])
    assert turns() == {"job 2": "next in line", "job 0": "1 before it", "job 1": "2 before it"}
    jobs[2].state = State.DONE
    workspace.job_changed.emit(jobs[2])
    assert turns() | {"job 2": ""} == {"job 2": "", "job 0": "next in line", "job 1": "1 before it"}
    for job in jobs:
        job.state = State.DONE
        workspace.job_changed.emit(job)
    qtbot.waitUntil(lambda: not refresh_timer.running)


def test_transfers_stand_as_they_go_on_and_what_is_selected_stays_so(
    qtbot: QtBot, refresh_timer: RefreshTimer, workspace: Workspace
) -> None:
    view = transfers_view(workspace, refresh_timer, nothing)
    qtbot.addWidget(view)
    jobs = [make_job(f"job {number}") for number in range(6)]
    for job in jobs:
        workspace.queue.jobs.append(job)
        workspace.job_changed.emit(job)
    rows = view.findChild(QListView)
    model = rows.model()

    def shown() -> list[int]:
        return [int(model.index(row).data()[4:]) for row in range(model.rowCount())]

    qtbot.waitUntil(lambda: shown() == [0, 1, 2, 3, 4, 5])
    rows.setCurrentIndex(model.index(4))
    states = [State.DONE, State.DONE, State.RUNNING, State.WAITING, State.PAUSED, State.FAILED]
    for job, state in zip(jobs, states, strict=True):
        job.state = state
        workspace.job_changed.emit(job)
    qtbot.waitUntil(lambda: shown() == [2, 5, 3, 4, 1, 0])
    assert rows.currentIndex().data() == "job 4"
    assert view.selected() == [jobs[4]]
    for job in jobs:
        job.state = State.DONE
        workspace.job_changed.emit(job)


def test_the_place_of_an_earlier_transfer_gets_its_name_later(
    qtbot: QtBot, refresh_timer: RefreshTimer, workspace: Workspace
) -> None:
    """It is there before the server has said how its collections are called."""
    workspace.settings.profiles = [Profile(id="p", name="Lab", base_url="https://lab")]
    here, there = make_job("here"), make_job("there")
    here.profile, there.profile, there.collection_id = workspace.session.profile.id, "p", "x"
    workspace.queue.jobs += [here, there]
    here.state = there.state = State.DONE
    view = transfers_view(workspace, refresh_timer, nothing)
    qtbot.addWidget(view)
    model = view.findChild(QListView).model()
    places = lambda: [model.entry(row).place for row in range(2)]  # noqa: E731
    assert places() == ["Upload of bert.fnnx to Lab", "Upload of bert.fnnx"]
    workspace.session.collections = [Collection(id="c", name="Models")]
    workspace.session_changed.emit()
    assert places() == ["Upload of bert.fnnx to Lab", "Upload to “Models”"]
    told: list[object] = []
    model.dataChanged.connect(lambda *_: told.append(1))
    workspace.session_changed.emit()
    assert not told, "the same collections: a thousand transfers are not named anew"
    workspace.session.collections = [Collection(id="c", name="Best")]
    workspace.session_changed.emit()
    assert places() == ["Upload of bert.fnnx to Lab", "Upload to “Best”"]


def test_a_click_on_the_row_opens_the_folder(
    qtbot: QtBot, refresh_timer: RefreshTimer, workspace: Workspace
) -> None:
    opened: list[Path] = []
    view = transfers_view(workspace, refresh_timer, opened.append)
    qtbot.addWidget(view)
    view.resize(800, 300)
    job = make_job(HTML, kind=Kind.DOWNLOAD)
    job.state = State.DONE
    workspace.queue.jobs.append(job)
    workspace.job_changed.emit(job)
    view.show()
    shown = view.findChild(QListView)
    rect = shown.visualRect(shown.model().index(0, 0))
    qtbot.mouseClick(
        shown.viewport(),
        Qt.MouseButton.LeftButton,
        pos=QPoint(rect.right() - 20, rect.center().y()),
    )
    assert opened == [job.path]
    assert "<img" not in shown.model().index(0, 0).data(Qt.ItemDataRole.ToolTipRole)


def test_a_transfer_that_was_cleared_away_does_not_come_back(
    qtbot: QtBot, refresh_timer: RefreshTimer, workspace: Workspace
) -> None:
    """The queue's last word about it may come after somebody pressed Clear finished."""
    view = transfers_view(workspace, refresh_timer, nothing)
    qtbot.addWidget(view)
    job = make_job()
    workspace.queue.jobs.append(job)
    workspace.job_changed.emit(job)
    job.state = State.CANCELLED
    workspace.job_changed.emit(job)
    view.clear_finished()
    workspace.job_changed.emit(job)
    assert view.findChild(QListView).model().rowCount() == 0


def test_of_many_lines_only_the_one_that_moves_is_painted(
    qtbot: QtBot, refresh_timer: RefreshTimer, workspace: Workspace
) -> None:
    view = transfers_view(workspace, refresh_timer, nothing)
    qtbot.addWidget(view)
    moving = run(make_job("moving"), Phase.SENDING, 100)
    for job in (*(make_job(f"model {number}") for number in range(50)), moving):
        workspace.queue.jobs.append(job)
        workspace.job_changed.emit(job)
    view.resize(800, 400)
    view.show()
    rows = view.findChild(QListView)
    painted = Painted(rows.viewport())
    qtbot.waitUntil(lambda: rows.model().index(0, 0).data() == "moving")
    qtbot.waitUntil(lambda: len(painted.heights) > 0)
    line = rows.visualRect(rows.model().index(0, 0)).height()
    moving.meter.advance(10)
    qtbot.waitUntil(lambda: painted.heights[-1] == line)
    moving.state = State.DONE
    workspace.job_changed.emit(moving)
    for job in workspace.queue.jobs:
        job.state = State.DONE
        workspace.job_changed.emit(job)


def test_a_beat_leaves_ended_transfers_alone(
    qtbot: QtBot, refresh_timer: RefreshTimer, workspace: Workspace
) -> None:
    view = transfers_view(workspace, refresh_timer, nothing)
    qtbot.addWidget(view)
    for number in range(1000):
        job = make_job(f"model {number}")
        job.state = State.DONE
        workspace.queue.jobs.append(job)
        workspace.job_changed.emit(job)
    moving = run(make_job("moving"), Phase.SENDING, 100)
    workspace.queue.jobs.append(moving)
    workspace.job_changed.emit(moving)
    changed: list[int] = []
    model = view.findChild(QListView).model()
    model.dataChanged.connect(lambda first, _last: changed.append(first.row()))
    moving.meter.advance(10)
    model.beat()
    assert changed == [0]
    assert model.rowCount() == 1001
    moving.state = State.DONE
    workspace.job_changed.emit(moving)
