"""One notification of the desktop at a time; where none shows any, the system tray's balloon does."""

import contextlib
import html
import os
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from dfs_desktop.translation import tr

from .session_bus import BusError, SessionBus

_NAME = "org.freedesktop.Notifications"
_PATH = "/org/freedesktop/Notifications"
_NORMAL = 1  # urgency
_BY_THE_DESKTOP = -1  # how long it stays


class Notifications(QObject):
    """`show` replaces the one before; `withdraw` takes it away. A click calls what was given with it."""

    def __init__(self, bus: SessionBus, icon: str, parent: QObject | None = None) -> None:
        """``icon``: the name of the desktop entry."""
        super().__init__(parent)
        self._bus, self._icon = bus, icon
        self._number = 0  # of the one that is shown
        self._clicked: Callable[[], object] | None = None
        self._markup: bool | None = None
        self._tray: QSystemTrayIcon | None = None

    async def show(self, title: str, text: str, clicked: Callable[[], object]) -> None:
        """Both are plain text, whatever is in them."""
        self._clicked = clicked
        try:
            await self._show_by_bus(title, text)
        except BusError:
            self._show_in_tray(title, text)

    async def withdraw(self) -> None:
        """The person has seen what it is about."""
        self._clicked = None
        if self._tray is not None:
            self._tray.hide()
        if self._number:
            number, self._number = self._number, 0
            with contextlib.suppress(BusError):  # it has gone by itself
                await self._bus.call(_NAME, _PATH, f"{_NAME}.CloseNotification", "u", number)

    async def _show_by_bus(self, title: str, text: str) -> None:
        if self._markup is None:
            can, *_ = await self._bus.call(_NAME, _PATH, f"{_NAME}.GetCapabilities", start=True)
            await self._bus.listen(_NAME, self._hear)
            self._markup = "body-markup" in can
        notice = (
            QApplication.applicationDisplayName(), self._number, self._icon, title,
            html.escape(text, quote=False) if self._markup else text, ["default", tr("Show")],
            {"desktop-entry": ("s", self._icon), "urgency": ("y", _NORMAL)}, _BY_THE_DESKTOP,
        )  # fmt: skip
        notify, signature = f"{_NAME}.Notify", "susssasa{sv}i"
        self._number, *_ = await self._bus.call(
            _NAME, _PATH, notify, signature, *notice, start=True
        )

    def _hear(self, signal: str, values: tuple[Any, ...]) -> None:
        if not values or values[0] != self._number or not self._number:
            return
        if signal == "ActivationToken":  # Wayland: who was clicked may come to the front
            os.environ["XDG_ACTIVATION_TOKEN"] = str(values[1])
        elif signal == "NotificationClosed":
            self._number = 0
        elif signal == "ActionInvoked":
            self._act()

    def _act(self) -> None:
        clicked, self._clicked = self._clicked, None
        if clicked is not None:
            clicked()

    def _show_in_tray(self, title: str, text: str) -> None:
        if not QSystemTrayIcon.isSystemTrayAvailable() or not QSystemTrayIcon.supportsMessages():
            return
        if self._tray is None:
            self._tray = QSystemTrayIcon(QApplication.windowIcon(), self)
            self._tray.messageClicked.connect(self._act)
            self._tray.activated.connect(lambda _reason: self._act())
        self._tray.show()  # until the window is looked at
        self._tray.showMessage(title, text)
