"""Simple colours for source text: comments, texts, numbers and the words of the language."""

import re

from PySide6.QtGui import QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from dfs_desktop.ui.charts.colors import series_color
from dfs_desktop.ui.theme import theme

_WORDS = {
    "python": (
        "False None True and as assert async await break class continue def del elif else "
        "except finally for from global if import in is lambda nonlocal not or pass raise return try "
        "while with yield match case"
    ),
    "json": "true false null",
    "yaml": "true false null yes no",
    "toml": "true false",
    "shell": "if then else elif fi for while do done case esac function return export local",
    "sql": (
        "select from where insert into values update delete create table index join on as and "
        "or not null primary key SELECT FROM WHERE INSERT INTO VALUES CREATE TABLE JOIN ON AS AND OR "
        "NOT NULL PRIMARY KEY"
    ),
    "javascript": (
        "const let var function return if else for while class new await async import "
        "export from true false null undefined this"
    ),
}
_WORDS["typescript"] = _WORDS["javascript"]
_HASH = {"python", "yaml", "toml", "shell", "ini", "makefile", "dockerfile", "docker", "r", "julia"}
_SLASHES = {"javascript", "typescript", "c", "cpp", "rust", "go", "java", "css", "protobuf"}
LONGEST = 2000  # characters of a line that is looked at
MOST_LINES = 2500  # of a text that is coloured


class Highlighter(QSyntaxHighlighter):
    """Line by line; a text over several lines keeps its plain colour, which is no harm."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._pattern: re.Pattern[str] | None = None
        theme.current().changed.connect(self.rehighlight)

    def use(self, language: str, document: QTextDocument) -> None:
        """Colour the document as this language from now on, if it is not too long."""
        words = "|".join(_WORDS.get(language, "").split())
        comment = "#.*" if language in _HASH else "//.*" if language in _SLASHES else "(?!)"
        comment = "--.*" if language == "sql" else comment
        self._pattern = None
        self.setDocument(document if document.blockCount() <= MOST_LINES else None)
        if words or comment != "(?!)":
            self._pattern = re.compile(
                r"(?P<text>\"(?:[^\"\\]|\\.)*+\"(?P<key>\s*:)?|'(?:[^'\\]|\\.)*+')"
                rf"|(?P<comment>{comment})"
                rf"|(?P<word>\b(?:{words or '(?!)'})\b)"
                r"|(?P<number>\b\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?\b)"
            )
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        if self._pattern is None:
            return
        colors = theme.current()
        plain = {"comment": colors.color("dim"), "number": series_color(1), "text": series_color(2)}
        for match in self._pattern.finditer(text[:LONGEST]):
            form = QTextCharFormat()
            kind = "key" if match["key"] else match.lastgroup or ""
            form.setForeground(plain.get(kind, colors.color("accent")))
            form.setFontItalic(kind == "comment")
            if kind == "word":
                form.setFontWeight(QFont.Weight.DemiBold)
            self.setFormat(match.start(), match.end() - match.start(), form)
