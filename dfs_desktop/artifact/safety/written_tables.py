"""Tables of foreign texts written for a page, a paper or a spreadsheet, where nothing in them is markup
or a formula."""

import csv
import enum
import io
import re
from collections.abc import Collection, Iterable, Sequence

from msgspec import Struct

from dfs_desktop.artifact.names import visible

MOST_IN_CELL = 500  # characters
_LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
        "%": r"\%", "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
        "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"\textquotedbl{}",
        "\u202f": r"\,", "\u00a0": "~", "–": "--", "—": "---", "×": r"$\times$", "…": r"\dots{}",
        "[": "{[}", "]": "{]}",
    }
)  # fmt: skip
_SIGNS = frozenset(
    "=+-@\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b"
)  # small and full-width ones count in Asian versions
# Which of these divides cells depends on the reader's country, not on how the file was written.
_DIVIDERS = re.compile("([;,|\t\r\n\v\f\u2028\u2029])")
_UNSEEN = re.compile(
    "^[\\s\0-\x1f\x7f-\x9f\u00ad\u034f\u115f\u1160\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]+"
)


class Form(enum.Enum):
    """How a table is written; the value is the ending of its files."""

    MARKDOWN = "md"
    CSV = "csv"
    LATEX = "tex"


class Cell(Struct, frozen=True):
    """A text; `strong`: the best of its kind."""

    text: str
    strong: bool = False


def markdown_cell(text: str) -> str:
    """Foreign text on one line, in which nothing is markup."""
    text = visible(text[:MOST_IN_CELL].replace("\n", " "))
    for character in "\\`*_[]|<>#":
        text = text.replace(character, "\\" + character)
    return text


def latex_cell(text: str) -> str:
    """The same for LaTeX."""
    return visible(text[:MOST_IN_CELL].replace("\n", " ")).translate(_LATEX)


def written_table(
    form: Form, head: Sequence[str], rows: Iterable[Sequence[Cell]], right: Collection[int] = ()
) -> str:
    """The table; the columns `right` hold numbers."""
    if form is Form.CSV:
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow([guarded(title) for title in head])
        writer.writerows([guarded(cell.text) for cell in row] for row in rows)
        return out.getvalue()
    if form is Form.MARKDOWN:
        marks = ("---:" if n in right else "---" for n in range(len(head)))
        lines = [markdown_line(map(markdown_cell, head)), markdown_line(marks)]
        lines += (markdown_line(map(strong_markdown, row)) for row in rows)
        return "\n".join(lines) + "\n"
    sides = "".join("r" if n in right else "l" for n in range(len(head)))
    lines = [rf"\begin{{tabular}}{{{sides}}}", r"\hline", _latex(map(latex_cell, head)), r"\hline"]
    lines += (_latex(map(_strong_latex, row)) for row in rows)
    return "\n".join([*lines, r"\hline", r"\end{tabular}", ""])


def markdown_line(cells: Iterable[str]) -> str:
    """A line of a table in Markdown."""
    return f"| {' | '.join(cells)} |"


def _latex(cells: Iterable[str]) -> str:
    return " & ".join(cells) + r" \\"


def strong_markdown(cell: Cell) -> str:
    """A cell of a table in Markdown."""
    text = markdown_cell(cell.text)
    return f"**{text}**" if cell.strong and text else text


def _strong_latex(cell: Cell) -> str:
    text = latex_cell(cell.text)
    return rf"\textbf{{{text}}}" if cell.strong and text else text


def guarded(cell: str) -> str:
    """The cell with an apostrophe before all that a spreadsheet may take for a formula.

    A number keeps its sign.
    """
    first = "'" if cell[:1] in ("\t", "\r") else ""
    return first + "".join(map(_piece, _DIVIDERS.split(cell)))


def _piece(text: str) -> str:
    seen = _UNSEEN.sub("", text)
    if seen[:1] not in _SIGNS or not seen:
        return text
    try:
        float(seen)
    except ValueError:
        return "'" + text
    return text


def table_text(rows: Iterable[Iterable[str]]) -> str:
    """Rows for the clipboard: a tab between cells, which have no tab and no line break themselves."""
    return "\n".join(
        "\t".join(re.sub("[\t\r\n]+", " ", guarded(cell)) for cell in row) for row in rows
    )
