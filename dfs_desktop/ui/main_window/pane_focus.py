"""The order of the window for the keyboard and for screen readers: toolbar, panes, status line.

Qt's own is the order in which the parts were made, and in a splitter the reverse of what is seen.
"""

import weakref
from collections.abc import Iterator

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QDialog,
    QMainWindow,
    QSplitter,
    QToolBar,
    QWidget,
)

from dfs_desktop.ui.main_window.actions import Actions
from dfs_desktop.ui.theme import theme
from dfs_desktop.ui.widgets.guarded_painting import guarded

KEYS = Qt.WidgetAttribute.WA_KeyboardFocusChange  # Qt sets it with Tab and takes it with a click


class FocusRing(QWidget):
    """Goes from view to view of a window; fields and buttons draw their own. A dialog gets one when
    the keyboard comes to its first view."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("focusRing")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._window, self._view = window, window
        QApplication.instance().focusChanged.connect(self._follow)  # type: ignore[union-attr]
        self.hide()

    def _follow(self, _before: QWidget | None, now: QWidget | None) -> None:
        if not shiboken6.isValid(self._window):  # the keyboard leaves a window that goes
            return
        if shiboken6.isValid(self._view):
            self._view.removeEventFilter(self)
        mine = isinstance(now, QAbstractItemView) and self._window.isAncestorOf(now)
        self._view = now if mine and now is not None else self._window
        dialog = now.window() if isinstance(now, QAbstractItemView) else None
        if isinstance(dialog, QDialog) and dialog.findChild(FocusRing) is None:
            FocusRing(dialog)._follow(None, now)
        if self._view is self._window or not self._window.testAttribute(KEYS):
            self.hide()
            return
        self._view.installEventFilter(self)
        self._surround()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """It stays around the view, and goes when the mouse takes over."""
        if event.type() in {QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show}:
            self._surround()
        elif event.type() in {QEvent.Type.Hide, QEvent.Type.ContextMenu}:
            self.hide()
        return False

    def _surround(self) -> None:
        corner = self._view.mapTo(self._window, self._view.rect().topLeft())
        self.setGeometry(self._view.rect().translated(corner))
        self.raise_()
        self.show()

    @guarded()
    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._window.testAttribute(KEYS):
            return
        painter = QPainter(self)
        painter.setPen(QPen(theme.current().color("accent"), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()


class PaneFocus(QObject):
    """F6 goes from pane to pane and back to where the keyboard was in each; Tab from part to part."""

    def __init__(
        self, window: QMainWindow, actions: Actions, beside: QSplitter, below: QSplitter
    ) -> None:
        """``beside``: what stands from left to right, a part of what stands ``below`` each other."""
        super().__init__(window)
        self._window, self._beside, self._below = window, beside, below
        self._last: weakref.WeakKeyDictionary[QWidget, QWidget] = weakref.WeakKeyDictionary()
        actions.connect(next_pane=lambda: self._go(1), previous_pane=lambda: self._go(-1))
        QApplication.instance().focusChanged.connect(self._remember)  # type: ignore[union-attr]
        self._bars = window.findChildren(QToolBar)
        for part in (window.menuBar(), *self._bars, window.centralWidget(), window.statusBar()):
            if part is not None:
                part.raise_()  # children are read from the bottom to the top
        self._put_in_order()
        below.installEventFilter(self)
        FocusRing(window)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ChildAdded:
            QTimer.singleShot(0, self, self._put_in_order)
        return super().eventFilter(watched, event)

    def tab(self, forward: bool) -> bool:
        """Go to the next stop of Tab, or to the one before; False where there is no other."""
        order = [*self._bars, *self._panes()]

        def rank(widget: QWidget) -> int:
            places = (n for n, part in enumerate(order) if part.isAncestorOf(widget))
            return next(places, len(order))

        stops = sorted(_stops(self._window), key=rank)
        now = QApplication.focusWidget()
        if not stops or stops == [now]:
            return False
        step = 1 if forward else -1
        number = stops.index(now) + step if now in stops else min(0, step)
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        goal = stops[number % len(stops)]
        goal.setFocus(reason)
        if now is not None:
            QTimer.singleShot(0, self, lambda: self._stay_near(now, goal))
        return True

    def _stay_near(self, left: QWidget, goal: QWidget) -> None:
        """Qt comes here as well for what it disables or hides: the part before that has the keyboard."""
        if not shiboken6.isValid(left) or QApplication.focusWidget() is not goal:
            return
        if left.isEnabled() and left.isVisible():
            return
        pane, each = self._around(left), left.previousInFocusChain()
        while each is not None and each is not left:
            if _takes_focus(each) and self._around(each) is pane:
                each.setFocus()
                return
            each = each.previousInFocusChain()
        panes = self._panes()
        if pane in panes:
            self._enter(panes[panes.index(pane) - 1])

    def _put_in_order(self) -> None:
        for splitter in (self._below, self._beside):
            for part in _inside(splitter):
                part.raise_()
            for number in range(splitter.count()):
                splitter.handle(number).raise_()  # it is grabbed beyond its edges

    def _panes(self) -> list[QWidget]:
        below = [each for each in _inside(self._below) if each is not self._beside]
        return _inside(self._beside) + below

    def _remember(self, _before: QWidget | None, now: QWidget | None) -> None:
        if now is not None and (pane := self._around(now)) is not None:
            self._last[pane] = now

    def _around(self, widget: QWidget | None) -> QWidget | None:
        found = (p for p in self._panes() if widget is not None and p.isAncestorOf(widget))
        return next(found, None)

    def _go(self, step: int) -> None:
        panes = [pane for pane in self._panes() if pane.isVisible()]
        here = self._around(QApplication.focusWidget())
        outside = 0 if step > 0 else -1
        number = panes.index(here) + step if here in panes else outside
        self._window.setAttribute(KEYS)
        for turn in range(len(panes)):
            if self._enter(panes[(number + turn * step) % len(panes)]):
                return

    def _enter(self, pane: QWidget) -> bool:
        """Where the keyboard was in it; at first in what it is there for."""
        last = self._last.get(pane) or pane.focusProxy()
        if last is None or not shiboken6.isValid(last) or not _takes_focus(last):
            last = next(_stops(pane), None)
        if last is not None:
            last.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return last is not None


def _inside(splitter: QSplitter) -> list[QWidget]:
    return [each for n in range(splitter.count()) if (each := splitter.widget(n)) is not None]


def _stops(part: QWidget) -> Iterator[QWidget]:
    """Where Tab stops in a part of a window, as it is read: line by line, what is inside a widget
    before what is beside it."""
    children = [each for each in part.children() if isinstance(each, QWidget)]
    for each in _as_read([each for each in children if each.isVisible() and not each.isWindow()]):
        if _takes_focus(each):
            yield each
        yield from _stops(each)


def _as_read(widgets: list[QWidget]) -> Iterator[QWidget]:
    """What stands beside each other is a line: its middle is above the end of the first in it."""
    line: list[QWidget] = []
    backwards = -1 if QApplication.isRightToLeft() else 1
    for each in sorted(widgets, key=lambda widget: widget.geometry().center().y()):
        if line and each.geometry().center().y() > line[0].geometry().bottom():
            yield from sorted(line, key=lambda widget: backwards * widget.x())
            line = []
        line.append(each)
    yield from sorted(line, key=lambda widget: backwards * widget.x())


def _takes_focus(widget: QWidget) -> bool:
    tab = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    return bool(tab) and widget.isVisible() and widget.isEnabled() and not widget.focusProxy()
