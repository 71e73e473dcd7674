"""Tags as chips with a line to type more: Enter or a comma adds, Backspace takes the last away.

A tag that holds a comma is typed in quotes. Tags that are there stay as they are, odd ones too.
"""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QRectF, QSize, QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QCompleter, QSizePolicy, QToolButton, QToolTip, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.translation import later, tr, trn
from dfs_desktop.ui.theme import theme
from dfs_desktop.ui.theme.icon_files import icons
from dfs_desktop.ui.widgets.elided_label import ElidedLabel
from dfs_desktop.ui.widgets.guarded_painting import guarded
from dfs_desktop.ui.widgets.labels import plain_label
from dfs_desktop.ui.widgets.layouts import FlowLayout, row
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workspace.editing.tags import (
    divided,
    other_spelling,
    typed_tags,
    unquoted,
    with_new,
)
from dfs_desktop.workspace.inspection.excerpts import ONE_LINE

from .field_undo import OneLine

_HOW = later('Enter or a comma adds a tag. A tag that holds a comma goes in quotes: "Jones, Jr."')
_SHOWN = 200  # characters of a tag
CHIPS_MADE = 30  # a record may hold thousands of tags: the rest is kept and counted


class _Chip(QWidget):
    """One tag and the button that takes it away."""

    removed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.number = 0
        self._label = ElidedLabel()
        self._label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.button = named(QToolButton(autoRaise=True), "removeTagButton")
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        side = round(self.fontMetrics().height() * 0.75)
        self.button.setIconSize(QSize(side, side))
        icons.dress(self.button, "close")
        self.button.clicked.connect(lambda: self.removed.emit(self))
        row((self._label, 1), self.button, of=self, margins=(8, 3, 2, 3), spacing=2)

    def show_tag(self, number: int, tag: str) -> None:
        self.number = number
        shown = tag[:_SHOWN] if tag.strip() else tr("“{name}”", name=tag[:_SHOWN])
        self._label.show_text(shown)
        words = tr("Remove the tag {tag}", tag=visible(shown))
        named(self.button, reads=words, tip=tr("Remove"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self.removed.emit(self)
        else:
            super().keyPressEvent(event)

    @guarded()
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.current().color("line"))
        painter.setBrush(theme.current().color("hover"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)


class TagLine(OneLine):
    """The line behind chips. Keys that mean something to the tags are told, not typed."""

    entered = Signal()
    backed = Signal()

    def sizeHint(self) -> QSize:
        """It needs no more than its least width, and gets what the chips leave."""
        return QSize(0, super().sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.entered.emit()
            event.accept()  # or the dialog around would take it for its default button
        elif event.key() == Qt.Key.Key_Backspace and not self.text():
            self.backed.emit()
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()  # what is half typed is given up, and the dialog around stays
            self.textEdited.emit("")
        else:
            super().keyPressEvent(event)


class TagEdit(QWidget):
    """`edited` carries the tags at every change, with what stands half typed. `changed` follows each
    tag, `committed` comes when the person is done with them.

    The property `quiet` hides the frame until the pointer or the focus is here.
    """

    edited = Signal(list)
    changed = Signal()
    committed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("tagEdit")
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._tags: list[str] = []
        self._chips: list[_Chip] = []
        self._known = QStringListModel(self)
        self._tell_known: Callable[[], Iterable[str]] | None = None
        self._length = 0  # of what stood in the line; a paste adds more than one sign
        self._more = plain_label(dim=True)
        self._line = named(TagLine(), "tagLine", reads=tr("Add a tag"), tip=tr(_HOW))
        self._line.setAccessibleDescription(tr(_HOW))
        self._line.setFrame(False)
        self._line.setStyleSheet(
            "QLineEdit, QLineEdit:focus { border: none; background: transparent; padding: 3px 4px; }"
        )
        self._line.setMinimumWidth(self.fontMetrics().averageCharWidth() * 12)
        self.setFocusProxy(self._line)
        self._flow = FlowLayout(self, 4)
        self._flow.setContentsMargins(4, 2, 4, 2)
        self._flow.addWidget(self._more)
        self._flow.addWidget(self._line)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._complete()
        self._line.textEdited.connect(self._typed)
        self._line.entered.connect(self._enter)
        self._line.backed.connect(self._take_last)
        QApplication.instance().focusChanged.connect(self._focus_moved)  # type: ignore[union-attr]
        self._show()

    def sizeHint(self) -> QSize:
        """One line; the width then asks for more. Qt would take all chips below each other."""
        return self._flow.minimumSize().expandedTo(
            QSize(self.fontMetrics().averageCharWidth() * 40, 0)
        )

    def minimumSizeHint(self) -> QSize:
        return self._flow.minimumSize()

    def _complete(self) -> None:
        """The choice is handed to us and never written into the line, where it would be half typed."""
        self._completer = QCompleter(self._known, self, filterMode=Qt.MatchFlag.MatchContains)
        self._completer.setWidget(self._line)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        if (popup := self._completer.popup()) is not None:
            popup.setStyleSheet("QListView { border: 1px solid palette(mid); }")
        self._completer.activated.connect(self._chosen)

    def tags(self) -> list[str]:
        """The tags, with what stands typed but not entered yet."""
        return with_new(self._tags, self._understood(self._line.text()))

    def set_tags(self, tags: Iterable[str]) -> None:
        """Show these tags as they are; nothing is announced."""
        self._tags = list(tags)
        self._line.clear()
        self._length = 0
        self._show()

    def set_known(self, tell: Callable[[], Iterable[str]]) -> None:
        """Tags to offer while typing: asked for when somebody types."""
        self._tell_known = tell

    def _offered(self) -> list[str]:
        if self._tell_known is not None:
            self._known.setStringList(list(self._tell_known()))
            self._tell_known = None
        return self._known.stringList()

    def _with_comma(self, text: str) -> list[str]:
        """Tags in use that hold a comma and begin like this: it need not be quoted to mean them."""
        start = text.strip().casefold()
        known = (*self._tags[:CHIPS_MADE], *self._offered())
        return [tag for tag in known if "," in tag and tag.casefold().startswith(start)]

    def _understood(self, text: str) -> list[str]:
        if not text.strip():
            return []
        same = (tag for tag in self._with_comma(text) if len(tag) == len(text.strip()))
        return [tag] if (tag := next(same, None)) else typed_tags(text)

    def _add(self, tags: Iterable[str]) -> None:
        new = list(tags)
        together = with_new(self._tags, new)
        if (same := other_spelling(self._tags, new)) is not None:
            place = self._line.mapToGlobal(self._line.rect().bottomLeft())
            QToolTip.showText(place, tr("“{name}” is there already", name=visible(same[:_SHOWN])))
        if together != self._tags:
            self._change(together)

    def _change(self, tags: list[str]) -> None:
        self._tags = tags
        self._show()
        self.edited.emit(self.tags())
        self.changed.emit()

    def _typed(self, text: str) -> None:
        self._offered()
        whole, rest = divided(text)
        pasted, self._length = len(text) - self._length > 1, len(text)
        if whole and not self._with_comma(text):
            if pasted:
                whole, rest = [*whole, rest], ""
            self._line.setText(rest.lstrip())
            self._length = len(self._line.text())
            QToolTip.showText(self._line.mapToGlobal(self._line.rect().bottomLeft()), tr(_HOW))
            self._add(map(unquoted, whole))
        self.edited.emit(self.tags())
        self._completer.setCompletionPrefix(unquoted(rest))
        popup = self._completer.popup()
        if unquoted(rest):
            self._completer.complete()
        elif popup is not None:
            popup.hide()

    def _flush(self) -> bool:
        """Make tags of what stands typed. True when there was something."""
        text = self._line.text()
        tags = self._understood(text)
        self._line.clear()
        self._length = 0
        self._add(tags)
        return bool(text.strip())

    def _enter(self) -> None:
        if not self._flush():
            self.committed.emit()

    def _chosen(self, tag: str) -> None:
        self._line.clear()
        self._length = 0
        self._add([tag])

    def _take_last(self) -> None:
        if self._tags:
            self._change(self._tags[:-1])

    def _remove(self, chip: _Chip) -> None:
        tags = list(self._tags)
        del tags[chip.number]
        self._line.setFocus()
        self._change(tags)

    def _show(self) -> None:
        """Chips are used again for other tags: a selection that moves makes no new widgets."""
        shown = self._tags[:CHIPS_MADE]
        self._flow.setEnabled(False)  # laid out once below, and not again for each chip
        while len(self._chips) < len(shown):
            chip = _Chip()
            chip.removed.connect(self._remove)
            self._flow.insert(len(self._chips), chip)
            self.setTabOrder(self._chips[-1].button if self._chips else self._line, chip.button)
            self._chips.append(chip)
        for number, chip in enumerate(self._chips):
            chip.setVisible(number < len(shown))
            if number < len(shown):
                chip.show_tag(number, shown[number])
        hidden = len(self._tags) - len(shown)
        self._more.setText(trn("and {amount} more", "and {amount} more", hidden))
        self._more.setVisible(hidden > 0)
        self._line.setPlaceholderText("" if self._tags else tr("Add tags"))
        spoken = ", ".join(visible(tag[:ONE_LINE]) for tag in shown[:20])
        self.setAccessibleName(tr("Tags: {tags}", tags=spoken) if spoken else tr("Tags: none"))
        self._flow.setEnabled(True)
        self._flow.invalidate()
        self.updateGeometry()

    def _focus_moved(self, old: QWidget | None, new: QWidget | None) -> None:
        inside = old is not None and (old is self or self.isAncestorOf(old))
        still = new is not None and (new is self or self.isAncestorOf(new))
        self.update()
        if inside and not still and QApplication.activePopupWidget() is None:
            self._flush()
            self.committed.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._line.setFocus()
        super().mousePressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._line.setMinimumWidth(self.fontMetrics().averageCharWidth() * 12)

    @guarded()
    def paintEvent(self, _event: QPaintEvent) -> None:
        focused = QApplication.focusWidget()
        inside = focused is not None and self.isAncestorOf(focused)
        quiet = bool(self.property("quiet"))
        if quiet and not inside and not self.underMouse():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.current().color("accent" if inside else "line"))
        bare = quiet and not inside
        painter.setBrush(Qt.BrushStyle.NoBrush if bare else theme.current().color("base"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
