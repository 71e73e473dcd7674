"""A D-Bus of a test's own, and on it a desktop: what it is asked for, it writes down and answers."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from jeepney import DBusAddress, MessageType, new_error, new_method_return, new_signal
from jeepney.bus_messages import MatchRule, message_bus
from jeepney.io.blocking import DBusConnection, Proxy, open_dbus_connection

POWER = "org.freedesktop.PowerManagement"
GNOME = "org.gnome.SessionManager"
LOGIND = "org.freedesktop.login1"
SCREEN_SAVER = "org.freedesktop.ScreenSaver"
NOTES = "org.freedesktop.Notifications"
LAUNCHER = "com.canonical.Unity.LauncherEntry"
PATIENCE = 20.0


@contextlib.contextmanager
def bus(kind: str = "SESSION") -> Iterator[str]:
    """A daemon that nobody else uses; the environment names its address meanwhile."""
    command = ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address"]
    name = f"DBUS_{kind}_BUS_ADDRESS"
    before = os.environ.get(name)
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as daemon:
        try:
            assert daemon.stdout is not None
            os.environ[name] = address = daemon.stdout.readline().strip()
            yield address
        finally:
            os.environ.pop(name, None)
            if before is not None:
                os.environ[name] = before
            daemon.terminate()


class DesktopServices:
    """Has these names on a bus. `asked` holds what was called, `told` the signals of the launcher."""

    def __init__(self, address: str, *names: str, markup: bool = True) -> None:
        self._markup = markup
        self.asked: list[tuple[str, tuple[Any, ...]]] = []
        self.told: list[dict[str, Any]] = []
        self.awake: dict[int, str] = {}  # cookies, and who asked for them
        self.pipes: list[socket.socket] = []
        self._number = self.last_note = 0
        self._connection: DBusConnection = open_dbus_connection(address, enable_fds=True)
        proxy = Proxy(message_bus, self._connection)
        for name in names:
            assert proxy.RequestName(name) == (1,)
        proxy.AddMatch(MatchRule(type="signal", interface=LAUNCHER))
        self._ending = False
        self._thread = threading.Thread(target=self._serve, name="a desktop")
        self._thread.start()

    def close(self) -> None:
        self._ending = True
        self._thread.join()
        self._connection.close()
        for pipe in self.pipes:
            pipe.close()

    def names(self) -> list[str]:
        return [name for name, _ in self.asked]

    def notes(self) -> list[tuple[Any, ...]]:
        """Title, text and what it replaces, of each notification."""
        return [(body[3], body[4], body[1]) for name, body in self.asked if name == "Notify"]

    def click(self, number: int) -> None:
        address = DBusAddress("/org/freedesktop/Notifications", None, NOTES)
        self._connection.send(new_signal(address, "ActivationToken", "us", (number, "token")))
        self._connection.send(new_signal(address, "ActionInvoked", "us", (number, "default")))

    def _serve(self) -> None:
        while not self._ending:
            with contextlib.suppress(TimeoutError):
                self._hear(self._connection.receive(timeout=0.05))

    def _hear(self, message: Any) -> None:
        fields = {field.name: value for field, value in message.header.fields.items()}
        member = fields.get("member", "")
        if message.header.message_type is MessageType.signal:
            if member == "Update":
                self.told.append({key: value for key, (_, value) in message.body[1].items()})
        elif message.header.message_type is MessageType.method_call:
            self.asked.append((member, message.body))
            self._answer(message, member, fields.get("interface", ""))

    def _answer(self, message: Any, member: str, interface: str) -> None:
        signature, body = self._reply(member, interface, message.body)
        if signature is None:
            self._connection.send(new_error(message, "org.test.Unknown"))
        else:
            self._connection.send(new_method_return(message, signature or None, body))

    def _reply(
        self, member: str, interface: str, body: tuple[Any, ...]
    ) -> tuple[str | None, tuple[Any, ...]]:
        self._number += 1
        match member:
            case "Inhibit" if interface.startswith(LOGIND):
                ours, theirs = socket.socketpair()
                self.pipes.append(ours)
                return "h", (theirs,)
            case "Inhibit":
                self.awake[self._number] = str(body[0])
                return "u", (self._number,)
            case "UnInhibit" | "Uninhibit":
                del self.awake[body[0]]
                return "", ()
            case "GetCapabilities":
                return "as", (["body", "actions", *(["body-markup"] if self._markup else [])],)
            case "Notify":
                self.last_note = body[1] or self._number
                return "u", (self.last_note,)
            case "CloseNotification":
                return "", ()
        return None, ()

    def logind_holds(self) -> bool:
        """Whether a descriptor that keeps the computer awake is open somewhere."""
        return any(not _ended(pipe) for pipe in self.pipes)


def _ended(pipe: socket.socket) -> bool:
    pipe.setblocking(False)
    try:
        return pipe.recv(1) == b""
    except BlockingIOError:
        return False


def wait_for(right: Callable[[], object], turn: Callable[[], object]) -> None:
    """Until it is right, while `turn` lets others go on."""
    end = time.monotonic() + PATIENCE
    while not right():
        assert time.monotonic() < end, "waited in vain"
        turn()
