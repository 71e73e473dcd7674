"""A comparison as rows of a table, ready to be shown or written as Markdown or CSV."""

from collections.abc import Iterable, Sequence

import msgspec

from dfs_desktop.artifact.safety.written_tables import (
    Cell,
    Form,
    markdown_cell,
    markdown_line,
    strong_markdown,
    written_table,
)
from dfs_desktop.translation import tr

MISSING = "—"


class Row(msgspec.Struct, frozen=True):
    """One fact across the artifacts; None in `values` is a gap. `best` are the places of the best.

    `note` says what changed, in a word or two of English, to be asked of `tr`. `numbers` are the
    values that are numbers, for who shows them; `values` hold them with all digits.
    """

    label: str
    values: tuple[str | None, ...]
    differs: bool
    best: tuple[int, ...] = ()
    note: str = ""
    numbers: tuple[float | None, ...] = ()


class Section(msgspec.Struct, frozen=True):
    """Rows of one subject, with what is to be said of all of them.

    `title` is in English, to be asked of `tr`.
    """

    title: str
    rows: tuple[Row, ...]
    summary: str = ""

    def shown(self, *, only_differences: bool) -> tuple[Row, ...]:
        """The rows to show: all, or those that differ."""
        return tuple(row for row in self.rows if row.differs or not only_differences)


def row(label: str, values: Sequence[str | None], note: str = "") -> Row:
    """A row that differs when its values do."""
    return Row(label, tuple(values), len(set(values)) > 1, note=note)


def markdown(names: Sequence[str], sections: Iterable[Section], *, only_differences: bool) -> str:
    """The sections as Markdown tables; the best values are bold."""
    lines: list[str] = []
    for section in sections:
        rows = section.shown(only_differences=only_differences)
        if not rows and not section.summary:
            continue
        lines += [f"## {markdown_cell(tr(section.title))}", ""]
        if section.summary:
            lines += [markdown_cell(section.summary), ""]
        if rows:
            lines.append(f"| {markdown_line(map(markdown_cell, names))} |")
            lines.append("|---" * (len(names) + 2) + "|")
            lines += [markdown_line(map(strong_markdown, _cells(each, MISSING))) for each in rows]
            lines.append("")
    return "\n".join(lines)


def latex(names: Sequence[str], sections: Iterable[Section], *, only_differences: bool) -> str:
    """The sections as tables for LaTeX; the best values are bold."""
    written: list[str] = []
    for section in sections:
        if rows := section.shown(only_differences=only_differences):
            cells = (_cells(each, MISSING) for each in rows)
            written.append(written_table(Form.LATEX, [tr(section.title), *names, ""], cells))
    return "\n".join(written)


def table(names: Sequence[str], sections: Iterable[Section], *, only_differences: bool) -> str:
    """The sections as CSV: section, label, a column for each artifact, note."""
    rows = (
        [Cell(tr(section.title)), *_cells(each, missing="")]
        for section in sections
        for each in section.shown(only_differences=only_differences)
    )
    return written_table(Form.CSV, [tr("section"), "", *names, tr("note")], rows)


def _cells(each: Row, missing: str) -> list[Cell]:
    values = (
        Cell(missing if value is None else value, place in each.best)
        for place, value in enumerate(each.values)
    )
    return [Cell(each.label), *values, Cell(tr(each.note))]
