"""What a screen reader is told: the tree of AT-SPI, asked for over the bus as Orca asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from jeepney import DBusAddress, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection

SERVICE = Path("/usr/share/dbus-1/services/org.a11y.Bus.service")
ACCESSIBLE = "org.a11y.atspi.Accessible"
PROPERTIES = "org.freedesktop.DBus.Properties"
FOCUSABLE, SHOWING = 11, 25  # bits of the states
SECONDS = 20.0  # for one answer


class Node(NamedTuple):
    """One thing in the tree, with what stands in it."""

    role: str
    name: str
    description: str
    focusable: bool
    showing: bool
    above: tuple[str, ...]  # roles, from the window down


class AccessibilityTree:
    """Asks the programs of one session."""

    def __init__(self, session: str) -> None:
        with open_dbus_connection(session) as bus:
            launcher = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
            (address,) = _answer(bus, new_method_call(launcher, "GetAddress"))
        self._bus = open_dbus_connection(address)

    def close(self) -> None:
        self._bus.close()

    def windows(self) -> list[tuple[str, str]]:
        """Every window of every program that told the registry of itself."""
        root = ("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")
        return [window for program in self._below(root) for window in self._below(program)]

    def walk(self, place: tuple[str, str], above: tuple[str, ...] = ()) -> Iterator[Node]:
        """A window and all that stands in it, from the outside in."""
        role = self._call(place, ACCESSIBLE, "GetRoleName")[0]
        low, _high = self._call(place, ACCESSIBLE, "GetState")[0]
        yield Node(
            role,
            self._property(place, "Name"),
            self._property(place, "Description"),
            bool(low >> FOCUSABLE & 1),
            bool(low >> SHOWING & 1),
            above,
        )
        for each in self._below(place):
            yield from self.walk(each, (*above, role))

    def _below(self, place: tuple[str, str]) -> list[tuple[str, str]]:
        return [(name, path) for name, path in self._call(place, ACCESSIBLE, "GetChildren")[0]]

    def _property(self, place: tuple[str, str], name: str) -> str:
        ((_kind, value),) = self._call(place, PROPERTIES, "Get", "ss", (ACCESSIBLE, name))
        return str(value)

    def _call(
        self, place: tuple[str, str], interface: str, method: str, kinds: str = "", values: Any = ()
    ) -> Any:
        name, path = place
        address = DBusAddress(path, name, interface)
        return _answer(self._bus, new_method_call(address, method, kinds or None, values))


def _answer(bus: DBusConnection, message: Any) -> Any:
    reply = bus.send_and_get_reply(message, timeout=SECONDS)
    assert reply.header.message_type.name == "method_return", reply.body
    return reply.body
