"""The preview of one member: text, tree, table, picture, document, tensors or bytes, whatever it is."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontDatabase, QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QStackedWidget, QWidget

from dfs_desktop.artifact.archive.tar_walk import Member
from dfs_desktop.number_text import typed_number
from dfs_desktop.translation import tr
from dfs_desktop.ui.widgets.dialogs import link_button
from dfs_desktop.ui.widgets.elided_label import ElidedLabel
from dfs_desktop.ui.widgets.guarded_painting import guarded
from dfs_desktop.ui.widgets.labels import plain_label
from dfs_desktop.ui.widgets.layouts import TOP, column, row
from dfs_desktop.ui.widgets.reading_line import ReadingLine
from dfs_desktop.workers.reader import operations
from dfs_desktop.workers.reader.picture_decoding import Pixels
from dfs_desktop.workers.reader.preview_data import PreviewData
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.inspection.inspector import Inspection
from dfs_desktop.workspace.tasks import Tasks

from .highlighter import Highlighter
from .json_tree import JsonTree
from .safe_browser import SafeBrowser
from .tensor_table import TensorTable
from .text_table import RowsTable


class TextView(QPlainTextEdit):
    """Foreign text in the fixed font, to be read, searched and copied."""

    def __init__(self, name: str) -> None:
        super().__init__(
            readOnly=True, lineWrapMode=self.LineWrapMode.NoWrap, undoRedoEnabled=False
        )
        self.setAccessibleName(name)
        self.setProperty("quiet", True)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # code, in every language
        self.highlighter = Highlighter(self.document())

    def show_text(self, text: str, language: str = "") -> None:
        self.highlighter.setDocument(None)  # it would look at each line of the old and the new text
        self.setPlainText(text)
        self.highlighter.use(language, self.document())


class PictureView(QWidget):
    """A picture as large as it is, smaller where the room is; on a ground that shows its edges."""

    def __init__(self) -> None:
        super().__init__(accessibleName=tr("Picture"))
        self._picture = QPixmap()

    def show_picture(self, picture: QPixmap) -> None:
        self._picture = picture
        words = tr("{width} by {height} pixels", width=picture.width(), height=picture.height())
        self.setAccessibleDescription(words)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, 200)

    @guarded()
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._picture.isNull():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        room = self.rect().adjusted(8, 8, -8, -8)
        size = self._picture.size()
        if size.width() > room.width() or size.height() > room.height():
            size.scale(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left = room.left() + (room.width() - size.width()) // 2
        painter.drawPixmap(left, room.top(), size.width(), size.height(), self._picture)
        painter.end()


class MemberPreview(QWidget):
    """`show_member` reads the beginning of a member and shows it; what comes late is dropped. What was
    shown before stays, with its name, while most looks are answered. The button `save` is for others."""

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self._tasks = tasks
        self._wanted: tuple[Inspection, Member] | None = None
        self.found: PreviewData | None = None
        self._as_text = False  # in place of the tree, or the document
        self.line = ReadingLine(tasks, self._again, self._show_name)
        self._stack = QStackedWidget()
        column(self._heading(), self.line, (self._stack, 1), of=self, spacing=0)
        self._views: dict[str, QWidget] = {}
        self._nothing = QWidget()
        self._stack.addWidget(self._nothing)

    def _heading(self) -> QHBoxLayout:
        self.name = ElidedLabel()
        self.facts = plain_label(dim=True, wrap=True)
        self.turn = link_button(tr("As text"), self._turn)
        self.turn.hide()
        self.save = link_button(tr("Save…"), name="saveMemberButton")
        words = (column(self.name, self.facts, spacing=2), 1)
        return row(words, (self.turn, TOP), (self.save, TOP), margins=(5, 6, 8, 4), spacing=4)

    def show_member(self, look: Inspection, member: Member) -> None:
        """Show the beginning of a member, or of a file inside one."""
        waits = self.line.busy  # for the member before: its blink is not prolonged
        self._wanted, self.found = (look, member), None
        if not waits:
            self.line.wait()
        elif self.line.words():
            self._show_name()
        self._read(look, member)

    def stop(self) -> None:
        """Whatever is on its way is not wanted any more."""
        if self.line.busy:
            self._show_name()
            self.line.say("")
        self._wanted = self.found = None
        self.line.cancel()

    def clear(self) -> None:
        """None is chosen, which is said in the room that the preview has."""
        self.stop()
        self.line.say("")
        self.name.show_text("")
        self.facts.setText(tr("Choose a file."))
        self.facts.setToolTip("")
        self.turn.hide()
        self.save.setEnabled(False)
        self._stack.setCurrentWidget(self._nothing)

    def _show_name(self) -> None:
        """In place of what is shown: the name of the member that is awaited."""
        if self._wanted is None or self.found is not None:
            return
        _, member = self._wanted
        self._name(member)
        self.facts.setText(quantities.size(member.size))
        self.turn.hide()
        self._stack.setCurrentWidget(self._nothing)
        self.show()

    def _name(self, member: Member) -> None:
        self.name.show_text(member.name)
        self.facts.setToolTip(quantities.exact_size(member.size))
        self.save.setEnabled(True)

    def _again(self) -> None:
        if self._wanted is not None:
            look, member = self._wanted
            look.begin_anew()
            self.line.wait()
            self._read(look, member)

    def _read(self, look: Inspection, member: Member) -> None:
        ask = partial(look.read, operations.preview, member)
        self.line.read(ask, self._show, look.note, "read the file")

    def _show(self, found: PreviewData) -> None:
        self.found = found
        if self._wanted is not None:
            self._name(self._wanted[1])
        self.facts.setText(_facts(found))
        empty = tr("The file is empty.") if found.preview.size == 0 else found.note
        self.line.say(empty if found.view == "empty" else found.note)
        self.turn.setVisible(found.view in ("json", "markdown", "html"))
        self._as_text = False
        self.turn.setText(tr("As text"))
        if found.view == "empty":
            self._stack.setCurrentWidget(self._nothing)
        else:
            self._fill(found.view, found)
        self.show()

    def _turn(self) -> None:
        """Between the tree (or the document) and the text that it was made from."""
        if self.found is None:
            return
        self._as_text = not self._as_text
        self.turn.setText(tr("As a view") if self._as_text else tr("As text"))
        self._fill("text" if self._as_text else self.found.view, self.found)

    def _fill(self, view: str, found: PreviewData) -> None:
        widget = self._view(view)
        preview = found.preview
        if isinstance(widget, TextView):
            plain = preview.text if found.view in ("markdown", "html") else found.text
            widget.show_text(plain, "" if view == "hex" else preview.language)
        elif isinstance(widget, JsonTree):
            widget.show_value(found.value)
        elif isinstance(widget, RowsTable):
            head, *rows = preview.rows or ((),)
            width = max(map(len, preview.rows), default=0)
            widget.content.right = number_columns(rows, width)
            widget.show_rows(rows, [*head, *[""] * (width - len(head))])
        elif isinstance(widget, TensorTable) and preview.weights is not None:
            widget.show_weights(preview.weights)
        elif isinstance(widget, PictureView) and found.image is not None:
            widget.show_picture(QPixmap.fromImage(picture_of(found.image)))
        elif isinstance(widget, SafeBrowser) and view == "markdown":
            widget.show_markdown(found.text)
        elif isinstance(widget, SafeBrowser):
            widget.setHtml(found.text)
        self._stack.setCurrentWidget(widget)

    def _view(self, view: str) -> QWidget:
        kind = {"hex": "text", "html": "markdown"}.get(view, view)
        if kind not in self._views:
            self._views[kind] = self._make(kind)
            self._stack.addWidget(self._views[kind])
        return self._views[kind]

    def _make(self, kind: str) -> QWidget:
        makers: dict[str, Callable[[], QWidget]] = {
            "json": lambda: JsonTree(tr("Content as a tree")),
            "table": lambda: RowsTable(tr("Content as a table"), [], stretch=None),
            "weights": TensorTable,
            "image": PictureView,
            "markdown": lambda: SafeBrowser(tr("Content as a document"), self._tasks),
        }
        return makers.get(kind, lambda: TextView(tr("Content as text")))()


def number_columns(rows: Sequence[Sequence[str]], width: int) -> set[int]:
    """The columns whose first values are all numbers; they stand at the right."""

    def values(number: int) -> list[str]:
        return [line[number] for line in rows[:50] if number < len(line) and line[number].strip()]

    columns = ((number, values(number)) for number in range(width))
    return {number for number, found in columns if found and all(map(_is_number, found))}


def _is_number(text: str) -> bool:
    return typed_number(text) is not None or text.strip().lower() in {"nan", "inf", "-inf"}


def picture_of(pixels: Pixels) -> QImage:
    """The picture that the reader decoded, on these very bytes; none when they are not as many as it
    says."""
    stride = 4 * pixels.width
    if len(pixels.data) != stride * pixels.height:
        return QImage()
    form = QImage.Format.Format_ARGB32_Premultiplied
    return QImage(pixels.data, pixels.width, pixels.height, stride, form)


def _facts(found: PreviewData) -> str:
    """Size, kind, and how much of it is here."""
    preview = found.preview
    words = [quantities.size(preview.size)]
    kind = {"image": preview.media_type, "weights": "", "hex": tr("bytes"), "binary": tr("bytes")}
    words.append(kind.get(preview.kind, preview.language or preview.kind))
    if found.image is not None and found.image.measures:
        words.append(found.image.measures)
    if preview.encoding and preview.encoding != "utf-8":
        words.append(preview.encoding)
    if preview.kind == "csv":
        words.append(quantities.count(max(0, len(preview.rows) - 1), "row"))
    if preview.cut:
        words.append(tr("the beginning is shown"))
    return " · ".join(word for word in words if word)
