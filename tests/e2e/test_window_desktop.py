"""With the desktop: it is kept awake while bytes flow, hears of progress, and notifies once at the end."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from support import desktop_bus
from support.desktop_bus import NOTES, POWER, DesktopServices
from support.network.relay import Relay
from support.qt.desktop import Desktop

from dfs_desktop.transfers.job import State
from dfs_desktop.ui.widgets.dialogs import Question

Make = Callable[..., Path]
Start = Callable[..., Desktop]
pytestmark = pytest.mark.skipif(not shutil.which("dbus-daemon"), reason="starts a bus of its own")


@pytest.fixture
def services(home: Path) -> Iterator[DesktopServices]:
    with desktop_bus.bus() as address, desktop_bus.bus("SYSTEM"):
        found = DesktopServices(address, NOTES, POWER)
        yield found
        found.close()


@pytest.fixture
def prepared(services: DesktopServices, relay: Relay, start: Start) -> Desktop:
    desktop = start(relay.before)
    desktop.until(desktop.app.prepared.is_set, "what the start left out")
    return desktop


def look_away(desktop: Desktop) -> QWidget:
    """Another program comes to the front."""
    other = QWidget()
    other.show()
    other.activateWindow()
    desktop.until(other.isActiveWindow, "another window in front")
    other.hide()
    desktop.until(lambda: QApplication.activeWindow() is None, "no window of this program in front")
    return other


def test_awake_while_bytes_flow_progress_on_the_icon_and_one_notification(
    prepared: Desktop, services: DesktopServices, relay: Relay, make_model: Make
) -> None:
    desktop = prepared
    assert not services.awake
    models = [make_model(f"m{number}", weights=100_000, acc=number / 10) for number in range(3)]
    jobs, hold = desktop.held_uploads(relay, *models)
    desktop.until(lambda: services.awake, "a computer that stays awake")
    assert list(services.awake.values()) == ["DFS Desktop"]
    desktop.until(lambda: services.told and services.told[-1]["progress-visible"], "a bar")
    desktop.workspace.queue.pause(jobs[0])
    desktop.workspace.queue.pause(jobs[1])
    desktop.workspace.queue.pause(jobs[2])
    hold.release()
    desktop.until(lambda: not services.awake, "a computer that may sleep while all is paused")
    desktop.close_progress()
    other = look_away(desktop)
    for job in jobs:
        desktop.workspace.queue.resume(job)
    desktop.until(lambda: all(job.state is State.DONE for job in jobs), "three uploads")
    desktop.until(services.notes, "a notification")
    desktop.until(lambda: not services.awake, "a computer that may sleep")
    desktop.until(lambda: not services.told[-1]["progress-visible"], "no bar")
    assert services.notes() == [("3 uploads are done", "m0, m1, m2", 0)]

    (number,) = [n for n, (name, _) in enumerate(services.asked) if name == "Notify"]
    assert services.asked[number][1][5] == ["default", "Show"]
    assert desktop.window.transfers.isHidden()
    services.click(services.last_note)
    desktop.until(desktop.window.isActiveWindow, "the window in front")
    assert {each.id for each in desktop.table.artifacts()} == {job.artifact_id for job in jobs}
    assert desktop.table.hasFocus()
    desktop.until(lambda: "CloseNotification" in services.names(), "no notification any more")
    other.deleteLater()

    assert jobs[1].artifact is not None
    desktop.select(jobs[1].artifact)
    desktop.window.actions_["download"].trigger()
    fetched = lambda: [job for job in desktop.workspace.queue.jobs if job not in jobs]  # noqa: E731
    desktop.until(lambda: fetched() and fetched()[0].state is State.DONE, "a download")
    desktop.until(lambda: not services.awake, "a computer that may sleep")
    assert len(services.notes()) == 1, "whoever looks at the window is told nothing"


def test_a_system_that_shuts_down_is_not_kept_by_a_question(
    slow_desktop: Desktop, relay: Relay, make_model: Make
) -> None:
    desktop = slow_desktop
    jobs, _hold = desktop.held_uploads(relay, make_model("large", weights=100_000))
    desktop.app.qt.commitDataRequest.emit(None)
    desktop.window.close()
    assert desktop.run(desktop.life) == 0
    assert [job.state for job in jobs] == [State.WAITING]
    relay.release()
    assert not desktop.dialogs(Question)
