"""A table of foreign texts written for a page, a spreadsheet or a paper: nothing in it is markup there."""

import csv
import enum
import io
from collections.abc import Collection, Iterable, Sequence

from msgspec import Struct

from dfs_desktop.artifact.names import visible

from .spreadsheet_cells import guarded

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
        lines = [_markdown(map(markdown_cell, head)), _markdown(marks)]
        lines += (_markdown(map(_strong_markdown, row)) for row in rows)
        return "\n".join(lines) + "\n"
    sides = "".join("r" if n in right else "l" for n in range(len(head)))
    lines = [rf"\begin{{tabular}}{{{sides}}}", r"\hline", _latex(map(latex_cell, head)), r"\hline"]
    lines += (_latex(map(_strong_latex, row)) for row in rows)
    return "\n".join([*lines, r"\hline", r"\end{tabular}", ""])


def _markdown(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _latex(cells: Iterable[str]) -> str:
    return " & ".join(cells) + r" \\"


def _strong_markdown(cell: Cell) -> str:
    text = markdown_cell(cell.text)
    return f"**{text}**" if cell.strong and text else text


def _strong_latex(cell: Cell) -> str:
    text = latex_cell(cell.text)
    return rf"\textbf{{{text}}}" if cell.strong and text else text
