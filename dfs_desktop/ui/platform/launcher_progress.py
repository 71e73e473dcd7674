"""How far transfers are, on the program's icon: a bar where the desktop draws one, else a number."""

import contextlib
import sys
import zlib
from collections.abc import Callable

from PySide6.QtWidgets import QApplication

from .session_bus import BusError, SessionBus

_NAME = "com.canonical.Unity.LauncherEntry"  # GNOME's docks and KDE listen to it as well


class LauncherProgress:
    """Tells what changed, and nothing twice."""

    def __init__(self, bus: SessionBus, entry: str, start: Callable[..., object]) -> None:
        """``entry``: the name of the desktop entry; ``start``: runs a coroutine that has a name."""
        self._bus, self._start = bus, start
        self._address = f"application://{entry}.desktop"
        self._path = f"/com/canonical/unity/launcherentry/{zlib.crc32(self._address.encode())}"
        self._told: tuple[int | None, int] = (None, 0)

    def show(self, permille: int | None, left: int) -> None:
        """``left``: how many transfers go on. None takes the bar away."""
        percent = None if permille is None else permille // 10
        now = (percent, left if percent is not None else 0)
        if now == self._told:
            return
        self._told = now
        if sys.platform == "linux":
            self._start(self._tell(*now), "show the progress on the icon")
        else:
            QApplication.setBadgeNumber(now[1])

    async def _tell(self, percent: int | None, left: int) -> None:
        shown = percent is not None
        facts = {
            "progress": ("d", (percent or 0) / 100),
            "progress-visible": ("b", shown),
            "count": ("x", left),
            "count-visible": ("b", shown and left > 1),
        }
        with contextlib.suppress(BusError):
            await self._bus.emit(self._path, f"{_NAME}.Update", "sa{sv}", self._address, facts)
