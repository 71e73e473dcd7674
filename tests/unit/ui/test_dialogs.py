"""The progress dialog and the timer behind it. Real jobs, whose meters are advanced by hand."""

from __future__ import annotations

import pytest
import shiboken6
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QCursor, QEnterEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QProgressBar,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot
from support.qt.transfer_samples import make_job, nothing, run
from support.qt.widgets import HTML, assert_plain, texts

from dfs_desktop.api import FileUploadError, Phase
from dfs_desktop.transfers.job import Job, Kind, State
from dfs_desktop.ui.platform.timers import RefreshTimer
from dfs_desktop.ui.transfers.progress_dialog import LINES_MADE, LINES_SEEN, ProgressDialog
from dfs_desktop.ui.transfers.progress_row import ProgressLine
from dfs_desktop.workspace.transfers.actions import Verb

pytestmark = pytest.mark.usefixtures("light")


def open_dialog(
    qtbot: QtBot, jobs: list[Job], refresh_timer: RefreshTimer, requests: list[object] | None = None
) -> ProgressDialog:
    heard = requests if requests is not None else []
    dialog = ProgressDialog(
        None, jobs, refresh_timer, lambda verb, chosen: heard.append((verb, chosen)), heard.append
    )
    dialog.appear()
    qtbot.waitUntil(dialog.isVisible)
    return dialog


def close(qtbot: QtBot, dialog: QWidget) -> None:
    dialog.close()
    qtbot.waitUntil(lambda: not shiboken6.isValid(dialog))


def test_the_timer_ticks_only_while_somebody_needs_it(qtbot: QtBot) -> None:
    refresh_timer, keeper = RefreshTimer(), QWidget()
    qtbot.addWidget(keeper)
    assert not refresh_timer.running
    refresh_timer.keep(True)
    refresh_timer.keep(True, keeper)
    with qtbot.waitSignals([refresh_timer.tick, refresh_timer.tick], timeout=2000):
        pass
    refresh_timer.keep(False)
    assert refresh_timer.running
    shiboken6.delete(keeper)  # gone without a word
    qtbot.waitUntil(lambda: not refresh_timer.running, timeout=2000)


@pytest.mark.fault("Q-07")
def test_q07_sizes_beyond_32_bits_are_pulled_from_the_meter(
    qtbot: QtBot, refresh_timer: RefreshTimer
) -> None:
    job = run(make_job(size=5_000_000_000), Phase.SENDING, 5_000_000_000, 1_250_000_000)
    dialog = open_dialog(qtbot, [job], refresh_timer)
    bar = dialog.findChild(QProgressBar)
    assert dialog.windowTitle() == "Uploading bert-tiny"
    assert bar.value() == 250
    assert "1.2 GB of 5 GB" in texts(dialog)
    job.meter.advance(2_500_000_000)
    qtbot.waitUntil(lambda: bar.value() == 750)
    job.meter.enter(Phase.CONFIRMING)
    qtbot.waitUntil(lambda: bar.maximum() == 0)
    assert "Confirming" in texts(dialog)
    job.state = State.CANCELLED
    qtbot.waitUntil(lambda: "Upload cancelled" in texts(dialog))
    close(qtbot, dialog)


def test_closing_hides_and_never_cancels(qtbot: QtBot, refresh_timer: RefreshTimer) -> None:
    for way in ("escape", "hide", "close"):
        requests: list[object] = []
        dialog = open_dialog(qtbot, [run(make_job(), Phase.SENDING, 100)], refresh_timer, requests)
        assert refresh_timer.running
        if way == "escape":
            qtbot.keyClick(dialog, Qt.Key.Key_Escape)
        elif way == "hide":
            qtbot.mouseClick(dialog.findChild(QPushButton, "hideButton"), Qt.MouseButton.LeftButton)
        else:
            dialog.close()
        qtbot.waitUntil(lambda dialog=dialog: not shiboken6.isValid(dialog))
        assert requests == []
        assert not refresh_timer.running


def test_where_all_was_cancelled_no_dead_button_stands(
    qtbot: QtBot, refresh_timer: RefreshTimer
) -> None:
    job = run(make_job(), Phase.SENDING, 100)
    dialog = open_dialog(qtbot, [job], refresh_timer, [])
    assert job.watched
    job.state = State.CANCELLED
    qtbot.waitUntil(lambda: not refresh_timer.running)
    assert dialog.findChild(QPushButton, "pauseButton").isHidden()
    close(qtbot, dialog)
    assert not job.watched


def test_each_line_and_all_can_be_cancelled(qtbot: QtBot, refresh_timer: RefreshTimer) -> None:
    jobs = [run(make_job(f"model {n}"), Phase.SENDING, 100) for n in range(3)]
    requests: list[object] = []
    dialog = open_dialog(qtbot, jobs, refresh_timer, requests)
    buttons = dialog.findChildren(QAbstractButton, "cancelButton")
    assert [b.accessibleName() for b in buttons] == [f"Cancel model {n}" for n in range(3)]
    qtbot.mouseClick(buttons[1], Qt.MouseButton.LeftButton)
    assert requests == [(Verb.CANCEL, [jobs[1]])]
    jobs[1].cancelling = True
    qtbot.waitUntil(lambda: not buttons[1].isEnabled())
    jobs[2].state = State.DONE
    qtbot.mouseClick(dialog.findChild(QPushButton, "cancelAllButton"), Qt.MouseButton.LeftButton)
    assert requests[1:] == [(Verb.CANCEL, [jobs[0], jobs[1]])]
    close(qtbot, dialog)


