"""A drawing of a stranger becomes a picture in bounded time, at the size that this allows."""

import time

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from dfs_desktop.artifact.safety.svg_sanitizer import TOO_COMPLEX, SvgRefusedError
from dfs_desktop.translation import tr

_DRAWING = (75, 150, 300, 600, 1200)  # pixels of the longer side
_BUDGET = 0.6  # seconds that a drawing may take at its next size
_TWICE = 5  # how much longer twice the size takes
_STRIPES = 16  # that make a drawing


def painted(renderer: QSvgRenderer) -> tuple[QImage, bool]:
    """The drawing, and whether it is as large as it should be.

    What a drawing costs cannot be told from its text: crossing outlines, gradients and strokes
    cost by the pixel and more. So it is drawn small first, then at twice the size as long as that
    fits into the budget, which a stripe of it tells. SvgRefusedError when not even the smallest
    size is drawn in time.
    """
    shape = renderer.defaultSize()
    if shape.isEmpty():
        shape = QSize(300, 150)
    image = QImage()
    for side in _DRAWING:
        size = shape.scaled(QSize(side, side), Qt.AspectRatioMode.KeepAspectRatio).expandedTo(
            QSize(1, 1)
        )
        stripe = QRect(0, size.height() // 2, size.width(), max(1, size.height() // _STRIPES))
        if not image.isNull() and _painted(renderer, size, stripe)[1] * _STRIPES > _BUDGET:
            return image, False
        image, seconds = _painted(renderer, size, QRect(QPoint(0, 0), size))
        if seconds * _TWICE > _BUDGET:
            if side == _DRAWING[0]:
                raise SvgRefusedError(tr(TOO_COMPLEX))
            return image, side == _DRAWING[-1]
    return image, True


def _painted(renderer: QSvgRenderer, size: QSize, part: QRect) -> tuple[QImage, float]:
    """This part of the drawing at this size, and the seconds that it took."""
    image = QImage(part.size(), QImage.Format.Format_ARGB32)
    image.fill(0xFFFFFFFF)  # drawings take paper for granted
    began = time.process_time(), time.monotonic()
    painter = QPainter(image)
    renderer.render(painter, QRectF(-part.left(), -part.top(), size.width(), size.height()))
    painter.end()
    # Qt paints large areas on several threads; on a busy machine or in a busy program the smaller
    # of the two is the truer one.
    return image, min(time.process_time() - began[0], time.monotonic() - began[1])
