"""Several windows: each has a place of its own; transfers, settings and the end are one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from support.network.relay import Relay
from support.qt.desktop import Desktop

from dfs_desktop.settings import SettingsFile
from dfs_desktop.transfers.job import State
from dfs_desktop.ui.platform.single_instance import Wish
from dfs_desktop.ui.widgets.dialogs import Question
from dfs_desktop.workspace.registry.connections import ServerForm

Make = Callable[..., Path]
Start = Callable[..., Desktop]
HEARD_EVERYWHERE = Qt.ShortcutContext.ApplicationShortcut


def test_a_second_window_shows_another_place_and_shares_the_transfers(
    start: Start, relay: Relay, make_model: Make
) -> None:
    first = start(relay.before)
    first.upload(make_model("resnet50"))
    second = first.another_window()
    assert second.names() == ["resnet50"], "it opens where the other one stands"
    second.workspace.place_editor.create_collection("Second")
    second.until(lambda: (c := second.workspace.session.collection) and c.name == "Second")
    second.ready()
    assert first.workspace.session.collection.name == "Models"
    assert (first.names(), second.names()) == (["resnet50"], [])

    (job,), hold = second.held_uploads(relay, make_model("bert"))
    assert first.workspace.queue.jobs[-1] is job
    assert second.names() == ["bert"]
    assert first.names() == ["resnet50"]
    relay.answer_instead("/objects/", 418, "text/plain", b"short and stout")
    hold.release()
    first.until(lambda: job.state is State.FAILED)
    assert second.notice("Could not upload")
    assert not any("upload" in title for title in first.notices()), "it is told once"

    second.window.actions_["close_window"].trigger()
    second.until(second.window.isHidden)
    assert first.window.isVisible()
    assert not first.dialogs(Question), "transfers go on in the other window"
    first.until(lambda: first.app.windows.front is first.window)
    assert first.names() == ["resnet50"]
    first.activate()
    again = first.another_window()
    assert again.window is second.window, "one that was closed is the next that opens"
    assert again.workspace.session.collection.name == "Models"
    first.window.close()
    again.until(first.window.isHidden)
    first.workspace.checking.verify([copy.path for copy in first.workspace.library.copies()])
    assert again.notice("checked"), "what the closed window has to say is said in the open one"
    assert not again.life.done()
    again.window.close()
    again.run(again.life)


def test_each_window_asks_what_becomes_of_its_deletions_when_all_close(
    start: Start, make_model: Make
) -> None:
    first = start()
    one, two = first.upload(make_model("one"), make_model("two"))
    second = first.another_window()
    first.workspace.deleter.delete([one])
    second.workspace.deleter.delete([two])
    assert (first.struck(), second.struck()) == (["one"], ["two"])
    second.activate()
    second.window.close()
    question = second.dialog(Question)
    assert question.parent() is second.window
    second.click("Stay", question)
    second.until(lambda: not second.dialogs(Question))
    heard = [
        each.actions_["quit"].shortcutContext() is HEARD_EVERYWHERE
        for each in (first.window, second.window)
    ]
    assert heard == [False, True], "one window has the key of Quit"
    second.window.actions_["quit"].trigger()
    for window, answer in (
        (second.window, "Delete now, then quit"),
        (first.window, "Keep and quit"),
    ):
        second.until(lambda w=window: any(q.parent() is w for q in second.dialogs(Question)))
        second.click(answer, second.dialog(Question))
        second.until(lambda w=window: not any(q.parent() is w for q in second.dialogs(Question)))
    assert second.run(second.life) == 0
    assert [record.model_name for record in start().records()] == ["one"]


def test_what_one_window_does_to_a_server_the_other_follows(start: Start) -> None:
    first = start()
    local = first.workspace.local
    form = ServerForm("Team", local.url, local.api_key, allow_http=True, session_only=True)
    profile = first.run(first.workspace.connections.add(form))
    second = first.another_window()
    second.workspace.connections.open(profile)
    second.ready()
    assert second.window.windowTitle().split(" — ")[1] == "Team"
    assert first.workspace.session.profile.id == "local"
    first.workspace.connections.forget(profile)
    second.until(lambda: second.workspace.session.profile.id == "local")
    second.ready()
    second.window.actions_["theme_dark"].trigger()
    first.window.actions_.looked_at.emit(True)
    assert first.window.actions_["theme_dark"].isChecked()
    wish = Wish.read(Wish(window=True).message())
    assert wish is not None
    first.app.show_again(wish)  # `dfs-desktop --new-window`, or the entry of the dock
    assert len(first.app.windows.open()) == 3
    first.app.windows.front.actions_["theme_light"].trigger()
    first.end()
    kept = start(ready=False).workspace.settings
    assert kept.profiles == []


def test_the_next_start_opens_the_windows_that_were_open(start: Start) -> None:
    first = start()
    second = first.another_window()
    second.workspace.place_editor.create_collection("Second")
    second.until(lambda: (c := second.workspace.session.collection) and c.name == "Second")
    second.window.filter.setText("tag:prod")
    second.window.resize(700, 500)
    first.activate()
    kept = SettingsFile(first.places.settings)

    def written() -> bool:
        (other,) = kept.load().windows or [None]
        return other is not None and other.layout["filter"] == "tag:prod"

    first.until(written, "what a program that is killed leaves")
    first.end()

    again = start()
    again.until(lambda: len(again.app.windows.open()) == 2, "the other window")
    again.until(lambda: again.app.windows.front is again.window, "the first in front")
    behind = again.app.windows.all[1]
    again.until(lambda: behind.windowTitle().startswith("Second"))
    assert again.window.windowTitle().startswith("Models")
    assert (again.window.filter.text(), behind.filter.text()) == ("", "tag:prod")
    assert (behind.width(), behind.height()) == (700, 500)
    behind.close()
    again.until(behind.isHidden)
    again.end()

    alone = start()
    alone.run(alone.app.prepared.wait())
    assert len(alone.app.windows.all) == 1
