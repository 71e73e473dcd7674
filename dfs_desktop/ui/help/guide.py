"""Pages that come with the program, the user guide and what is new: headings at the left, text and
pictures at the right."""

import re
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage, QResizeEvent, QTextCursor, QTextDocument
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QTextBrowser, QWidget

from dfs_desktop.resource_files import folder
from dfs_desktop.translation import language, right_to_left, tr
from dfs_desktop.ui.widgets.dialogs import passing_dialog, resize_to
from dfs_desktop.ui.widgets.layouts import column, row
from dfs_desktop.ui.widgets.naming import named

_WIDTH, _HEIGHT = 120, 46  # in characters and lines
_ENTRIES = re.compile(r"\*([^*\n]+ › [^*\n]+)\*")  # of menus, in English in every translation
_MARGIN = 24  # pixels that a picture leaves free


def _as_in_menus(entry: re.Match[str]) -> str:
    sign = "**" if right_to_left() else "*"  # few fonts have slanted Arabic letters
    return f"{sign}{' › '.join(tr(part) for part in entry[1].split(' › '))}{sign}"


class GuideText(QTextBrowser):
    """Pictures are as wide as there is room; no link leads out of the program."""

    def __init__(self, pages: Path, name: str) -> None:
        super().__init__()
        self._pages = pages
        self.setOpenLinks(False)
        written = pages / f"{name}.{language()}.md"
        text = (written if written.is_file() else pages / f"{name}.md").read_text("utf-8")
        self._text = _ENTRIES.sub(_as_in_menus, text)
        self._lay_out()

    def _lay_out(self) -> None:
        self.document().clear()  # pictures too: they are scaled anew
        self.document().setMarkdown(self._text, QTextDocument.MarkdownFeature.MarkdownNoHTML)

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        if kind != QTextDocument.ResourceType.ImageResource.value:
            return None
        picture = QImage(str(self._pages / Path(QUrl(name).fileName()).name))
        room = max(self.viewport().width() - _MARGIN, 200)
        if picture.width() > room:
            wide = min(picture.width(), round(room * self.devicePixelRatioF()))  # of the screen
            picture = picture.scaledToWidth(wide, Qt.TransformationMode.SmoothTransformation)
            picture.setDevicePixelRatio(wide / room)
        return picture

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            place = self.verticalScrollBar().value() / max(self.verticalScrollBar().maximum(), 1)
            self._lay_out()
            self.verticalScrollBar().setValue(int(place * self.verticalScrollBar().maximum()))

    def headings(self) -> list[tuple[str, int]]:
        """The titles of the chapters, and the number of the block of each."""
        found, block = [], self.document().begin()
        while block.isValid():
            if block.blockFormat().headingLevel() == 1:
                found.append((block.text(), block.blockNumber()))
            block = block.next()
        return found

    def show_block(self, number: int) -> None:
        """Scroll so that this block is at the top."""
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum())
        self.setTextCursor(QTextCursor(self.document().findBlockByNumber(number)))
        self.ensureCursorVisible()


class GuideWindow(QDialog):
    """Stands beside the work. The line above the chapters finds the next place with its words."""

    def __init__(self, parent: QWidget, name: str, title: str) -> None:
        """``name``: of the page, which its window has, too."""
        super().__init__(parent.window())
        passing_dialog(self, name, title)
        self.text = named(GuideText(folder() / "guide", name), "guideText", reads=title)
        self.line = named(QLineEdit(clearButtonEnabled=True), reads=tr("Find in this page"))
        self.line.setPlaceholderText(tr("Find"))
        self.line.textChanged.connect(lambda text: self._find(text, anew=True))
        self.line.returnPressed.connect(lambda: self._find(self.line.text(), anew=False))
        self.chapters = named(QListWidget(), "chapters", reads=tr("Chapters"))
        self.chapters.addItems([title for title, _ in self.text.headings()])
        self.chapters.currentRowChanged.connect(self._show)
        self.chapters.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        unit = self.fontMetrics()
        longest = self.chapters.sizeHintForColumn(0) + unit.averageCharWidth() * 4
        self.chapters.setFixedWidth(min(longest, unit.averageCharWidth() * 44))
        self.line.setFixedWidth(self.chapters.width())
        row(column(self.line, self.chapters), (self.text, 1), of=self, margins=(12, 12, 12, 12))
        resize_to(self, _WIDTH, _HEIGHT)
        self.chapters.setFocus()

    def _show(self, number: int) -> None:
        headings = self.text.headings()
        if 0 <= number < len(headings):
            self.text.show_block(headings[number][1])

    def _find(self, words: str, *, anew: bool) -> None:
        """The next place behind the one that is marked; from the top when there is none behind."""
        if anew:
            self.text.moveCursor(QTextCursor.MoveOperation.Start)
        if words and not self.text.find(words):
            self.text.moveCursor(QTextCursor.MoveOperation.Start)
            self.text.find(words)
