"""What the window promises about transfers at its end, kept at the next start."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from support.network.relay import Relay
from support.qt.desktop import Desktop

from dfs_desktop.api import StorageAddressError, UploadRecord
from dfs_desktop.transfers.job import Job, Kind, State
from dfs_desktop.transfers.problem import Problem
from dfs_desktop.ui.transfers.list_view import TransfersList
from dfs_desktop.ui.transfers.progress_dialog import ProgressDialog
from dfs_desktop.ui.widgets.dialogs import Question

pytestmark = pytest.mark.shared_window
Make = Callable[..., Path]
Start = Callable[..., Desktop]
MB = 10**6


def words(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel))


def record(job: Job) -> UploadRecord:
    assert job.ledger is not None
    assert isinstance(job.ledger.record, UploadRecord)
    return job.ledger.record


@pytest.mark.fault("RL-08")
def test_what_is_kept_at_the_quit_goes_on_from_there(start: Start, make_model: Make) -> None:
    desktop = start()
    desktop.workspace.queue.set_rate(Kind.UPLOAD, 40 * MB)
    desktop.drop(make_model("vast", weights=60 * MB))
    (job,) = desktop.accept_review()
    desktop.until(lambda: len(record(job).parts) >= 2, "two parts")
    desktop.workspace.queue.set_rate(Kind.UPLOAD, 100_000)
    desktop.window.close()
    question = desktop.dialog(Question)
    assert "Kept, it goes on at the next start. The" in words(question)
    assert "in one piece" not in words(question)
    desktop.click("Keep for next start", question)
    assert desktop.run(desktop.life) == 0
    kept = dict(record(job).parts)
    desktop.end()
    again = start()
    (same,) = again.until(lambda: again.workspace.queue.jobs)
    again.until(lambda: same.state is State.DONE)
    assert {n: record(same).parts[n] for n in kept} == kept, "what was safe was not sent again"
    assert again.statuses() == ["uploaded"]


@pytest.mark.fault("RL-09")
def test_a_cancelled_upload_in_parts_leaves_nothing_on_this_computer(
    desktop: Desktop, make_model: Make
) -> None:
    queue = desktop.workspace.queue
    queue.set_rate(Kind.UPLOAD, 40 * MB)
    desktop.drop(make_model("vast", weights=60 * MB))
    (job,) = desktop.accept_review()
    desktop.until(lambda: len(record(job).parts) >= 2, "two parts")
    desktop.window.close()
    question = desktop.dialog(Question)
    assert "storage" not in words(question)
    desktop.click("Stay", question)
    queue.cancel(job)
    desktop.until(lambda: job.state is State.CANCELLED)
    stored = desktop.places.data / "registry" / "objects"
    assert [path for path in stored.rglob("*") if path.is_file()] == []
    assert desktop.notices() == []


@pytest.mark.fault("RL-08")
def test_the_closing_question_has_a_way_to_stay(
    slow_desktop: Desktop, relay: Relay, make_model: Make
) -> None:
    desktop = slow_desktop
    (job,), hold = desktop.held_uploads(relay, make_model("bert"))
    desktop.window.close()
    question = desktop.dialog(Question)
    assert desktop.button("Cancel it and quit", question)
    desktop.click("Stay", question)
    desktop.until(lambda: not desktop.dialogs(Question))
    assert desktop.window.isVisible()
    assert job.state is State.RUNNING
    hold.release()
    desktop.until(lambda: job.state is State.DONE)


@pytest.mark.fault("RL-07")
@pytest.mark.parametrize(("answer", "left"), [("Keep and quit", 1), ("Delete now, then quit", 0)])
def test_closing_while_a_deletion_waits_asks_what_becomes_of_it(
    start: Start, model: Path, answer: str, left: int
) -> None:
    desktop = start()
    (artifact,) = desktop.upload(model)
    desktop.delete(artifact)
    desktop.window.close()
    question = desktop.dialog(Question)
    assert question.windowTitle() == "1 artifact is not deleted yet"
    assert desktop.button("Keep and quit", question).hasFocus()
    desktop.click(answer, question)
    assert desktop.run(desktop.life) == 0
    desktop.end()
    assert len(start().records()) == left


@pytest.mark.fault("RL-07")
def test_who_stays_while_a_deletion_waits_loses_none_of_its_time(
    desktop: Desktop, model: Path
) -> None:
    (artifact,) = desktop.upload(model)
    desktop.delete(artifact)
    desktop.window.close()
    desktop.click("Stay", desktop.dialog(Question))
    desktop.until(lambda: not desktop.dialogs(Question))
    assert desktop.struck() == ["resnet50"], "its time goes on"
    assert not desktop.life.done()


@pytest.mark.fault("W-07")
def test_a_failed_transfer_says_why_and_when_also_after_a_restart(
    start: Start, relay: Relay, make_model: Make
) -> None:
    desktop = start(relay.before)
    (artifact,) = desktop.upload(make_model("bert"))
    relay.answer_instead("/objects/", 418, "text/plain", b"short and stout")
    desktop.double_click(artifact)
    desktop.until(lambda: len(desktop.workspace.queue.jobs) == 2)
    job = desktop.workspace.queue.jobs[-1]
    desktop.until(lambda: job.state is State.FAILED)
    (before,) = desktop.workspace.attention.items()
    assert "418" in before.matter
    desktop.end()
    again = start()
    (same,) = again.until(lambda: again.workspace.queue.jobs)
    assert same.error is None
    assert same.problem == job.problem
    (after,) = again.workspace.attention.items()
    assert after.matter == before.matter
    again.window.transfers.show()
    shown = again.window.transfers.findChild(TransfersList)
    assert "418" in shown.model().entry(0).text


@pytest.mark.fault("W-15")
@pytest.mark.parametrize("restarted", [False, True])
def test_the_storage_is_approved_where_the_person_looks(
    slow_desktop: Desktop, relay: Relay, make_model: Make, restarted: bool
) -> None:
    """Also when only the journal knows which storage it was."""
    desktop = slow_desktop
    (job,), hold = desktop.held_uploads(relay, make_model("bert"))
    desktop.workspace.queue.pause(job)
    desktop.until(lambda: job.state is State.PAUSED)
    error = StorageAddressError("10.0.0.7:9000")
    job.problem = Problem.read(Problem.of(error).written())
    job.error = None if restarted else error
    desktop.workspace.queue._enter(job, State.ATTENTION)
    dialog = desktop.dialog(ProgressDialog)
    desktop.click("Approve the storage…", dialog)
    question = desktop.dialog(Question)
    assert question.parent() is dialog
    assert "10.0.0.7:9000, an address inside a private network" in words(question)
    assert desktop.button("Not now", question).hasFocus()
    hold.release()
    relay.release()
    desktop.click("Approve 10.0.0.7:9000", question)
    desktop.until(lambda: job.state is State.DONE)


@pytest.mark.fault("RL-09")
def test_a_cancelled_upload_is_no_failure_and_no_artifact(
    slow_desktop: Desktop, relay: Relay, make_model: Make
) -> None:
    """Its record goes; where it cannot, it is told as what it is, does not count, has no file."""
    desktop = slow_desktop
    (job,), hold = desktop.held_uploads(relay, make_model("bert"))
    relay.answer_instead("/delete-url", 403, "application/json", b'{"detail": "No"}')
    desktop.workspace.queue.cancel(job)
    desktop.until(lambda: job.state.ended)
    hold.release()
    desktop.close_progress()
    desktop.refresh()
    for row in desktop.workspace.listing.visible:
        assert desktop.column("status") == ["Cancelled"]
        assert not row.is_artifact
        desktop.select(row.artifact)
        assert not desktop.window.actions_["download"].isEnabled()
        assert "no file" in desktop.window.actions_["download"].toolTip()
    assert len(desktop.workspace.listing) == 0


@pytest.mark.fault("W-05")
def test_a_program_that_was_killed_comes_up_as_it_was(
    start: Start, home: Path, make_model: Make
) -> None:
    """The folder as it is while the program runs, long before any ordered end."""
    desktop = start()
    desktop.workspace.place_editor.create_collection("Zoo")
    desktop.until(lambda: (c := desktop.workspace.session.collection) and c.name == "Zoo")
    desktop.ready()
    desktop.upload(make_model("alpha", acc=0.1), make_model("beta", acc=0.9))
    desktop.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    desktop.window.actions_["show_details"].trigger()
    desktop.window.actions_["theme_dark"].trigger()
    desktop.write(desktop.window.filter, "acc>0.5")
    place = desktop.workspace.session.place.text()
    settings = home / "config" / "settings.json"

    def written() -> bool:
        text = settings.read_text("utf-8") if settings.exists() else ""
        rows = "".join(p.read_text("utf-8") for p in (home / "cache").rglob("*.rows"))
        words = ("acc>0.5", '"sort": "name"', '"theme": "dark"', place)
        return all(word in text for word in words) and "beta" in rows

    desktop.until(written, "the settings on the disk")
    killed = home.with_name("killed")
    shutil.copytree(home, killed, ignore=lambda _folder, names: [n for n in names if "lock" in n])
    desktop.end()
    shutil.rmtree(home)
    killed.rename(home)
    again = start()
    assert again.workspace.session.place.text() == place
    assert again.window.filter.text() == "acc>0.5"
    assert again.names() == ["beta"]
    assert again.workspace.listing.sort_column == "name"
    assert again.window.details.isHidden()
    assert again.window.actions_["theme_dark"].isChecked()
    assert again.app.theme.dark()
    again.window.actions_["theme_light"].trigger()
