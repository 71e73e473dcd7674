"""The progress dialog and the pulse behind it. Real jobs, whose meters are advanced by hand."""

from __future__ import annotations

from collections.abc import Iterator

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
from dfs_desktop.ui.platform.refresh_timer import Pulse
from dfs_desktop.ui.theme import theme
from dfs_desktop.ui.transfers.progress_dialog import LINES_MADE, LINES_SEEN, ProgressDialog
from dfs_desktop.ui.transfers.progress_row import ProgressLine
from dfs_desktop.workspace.transfers.actions import Verb


@pytest.fixture(autouse=True)
def _themed(qapp: QApplication) -> None:
    theme.install(qapp).use("light")


@pytest.fixture
def pulse(qapp: QApplication) -> Iterator[Pulse]:
    pulse = Pulse()
    yield pulse
    assert not pulse.running, "nobody needs the pulse after the test"


def open_dialog(
    qtbot: QtBot, jobs: list[Job], pulse: Pulse, wishes: list[object] | None = None
) -> ProgressDialog:
    heard = wishes if wishes is not None else []
    dialog = ProgressDialog(
        None, jobs, pulse, lambda verb, chosen: heard.append((verb, chosen)), heard.append
    )
    dialog.show()
    qtbot.waitExposed(dialog)
    return dialog


def close(qtbot: QtBot, dialog: QWidget) -> None:
    dialog.close()
    qtbot.waitUntil(lambda: not shiboken6.isValid(dialog))


def test_the_pulse_beats_only_while_somebody_needs_it(qtbot: QtBot) -> None:
    pulse, keeper = Pulse(), QWidget()
    qtbot.addWidget(keeper)
    assert not pulse.running
    pulse.keep(True)
    pulse.keep(True, keeper)
    with qtbot.waitSignals([pulse.beat, pulse.beat], timeout=2000):
        pass
    pulse.keep(False)
    assert pulse.running
    shiboken6.delete(keeper)  # gone without a word
    qtbot.waitUntil(lambda: not pulse.running, timeout=2000)


@pytest.mark.fault("Q-07")
def test_q07_sizes_beyond_32_bits_are_pulled_from_the_meter(qtbot: QtBot, pulse: Pulse) -> None:
    job = run(make_job(size=5_000_000_000), Phase.SENDING, 5_000_000_000, 1_250_000_000)
    dialog = open_dialog(qtbot, [job], pulse)
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


def test_closing_hides_and_never_cancels(qtbot: QtBot, pulse: Pulse) -> None:
    for way in ("escape", "hide", "close"):
        wishes: list[object] = []
        dialog = open_dialog(qtbot, [run(make_job(), Phase.SENDING, 100)], pulse, wishes)
        assert pulse.running
        if way == "escape":
            qtbot.keyClick(dialog, Qt.Key.Key_Escape)
        elif way == "hide":
            qtbot.mouseClick(dialog.findChild(QPushButton, "hideButton"), Qt.MouseButton.LeftButton)
        else:
            dialog.close()
        qtbot.waitUntil(lambda dialog=dialog: not shiboken6.isValid(dialog))
        assert wishes == []
        assert not pulse.running


def test_where_all_was_cancelled_no_dead_button_stands(qtbot: QtBot, pulse: Pulse) -> None:
    job = run(make_job(), Phase.SENDING, 100)
    dialog = open_dialog(qtbot, [job], pulse, [])
    assert job.watched
    job.state = State.CANCELLED
    qtbot.waitUntil(lambda: not pulse.running)
    assert dialog.findChild(QPushButton, "pauseButton").isHidden()
    close(qtbot, dialog)
    assert not job.watched


def test_each_line_and_all_can_be_cancelled(qtbot: QtBot, pulse: Pulse) -> None:
    jobs = [run(make_job(f"model {n}"), Phase.SENDING, 100) for n in range(3)]
    wishes: list[object] = []
    dialog = open_dialog(qtbot, jobs, pulse, wishes)
    buttons = dialog.findChildren(QAbstractButton, "cancelButton")
    assert [b.accessibleName() for b in buttons] == [f"Cancel model {n}" for n in range(3)]
    qtbot.mouseClick(buttons[1], Qt.MouseButton.LeftButton)
    assert wishes == [(Verb.CANCEL, [jobs[1]])]
    jobs[1].cancelling = True
    qtbot.waitUntil(lambda: not buttons[1].isEnabled())
    jobs[2].state = State.DONE
    qtbot.mouseClick(dialog.findChild(QPushButton, "cancelAllButton"), Qt.MouseButton.LeftButton)
    assert wishes[1:] == [(Verb.CANCEL, [jobs[0], jobs[1]])]
    close(qtbot, dialog)


def test_pausing_and_going_on_beside_the_cancelling(qtbot: QtBot, pulse: Pulse) -> None:
    jobs = [run(make_job(f"model {n}"), Phase.SENDING, 100) for n in range(2)]
    wishes: list[object] = []
    dialog = open_dialog(qtbot, jobs, pulse, wishes)
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
    assert wishes == [
        (Verb.PAUSE, [jobs[0]]),
        (Verb.PAUSE, [jobs[1]]),
        (Verb.RESUME, [jobs[0], jobs[1]]),
    ]
    close(qtbot, dialog)


