"""The tabs of the detail pane: as many words as the line has room for, the others behind “More”."""

import itertools
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractSlider,
    QScrollArea,
    QStackedWidget,
    QTabBar,
    QToolButton,
    QWidget,
)

from dfs_desktop.translation import tr
from dfs_desktop.ui.widgets.dialogs import offer, passing_menu
from dfs_desktop.ui.widgets.layouts import column, row
from dfs_desktop.ui.widgets.naming import named

_SCROLL = {
    Qt.Key.Key_PageUp: QAbstractSlider.SliderAction.SliderPageStepSub,
    Qt.Key.Key_PageDown: QAbstractSlider.SliderAction.SliderPageStepAdd,
    Qt.Key.Key_Up: QAbstractSlider.SliderAction.SliderSingleStepSub,
    Qt.Key.Key_Down: QAbstractSlider.SliderAction.SliderSingleStepAdd,
}


class TabLine(QTabBar):
    """Is as narrow as it has to be; a wheel that scrolls the page does not turn it."""

    def __init__(self) -> None:
        whole = Qt.TextElideMode.ElideNone
        super().__init__(expanding=False, usesScrollButtons=False, elideMode=whole)
        self.setProperty("compact", True)

    def width_of(self, title: str) -> int:
        """What a tab with these words needs."""
        advance = self.fontMetrics().horizontalAdvance
        around = self.tabSizeHint(0).width() - advance(self.tabText(0)) if self.count() else 12
        return advance(title) + around

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class DetailTabs(QWidget):
    """Pages by key. A page is made when it is first seen; only the keys that are wanted show."""

    changed = Signal(str)

    def __init__(self, titles: dict[str, str], make: Callable[[str, QWidget], QWidget]) -> None:
        super().__init__()
        self._make = make
        self._pages: dict[str, QWidget] = {}
        self._titles = titles
        self.shown: list[str] = []  # the tabs that are offered now
        self._line: list[str] = []  # those of them that are not behind “More”
        self._wish = ""  # the tab that the person chose, also where it does not exist just now
        self.key = ""
        self.bar = named(TabLine(), "detailTabBar", reads=tr("Views of the artifact"))
        self.bar.currentChanged.connect(lambda number: self.choose(self._line[number]))
        self.more = named(QToolButton(), "moreTabsButton", reads=tr("More views of the artifact"))
        self.more.setText(f"{tr('More')} ▾")
        self.more.clicked.connect(self._open_menu)
        self.more.hide()
        self._stack = QStackedWidget(self)
        column(row(self.bar, self.more, None, spacing=0), (self._stack, 1), of=self, spacing=4)

    def show_keys(self, keys: Sequence[str]) -> None:
        """Offer these tabs, in this order of `titles`; the chosen one stays chosen where it is there."""
        shown = [key for key in self._titles if key in keys]
        changed, self.shown = shown != self.shown, shown
        key = self._wish if self._wish in shown else shown[0] if shown else ""
        if key != self.key:
            self._show(key)
        elif changed:
            self._arrange()

    def choose(self, key: str) -> None:
        """Show this tab, and come back to it with the next artifact that has it."""
        self._wish = key
        if key in self.shown and key != self.key:
            self._show(key)

    def _show(self, key: str) -> None:
        self.key = key
        self._arrange()
        if key:
            self.page(key)
            self.changed.emit(key)  # what it showed of another artifact is not laid out once more
            self._stack.setCurrentWidget(self._pages[key])

    def page(self, key: str) -> QWidget:
        """The page of a tab, made in its place when it is not there yet: one that is made and has no
        place belongs to nobody, and stays when the window closes between the two."""
        if key not in self._pages:
            self._pages[key] = self._make(key, self._stack)
            self._stack.addWidget(self._pages[key])
        return self._pages[key]

    def _that_fit(self) -> list[str]:
        """The tabs that the line has room for, the one that is seen among them."""
        widths = {key: self.bar.width_of(self._titles[key]) for key in self.shown}
        if sum(widths.values()) <= self.width():
            return self.shown
        room = self.width() - self.more.sizeHint().width() - widths.get(self.key, 0)
        others = [key for key in self.shown if key != self.key]
        taken = itertools.accumulate(widths[key] for key in others)
        found = {key for key, needed in zip(others, taken, strict=True) if needed <= room}
        return [key for key in self.shown if key in found or key == self.key]

    def _arrange(self) -> None:
        with QSignalBlocker(self.bar):  # nobody turned it
            if (line := self._that_fit()) != self._line:
                self._line = line
                while self.bar.count():
                    self.bar.removeTab(0)
                for key in line:
                    self.bar.addTab(self._titles[key])
            if self.key in line:
                self.bar.setCurrentIndex(line.index(self.key))
        self.more.setVisible(len(line) < len(self.shown))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _open_menu(self) -> None:
        menu = passing_menu(self)
        for key in (each for each in self.shown if each not in self._line):
            offer(menu, self._titles[key], partial(self._go, key))
        menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def _go(self, key: str) -> None:
        self.choose(key)
        self.bar.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """From the tabs, the page below is read on."""
        page = self._stack.currentWidget()
        if event.key() in _SCROLL and isinstance(page, QScrollArea):
            page.verticalScrollBar().triggerAction(_SCROLL[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)
