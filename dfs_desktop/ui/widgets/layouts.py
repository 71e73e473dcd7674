"""Rows and columns of widgets in one call, and what scrolls."""

from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLayout,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

TOP, LEFT = Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignLeft
Item = QWidget | QLayout | int | None
# A part: a widget or a layout, a number of pixels to leave free, or None for what stretches; with
# its stretch, or with the side at which it stays as small as it is.
Part = Item | tuple[Item, int | Qt.AlignmentFlag]
Box = TypeVar("Box", bound=QBoxLayout)


def row(
    *parts: Part,
    of: QWidget | None = None,
    margins: tuple[int, int, int, int] = (0, 0, 0, 0),
    spacing: int = -1,
) -> QHBoxLayout:
    """Parts from left to right; ``of`` is the widget that they fill. A spacing below 0: the style's."""
    return _filled(QHBoxLayout(of) if of is not None else QHBoxLayout(), parts, margins, spacing)


def column(
    *parts: Part,
    of: QWidget | None = None,
    margins: tuple[int, int, int, int] = (0, 0, 0, 0),
    spacing: int = -1,
) -> QVBoxLayout:
    """The same from top to bottom."""
    return _filled(QVBoxLayout(of) if of is not None else QVBoxLayout(), parts, margins, spacing)


def sheet(dialog: QWidget, *parts: Part, spacing: int = 12) -> QVBoxLayout:
    """The column of a dialog, with the distance from its edge that all dialogs have."""
    return column(*parts, of=dialog, margins=(16, 16, 16, 16), spacing=spacing)


def _filled(
    box: Box, parts: tuple[Part, ...], margins: tuple[int, int, int, int], spacing: int
) -> Box:
    box.setContentsMargins(*margins)
    if spacing >= 0:
        box.setSpacing(spacing)
    for part in parts:
        item, how = part if isinstance(part, tuple) else (part, 0)
        stretch = how if isinstance(how, int) else 0
        match item:
            case None:
                box.addStretch(stretch)
            case int():
                box.addSpacing(item)
            case QWidget() if isinstance(how, Qt.AlignmentFlag):
                box.addWidget(item, 0, how)
            case QWidget():
                box.addWidget(item, stretch)
            case _:
                box.addLayout(item, stretch)
    return box


def split(way: Qt.Orientation, *widgets: QWidget) -> QSplitter:
    """Widgets with a line between them that is moved, and never hides one of them."""
    splitter = QSplitter(way, childrenCollapsible=False, handleWidth=1)
    for widget in widgets:
        splitter.addWidget(widget)
    return splitter


def scrolling(content: QWidget) -> QScrollArea:
    """A view that makes its content as wide as itself, and scrolls up and down only."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it says nothing; what is in it does
    area.setWidget(content)
    area.viewport().setAutoFillBackground(False)
    content.setAutoFillBackground(False)
    return area


def page_scrolls(widget: QWidget) -> bool:
    """Whether one of those that hold the widget has more than it shows: the wheel is then theirs."""
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QAbstractScrollArea) and parent.verticalScrollBar().maximum():
            return True
        parent = parent.parentWidget()
    return False
