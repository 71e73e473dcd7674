"""Lays widgets out like words in a paragraph; the last one takes what is left of its line."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


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
                item.setGeometry(QRect(QPoint(x, y), QSize(width, hint.height())))
            x += width + self._gap
        return y + tall - rect.top() + self.contentsMargins().bottom()


def flowing(*widgets: QWidget, gap: int = 12) -> QWidget:
    """Buttons beside each other where there is room, else below; none is stretched or cut."""
    box = QWidget()
    flow = FlowLayout(box, gap, 8)
    flow.setContentsMargins(0, 0, 0, 0)
    for widget in (*widgets, QWidget()):  # the last one gets all the room that is left
        flow.addWidget(widget)
    return box
