"""Finds the files in `resources/` and paints the icons in the colours of the theme."""

import functools
import json
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from dfs_desktop.resource_files import folder

SIZE = 20  # device-independent pixels; painted once for the sharpest screen


def theme_tokens() -> dict[str, dict[str, str]]:
    """The colours of the light and the dark theme by name, and those with more contrast."""
    tokens: dict[str, dict[str, str]] = json.loads((folder() / "theme.json").read_text("utf-8"))
    return tokens


def sample_artifact() -> Path:
    """A small real artifact, for a first try and for the self-test."""
    return next((folder() / "sample").glob("*.fnnx"))


def sheet_mark(name: str, mode: str) -> str:
    """The path of the check of a box, or its arrow: style sheets take files, not painted pixmaps."""
    return (folder() / f"{name}-{mode}.svg").as_posix()


@functools.cache
def _svg(name: str) -> bytes:
    return (folder() / "icons" / f"{name}.svg").read_bytes()


def pixmap(name: str, color: QColor, size: int, ratio: float = 1.0) -> QPixmap:
    """One icon in one colour; `size` in device-independent pixels."""
    return _pixmap(name, color.name(), size, ratio)


@functools.lru_cache(maxsize=256)
def _pixmap(name: str, color: str, size: int, ratio: float) -> QPixmap:
    image = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    image.fill(Qt.GlobalColor.transparent)
    source = _svg(name).replace(b"currentColor", color.encode())
    painter = QPainter(image)
    QSvgRenderer(QByteArray(source)).render(painter, QRectF(image.rect()))
    painter.end()
    image.setDevicePixelRatio(ratio)
    return image


@functools.lru_cache(maxsize=512)
def _icon(name: str, normal: str, disabled: str, ratio: float) -> QIcon:
    icon = QIcon()
    icon.addPixmap(_pixmap(name, normal, SIZE, ratio), QIcon.Mode.Normal)
    icon.addPixmap(_pixmap(name, disabled, SIZE, ratio), QIcon.Mode.Disabled)
    return icon


def _sharpest() -> float:
    """The largest device pixel ratio of the screens: a window may be dragged to any of them."""
    return max((screen.devicePixelRatio() for screen in QGuiApplication.screens()), default=1.0)


class Icons:
    """Icons follow the theme: every widget that got one gets it anew when the colours change."""

    def __init__(self) -> None:
        self.normal, self.disabled = "#000000", "#808080"
        self._wearers = weakref.WeakKeyDictionary[Any, str]()

    def get(self, name: str, color: str | None = None) -> QIcon:
        return _icon(name, color or self.normal, self.disabled, _sharpest())

    def dress(self, wearer: Any, name: str) -> None:
        """Set the icon of an action or a button, now and after each change of theme."""
        self._wearers[wearer] = name
        wearer.setIcon(self.get(name))

    def undress(self, wearer: Any) -> None:
        """Its icon is its own from now on."""
        self._wearers.pop(wearer, None)

    def recolour(self, normal: str, disabled: str, valid: Callable[[Any], bool]) -> None:
        self.normal, self.disabled = normal, disabled
        for wearer, name in list(self._wearers.items()):
            if valid(wearer):
                wearer.setIcon(self.get(name))


icons = Icons()


def application_icon() -> QIcon:
    return QIcon(str(folder() / "dfs-desktop.svg"))
