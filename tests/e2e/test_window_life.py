"""The life of the program: restarts, a second window, places that change, the end, and what goes wrong."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel, QPushButton
from support.artifacts.model_files import sha256
from support.network.relay import Relay
from support.qt.desktop import Desktop

from dfs_desktop.transfers.job import State
from dfs_desktop.ui.widgets.dialogs import Question
from dfs_desktop.workspace.notices import Level

pytestmark = pytest.mark.shared_window
Make = Callable[..., Path]
Start = Callable[..., Desktop]
SECRET = "dfs_" + "S3cretMarker" * 4


@pytest.mark.slow  # after a kill: test_window_promises.py; the bytes: test_window_rows.py
def test_what_was_uploaded_is_there_again_next_time(start: Start, make_model: Make) -> None:
    first = start()
    first.upload(make_model("resnet50", acc=0.9))
    first.workspace.place_editor.create_collection("Second")
    first.until(lambda: (c := first.workspace.session.collection) and c.name == "Second")
    first.ready()
    url = first.workspace.local.url
    assert first.end() == 0
    second = start()
    assert second.workspace.session.collection.name == "Second"
    assert second.workspace.local.api_key
    models = next(c for c in second.workspace.session.collections if c.name == "Models")
    assert models.total_artifacts == 1
    second.workspace.browser.choose_collection(models.id)
    second.until(lambda: second.names() == ["resnet50"])
    (record,) = second.records()
    second.double_click(record)
    second.downloaded("resnet50.fnnx")
    target = second.workspace.downloads.folder / "resnet50.fnnx"
    assert sha256(target) == record.file_hash
    assert url.startswith("http://127.0.0.1:")


@pytest.mark.slow  # with the question: test_window_promises.py
def test_a_deletion_that_waits_is_kept_when_the_window_closes(start: Start, model: Path) -> None:
    first = start()
    (record,) = first.upload(model)
    first.workspace.deleter.delete([record])
    assert first.struck() == ["resnet50"]
    first.end()
    second = start()
    assert second.names() == ["resnet50"]
    assert second.struck() == []
    assert second.statuses() == ["uploaded"]


@pytest.mark.slow  # also after a kill: test_window_promises.py
def test_sorting_panes_and_theme_are_there_again(start: Start, model: Path) -> None:
    first = start()
    first.upload(model)
    first.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    first.window.actions_["show_details"].trigger()
    first.window.actions_["theme_dark"].trigger()
    first.end()
    second = start()
    assert (second.workspace.listing.sort_column, second.workspace.listing.descending) == (
        "name",
        False,
    )
    assert second.window.details.isHidden()
    assert second.window.actions_["theme_dark"].isChecked()
    assert second.app.theme.dark()
    second.window.actions_["theme_light"].trigger()


@pytest.mark.fault("A-06")
def test_places_that_change_never_show_the_wrong_rows(
    slow_desktop: Desktop, relay: Relay, make_model: Make
) -> None:
    """A-06: the answer for one collection comes when another is open."""
    desktop = slow_desktop
    desktop.upload(make_model("in-models"))
    models = desktop.workspace.session.place.collection
    desktop.workspace.place_editor.create_collection("Zoo")
    desktop.until(lambda: (c := desktop.workspace.session.collection) and c.name == "Zoo")
    desktop.ready()
    zoo = desktop.workspace.session.place.collection
    desktop.upload(make_model("in-zoo"))
    seen: list[tuple[str, tuple[str, ...]]] = []

    def watch() -> None:
        place = desktop.workspace.session.place.collection
        seen.append((place, tuple(desktop.names())))

    desktop.workspace.listing.rows_changed.connect(watch)
    hold = relay.hold_answer("GET", models)
    desktop.workspace.browser.choose_collection(models)
    desktop.until(hold.reached.is_set)
    assert desktop.names() == []
    desktop.workspace.browser.choose_collection(zoo)
    desktop.until(lambda: desktop.names() == ["in-zoo"])
    hold.release()
    relay.release()
    settled = desktop.records()
    assert [record.model_name for record in settled] == ["in-zoo"]
    for _ in range(20):
        for target in (models, zoo):
            desktop.workspace.browser.choose_collection(target)
            desktop.run(asyncio.sleep(0))
    desktop.workspace.browser.choose_collection(models)
    desktop.until(lambda: desktop.names() == ["in-models"])
    right = {models: {(), ("in-models",)}, zoo: {(), ("in-zoo",)}}
    assert [(place, names) for place, names in seen if names not in right[place]] == []


def test_an_upload_into_a_collection_that_was_left_shows_no_row_elsewhere(
    slow_desktop: Desktop, relay: Relay, make_model: Make
) -> None:
    desktop = slow_desktop
    (job,), hold = desktop.held_uploads(relay, make_model("mine"))
    desktop.workspace.place_editor.create_collection("Zoo")
    desktop.until(lambda: (c := desktop.workspace.session.collection) and c.name == "Zoo")
    desktop.ready()
    hold.release()
    desktop.until(lambda: job.state is State.DONE)
    desktop.run(asyncio.sleep(0.1))
    assert desktop.names() == []
    models = next(c for c in desktop.workspace.session.collections if c.name == "Models")
    assert models.total_artifacts == 1


def test_back_in_the_collection_the_running_upload_is_one_row(
    slow_desktop: Desktop, relay: Relay, make_model: Make
) -> None:
    desktop = slow_desktop
    models = desktop.workspace.session.place.collection
    (job,), hold = desktop.held_uploads(relay, make_model("mine"))
    desktop.workspace.place_editor.create_collection("Zoo")
    desktop.until(lambda: (c := desktop.workspace.session.collection) and c.name == "Zoo")
    desktop.ready()
    desktop.workspace.browser.choose_collection(models)
    desktop.until(lambda: desktop.names() == ["mine"])
    desktop.ready()
    (row,) = desktop.workspace.listing.visible
    assert row.job is job
    hold.release()
    desktop.until(lambda: job.state is State.DONE)
    desktop.until(lambda: [r.job for r in desktop.workspace.listing.visible] == [None])
    assert desktop.names() == ["mine"]
    assert desktop.column("status") == [""]


def ask_to_close(desktop: Desktop) -> Question:
    desktop.window.close()
    return desktop.dialog(Question)


def test_closing_while_transfers_run_asks_first(
    slow_desktop: Desktop, relay: Relay, make_model: Make
) -> None:
    desktop = slow_desktop
    (job,), hold = desktop.held_uploads(relay, make_model("bert"))
    question = ask_to_close(desktop)
    assert question.windowTitle() == "1 transfer is still running"
    assert desktop.button("Keep for next start", question).hasFocus()
    desktop.window.close()
    assert len(desktop.dialogs(Question)) == 1
    question.reject()  # Escape: stay here
    desktop.until(lambda: not desktop.dialogs(Question))
    assert desktop.window.isVisible()
    assert job.state is State.RUNNING
    hold.release()
    desktop.until(lambda: job.state is State.DONE)
    assert desktop.statuses() == ["uploaded"]
    desktop.window.close()
    assert desktop.run(desktop.life) == 0


def test_cancel_and_quit_cleans_up(start: Start, relay: Relay, make_model: Make) -> None:
    desktop = start(relay.before)
    jobs, _ = desktop.held_uploads(relay, make_model("bert"), make_model("resnet50"))
    question = ask_to_close(desktop)
    assert "2 transfers are" in question.windowTitle()
    desktop.click("Cancel them and quit", question)
    relay.release()
    assert desktop.run(desktop.life) == 0
    assert {job.state for job in jobs} == {State.CANCELLED}
    desktop.end()
    again = start()
    assert "pending_upload" not in again.statuses()
    assert again.workspace.queue.jobs == []


@pytest.mark.slow  # from what was safe on: test_window_promises.py
@pytest.mark.fault("Q-05")
def test_q05_kept_transfers_go_on_at_the_next_start(
    start: Start, relay: Relay, make_model: Make
) -> None:
    desktop = start(relay.before)
    desktop.held_uploads(relay, make_model("bert"), make_model("resnet50"))
    question = ask_to_close(desktop)
    desktop.click("Keep for next start", question)
    assert desktop.run(desktop.life) == 0
    relay.release()
    desktop.end()
    again = start()
    again.until_records(
        lambda found: (
            sorted((r.model_name, str(r.status)) for r in found)
            == [("bert", "uploaded"), ("resnet50", "uploaded")]
        )
    )


def test_finish_then_quit_ends_when_all_is_done(
    start: Start, relay: Relay, make_model: Make
) -> None:
    desktop = start(relay.before)
    (job,), _ = desktop.held_uploads(relay, make_model("bert"))
    desktop.click("Finish, then quit", ask_to_close(desktop))
    desktop.until(lambda: not desktop.window.isVisible())
    assert not desktop.life.done()
    relay.release()
    assert desktop.run(desktop.life) == 0
    assert job.state is State.DONE


@pytest.mark.fault("Q-02")
@pytest.mark.expects_errors
def test_whatever_fails_is_said_and_logged_and_the_program_goes_on(
    desktop: Desktop, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Q-02: in a slot, in a task, in a timer, in a callback of the loop; with a secret in the text."""
    text = f"{SECRET} at https://store.example/o?X-Amz-Signature=abc"

    def fail() -> None:
        raise RuntimeError(text)

    async def fail_later() -> None:
        fail()

    button = QPushButton(desktop.window)
    button.clicked.connect(fail)
    monkeypatch.setattr("sys.excepthook", desktop.app.uncaught)
    ways: dict[str, Callable[[], object]] = {
        "slot": button.click,
        "timer": lambda: QTimer.singleShot(0, desktop.window, fail),
        "task": lambda: desktop.workspace.tasks.start(fail_later(), "do something"),
        "loop": lambda: desktop.loop.call_soon(fail),
    }
    for number, (way, act) in enumerate(ways.items(), start=1):
        act()
        seen = number, way
        desktop.until(lambda seen=seen: desktop.log.count("RuntimeError: ") >= seen[0], way)
        desktop.until(lambda seen=seen: len(desktop.said) >= seen[0], way)
        assert desktop.said[-1].level is Level.ERROR
        assert "S3cret" not in desktop.said[-1].detail
    assert "S3cret" not in desktop.log
    assert "X-Amz-Signature" not in desktop.log
    desktop.upload(model)
    assert desktop.names() == ["resnet50"]


