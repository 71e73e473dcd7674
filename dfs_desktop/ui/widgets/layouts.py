"""Rows and columns of widgets in one call, and what scrolls."""

from collections.abc import Iterable
from typing import TypeVar

from PySide6.QtCore import QByteArray, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QBoxLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLayoutItem,
    QScrollArea,
    QSplitter,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from dfs_desktop.translation import right_to_left


class FlowLayout(QLayout):
    """Wraps to as many lines as the width asks for."""

    def __init__(self, parent: QWidget, gap: int, line_gap: int = -1) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []  # Python owns them: Qt only borrows
        self._gap, self._line_gap = gap, gap if line_gap < 0 else line_gap
        self._heights: dict[int, int] = {}  # by width: asked for many times, and dear

    def invalidate(self) -> None:
        self._heights.clear()
        super().invalidate()

    def insert(self, position: int, widget: QWidget) -> None:
        """Add a widget before the one at `position`."""
        self.addWidget(widget)
        self._items.insert(position, self._items.pop())
        self.invalidate()

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        if width not in self._heights:
            self._heights[width] = self._place(QRect(0, 0, width, 0), move=False)
        return self._heights[width]

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._place(rect, move=True)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        margins = self.contentsMargins()
        return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom())

    def _place(self, rect: QRect, *, move: bool) -> int:
        """Put the items into `rect`; the height they need is returned."""
        inner = rect.marginsRemoved(self.contentsMargins())
        shown = [item for item in self._items if not item.isEmpty()]
        x, y, tall = inner.left(), inner.top(), 0
        for item in shown:
            hint = item.sizeHint().expandedTo(item.minimumSize())
            width = min(hint.width(), inner.width())
            if x > inner.left() and x + width > inner.right() + 1:
                x, y, tall = inner.left(), y + tall + self._line_gap, 0
            if item is shown[-1]:
                width = inner.right() + 1 - x
            tall = max(tall, hint.height())
            if move:
                place = QRect(QPoint(x, y), QSize(width, hint.height()))
                direction = QGuiApplication.layoutDirection()
                item.setGeometry(QStyle.visualRect(direction, inner, place))
            x += width + self._gap
        return y + tall - rect.top() + self.contentsMargins().bottom()


def flowing(*widgets: QWidget, gap: int = 12) -> QWidget:
    """Buttons beside each other where there is room, else below; none is stretched or cut."""
    box = QWidget()
    flow = FlowLayout(box, gap, 8)
    flow.setContentsMargins(0, 0, 0, 0)
    show_flowing(flow, widgets)
    return box


def show_flowing(flow: FlowLayout, widgets: Iterable[QWidget]) -> None:
    """Show these in place of those before."""
    empty(flow)
    for widget in (*widgets, QWidget()):  # the last one gets all the room that is left
        flow.addWidget(widget)


def empty(layout: QLayout) -> None:
    """Take all out of a layout; the widgets among it, and in layouts inside, go."""
    while (item := layout.takeAt(0)) is not None:
        if (inner := item.layout()) is not None:
            empty(inner)
        elif (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()


TOP, LEFT = Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignLeft
Item = QWidget | QLayout | int | None
# A part: a widget or a layout, a number of pixels to leave free, or None for what stretches; with
# its stretch, or with the side at which it stays as small as it is.
Part = Item | tuple[Item, int | Qt.AlignmentFlag]
Box = TypeVar("Box", bound=QBoxLayout)


def set_margins(of: QWidget | QLayout, begin: int, top: int, end: int, bottom: int) -> None:
    """Room where lines begin and where they end: Qt mirrors what stands inside, and not its margins."""
    left, right = (end, begin) if right_to_left() else (begin, end)
    of.setContentsMargins(left, top, right, bottom)


def row(
    *parts: Part,
    of: QWidget | None = None,
    margins: tuple[int, int, int, int] = (0, 0, 0, 0),
    spacing: int = -1,
) -> QHBoxLayout:
    """Parts from left to right; ``of`` is the widget that they fill. A spacing below 0: the style's.
    Of the margins the first is where lines begin."""
    return _filled(QHBoxLayout(of) if of is not None else QHBoxLayout(), parts, margins, spacing)


def column(
    *parts: Part,
    of: QWidget | None = None,
    margins: tuple[int, int, int, int] = (0, 0, 0, 0),
    spacing: int = -1,
) -> QVBoxLayout:
    """The same from top to bottom."""
    return _filled(QVBoxLayout(of) if of is not None else QVBoxLayout(), parts, margins, spacing)


def fields(*lines: tuple[QLabel, QWidget]) -> QGridLayout:
    """Titles below each other, beside each the field that it leads to."""
    grid = QGridLayout()
    grid.setColumnStretch(1, 1)
    for number, (title, field) in enumerate(lines):
        title.setBuddy(field)
        grid.addWidget(title, number, 0)
        grid.addWidget(field, number, 1)
    return grid


def sheet(dialog: QWidget, *parts: Part, spacing: int = 12) -> QVBoxLayout:
    """The column of a dialog, with the distance from its edge that all dialogs have."""
    return column(*parts, of=dialog, margins=(16, 16, 16, 16), spacing=spacing)


def _filled(
    box: Box, parts: tuple[Part, ...], margins: tuple[int, int, int, int], spacing: int
) -> Box:
    set_margins(box, *margins)
    if spacing >= 0:
        box.setSpacing(spacing)
    for part in parts:
        append(box, part)
    return box


def append(box: QBoxLayout, part: Part) -> None:
    """Put a part behind those that are there."""
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


def split(way: Qt.Orientation, *widgets: QWidget) -> QSplitter:
    """Widgets with a line between them that is moved, and never hides one of them."""
    splitter = QSplitter(way, childrenCollapsible=False, handleWidth=1)
    for widget in widgets:
        splitter.addWidget(widget)
    return splitter


def scrolling(content: QWidget) -> QScrollArea:
    """A view that makes its content as wide as itself, and scrolls up and down only."""
    area = scrolling_area()
    fill_scrolling(area, content)
    return area


def scrolling_area(parent: QWidget | None = None) -> QScrollArea:
    """The same before it has content, which may be made as a child of its viewport: what gets its
    parent later is styled once more, with all that it holds."""
    area = QScrollArea(parent)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it says nothing; what is in it does
    return area


def fill_scrolling(area: QScrollArea, content: QWidget) -> None:
    """Have it scroll this content."""
    area.setWidget(content)
    area.viewport().setAutoFillBackground(False)
    content.setAutoFillBackground(False)


def state_text(state: QByteArray) -> str:
    """Where parts stand, as Qt tells it, for the settings."""
    return bytes(state.toBase64().data()).decode("ascii")


def state_of(text: str) -> QByteArray:
    """The same again; of what is no such text something that changes nothing."""
    return QByteArray.fromBase64(QByteArray(text.encode("ascii", "ignore")))


def page_scrolls(widget: QWidget) -> bool:
    """Whether one of those that hold the widget has more than it shows: the wheel is then theirs."""
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QAbstractScrollArea) and parent.verticalScrollBar().maximum():
            return True
        parent = parent.parentWidget()
    return False
