"""The tabs of the detail pane: as many lines of words as the width asks for, none behind an arrow."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractSlider,
    QButtonGroup,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QWidget,
)

from dfs_desktop.translation import tr
from dfs_desktop.ui.widgets.layouts import FlowLayout, column
from dfs_desktop.ui.widgets.naming import named

_SCROLL = {
    Qt.Key.Key_PageUp: QAbstractSlider.SliderAction.SliderPageStepSub,
    Qt.Key.Key_PageDown: QAbstractSlider.SliderAction.SliderPageStepAdd,
    Qt.Key.Key_Up: QAbstractSlider.SliderAction.SliderSingleStepSub,
    Qt.Key.Key_Down: QAbstractSlider.SliderAction.SliderSingleStepAdd,
}


class TabButton(QPushButton):
    """One word of the line; the arrow keys go from one to the next."""

    turned = Signal(object)  # -1 or 1

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setCheckable(True)
        self.setProperty("tab", True)
        self.setAutoDefault(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.key() in steps:
            self.turned.emit(steps[Qt.Key(event.key())])
        elif event.key() in _SCROLL:  # Up and Down too: a button would give the focus to another
            event.ignore()
        else:
            super().keyPressEvent(event)


class DetailTabs(QWidget):
    """Pages by key. A page is made when it is first seen; only the keys that are wanted show."""

    changed = Signal(str)

    def __init__(
        self,
        titles: dict[str, str],
        make: Callable[[str, QWidget], QWidget],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._make = make
        self._pages: dict[str, QWidget] = {}
        self._buttons: dict[str, TabButton] = {}
        self._group = QButtonGroup(self)
        self._shown: list[str] = []
        self._wish = ""  # the tab that the person chose, also where it does not exist just now
        self.key = ""
        bar = named(QWidget(), reads=tr("Views of the artifact"))
        flow = FlowLayout(bar, 0)
        flow.setContentsMargins(0, 0, 0, 0)
        for key, title in titles.items():
            button = named(TabButton(title, bar), f"tab_{key}")
            button.clicked.connect(lambda _checked=False, key=key: self.choose(key))
            button.turned.connect(self._turn)
            self._group.addButton(button)
            self._buttons[key] = button
            flow.addWidget(button)
        flow.addWidget(QWidget(bar))  # takes what is left of the last line
        self._stack = QStackedWidget(self)
        column(bar, (self._stack, 1), of=self, spacing=4)

    def show_keys(self, keys: Sequence[str]) -> None:
        """Offer these tabs, in this order of `titles`; the chosen one stays chosen where it is there."""
        shown = [key for key in self._buttons if key in keys]
        if shown != self._shown:
            self._shown = shown
            for key, button in self._buttons.items():
                button.setVisible(key in keys)
        key = self._wish if self._wish in shown else shown[0] if shown else ""
        if key != self.key:
            self._show(key)

    def choose(self, key: str) -> None:
        """Show this tab, and come back to it with the next artifact that has it."""
        self._wish = key
        if key in self._shown:
            self._show(key)

    def _show(self, key: str) -> None:
        self.key = key
        if key:
            self._buttons[key].setChecked(True)
            self.page(key)
            self._stack.setCurrentWidget(self._pages[key])
            self.changed.emit(key)

    def page(self, key: str) -> QWidget:
        """The page of a tab, made in its place when it is not there yet: one that is made and has no
        place belongs to nobody, and stays when the window closes between the two."""
        if key not in self._pages:
            self._pages[key] = self._make(key, self._stack)
            self._stack.addWidget(self._pages[key])
        return self._pages[key]

    def _turn(self, step: int) -> None:
        if self._shown:
            number = (self._shown.index(self.key) + step) % len(self._shown)
            self.choose(self._shown[number])
            self._buttons[self.key].setFocus(Qt.FocusReason.TabFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """From the tabs, the page below is read on."""
        page = self._stack.currentWidget()
        if event.key() in _SCROLL and isinstance(page, QScrollArea):
            page.verticalScrollBar().triggerAction(_SCROLL[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def offered(self) -> list[str]:
        """The tabs that are offered now."""
        return list(self._shown)

    def count(self) -> int:
        return len(self._shown)

    def setCurrentIndex(self, number: int) -> None:
        self.choose(self._shown[number])