def test_the_log_of_a_whole_session_holds_no_secret(
    start: Start, relay: Relay, make_model: Make
) -> None:
    """I4: neither the registry's key nor a presigned signature, whatever was done and went wrong."""
    desktop = start(relay.before)
    key = desktop.workspace.local.api_key
    for name in ("httpx", "httpcore", "dfs_desktop"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    (record,) = desktop.upload(make_model("resnet50"))
    desktop.double_click(record)
    desktop.downloaded("resnet50.fnnx")
    relay.answer_instead("/objects/", 403, "text/plain", b"no")
    desktop.drop(make_model("bert"))
    (job,) = desktop.accept_review()
    desktop.until(lambda: job.state is State.FAILED)
    relay.release()
    desktop.workspace.deleter.seconds = 0
    desktop.workspace.deleter.delete([record])
    desktop.until_records(lambda found: [r.model_name for r in found] == ["bert"])
    text = desktop.log + "".join(label.text() for label in desktop.window.findChildren(QLabel))
    assert len(key) > 20
    assert key not in text
    assert "Signature=" not in text
    desktop.workspace.queue.cancel(job)  # a failed upload keeps its link, to be tried again
    desktop.until(lambda: job.state is State.CANCELLED)
    desktop.end()
    for path in desktop.home.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert key.encode() not in content, path
            assert b"X-Amz-Signature=" not in content, path