def test_pausing_and_going_on_beside_the_cancelling(
    qtbot: QtBot, refresh_timer: RefreshTimer
) -> None:
    jobs = [run(make_job(f"model {n}"), Phase.SENDING, 100) for n in range(2)]
    requests: list[object] = []
    dialog = open_dialog(qtbot, jobs, refresh_timer, requests)
    lines = dialog.findChildren(QAbstractButton, "pauseButton")
    assert [b.accessibleName() for b in lines] == ["Pause model 0", "Pause model 1"]
    qtbot.mouseClick(lines[0], Qt.MouseButton.LeftButton)
    jobs[0].state = State.PAUSED
    qtbot.waitUntil(lambda: lines[0].accessibleName() == "Resume model 0")
    every = dialog.findChild(QPushButton, "pauseAllButton")
    assert every.text() == "Pause all"
    qtbot.mouseClick(every, Qt.MouseButton.LeftButton)
    jobs[1].state = State.PAUSED
    qtbot.waitUntil(lambda: every.text() == "Resume all")
    assert dialog.windowTitle() == "2 artifacts paused"
    qtbot.mouseClick(every, Qt.MouseButton.LeftButton)
    assert requests == [
        (Verb.PAUSE, [jobs[0]]),
        (Verb.PAUSE, [jobs[1]]),
        (Verb.RESUME, [jobs[0], jobs[1]]),
    ]
    close(qtbot, dialog)


@pytest.mark.fault("U-17")
def test_u17_past_the_last_way_back_the_buttons_say_so(
    qtbot: QtBot, refresh_timer: RefreshTimer
) -> None:
    job = run(make_job(), Phase.CONFIRMING, None)
    dialog = open_dialog(qtbot, [job], refresh_timer)
    assert dialog.findChild(QPushButton, "cancelButton").toolTip() == "Finishing, cannot be undone"
    job.cancelling = True
    qtbot.waitUntil(lambda: "Finishing, cannot be undone" in texts(dialog))
    assert not dialog.findChild(QPushButton, "cancelButton").isEnabled()
    close(qtbot, dialog)


def test_a_failed_transfer_is_tried_again_in_the_dialog(
    qtbot: QtBot, refresh_timer: RefreshTimer
) -> None:
    job = run(make_job(), Phase.SENDING, 100)
    job.error, job.state = FileUploadError("The storage hung up."), State.FAILED
    dialog = ProgressDialog(
        None, [job], refresh_timer, lambda _verb, _jobs: run(job, Phase.SENDING, 100), nothing
    )
    dialog.show()
    qtbot.waitUntil(lambda: not refresh_timer.running)
    retry = dialog.findChild(QPushButton, "pauseButton")
    assert retry.text() == "Try again now"
    job.error = None
    qtbot.mouseClick(retry, Qt.MouseButton.LeftButton)
    assert refresh_timer.running
    qtbot.waitUntil(lambda: retry.text() == "Pause")
    assert "hung up" not in texts(dialog), "an old error goes once a new try runs"
    job.state = State.CANCELLED
    qtbot.waitUntil(lambda: not refresh_timer.running)
    close(qtbot, dialog)


def test_an_outage_does_not_move_the_buttons(qtbot: QtBot, refresh_timer: RefreshTimer) -> None:
    """A window that grows has another button where the pointer is, or none on the screen."""
    jobs = [run(make_job(f"model {n}"), Phase.SENDING, 100) for n in range(LINES_MADE + 9)]
    dialog = open_dialog(qtbot, jobs, refresh_timer)
    tall = dialog._area.sizeHint().height()
    dialog._add_lines(1)
    assert dialog._area.sizeHint().height() == tall, "lines that were never shown have no height"
    qtbot.waitUntil(lambda: len(dialog.findChildren(ProgressLine)) == LINES_MADE, timeout=5000)
    size = dialog.size()
    for job in jobs[:3]:
        job.error = FileUploadError("127.0.0.1 refuses connections. Is the server running? " * 3)
        job.state = State.RETRYING
    jobs[3].meter.stumbled("127.0.0.1 refuses connections. Is the server running? " * 3)
    jobs[4].state = State.DONE
    lines = lambda: dialog.findChildren(ProgressLine)  # noqa: E731
    qtbot.waitUntil(lambda: jobs[LINES_MADE] in {line.job for line in lines()})
    assert texts(dialog).count("refuses connections") > 1
    assert dialog.size() == size
    close(qtbot, dialog)


