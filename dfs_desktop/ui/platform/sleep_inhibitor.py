"""Keeps the computer from falling asleep by itself, as long as it is wanted and not a moment longer.

The screen may darken and lock; a person who closes the lid or chooses to suspend is obeyed.
"""

import asyncio
import contextlib
import logging
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from typing import Any, cast

from dfs_desktop.translation import later, tr

from .session_bus import BusError, SessionBus

NAME = "DFS Desktop"
REASON = later("Artifacts are transferred")
_SUSPEND = 4  # of what GNOME's session is kept from
_CONTINUOUS, _SYSTEM = 0x80000000, 0x00000001  # of Windows' SetThreadExecutionState
Release = Callable[[], Awaitable[object]]

log = logging.getLogger(__name__)


class SleepInhibitor:
    """`want` says what is right from now on; taking and releasing follow one after the other."""

    def __init__(self, bus: SessionBus, start: Callable[..., object]) -> None:
        """``start``: runs a coroutine that has a name."""
        self._bus, self._start = bus, start
        self._wanted = self._settling = self._hopeless = False
        self._release: Release | None = None

    @property
    def held(self) -> bool:
        return self._release is not None

    def want(self, wanted: bool) -> None:
        if not wanted:
            self._hopeless = False  # the next time it is tried again
        self._wanted = wanted
        if not self._settling and wanted is not self.held and not self._hopeless:
            self._settling = True
            self._start(self._settle(), "keep the computer awake" if wanted else "let it sleep")

    async def close(self) -> None:
        """Release it, and take it no more."""
        self._wanted, self._hopeless = False, True
        if not self._settling:
            await self._settle()

    async def _settle(self) -> None:
        """Until what is held is what is wanted, which may change meanwhile."""
        self._settling = True
        try:
            while self._wanted is not self.held:
                if self._release is not None:
                    release, self._release = self._release, None
                    with contextlib.suppress(BusError, OSError):
                        await release()
                elif (release_ := await self._take()) is not None:
                    self._release = release_
                else:
                    log.info("nothing here keeps the computer awake")
                    self._hopeless = True
                    return
        finally:
            self._settling = False

    async def _take(self) -> Release | None:
        if sys.platform == "win32":
            return _take_on_windows()
        if sys.platform == "darwin":
            return _take_on_macos()
        for take in (self._by_power_management, self._by_gnome, _by_logind, self._by_screen_saver):
            try:
                return await take()
            except (BusError, OSError) as error:
                log.info("not kept awake by %s: %s", take.__name__.strip("_"), error)
        return None

    async def _by_power_management(self) -> Release:  # KDE, Xfce
        service = "org.freedesktop.PowerManagement"
        path = "/org/freedesktop/PowerManagement/Inhibit"
        return await self._by_cookie(service, path, f"{service}.Inhibit", "UnInhibit", "ss")

    async def _by_gnome(self) -> Release:  # and Cinnamon
        name = "org.gnome.SessionManager"
        path = "/org/gnome/SessionManager"
        return await self._by_cookie(name, path, name, "Uninhibit", "susu")

    async def _by_screen_saver(self) -> Release:
        name = "org.freedesktop.ScreenSaver"
        return await self._by_cookie(name, "/org/freedesktop/ScreenSaver", name, "UnInhibit", "ss")

    async def _by_cookie(
        self, service: str, path: str, interface: str, undo: str, signature: str
    ) -> Release:
        arguments: tuple[Any, ...] = (NAME, tr(REASON))
        if signature == "susu":
            arguments = (NAME, 0, tr(REASON), _SUSPEND)
        inhibit = f"{interface}.Inhibit"
        cookie, *_ = await self._bus.call(service, path, inhibit, signature, *arguments)
        return lambda: self._bus.call(service, path, f"{interface}.{undo}", "u", cookie)


async def _by_logind() -> Release:
    """An open descriptor keeps it awake. Other threads wait: it is passed by a blocking call only."""
    loop = asyncio.get_running_loop()
    descriptor = await loop.run_in_executor(None, _ask_logind)

    async def release() -> None:
        os.close(descriptor)

    return release


def _ask_logind() -> int:
    from jeepney import DBusAddress, MessageType, new_method_call
    from jeepney.io.blocking import open_dbus_connection

    name = "org.freedesktop.login1"
    address = DBusAddress("/org/freedesktop/login1", name, f"{name}.Manager")
    message = new_method_call(address, "Inhibit", "ssss", ("sleep:idle", NAME, tr(REASON), "block"))
    try:
        with open_dbus_connection("SYSTEM", enable_fds=True, auth_timeout=3.0) as connection:
            answer = connection.send_and_get_reply(message, timeout=3.0)
    except Exception as error:  # jeepney's are of many kinds
        raise BusError(f"{type(error).__name__}: {error}") from error
    if answer.header.message_type is MessageType.error:
        raise BusError(str(answer.body[0]) if answer.body else "refused")
    return cast(int, answer.body[0].to_raw_fd())


def _take_on_windows() -> Release | None:
    """The wish belongs to the thread that says it, which is the window's."""
    import ctypes

    def say(flags: int) -> int:
        kernel = ctypes.windll.kernel32  # type: ignore[attr-defined]
        return int(kernel.SetThreadExecutionState(ctypes.c_uint(flags)))

    async def release() -> None:
        say(_CONTINUOUS)

    return release if say(_CONTINUOUS | _SYSTEM) else None


def _take_on_macos() -> Release | None:
    """A tool of the system holds the assertion, and ends with this process at the latest."""
    try:
        holder = subprocess.Popen(["/usr/bin/caffeinate", "-i", "-w", str(os.getpid())])
    except OSError:
        return None

    async def release() -> None:
        holder.terminate()
        await asyncio.get_running_loop().run_in_executor(None, holder.wait)

    return release
