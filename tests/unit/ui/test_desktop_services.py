"""What the window asks of the desktop, on a D-Bus of its own, and what it does where nobody answers."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from support import desktop_bus
from support.desktop_bus import GNOME, LOGIND, NOTES, POWER, SCREEN_SAVER, DesktopServices

from dfs_desktop.ui.platform.launcher_progress import LauncherProgress
from dfs_desktop.ui.platform.notifications import Notifications
from dfs_desktop.ui.platform.session_bus import BusError, SessionBus
from dfs_desktop.ui.platform.sleep_inhibitor import SleepInhibitor

pytestmark = pytest.mark.skipif(not shutil.which("dbus-daemon"), reason="starts a bus of its own")
Right = Callable[[], object]


@pytest.fixture(scope="module")
def session() -> Iterator[str]:
    with desktop_bus.bus() as address:
        yield address


@pytest.fixture(scope="module")
def system() -> Iterator[str]:
    with desktop_bus.bus("SYSTEM") as address:
        yield address


@contextlib.contextmanager
def services(address: str, *names: str, markup: bool = True) -> Iterator[DesktopServices]:
    found = DesktopServices(address, *names, markup=markup)
    try:
        yield found
    finally:
        found.close()


@contextlib.asynccontextmanager
async def opened() -> AsyncIterator[SessionBus]:
    bus = SessionBus()
    try:
        yield bus
    finally:
        await bus.close()


def start(work: Coroutine[Any, Any, Any], _name: str) -> object:
    return asyncio.ensure_future(work)


async def until(right: Right) -> None:
    async with asyncio.timeout(10):
        while not right():  # noqa: ASYNC110  it is another process that makes it so
            await asyncio.sleep(0.005)


@pytest.mark.parametrize("name", [POWER, GNOME, SCREEN_SAVER])
@pytest.mark.usefixtures("system")
def test_the_desktop_is_kept_awake_as_long_as_it_is_wanted(session: str, name: str) -> None:
    async def journey(desktop: DesktopServices) -> None:
        async with opened() as bus:
            inhibitor = SleepInhibitor(bus, start)
            for _ in range(2):
                inhibitor.want(True)
                inhibitor.want(True)
                await until(lambda: inhibitor.held)
                assert list(desktop.awake.values()) == ["DFS Desktop"]
                inhibitor.want(False)
                await until(lambda: not inhibitor.held and not desktop.awake)
            inhibitor.want(True)
            await until(lambda: inhibitor.held)
            await inhibitor.close()
            assert not desktop.awake

    with services(session, name) as desktop:
        asyncio.run(journey(desktop))


@pytest.mark.usefixtures("session")
def test_without_a_desktop_the_system_itself_is_kept_awake_by_an_open_descriptor(
    system: str,
) -> None:
    async def journey(logind: DesktopServices) -> None:
        async with opened() as bus:
            inhibitor = SleepInhibitor(bus, start)
            inhibitor.want(True)
            await until(lambda: inhibitor.held)
            assert logind.logind_holds()
            ((_, (what, who, _why, mode)),) = [a for a in logind.asked if a[0] == "Inhibit"]
            assert (what, who, mode) == ("sleep:idle", "DFS Desktop", "block")
            inhibitor.want(False)
            await until(lambda: not logind.logind_holds())

    with services(system, LOGIND) as logind:
        asyncio.run(journey(logind))


@pytest.mark.usefixtures("system")
def test_a_wish_that_is_taken_back_before_the_answer_leaves_nothing_held(session: str) -> None:
    async def journey(desktop: DesktopServices) -> None:
        async with opened() as bus:
            inhibitor = SleepInhibitor(bus, start)
            for wanted in (True, False, True, False):
                inhibitor.want(wanted)
                await asyncio.sleep(0)
            await until(lambda: not inhibitor.held and not desktop.awake)
            inhibitor.want(True)
            await inhibitor.close()
            await asyncio.sleep(0.05)
            assert not inhibitor.held

    with services(session, POWER) as desktop:
        asyncio.run(journey(desktop))


@pytest.mark.usefixtures("session", "system")
def test_where_nobody_can_keep_it_awake_it_is_asked_once_for_each_batch() -> None:
    async def journey() -> list[str]:
        begun: list[str] = []

        def count(work: Coroutine[Any, Any, Any], name: str) -> object:
            begun.append(name)
            return asyncio.ensure_future(work)

        async with opened() as bus:
            inhibitor = SleepInhibitor(bus, count)
            for wanted in (True, True, True, False, True):
                inhibitor.want(wanted)
                await asyncio.sleep(0.1)
            await inhibitor.close()
        return begun

    assert len(asyncio.run(journey())) == 2


def test_without_any_bus_each_call_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus")

    async def journey() -> None:
        async with opened() as bus:
            with pytest.raises(BusError, match="no bus"):
                await bus.call("a.b", "/", "a.b.C")

    asyncio.run(journey())


def test_a_bus_that_goes_away_and_comes_back_is_found_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def journey() -> None:
        async with opened() as bus:
            for _ in range(2):
                with desktop_bus.bus(), pytest.raises(BusError, match="a\\.b"):
                    await bus.call("a.b", "/", "a.b.C")
                await asyncio.sleep(0.05)

    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "")
    asyncio.run(journey())


@pytest.mark.parametrize("markup", [True, False])
def test_a_notification_replaces_the_one_before_and_its_words_are_no_markup(
    qtbot: QtBot, session: str, markup: bool
) -> None:
    async def journey(desktop: DesktopServices) -> None:
        async with opened() as bus:
            clicked: list[str] = []
            notifications = Notifications(bus, "org.test")
            await notifications.show("<i>1</i>", "<b>a & b</b>", lambda: clicked.append("first"))
            number = notifications._number
            await notifications.show("2", "b", lambda: clicked.append("second"))
            told = "&lt;b&gt;a &amp; b&lt;/b&gt;" if markup else "<b>a & b</b>"
            assert desktop.notes() == [("<i>1</i>", told, 0), ("2", "b", number)]
            desktop.click(number + 1000)
            desktop.click(number)
            desktop.click(number)
            await until(lambda: clicked)
            await asyncio.sleep(0.05)
            assert clicked == ["second"]
            await notifications.withdraw()
            await notifications.withdraw()
            assert desktop.names().count("CloseNotification") == 1

    with services(session, NOTES, markup=markup) as desktop:
        asyncio.run(journey(desktop))


def test_the_icon_is_told_what_changed_and_nothing_twice(qtbot: QtBot, session: str) -> None:
    async def journey(desktop: DesktopServices) -> None:
        async with opened() as bus:
            launcher = LauncherProgress(bus, "org.test", start)
            for permille, left in ((250, 3), (251, 3), (250, 2), (None, 0), (None, 0)):
                launcher.show(permille, left)
                await asyncio.sleep(0.02)
            await until(lambda: len(desktop.told) == 3)

    with services(session) as desktop:
        asyncio.run(journey(desktop))
        told = [
            (each["progress"], each["progress-visible"], each["count"]) for each in desktop.told
        ]
        assert told == [(0.25, True, 3), (0.25, True, 2), (0.0, False, 0)]
