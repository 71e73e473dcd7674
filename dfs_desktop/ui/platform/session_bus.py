"""Calls and signals on the D-Bus of the desktop: awaited on the event loop, opened when first needed.

QtDBus cannot send unsigned numbers from Python, which most of these interfaces want; jeepney, which
the keyring brings along on Linux, can.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Any

try:
    from jeepney import (
        DBusAddress,
        MatchRule,
        MessageFlag,
        MessageType,
        new_method_call,
        new_signal,
    )
    from jeepney.bus_messages import message_bus
    from jeepney.io.asyncio import DBusConnection, open_dbus_connection
except ImportError:  # Windows and macOS have no such bus
    NO_BUS = True
else:
    NO_BUS = False

PATIENCE = 5.0  # seconds for an answer
Heard = Callable[[str, tuple[Any, ...]], object]  # the name of a signal, and what it brings

log = logging.getLogger(__name__)


class BusError(Exception):
    """There is no bus, nobody answers there, or the answer is a refusal."""


class SessionBus:
    """One connection. It is opened anew when the bus was lost."""

    def __init__(self) -> None:
        self._connection: DBusConnection | None = None
        self._receiver: asyncio.Task[None] | None = None
        self._opening = asyncio.Lock()
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._listeners: dict[str, Heard] = {}

    async def call(
        self, service: str, path: str, name: str, signature: str = "", *arguments: Any,
        start: bool = False,
    ) -> tuple[Any, ...]:  # fmt: skip
        """The answer of ``name``, written `interface.Method`. ``start``: also of a service that is
        still to be started."""
        _need_bus()
        interface, method = name.rsplit(".", 1)
        address = DBusAddress(path, service, interface)
        message = new_method_call(address, method, signature or None, arguments)
        if not start:
            message.header.flags |= MessageFlag.no_auto_start
        return await self._ask(message)

    async def listen(self, interface: str, heard: Heard) -> None:
        """Have the signals of an interface told, from now on."""
        _need_bus()
        self._listeners[interface] = heard
        await self._ask(message_bus.AddMatch(_rule(interface)))

    async def emit(self, path: str, name: str, signature: str, *arguments: Any) -> None:
        """Tell everybody who listens a signal, written `interface.Signal`."""
        _need_bus()
        interface, signal = name.rsplit(".", 1)
        message = new_signal(DBusAddress(path, None, interface), signal, signature, arguments)
        connection = await self._open()
        await self._guarded(connection.send(message))

    async def close(self) -> None:
        """Leave the bus: whatever was asked for by this connection ends with it."""
        if self._receiver is not None:
            self._receiver.cancel()
            await asyncio.wait([self._receiver])

    async def _ask(self, message: Any) -> tuple[Any, ...]:
        connection = await self._open()
        serial = next(connection.outgoing_serial)
        answered = self._answers[serial] = asyncio.get_running_loop().create_future()
        try:
            await self._guarded(connection.send(message, serial=serial))
            answer = await self._guarded(answered)
        finally:
            self._answers.pop(serial, None)
        if answer.header.message_type is MessageType.error:
            raise BusError(str(answer.body[0]) if answer.body else "refused")
        return tuple(answer.body)

    async def _guarded(self, work: Any) -> Any:
        try:
            return await asyncio.wait_for(work, PATIENCE)
        except (OSError, EOFError) as error:  # TimeoutError is one
            raise BusError(f"{type(error).__name__}: {error}") from error

    async def _open(self) -> DBusConnection:
        async with self._opening:
            if self._connection is None:
                # KeyError: no address is known; ValueError, RuntimeError: it is of no kind that is.
                try:
                    opening = open_dbus_connection("SESSION")
                    connection = await asyncio.wait_for(opening, PATIENCE)
                except Exception as error:
                    raise BusError(f"no bus: {type(error).__name__} {error}") from error
                self._connection = connection
                self._receiver = asyncio.create_task(self._receive(connection), name="hear the bus")
                for interface in self._listeners:
                    await connection.send(message_bus.AddMatch(_rule(interface)))
            return self._connection

    async def _receive(self, connection: DBusConnection) -> None:
        try:
            while True:
                self._hear(await connection.receive())
        except (OSError, EOFError):
            log.info("the bus of the desktop is gone")
        finally:
            self._connection = None
            for answered in self._answers.values():
                if not answered.done():
                    answered.set_exception(EOFError("the bus is gone"))
            connection.writer.close()
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await connection.writer.wait_closed()

    def _hear(self, message: Any) -> None:
        fields = {field.name: value for field, value in message.header.fields.items()}
        kind = message.header.message_type
        if kind in {MessageType.method_return, MessageType.error}:
            answered = self._answers.get(fields.get("reply_serial", 0))
            if answered is not None and not answered.done():
                answered.set_result(message)
        elif kind is MessageType.signal:
            heard = self._listeners.get(fields.get("interface", ""))
            if heard is not None:
                heard(fields.get("member", ""), tuple(message.body))


def _need_bus() -> None:
    if NO_BUS:
        raise BusError("no bus on this system")


def _rule(interface: str) -> str:
    return str(MatchRule(type="signal", interface=interface).serialise())
