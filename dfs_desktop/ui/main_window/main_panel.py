"""The middle of the window: the table or a designed empty place, notices and the drop hint over it."""

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QStackedWidget, QWidget

from dfs_desktop.artifact import FORMATS, visible
from dfs_desktop.settings import LOCAL
from dfs_desktop.translation import tr
from dfs_desktop.ui.artifact_table.view import TableView
from dfs_desktop.ui.platform.timers import single_shot
from dfs_desktop.ui.theme import theme
from dfs_desktop.ui.widgets.dialogs import link_button
from dfs_desktop.ui.widgets.elided_label import ElidedLabel
from dfs_desktop.ui.widgets.empty_state import EmptyState
from dfs_desktop.ui.widgets.guarded_painting import guarded
from dfs_desktop.ui.widgets.layouts import column, row
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.notices import Notice
from dfs_desktop.workspace.registry.clients import again_words
from dfs_desktop.workspace.registry.connections import way_on
from dfs_desktop.workspace.session import Stage
from dfs_desktop.workspace.workspace import Workspace

from .actions import Actions
from .bars.notice_bar import NoticeBar
from .bars.outage_strip import OutageStrip


class DropHint(QWidget):
    """Painted over the table while files hang over the window; it never takes the drag itself."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._text = ""
        self.hide()

    def say(self, text: str) -> None:
        self._text = text
        if (parent := self.parentWidget()) is not None:
            self.setGeometry(parent.rect())
        self.raise_()
        self.show()
        self.update()

    @guarded()
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = theme.current()
        ground = QColor(colors.color("base"))
        ground.setAlphaF(0.92)
        painter.fillRect(self.rect(), ground)
        painter.setPen(QPen(colors.color("accent"), 2, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(12, 12, -12, -12), 12, 12)
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * 1.4)
        painter.setFont(font)
        painter.setPen(colors.color("text"))
        painter.drawText(
            self.rect().adjusted(32, 32, -32, -32),
            Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap,
            self._text,
        )
        painter.end()


class MainPanel(QWidget):
    """Decides nothing: it shows which of the states the session and the listing are in."""

    page_shown = Signal(object)  # the page in place of the collection; None: the collection

    def __init__(self, workspace: Workspace, table: TableView, actions: Actions) -> None:
        super().__init__()
        self._workspace, self._actions, self.table = workspace, actions, table
        self.empty = named(EmptyState("artifact", ""), "emptyState")
        self._stack = QStackedWidget()
        self.page: QWidget | None = None  # what is shown in place of the collection
        self._stack.addWidget(table)
        self._stack.addWidget(self.empty)
        self.outage = OutageStrip(
            workspace.state, workspace.reconnector, workspace.connections.reopen, workspace.waiting_changes,
            actions["waiting_changes"], workspace.browser.edit_requested.emit,
        )  # fmt: skip
        column(self.outage, self._search_strip(), self._stack, of=self, spacing=0)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(self.palette().ColorRole.Base)
        self.notices = NoticeBar(self)
        self.notices.hide()
        self.hint = DropHint(self)
        self._arrange = single_shot(self, 0, self.arrange_notices)
        workspace.notices.noticed.connect(self.show_notice)
        workspace.notices.withdrawn.connect(self.notices.withdraw)
        workspace.notices.spent.connect(self.notices.spend)
        workspace.session_changed.connect(self.show_state)
        workspace.listing.rows_changed.connect(self.show_state)

    def _search_strip(self) -> QFrame:
        """Above the table while it shows an orbit's finds: what was asked, and the way back."""
        self.strip = named(QFrame(), "searchStrip")
        self.strip.setProperty("underline", True)
        self._found = ElidedLabel()
        self._back = link_button(tr("Back"), self._leave_search, name="leaveSearchButton")
        row((self._found, 1), self._back, of=self.strip, margins=(8, 4, 8, 4))
        self.strip.hide()
        return self.strip

    def _leave_search(self) -> None:
        self._workspace.browser.search("")

    def _show_strip(self) -> None:
        session = self._workspace.session
        self.strip.setVisible(bool(session.search) and self.page is None)
        if not session.search:
            return
        many = quantities.count(len(self._workspace.listing), "artifact")
        found = tr(
            "“{search}” in all of “{orbit}”: {state}",
            search=session.search,
            orbit=session.orbit.name if session.orbit else "",
            state=tr("searching…") if session.loading else many,
        )
        self._found.show_text(found)
        name = visible(session.collection.name) if session.collection else ""
        back = tr("Back to “{name}”", name=name) if name else tr("Back")
        self._back.setText(back.replace("&", "&&"))

    def show_notice(self, notice: Notice) -> None:
        self.notices.show_notice(notice)
        card = self.notices.cards()[-1]
        card.destroyed.connect(self._arrange.start)
        self._arrange.start()

    def arrange_notices(self) -> None:
        """Notices lie over the foot of the table, so that no row moves when one comes or goes.

        They are the window's, as wide as their sentences need where the table is narrow.
        """
        cards, window = self.notices.cards(), self.window()
        if self.notices.parentWidget() is not window:
            self.notices.setParent(window)
        self.notices.setVisible(bool(cards))
        if not cards:
            return
        em = self.fontMetrics().averageCharWidth()
        width = min(max(self.width() - 32, em * 48), em * 72, window.width() - 32)
        self.notices.setFixedWidth(max(width, 120))
        height = self.notices.wanted_height(width)
        self.notices.setFixedHeight(height)
        foot = self.mapTo(window, QPoint(self.width() // 2, self.height() - 16))
        left = min(max(foot.x() - width // 2, 16), window.width() - width - 16)
        self.notices.move(left, max(foot.y() - height, 8))
        self.notices.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.hint.setGeometry(self.rect())
        self._arrange.start()

    def show_page(self, page: QWidget | None) -> None:
        """Show another page in place of the collection, or the collection again."""
        self.page = page
        self.page_shown.emit(page)
        if page is not None:
            self._stack.addWidget(page)  # one that it has already stays where it is
            self._stack.setCurrentWidget(page)
            self.strip.hide()
        else:
            self.show_state()

    def show_state(self) -> None:
        """Rows when there are any; else why there are none, and the one next step."""
        if self.page is not None:
            return
        self._show_strip()
        empty = not self._workspace.listing.visible and self._say()
        self._stack.setCurrentIndex(1 if empty else 0)

    def _say(self) -> bool:
        """Why there are no rows; False in a moment of white, which is calmer than a word that flashes."""
        workspace, say = self._workspace, self.empty.say
        session, listing = workspace.session, workspace.listing
        failed = session.problem if session.stage is Stage.FAILED else None
        if session.stage is Stage.CONNECTING:
            return False
        if problem := failed or session.list_problem:
            again, mend = workspace.connections.reopen, workspace.browser.edit_requested.emit
            out = (way_on(session), mend) if way_on(session) else None
            say("warning", problem.detail, problem.title, again_words(session.error), again, out)
        elif session.loading:
            return False
        elif not session.place.orbit:
            text = tr("An administrator of the organization can create an orbit on the web page.")
            name = visible(session.profile.name)
            say("orbit", text, tr("There is no orbit to open at {name}", name=name))
        elif not session.place.collection:
            text = tr("Artifacts live in collections. Create the first one.")
            create = self._actions["new_collection"].trigger
            say("collection", text, tr("No collections yet"), tr("New collection"), create)
        elif session.search:
            text = tr("No name in this orbit has “{search}” in it.", search=visible(session.search))
            say("search", text, tr("Nothing found"), tr("Back"), self._leave_search)
        elif listing.applied.text.strip():
            text = tr(
                "No artifact in this collection matches “{filter}”.",
                filter=visible(listing.applied.text.strip()),
            )
            text = " ".join([text, *(f"{note[:1].upper()}{note[1:]}." for note in listing.notes())])
            clear = self._actions["clear_filter"].trigger
            search = tr("Search the whole orbit"), self._actions["search_orbit"].trigger
            say("search", text, tr("Nothing found"), tr("Clear filter"), clear, search)
        else:
            self._invite()
        return True

    def _invite(self) -> None:
        """Who has no server yet is shown the way to one, and to help."""
        workspace = self._workspace
        local = workspace.session.profile.id == LOCAL
        where = (
            tr("They stay on this computer.") if local else tr("They go to the server’s storage.")
        )
        text = tr(
            "One or many, or folders with them: {formats}. {where}",
            formats=", ".join(FORMATS),
            where=where,
        )
        other = None
        if local and not workspace.settings.profiles:
            team = tr("To work with a team, add its server: its collections come to the left.")
            ways = tr(
                "{search} finds every place and action, {help} opens the user guide.",
                search=self._actions.chord("goto"),
                help=self._actions.chord("guide"),
            )
            text = f"{text}\n{team}\n{ways}"
            add = self._actions["add_server"]
            other = add.text(), add.trigger
        choose = tr("Choose files…")
        upload = self._actions["upload"].trigger
        self.empty.say("upload", text, tr("Drop model files here"), choose, upload, other)
