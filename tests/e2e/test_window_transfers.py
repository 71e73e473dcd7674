"""Transfers in the window: progress in row and dialog, cancelling in every phase, sizes beyond 32 bits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu, QProgressBar, QWidget
from support.artifacts.model_files import sha256
from support.network.relay import Relay
from support.qt.desktop import Desktop

from dfs_desktop.api import Phase
from dfs_desktop.transfers.job import Job, State
from dfs_desktop.ui.main_window.go_to import NOTHING, GotoBox
from dfs_desktop.ui.transfers.log_dialog import LogDialog
from dfs_desktop.ui.transfers.progress_dialog import ProgressDialog
from dfs_desktop.ui.widgets.dialogs import Question
from dfs_desktop.workspace.notices import Level

pytestmark = pytest.mark.shared_window
Make = Callable[..., Path]
MB = 10**6
GB = 10**9


def texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def held(desktop: Desktop, reached: threading.Event) -> None:
    desktop.until(reached.is_set, "the held request")


def begin(desktop: Desktop, path: Path) -> Job:
    desktop.drop(path)
    (job,) = desktop.accept_review()
    return job


def cancel(desktop: Desktop, job: Job) -> None:
    """By its button, and by the question where there is something to lose."""
    desktop.click("cancelButton", desktop.dialog(ProgressDialog))
    desktop.until(lambda: job.cancelling or desktop.dialogs(Question))
    for question in desktop.dialogs(Question):
        desktop.click("Discard", question)
    desktop.until(lambda: job.cancelling or job.state.ended)


def test_progress_shows_in_row_dialog_and_status_line(
    slow_desktop: Desktop, relay: Relay, make_model: Make
) -> None:
    desktop = slow_desktop
    hold = relay.hold_request("PUT", "/objects/", after=4 * MB)
    job = begin(desktop, make_model("bert", weights=64 * MB))
    held(desktop, hold.reached)
    dialog = desktop.dialog(ProgressDialog)
    assert dialog.windowTitle() == "Uploading bert"
    assert not dialog.isModal()
    bar = dialog.findChild(QProgressBar)
    desktop.until(lambda: 0 < bar.value() < 1000 and "Sending" in texts(dialog))
    assert "of 64 MB" in texts(dialog)
    assert desktop.names() == ["bert"]
    row = desktop.workspace.listing.visible[0]
    assert row.job is job
    assert row.job.snapshot().phase is Phase.SENDING
    summary = desktop.window.transfer_summary
    desktop.until(lambda: "⬆ bert" in summary.text() and "%" in summary.text(), summary.text())
    hold.release()
    desktop.until(lambda: job.state is State.DONE)
    desktop.until(lambda: not desktop.dialogs(), "the dialog to leave by itself")
    desktop.until(lambda: summary.text() == "Transfers")
    assert desktop.statuses() == ["uploaded"]


def test_closing_the_dialog_does_not_cancel(
    slow_desktop: Desktop, relay: Relay, make_model: Make
) -> None:
    desktop = slow_desktop
    ways: dict[str, Callable[[ProgressDialog], object]] = {
        "hide": lambda dialog: desktop.click("hideButton", dialog),
        "escape": lambda dialog: desktop.press(dialog, Qt.Key.Key_Escape),
        "close": lambda dialog: dialog.close(),
    }
    for way, leave in ways.items():
        (job,), hold = desktop.held_uploads(relay, make_model(way))
        leave(desktop.dialog(ProgressDialog))
        desktop.until(lambda: not desktop.dialogs(), way)
        assert job.state is State.RUNNING, way
        assert not job.cancelling, way
        hold.release()
        relay.release()
        desktop.until(lambda job=job: job.state is State.DONE, way)
    assert desktop.statuses() == ["uploaded"] * 3


def test_cancel_while_hashing_leaves_no_record(
    slow_desktop: Desktop, relay: Relay, make_model: Make
) -> None:
    desktop = slow_desktop
    job = begin(desktop, make_model("vast", weights=4 * GB))
    desktop.until(lambda: job.snapshot().phase is Phase.HASHING and job.snapshot().done > 0)
    desktop.click("cancelButton", desktop.dialog(ProgressDialog))
    desktop.until(lambda: job.state is State.CANCELLED)
    desktop.until(lambda: desktop.names() == [], "the row to go")
    assert desktop.records() == []
    assert not any(line.startswith("POST") for line in relay.seen)


PHASES = {
    "registering": ("POST", "artifacts", 0, Phase.CREATING),
    "sending": ("PUT", "/objects/", 0, Phase.SENDING),
    "midway": ("PUT", "/objects/", 4 * MB, Phase.SENDING),
    "confirming": ("PATCH", "artifacts/", 0, Phase.CONFIRMING),
}


@pytest.mark.parametrize(  # after the answer, at any point: test_stops_everywhere.py (U-17)
    "answered", ["request", pytest.param("answer", marks=pytest.mark.slow)]
)
def test_cancel_leaves_no_pending_upload(
    slow_desktop: Desktop, relay: Relay, make_model: Make, answered: str
) -> None:
    """Held before the registry hears of it, or after it did what was asked and before it could say so."""
    model = make_model("bert", weights=16 * MB)
    for phase in PHASES:
        cancel_in(slow_desktop, relay, model, phase, answered)
        slow_desktop.close_progress()
        for record in slow_desktop.records():
            slow_desktop.run(slow_desktop.here.model_artifacts.delete(record.id))
        slow_desktop.refresh()


def cancel_in(desktop: Desktop, relay: Relay, model: Path, phase: str, answered: str) -> None:
    """In this phase of the only upload."""
    method, path, after, expected = PHASES[phase]
    if answered == "answer":
        hold = relay.hold_answer(method, path)
    else:
        hold = relay.hold_request(method, path, after)
    job = begin(desktop, model)
    held(desktop, hold.reached)
    desktop.until(lambda: job.snapshot().phase is expected)
    cancel(desktop, job)
    hold.matches = lambda _method, _path: False  # what cleans up is let through
    if phase in ("registering", "confirming"):
        hold.release()
    desktop.until(lambda: job.state.ended, f"the end of the job in {job.snapshot()}")
    relay.release()
    left = desktop.until_records(lambda all_: "pending_upload" not in [r.status for r in all_])
    states = {record.status.value for record in left}
    assert states <= {"upload_failed", "uploaded"}, states
    assert job.state is State.CANCELLED or states == {"uploaded"}
    shown = [(row.artifact.status.value, row.job) for row in desktop.workspace.listing.visible]
    desktop.until(
        lambda: (
            [(r.artifact.status.value, r.job) for r in desktop.workspace.listing.visible]
            == [(state, None) for state in states]
        ),
        f"the row to tell what became of it: {shown}, {states}",
    )


def test_a_waiting_transfer_is_cancelled_before_it_begins(
    slow_desktop: Desktop, relay: Relay, make_model: Make
) -> None:
    desktop = slow_desktop
    jobs, hold = desktop.held_uploads(relay, *(make_model(f"m{n}") for n in range(5)))
    desktop.until(lambda: [job.state for job in jobs].count(State.RUNNING) == 3)
    waiting = [job for job in jobs if job.state is State.WAITING]
    for job in waiting:
        desktop.workspace.queue.cancel(job)
    desktop.until(lambda: all(job.state is State.CANCELLED for job in waiting))
    hold.release()
    relay.release()
    desktop.until(lambda: all(job.state.ended for job in jobs))
    desktop.until_records(lambda found: [r.status.value for r in found] == ["uploaded"] * 3)
    desktop.until(lambda: len(desktop.names()) == 3)


def test_a_failed_upload_says_why_and_tries_again(
    slow_desktop: Desktop, relay: Relay, make_model: Make
) -> None:
    desktop = slow_desktop
    relay.answer_instead(
        "/objects/", 403, "application/xml", b"<Error><Code>AccessDenied</Code></Error>"
    )
    job = begin(desktop, make_model("bert"))
    desktop.until(lambda: job.state is State.FAILED)
    notice = desktop.notice("Could not upload bert.fnnx")
    assert notice.level is Level.ERROR
    assert notice.detail
    badge = desktop.window.badge
    desktop.until(lambda: badge.isVisible() and badge.text() == "1 needs attention")
    relay.release()
    desktop.click("Try again", desktop.window.main_panel.notices)
    desktop.until_records(lambda found: [r.status.value for r in found] == ["uploaded"])
    desktop.until(lambda: desktop.names() == ["bert"], "the one row of the one record")
    desktop.until(lambda: not badge.isVisible())


def test_pause_and_resume_in_the_dialog(
    slow_desktop: Desktop, relay: Relay, make_model: Make
) -> None:
    desktop = slow_desktop
    hold = relay.hold_request("PUT", "/objects/", after=8 * MB)
    job = begin(desktop, make_model("bert", weights=32 * MB))
    held(desktop, hold.reached)
    dialog = desktop.dialog(ProgressDialog)
    desktop.click("Pause", dialog)
    assert "Pausing…" in texts(dialog)
    desktop.until(lambda: job.state is State.PAUSED)
    desktop.until(lambda: dialog.windowTitle() == "bert paused")
    assert desktop.statuses() == ["pending_upload"], "paused is not failed"
    hold.release()
    relay.release()
    desktop.click("Resume", dialog)
    desktop.until(lambda: job.state is State.DONE)
    assert desktop.statuses() == ["uploaded"]


def test_the_transfers_menu_reaches_the_list(
    slow_desktop: Desktop, relay: Relay, make_model: Make
) -> None:
    desktop, actions = slow_desktop, slow_desktop.window.actions_
    menus = desktop.window.menuBar().findChildren(QMenu)
    menu = next(each for each in menus if each.title().replace("&", "") == "Transfers")
    menu.popup(QPoint())
    assert not actions["pause_all"].isEnabled()
    assert actions["transfer_log"].toolTip() == "There are no transfers"
    menu.close()
    actions["goto"].trigger()
    box = desktop.dialog(GotoBox)
    QTest.keyClicks(box.line, "pause all")
    assert box.list.item(0).text() == NOTHING
    box.close()
    # What was refused while it was looked at is not refused now that there is something to do.
    (job,), hold = desktop.held_uploads(relay, make_model("bert"))
    actions["pause_all"].trigger()
    desktop.until(lambda: job.state is State.PAUSED)
    desktop.until(lambda: desktop.window.transfer_summary.text() == "⬆ bert Paused")
    hold.release()
    relay.release()
    actions["toggle_transfers"].trigger()
    assert desktop.window.transfers.isVisible(), "nothing is selected: the list shows itself"
    desktop.window.transfers.select(job)
    actions["toggle_transfers"].trigger()
    desktop.until(lambda: job.state is State.DONE)
    actions["transfer_log"].trigger()
    log = desktop.dialog(LogDialog)
    desktop.until(lambda: log.text.toPlainText().endswith("Done"))
    assert "Paused" in log.text.toPlainText()
    desktop.click("Copy Log", log)
    assert QGuiApplication.clipboard().text() == log.text.toPlainText()
    log.close()
    actions["clear_transfers"].trigger()
    assert desktop.workspace.queue.jobs == []
    jobs, hold = desktop.held_uploads(relay, make_model("a"), make_model("b"))
    actions["cancel_all"].trigger()
    hold.release()
    relay.release()
    desktop.until(lambda: all(job.state is State.CANCELLED for job in jobs), "the end of both")
    actions["clear_transfers"].trigger()
    actions["limits"].trigger()
    limits = desktop.window.transfers.head.limits
    desktop.until(limits.isVisible)
    limits.close()


@pytest.mark.slow  # the bytes: test_downloads_broken.py; after a cancel: test_stops.py
def test_a_broken_line_during_a_download_leaves_no_partial_file(
    slow_desktop: Desktop, relay: Relay, make_model: Make
) -> None:
    desktop = slow_desktop
    path = make_model("bert", weights=32 * MB)
    (record,) = desktop.upload(path)
    hold = relay.hold_answer("GET", "/objects/", after=MB)  # of one of the ranges
    desktop.double_click(record)
    held(desktop, hold.reached)
    dialog = desktop.dialog(ProgressDialog)
    desktop.until(lambda: "Receiving" in texts(dialog))
    (job,) = [job for job in desktop.workspace.queue.jobs if job.path.name == "bert.fnnx"][-1:]
    cancel(desktop, job)
    desktop.until(lambda: job.state is State.CANCELLED)
    assert list(desktop.workspace.downloads.folder.iterdir()) == []
    hold.release()
    relay.release()
    desktop.close_progress()
    desktop.double_click(record)
    target = desktop.workspace.downloads.folder / "bert.fnnx"
    desktop.until(target.exists)
    assert sha256(target) == sha256(path)
