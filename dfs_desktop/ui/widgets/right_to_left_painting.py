"""Cells that are painted as in a mirror where lines begin at the right."""

import contextlib
from collections.abc import Iterator

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QTransform

_mirrors: list[QPainter] = []  # entered and not left yet


@contextlib.contextmanager
def mirrored(
    painter: QPainter, area: QRect | QRectF, direction: Qt.LayoutDirection
) -> Iterator[None]:
    """Inside, the left of the area is where lines begin: its right, where they begin there.

    Shapes are drawn as in a mirror; texts and icons, which `upright` places, keep their own look.
    """
    if direction is not Qt.LayoutDirection.RightToLeft:
        yield
        return
    painter.save()
    painter.translate(2 * area.x() + area.width(), 0)
    painter.scale(-1, 1)
    _mirrors.append(painter)
    try:
        yield
    finally:
        _mirrors.pop()
        painter.restore()


def in_mirror() -> bool:
    """Whether what is painted now is seen in a mirror: known without a question to Qt for each line."""
    return bool(_mirrors)


@contextlib.contextmanager
def upright(painter: QPainter, area: QRect | QRectF) -> Iterator[tuple[QRectF, bool]]:
    """An area where it is on the screen, and whether it is seen in a mirror, which ends inside."""
    if not _mirrors:
        yield QRectF(area), False
        return
    seen = painter.worldTransform()
    painter.setWorldTransform(QTransform())
    try:
        yield seen.mapRect(QRectF(area)), True
    finally:
        painter.setWorldTransform(seen)