@pytest.mark.fault("U-17")
def test_u17_past_the_last_way_back_the_buttons_say_so(qtbot: QtBot, pulse: Pulse) -> None:
    job = run(make_job(), Phase.CONFIRMING, None)
    dialog = open_dialog(qtbot, [job], pulse)
    assert dialog.findChild(QPushButton, "cancelButton").toolTip() == "Finishing, cannot be undone"
    job.cancelling = True
    qtbot.waitUntil(lambda: "Finishing, cannot be undone" in texts(dialog))
    assert not dialog.findChild(QPushButton, "cancelButton").isEnabled()
    close(qtbot, dialog)


def test_a_failed_transfer_is_tried_again_in_the_dialog(qtbot: QtBot, pulse: Pulse) -> None:
    job = run(make_job(), Phase.SENDING, 100)
    job.error, job.state = FileUploadError("The storage hung up."), State.FAILED
    dialog = ProgressDialog(
        None, [job], pulse, lambda _verb, _jobs: run(job, Phase.SENDING, 100), nothing
    )
    dialog.show()
    qtbot.waitUntil(lambda: not pulse.running)
    retry = dialog.findChild(QPushButton, "pauseButton")
    assert retry.text() == "Try again now"
    job.error = None
    qtbot.mouseClick(retry, Qt.MouseButton.LeftButton)
    assert pulse.running
    qtbot.waitUntil(lambda: retry.text() == "Pause")
    assert "hung up" not in texts(dialog), "an old error goes once a new try runs"
    job.state = State.CANCELLED
    qtbot.waitUntil(lambda: not pulse.running)
    close(qtbot, dialog)


def test_a_failure_stays_with_its_words(qtbot: QtBot, pulse: Pulse) -> None:
    good, bad = run(make_job("good"), Phase.SENDING, 100), run(make_job("bad"), Phase.SENDING, 100)
    dialog = open_dialog(qtbot, [good, bad], pulse)
    dialog._leave.setInterval(1)
    good.state = State.DONE
    bad.error = FileUploadError("The storage closed the connection. Try again.")
    bad.state = State.FAILED
    qtbot.waitUntil(lambda: not pulse.running)
    assert "The storage closed the connection. Try again." in texts(dialog)
    assert dialog.windowTitle() == "1 of 2 artifacts uploaded"
    QApplication.sendEvent(dialog, QEnterEvent(QPointF(1, 1), QPointF(1, 1), QPointF(1, 1)))
    assert not dialog._leave.isActive()
    qtbot.wait(50)
    assert dialog.isVisible()
    close(qtbot, dialog)


def test_a_good_end_says_so_and_leaves_by_itself(qtbot: QtBot, pulse: Pulse) -> None:
    job = run(make_job(kind=Kind.DOWNLOAD), Phase.RECEIVING, 100)
    wishes: list[object] = []
    dialog = open_dialog(qtbot, [job], pulse, wishes)
    dialog._leave.setInterval(200)
    job.state = State.DONE
    qtbot.waitUntil(lambda: not pulse.running)
    assert "bert.fnnx downloaded" in texts(dialog)
    folder = dialog.findChild(QPushButton, "openFolderButton")
    qtbot.mouseClick(folder, Qt.MouseButton.LeftButton)
    assert wishes == [job.path]
    dialog.setFocus()
    qtbot.waitUntil(lambda: not shiboken6.isValid(dialog), timeout=5000)


def test_the_dialog_does_not_go_while_a_hand_comes_near(qtbot: QtBot, pulse: Pulse) -> None:
    job = run(make_job(kind=Kind.DOWNLOAD), Phase.RECEIVING, 100)
    dialog = open_dialog(qtbot, [job], pulse)
    dialog._leave.setInterval(50)
    QCursor.setPos(1, 1)
    job.state = State.DONE
    qtbot.waitUntil(lambda: not pulse.running)
    dialog.setFocus()
    for step in range(10):
        QCursor.setPos(5 + step, 5)
        qtbot.wait(40)
        assert shiboken6.isValid(dialog)
    qtbot.waitUntil(lambda: not shiboken6.isValid(dialog), timeout=5000)


def test_a_thousand_files_make_few_lines(qtbot: QtBot, pulse: Pulse) -> None:
    jobs = [make_job(f"model {n}") for n in range(1000)]
    dialog = open_dialog(qtbot, jobs, pulse)
    assert len(dialog.findChildren(ProgressLine)) == LINES_SEEN
    qtbot.waitUntil(lambda: len(dialog.findChildren(ProgressLine)) == LINES_MADE, timeout=5000)
    assert f"and {1000 - LINES_MADE} more" in texts(dialog)
    for job in jobs[:10]:
        job.state = State.DONE
    shown = lambda: {line.job for line in dialog.findChildren(ProgressLine)}  # noqa: E731
    qtbot.waitUntil(lambda: jobs[LINES_MADE + 9] in shown() and jobs[0] not in shown())
    assert dialog.height() < 900
    close(qtbot, dialog)


def test_no_label_of_the_dialog_renders_foreign_text(qtbot: QtBot, pulse: Pulse) -> None:
    job = run(make_job(HTML, file="x.fnnx"), Phase.SENDING, 100)
    failed = make_job(HTML)
    failed.state, failed.error = State.FAILED, FileUploadError(HTML)
    dialog = open_dialog(qtbot, [job, failed], pulse)
    assert texts(dialog).count(HTML) == 3, "two titles and an error"
    assert_plain(dialog)
    close(qtbot, dialog)
