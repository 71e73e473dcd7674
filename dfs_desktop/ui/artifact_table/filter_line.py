"""The filter line: offers what may stand there, marks what was taken for plain words, explains itself."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QPointF, QRectF, QStringListModel, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QCompleter, QLineEdit, QListView, QSizePolicy

from dfs_desktop.translation import tr
from dfs_desktop.ui.theme import theme
from dfs_desktop.ui.theme.icon_files import icons
from dfs_desktop.ui.widgets.cut_text_tooltips import show_whole_text
from dfs_desktop.ui.widgets.guarded_painting import guarded
from dfs_desktop.ui.widgets.naming import named, tooltip
from dfs_desktop.workspace.links.references import ContentHash, Identifier, Link, parse
from dfs_desktop.workspace.listing.filtering.filter_completion import offers
from dfs_desktop.workspace.listing.listing import Listing

_FEWEST = 2  # letters of a part before anything is offered


class FilterLine(QLineEdit):
    """`entered`: Enter. `left`: Down, on to what was found. `given_up`: Escape.
    `reference_pasted`: a link, an ID or a whole hash, which is gone to instead of looked
    for in the rows."""

    entered = Signal()
    left = Signal()
    given_up = Signal()
    reference_pasted = Signal(str)

    def __init__(self, listing: Listing, known_tags: Callable[[], Iterable[str]]) -> None:
        super().__init__()
        self._listing, self._known_tags = listing, known_tags
        named(self, "filterEdit", reads=tr("Filter"))
        self.setPlaceholderText(tr("Filter: name, tag:prod, accuracy>0.9, size<2GB"))
        self.setClearButtonEnabled(True)
        self.setAcceptDrops(False)
        em = self.fontMetrics().averageCharWidth()
        self.setMinimumWidth(em * 24)
        self.setMaximumWidth(em * 60)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.mark = self._action("warning", tr("What was not understood"))
        self.mark.triggered.connect(lambda: self._help(self.mark.toolTip()))
        self.mark.setVisible(False)
        self.help = self._action("help", tr("What can be typed here"))
        self.help.triggered.connect(lambda: self._help(""))
        self._texts = QStringListModel(self)
        self._start = 0
        self._completer = QCompleter(self._texts, self)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setWidget(self)
        self._completer.activated.connect(self._chosen)
        self.popup = named(QListView(), reads=tr("Fields, metrics and tags"))
        show_whole_text(self.popup)
        self.popup.setStyleSheet("QListView { border: 1px solid palette(mid); }")
        self._completer.setPopup(self.popup)
        self.textChanged.connect(listing.filter)
        self.textEdited.connect(self._offer)
        listing.rows_changed.connect(self._show_notes)

    def _action(self, icon: str, words: str) -> QAction:
        action = QAction(words, self)
        icons.dress(action, icon)
        self.addAction(action, QLineEdit.ActionPosition.TrailingPosition)
        return action

    def _show_notes(self) -> None:
        """Say what was taken for words: in the hint, to a screen reader, and by a mark in the line."""
        notes = "\n".join(note[:1].upper() + note[1:] + "." for note in self._listing.notes())
        if notes != self.accessibleDescription():
            self.setAccessibleDescription(notes)
            self.setToolTip(tooltip(notes) if notes else "")
            self.mark.setToolTip(tooltip(notes) if notes else "")
            self.mark.setVisible(bool(notes))
        self.update()

    def _help(self, notes: str) -> None:
        from .filter_help import FilterHelp

        FilterHelp(self, self._listing.notes() if notes else []).open()

    def _offer(self) -> None:
        names = self._listing.metric_names
        found = offers(self.text(), self.cursorPosition(), names, self._known_tags())
        typed = self.text()[found.start : self.cursorPosition()]
        if not found.texts or len(typed) < _FEWEST:
            self.popup.hide()
            return
        self._start = found.start
        self._texts.setStringList(list(found.texts))
        at, bar = self._left_of(found.start), self.popup.verticalScrollBar()
        width = self.popup.sizeHintForColumn(0) + bar.sizeHint().width() + 8
        area = self.rect()
        area.setLeft(round(max(0.0, min(at, area.right() - width))))
        area.setWidth(width)
        self._completer.complete(area)

    def _chosen(self, text: str) -> None:
        """The text takes the place of the part at the cursor."""
        rest = self.text()[self.cursorPosition() :]
        done = text if text.endswith((":", "<")) or rest else text + " "
        self.setText(self.text()[: self._start] + done + rest)
        self.setCursorPosition(self._start + len(done))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        popup = self.popup
        offering, chosen = popup.isVisible(), popup.currentIndex().isValid()
        plain = not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        key = event.key()
        if event.matches(QKeySequence.StandardKey.Paste) and self._is_reference():
            self.reference_pasted.emit(QGuiApplication.clipboard().text())
        elif key == Qt.Key.Key_Escape:
            popup.hide() if offering else self.given_up.emit()
        elif plain and key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not (offering and chosen):
            popup.hide()
            self.entered.emit()
        elif plain and key == Qt.Key.Key_Down and not offering:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _is_reference(self) -> bool:
        found = parse(QGuiApplication.clipboard().text())
        whole = isinstance(found, ContentHash) and len(found.beginning) == 64
        return whole or isinstance(found, Link | Identifier)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def _left_of(self, place: int) -> float:
        """Where a character of the text begins: counted from the cursor, for the text may scroll."""
        wide, text = self.fontMetrics().horizontalAdvance, self.displayText()
        at = self.cursorRect().center().x()
        return at + wide(text[:place]) - wide(text[: self.cursorPosition()])

    @guarded()
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        marked = [part for part in self._listing.applied.parts if part.note]
        if not marked or self._listing.applied.text != self.text():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.current().color("waiting"), 2, Qt.PenStyle.DotLine))
        bottom = QRectF(self.cursorRect()).bottom() - 1
        margins = self.textMargins()
        painter.setClipRect(self.rect().adjusted(margins.left() + 4, 0, -margins.right() - 4, 0))
        for part in marked:
            left, right = self._left_of(part.start), self._left_of(part.end)
            painter.drawLine(QPointF(left, bottom), QPointF(right, bottom))
        painter.end()
