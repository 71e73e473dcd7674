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
    desktop.until(lambda: not QApplication.activeModalWidget())
    for dialog in desktop.dialogs():
        dialog.close()
    QApplication.setActiveWindow(None)  # type: ignore[arg-type]
    desktop.window.clearFocus()
    assert QApplication.activeWindow() is None
    return desktop.window


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
    look_away(desktop)
    for job in jobs:
        desktop.workspace.queue.resume(job)
    desktop.until(lambda: all(job.state is State.DONE for job in jobs), "three uploads")
    desktop.until(services.notes, "a notification")
    desktop.until(lambda: not services.awake, "a computer that may sleep")
    desktop.until(lambda: not services.told[-1]["progress-visible"], "no bar")
    assert services.notes() == [("3 uploads are done", "m0, m1, m2", 0)]
