"""One box for every place and every action: type a part of the name, Enter goes there or does it."""

from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.number_text import natural_key
from dfs_desktop.settings import RecentPlace
from dfs_desktop.translation import later, tr
from dfs_desktop.ui.theme.icon_files import icons
from dfs_desktop.ui.widgets.cut_text_tooltips import show_whole_text
from dfs_desktop.ui.widgets.layouts import column
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workspace.workspace import Workspace

from .actions import Actions
from .menus import SUBMENUS

_MOST = 50
NOTHING = later("Nothing has this name. Try a part of it, or paste a link or an ID.")
Entry = tuple[str, str, Callable[[], object]]  # icon, text, what to do
# Pages of the preferences, with words for what is chosen there.
PAGES = (
    ("General", later("Preferences: General   download folder, language, new versions")),
    ("Transfers", later("Preferences: Transfers   limits, at once, hours")),
    ("Network", later("Preferences: Network   proxy, login, certificates, authorities")),
    ("Appearance", later("Preferences: Appearance   theme, dark, light, contrast")),
    ("Library", later("Preferences: Library   watched folders")),
)


class GotoBox(QDialog):
    """A list over the window; Up and Down move in it while the typing goes on."""

    def __init__(
        self,
        window: QWidget,
        places: Iterator[Entry],
        actions: Actions,
        offers: Callable[[str], list[Entry]],
        preferences: Callable[[str], object],
    ) -> None:
        """``offers``: what can be done with the text itself, a link or a path. ``preferences`` opens a
        page of them."""
        super().__init__(window, Qt.WindowType.Popup)
        self.setObjectName("gotoBox")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._window = window
        self._offers, self._shown = offers, list[Entry]()
        pages = (("settings", tr(words), partial(preferences, key)) for key, words in PAGES)
        self._entries: list[Entry] = [*places, *_actions(actions), *pages]
        self.line = named(QLineEdit(), "gotoEdit", reads=tr("Go to a place or do something"))
        self.line.setPlaceholderText(
            tr("Go to a collection, a server, a link, an ID; or do something")
        )
        self.line.installEventFilter(self)
        self.line.textChanged.connect(self._show)
        self.list = named(QListWidget(), reads=tr("Places and actions"))
        show_whole_text(self.list)
        self.list.setUniformItemSizes(True)
        self.list.itemClicked.connect(lambda _item: self._go())
        column(self.line, self.list, of=self, margins=(8, 8, 8, 8), spacing=8)
        self._show("")

    def open_at_top(self) -> None:
        window = self._window
        em = window.fontMetrics().averageCharWidth()
        self.resize(min(em * 72, window.width() - 32), em * 50)
        corner = window.mapToGlobal(window.rect().topLeft())
        self.move(corner.x() + (window.width() - self.width()) // 2, corner.y() + em * 8)
        self.show()
        self.line.setFocus()

    def _show(self, text: str) -> None:
        words = text.casefold().split()
        self.list.clear()
        fitting = [
            each for each in self._entries if all(word in each[1].casefold() for word in words)
        ]
        self._shown = [*self._offers(text), *fitting][:_MOST]
        for icon, name, _run in self._shown:
            self.list.addItem(QListWidgetItem(icons.get(icon), name))
        if not self._shown:
            nothing = QListWidgetItem(tr(NOTHING))
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(nothing)
        self.list.setCurrentRow(0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None:
                row = (self.list.currentRow() + step) % max(1, self.list.count())
                self.list.setCurrentRow(row)
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self._go()
                return True
        return super().eventFilter(watched, event)

    def _go(self) -> None:
        number = self.list.currentRow()
        if 0 <= number < len(self._shown):
            self.close()
            self._shown[number][2]()


def _go_to_collection(workspace: Workspace, collection_id: str) -> None:
    workspace.tracks.leave()
    workspace.browser.choose_collection(collection_id)


def _go_back(workspace: Workspace, recent: RecentPlace) -> None:
    workspace.tracks.leave()
    workspace.recent_places.open(recent)


def places(workspace: Workspace) -> Iterator[Entry]:
    session, browser = workspace.session, workspace.browser
    for recent, profile in workspace.recent_places.others():
        where = f"{visible(recent.name)}   ({visible(recent.orbit)}, {visible(profile.name)})"
        yield "undo", where, partial(_go_back, workspace, recent)
    for each in workspace.pins.first(session.collections):
        yield "collection", visible(each.name), partial(_go_to_collection, workspace, each.id)
    for view in workspace.views.here():
        words = tr("{name}   (view)", name=visible(view.name))
        yield "search", words, partial(workspace.views.open, view.id)
    for track in workspace.tracks.tracks:
        yield "track", visible(track.name), partial(workspace.tracks.open, track.id)
    for orbit in sorted(session.orbits, key=lambda each: natural_key(each.name)):
        yield "orbit", visible(orbit.name), partial(browser.choose_orbit, orbit.id)
    for place in sorted(session.organizations, key=lambda each: natural_key(each.name)):
        yield "organization", visible(place.name), partial(browser.choose_organization, place.id)
    for server in workspace.profiles():
        yield "server", visible(server.name), partial(workspace.connections.open, server)


def _actions(actions: Actions) -> Iterator[Entry]:
    menus = {key: f"{tr(title)}: " for title, keys in SUBMENUS.values() for key in keys}
    for key, action in actions.all():
        if action.isEnabled() and action.isVisible() and key != "goto":
            words = f"{menus.get(key, '')}{action.text().rstrip('…')}"
            yield "chevron-right", f"{words}   {actions.chord(key)}".strip(), action.trigger