def test_a_failure_stays_with_its_words(qtbot: QtBot, refresh_timer: RefreshTimer) -> None:
    good, bad = run(make_job("good"), Phase.SENDING, 100), run(make_job("bad"), Phase.SENDING, 100)
    dialog = open_dialog(qtbot, [good, bad], refresh_timer)
    dialog._leave.setInterval(1)
    good.state = State.DONE
    bad.error = FileUploadError("The storage closed the connection. Try again.")
    bad.state = State.FAILED
    qtbot.waitUntil(lambda: not refresh_timer.running)
    assert "The storage closed the connection. Try again." in texts(dialog)
    assert dialog.windowTitle() == "1 of 2 artifacts uploaded"
    QApplication.sendEvent(dialog, QEnterEvent(QPointF(1, 1), QPointF(1, 1), QPointF(1, 1)))
    assert not dialog._leave.isActive()
    qtbot.wait(50)
    assert dialog.isVisible()
    close(qtbot, dialog)


def test_a_good_end_says_so_and_leaves_by_itself(qtbot: QtBot, refresh_timer: RefreshTimer) -> None:
    job = run(make_job(kind=Kind.DOWNLOAD), Phase.RECEIVING, 100)
    requests: list[object] = []
    dialog = open_dialog(qtbot, [job], refresh_timer, requests)
    dialog._leave.setInterval(200)
    job.state = State.DONE
    qtbot.waitUntil(lambda: not refresh_timer.running)
    assert "bert.fnnx downloaded" in texts(dialog)
    folder = dialog.findChild(QPushButton, "openFolderButton")
    qtbot.mouseClick(folder, Qt.MouseButton.LeftButton)
    assert requests == [job.path]
    dialog.setFocus()
    qtbot.waitUntil(lambda: not shiboken6.isValid(dialog), timeout=5000)


def test_the_dialog_does_not_go_while_a_hand_comes_near(
    qtbot: QtBot, refresh_timer: RefreshTimer
) -> None:
    job = run(make_job(kind=Kind.DOWNLOAD), Phase.RECEIVING, 100)
    dialog = open_dialog(qtbot, [job], refresh_timer)
    dialog._leave.setInterval(500)
    QCursor.setPos(1, 1)
    job.state = State.DONE
    qtbot.waitUntil(lambda: not refresh_timer.running)
    dialog.setFocus()
    for step in range(30):
        QCursor.setPos(5 + step, 5)
        qtbot.wait(20)
        assert shiboken6.isValid(dialog)
    qtbot.waitUntil(lambda: not shiboken6.isValid(dialog), timeout=5000)


def test_a_thousand_files_make_few_lines(qtbot: QtBot, refresh_timer: RefreshTimer) -> None:
    jobs = [make_job(f"model {n}") for n in range(1000)]
    dialog = open_dialog(qtbot, jobs, refresh_timer)
    assert LINES_SEEN <= len(dialog.findChildren(ProgressLine)) <= LINES_MADE
    qtbot.waitUntil(lambda: len(dialog.findChildren(ProgressLine)) == LINES_MADE, timeout=5000)
    assert f"and {1000 - LINES_MADE} more" in texts(dialog)
    for job in jobs[:10]:
        job.state = State.DONE
    shown = lambda: {line.job for line in dialog.findChildren(ProgressLine)}  # noqa: E731
    qtbot.waitUntil(lambda: jobs[LINES_MADE + 9] in shown() and jobs[0] not in shown())
    assert dialog.height() < 900
    close(qtbot, dialog)


def test_a_dialog_looks_only_at_transfers_that_move_or_are_others_than_before(
    qtbot: QtBot, refresh_timer: RefreshTimer
) -> None:
    jobs = [make_job(f"model {n}") for n in range(3)]
    dialog = open_dialog(qtbot, jobs, refresh_timer)
    waiting = dialog._watched.shot(jobs[2])
    run(jobs[0], Phase.SENDING, 100, 40)
    qtbot.waitUntil(lambda: dialog._watched.shot(jobs[0]).done == 40)
    jobs[0].meter.advance(20)
    jobs[1].cancelling = True
    qtbot.waitUntil(lambda: dialog._watched.shot(jobs[0]).done == 60)
    assert dialog._watched.shot(jobs[1]).cancelling
    assert dialog._watched.shot(jobs[2]) is waiting
    jobs[2].state, jobs[2].error = State.PAUSED, FileUploadError("No room on the disk.")
    qtbot.waitUntil(lambda: "No room on the disk." in texts(dialog))
    close(qtbot, dialog)


def test_no_label_of_the_dialog_renders_foreign_text(
    qtbot: QtBot, refresh_timer: RefreshTimer
) -> None:
    job = run(make_job(HTML, file="x.fnnx"), Phase.SENDING, 100)
    failed = make_job(HTML)
    failed.state, failed.error = State.FAILED, FileUploadError(HTML)
    dialog = open_dialog(qtbot, [job, failed], refresh_timer)
    assert texts(dialog).count(HTML) == 3, "two titles and an error"
    assert_plain(dialog)
    close(qtbot, dialog)
