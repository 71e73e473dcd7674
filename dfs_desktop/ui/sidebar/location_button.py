"""A quiet button that names where the person is, and opens the list of where else to go."""

from collections.abc import Sequence
from functools import partial
from typing import Protocol

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QPushButton

from dfs_desktop.artifact import visible
from dfs_desktop.number_text import natural_key
from dfs_desktop.ui.theme.icon_files import icons
from dfs_desktop.ui.theme.server_colors import dot
from dfs_desktop.ui.widgets.dialogs import offer, passing_menu
from dfs_desktop.ui.widgets.naming import explain
from dfs_desktop.ui.widgets.text_lines import elided


class Named(Protocol):
    """Anything with an id and a name: an organization, an orbit."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...


class PlaceButton(QPushButton):
    """Shows one name, elided in the middle; with more than one choice it opens a menu of them."""

    chosen = Signal(str)  # the id of another place

    def __init__(self, icon: str, title: str, *, opens: bool = True) -> None:
        super().__init__()
        self.setProperty("quiet", True)
        self.setAccessibleName(title)
        self._title = title
        self._name = ""
        self._choices: list[tuple[str, str]] = []
        self._current = ""
        self._opens = opens  # a menu
        icons.dress(self, icon)
        self.clicked.connect(self._clicked)

    def _clicked(self) -> None:
        if self._choices:
            self.open_menu()

    def show_name(self, name: str, hint: str = "") -> None:
        self._name = visible(name)
        explain(self, "\n".join(part for part in (self._title, self._name, hint) if part))
        self.setAccessibleName(": ".join(part for part in (self._title, self._name) if part))
        self._elide()

    def show_dot(self, color: QColor) -> None:
        """A dot of the server's own colour in place of the icon: which server this is, at a glance."""
        icons.undress(self)
        self.setIcon(dot(color))

    def show_choice(self, places: Sequence[Named], current: str) -> None:
        """Offer places; hidden when there is none, not clickable when there is just one."""
        ordered = sorted(places, key=lambda place: natural_key(place.name))
        self._choices = [(place.id, visible(place.name)) for place in ordered]
        self._current = current
        self._opens = len(self._choices) > 1
        self.setVisible(bool(self._choices))
        self.setEnabled(self._opens)
        self.show_name(next((name for key, name in self._choices if key == current), ""))

    def _elide(self) -> None:
        room = self.width() - self.iconSize().width() - 26
        mark = " ▾" if self._opens else ""
        room -= self.fontMetrics().horizontalAdvance(mark)
        short = elided(self.fontMetrics(), self._name, Qt.TextElideMode.ElideMiddle, room)
        self.setText(f"{short}{mark}".replace("&", "&&"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * 8, super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * 20, super().sizeHint().height())

    def open_menu(self) -> None:
        menu = passing_menu(self)
        for key, name in self._choices:
            action = offer(menu, name, partial(self.chosen.emit, key))
            action.setCheckable(True)
            action.setChecked(key == self._current)
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))
