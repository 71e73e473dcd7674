"""Fields of the details that edit one record: each keeps the edit session of what it shows."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFocusEvent, QGuiApplication, QKeyEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QStyle, QStyleOptionFrame, QWidget

from dfs_desktop.api import ModelArtifact
from dfs_desktop.artifact.names import isolated
from dfs_desktop.number_text import number_text
from dfs_desktop.transfers.job import is_provisional
from dfs_desktop.translation import right_to_left, tr
from dfs_desktop.ui.widgets.dialogs import link_button
from dfs_desktop.ui.widgets.fields.field_undo import OneLine, leaves_undo
from dfs_desktop.ui.widgets.guarded_painting import guarded
from dfs_desktop.ui.widgets.labels import plain_label
from dfs_desktop.ui.widgets.layouts import column, row
from dfs_desktop.ui.widgets.naming import named, tooltip
from dfs_desktop.ui.widgets.text_lines import elided, is_dear
from dfs_desktop.workspace.editing.changes import Value
from dfs_desktop.workspace.editing.editor import Editor, EditSession, merged
from dfs_desktop.workspace.inspection.excerpts import ONE_LINE, TIMES, WHOLE, Excerpt, excerpt
from dfs_desktop.workspace.quantities import count


class RecordField:
    """Which record a field shows. The session of the one before is finished before it is filled."""

    def __init__(
        self, editor: Editor, field: str, fill: Callable[[Value, ModelArtifact], None]
    ) -> None:
        self._editor = editor
        self._field = field
        self._fill = fill
        self.session: EditSession | None = None

    def show(self, artifact: ModelArtifact) -> None:
        """Show a record, or the same one anew: what was typed for it stays."""
        session = self.session
        if session is not None and session.artifact.id == artifact.id:
            session.renew(artifact)
            if session.changed:
                return
        else:
            self.finish()
            session = self.session = self._editor.begin(artifact, self._field)
        self._fill(session.value, artifact)

    def write(self, value: Value) -> None:
        if self.session is not None:
            self.session.write(value)

    def finish(self) -> None:
        if self.session is not None:
            self.session.finish()

    def give_up(self) -> bool:
        """Escape: what was typed is not meant, the field shows the record again. False: nothing was."""
        if (session := self.session) is None or not session.changed:
            return False
        session.write(session.before)
        self._fill(session.value, session.artifact)
        return True

    def leave(self) -> None:
        """Nothing is shown any more."""
        self.finish()
        self.session = None


class NameField(OneLine):
    """The name of a record. Enter or leaving sends it, Escape gives it up; an empty one is not sent."""

    def __init__(self, editor: Editor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "detailName", reads=tr("Name"))
        self.setProperty("quiet", True)
        if right_to_left():  # Qt would put a name in Latin letters at the left
            self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute)
        self.setAcceptDrops(False)
        self.record = RecordField(editor, "model_name", self._fill)
        self._base = self._shown = ""  # the name, and as the line holds it
        self.textEdited.connect(self._typed)
        self.editingFinished.connect(self._done)

    def _fill(self, value: Value, artifact: ModelArtifact) -> None:
        text = str(value) or artifact.file_name
        most = ONE_LINE // TIMES if is_dear(text) else ONE_LINE
        cut = len(text) > most
        self.setReadOnly(is_provisional(artifact.id) or cut)
        self._put(text[:most] + "…" if cut else text)
        self._base = text

    def _put(self, text: str) -> None:
        """Show it; there is nothing to take back in the field then."""
        at = self.cursorPosition() if text == self.text() and self.hasFocus() else 0
        self.setText(text)
        self.setCursorPosition(at)
        self._shown = self.text()

    def _typed(self, text: str) -> None:
        if (session := self.record.session) is None:
            return
        before = self._base
        name = merged(before, self._shown, text) if text.strip() else before
        if not before[:1].isspace():
            name = name.lstrip()
        if not before[-1:].isspace():
            name = name.rstrip()
        session.write(name if name != before else session.before)

    def _done(self) -> None:
        if (session := self.record.session) is not None and not self.isReadOnly():
            session.finish()
            self._fill(session.value, session.artifact)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape or not self.record.give_up():
            super().keyPressEvent(event)

    @guarded()
    def paintEvent(self, event: QPaintEvent) -> None:
        """A name that has no room loses its middle while nobody types, and is whole in the tooltip."""
        option, style = QStyleOptionFrame(), self.style()
        self.initStyleOption(option)
        area = style.subElementRect(QStyle.SubElement.SE_LineEditContents, option, self)
        area.adjust(2, 0, -2, 0)  # as the line places its text
        middle = Qt.TextElideMode.ElideMiddle
        shown = elided(self.fontMetrics(), self.text(), middle, area.width())
        cut = shown != self.text() and not self.hasFocus()
        self.setToolTip(tooltip(self.text()) if cut else "")
        if not cut:
            super().paintEvent(event)
            return
        painter = QPainter(self)
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelLineEdit, option, painter, self)
        side = self.alignment() | Qt.AlignmentFlag.AlignVCenter
        style.drawItemText(
            painter,
            area,
            side,
            self.palette(),
            self.isEnabled(),
            isolated(shown),
            QPalette.ColorRole.Text,
        )


class DescriptionEdit(QPlainTextEdit):
    """Grows with its text up to twelve lines."""

    left = Signal()
    given_up = Signal()

    def __init__(self) -> None:
        super().__init__(placeholderText=tr("Add a description"), tabChangesFocus=True)
        named(self, "descriptionEdit", reads=tr("Description"))
        self.setProperty("quiet", True)
        self.setAcceptDrops(False)  # dropped files go to the window, not into the text
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().documentLayout().documentSizeChanged.connect(lambda *_: self._fit())
        self._fit()

    def _fit(self) -> None:
        needed = max(1, round(self.document().size().height()))
        lines = min(12, needed)
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(
            policy.ScrollBarAsNeeded if needed > lines else policy.ScrollBarAlwaysOff
        )
        height = lines * self.fontMetrics().lineSpacing() + 18
        if self.height() != height:
            self.setFixedHeight(height)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if leaves_undo(event, self):
            event.ignore()
            return False
        return super().event(event)


class DescriptionField(QWidget):
    """The description of a record, its beginning when it is long; leaving sends what was typed."""

    def __init__(self, editor: Editor) -> None:
        super().__init__()
        self.edit = DescriptionEdit()
        self.record = RecordField(editor, "description", self._fill)
        self._base = self._shown = ""  # the text, and as the field holds it
        self._excerpt: Excerpt | None = None
        self.setFocusProxy(self.edit)
        self.note = plain_label(dim=True)
        self.more = link_button(tr("Show all"), self._show_all, name="showAllButton")
        self.copy = link_button(tr("Copy all"), self._copy_all, name="copyAllButton")
        below = row(self.note, self.more, self.copy, None, margins=(5, 0, 0, 0), spacing=12)
        column(self.edit, below, of=self, spacing=2)
        self.edit.textChanged.connect(self._typed)
        self.edit.left.connect(self._done)
        self.edit.given_up.connect(self._give_up)
        self._put(excerpt(""))

    def _fill(self, value: Value, artifact: ModelArtifact) -> None:
        self._put(excerpt(str(value)), provisional=is_provisional(artifact.id))
        self._base = str(value)

    def _put(self, found: Excerpt, *, provisional: bool = False) -> None:
        if found != self._excerpt:
            self._excerpt = found
            with QSignalBlocker(self.edit):
                self.edit.setPlainText(found.text)
            self._shown = self.edit.toPlainText()
            self.edit._fit()
        self.edit.setReadOnly(provisional or not found.complete)
        shown, total = number_text(len(found.text)), count(found.total, "character")
        self.note.setText(
            tr("The first {shown} of {total}", shown=shown, total=total) if found.cut else total
        )
        self.more.setVisible(found.cut and found.limit < WHOLE)
        self.copy.setVisible(not found.complete)
        self.note.setVisible(not found.complete)

    def clear(self) -> None:
        self._put(excerpt(""))
        self._base = ""

    def _show_all(self) -> None:
        if (session := self.record.session) is not None:
            self._put(excerpt(str(session.value), WHOLE))

    def _copy_all(self) -> None:
        if self.record.session is not None:
            QGuiApplication.clipboard().setText(str(self.record.session.value))

    def _typed(self) -> None:
        if (session := self.record.session) is not None and not self.edit.isReadOnly():
            session.write(merged(self._base, self._shown, self.edit.toPlainText()))

    def _give_up(self) -> None:
        """Escape takes back all that was typed, as Ctrl+Z does; Ctrl+Shift+Z brings it again."""
        while self.edit.document().isUndoAvailable():
            self.edit.undo()
        self.record.give_up()

    def _done(self) -> None:
        """The text stays as it stands in the field, and is what the next change is compared with."""
        session = self.record.session
        if session is not None and session.changed and not self.edit.isReadOnly():
            session.finish()
            self._base, self._shown = str(session.value), self.edit.toPlainText()
            self._excerpt = None
            self.edit.document().clearUndoRedoStacks()
