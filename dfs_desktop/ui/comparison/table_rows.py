"""A comparison as lines of one table: headings, remarks and rows, in the order in which they are read."""

import enum
import math
import sys
from collections.abc import Iterator

from msgspec import Struct

from dfs_desktop.artifact import visible
from dfs_desktop.artifact.comparison.comparison_export import Row, Section
from dfs_desktop.artifact.comparison.compatibility import Compatibility
from dfs_desktop.number_text import number_text, short_text, told_apart
from dfs_desktop.translation import later, series, tr, trn
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.comparison.comparison import Comparison
from dfs_desktop.workspace.comparison.content_equality import ContentEquality, Equality
from dfs_desktop.workspace.comparison.side_reader import Part

GAP, UNKNOWN = "–", later("not read")
MOST_REASONS = 20


class Kind(enum.Enum):
    """How a line is shown."""

    HEAD = "head"
    REMARK = "remark"
    ROW = "row"


class Line(Struct, frozen=True):
    """One line. A remark may carry an action: read a part again, or read the bytes of a side."""

    kind: Kind
    section: str
    text: str
    detail: str = ""
    icon: str = ""
    color: str = "text"
    row: Row | None = None
    note: str = ""
    note_color: str = "dim"
    again: Part | None = None
    read_bytes: int = 0  # the number of a side
    unknown: tuple[int, ...] = ()  # the sides whose gap in this row says nothing

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it the same line after something has arrived."""
        return (self.kind.value, self.section, self.text)

    @property
    def action(self) -> str:
        """The words on the button of a remark; "" when it has none."""
        if self.again is not None:
            return tr("Try again")
        return self.detail if self.read_bytes else ""


def lines(comparison: Comparison, *, only_differences: bool) -> list[Line]:
    """All lines to show now."""
    found: list[Line] = []
    for section in comparison.sections():
        remarks = list(_remarks(comparison, section))
        reading = comparison.reading(section.title)
        if not section.rows and not remarks and not reading:
            continue
        unknown = comparison.unknown(section.title)
        found.append(_head(section, reading=reading, unknown=unknown))
        found += remarks
        rows = section.shown(only_differences=only_differences)
        found += [_row(comparison, section.title, row, unknown) for row in rows]
    return found


def _head(section: Section, *, reading: bool, unknown: tuple[int, ...]) -> Line:
    differing = sum(1 for row in section.rows if row.differs)
    same = len(section.rows) - differing
    if reading:
        detail = tr("Reading…")
    elif unknown and not differing:
        count = len(unknown)
        detail = trn("not read in {amount} column", "not read in {amount} columns", count)
    elif not section.rows:
        detail = tr("nothing to compare")
    elif not differing:
        detail = trn("no differences ({amount} row)", "no differences ({amount} rows)", same)
    else:
        detail = trn(
            "{differing} of {amount} row differs",
            "{differing} of {amount} rows differ",
            len(section.rows),
            differing=number_text(differing),
        )
    return Line(Kind.HEAD, section.title, tr(section.title), detail)


def _remarks(comparison: Comparison, section: Section) -> Iterator[Line]:
    title, names = section.title, [visible(side.name) for side in comparison.sides]
    if title == "Interface":
        for name, verdict in zip(names[1:], comparison.verdicts(), strict=True):
            yield from _verdict(name, names[0], verdict)
    if title == "Files":
        pairs = zip(names[1:], comparison.equalities(), strict=True)
        for number, (name, alike) in enumerate(pairs, 1):
            yield _equality(number, name, alike, several=len(names) > 2)
    for trouble in comparison.unread_parts(title):
        again = trouble.part if trouble.again else None
        yield Line(Kind.REMARK, title, visible(trouble.text), "", "warning", "waiting", again=again)


def _verdict(name: str, first: str, verdict: Compatibility | None) -> Iterator[Line]:
    if verdict is None:
        return
    section, names = "Interface", {"name": name, "first": first}
    reasons, icon, color = verdict.harmless, "check", "good"
    if verdict.verdict == "breaking":
        reasons, icon, color = verdict.breaking, "warning", "failed"
        text = tr("Breaking: “{name}” cannot stand in for “{first}”, because", **names)
    elif verdict.verdict == "compatible":
        text = tr(
            "Drop-in, compatible: “{name}” can stand in for “{first}”. What changed:", **names
        )
    else:
        text = tr("Drop-in: “{name}” takes and gives the same as “{first}”.", **names)
    yield Line(Kind.REMARK, section, text, "", icon, color)
    ink = "text" if color == "failed" else "dim"
    for reason in reasons[:MOST_REASONS]:
        yield Line(Kind.REMARK, section, f"· {visible(reason)}", color=ink)
    if (left := len(reasons) - MOST_REASONS) > 0:
        more = trn("and {amount} more", "and {amount} more", left)
        yield Line(Kind.REMARK, section, f"· {more}", color="dim")


_LIKENESS_LOOKS = {
    Equality.SAME_BYTES: ("check", "good"),
    Equality.SAME_CONTENT: ("check", "good"),
    Equality.OTHER_CONTENT: ("information", "text"),
    Equality.SAME_LIST: ("information", "text"),
    Equality.COMPARING: ("waiting", "dim"),
    Equality.UNKNOWN: ("information", "dim"),
}


def _equality(number: int, name: str, alike: ContentEquality, *, several: bool) -> Line:
    icon, color = _LIKENESS_LOOKS[alike.kind]
    text = tr("“{name}”: {problem}", name=name, problem=alike.text) if several else alike.text
    size = quantities.size(alike.to_read)
    words, side = (tr("Read and compare {size}", size=size), number) if alike.to_read else ("", 0)
    return Line(Kind.REMARK, "Files", text, words, icon, color, read_bytes=side)


_NOTE_COLORS = {"major version": "waiting", "added": "good", "removed": "failed"}


def _row(comparison: Comparison, section: str, row: Row, unknown: tuple[int, ...]) -> Line:
    note, color = row.note and tr(row.note), _NOTE_COLORS.get(row.note, "dim")
    if not row.differs:
        note, color = "", "dim"
    elif section == "Metrics":
        note, color = _change(comparison, row)
    elif not note:
        first, rest = row.values[0], [
            value for place, value in enumerate(row.values[1:], 1)
            if value is not None or place not in unknown
        ]  # fmt: skip
        note = tr("differs")
        if first is None and 0 not in unknown:
            note, color = tr("added"), "good"
        elif rest and all(value is None for value in rest):
            note, color = tr("removed"), "failed"
    gaps = tuple(place for place in unknown if row.values[place] is None)
    return Line(Kind.ROW, section, row.label, row=row, note=note, note_color=color, unknown=gaps)


def _change(comparison: Comparison, row: Row) -> tuple[str, str]:
    """How a metric changed from the first side to the second, and whether that is good."""
    numbers = [measured(row, place) for place in range(len(row.values))]
    if len(numbers) != 2 or numbers[0] is None or numbers[1] is None:
        return tr("differs"), "dim"
    delta = numbers[1] - numbers[0]
    if not math.isfinite(delta):
        return tr("differs"), "dim"
    change = f"{'+' if delta > 0 else '−'}{short_text(abs(delta))}"
    gain = delta * comparison.better(row.label)
    if gain > 0:
        return tr("{change} better", change=change), "good"
    if gain < 0:
        return tr("{change} worse", change=change), "failed"
    return change, "dim"


def measured(row: Row, place: int) -> float | None:
    """The number in a cell; None when there is none that a length could show."""
    value = row.numbers[place] if row.numbers else None
    return value if value is not None and abs(value) <= sys.float_info.max else None


def said(line: Line, place: int, gap: str = GAP) -> str:
    """What stands in the column of a side."""
    value = line.row.values[place] if line.row is not None else None
    if line.row is None or value is None:
        return tr(UNKNOWN) if place in line.unknown else gap
    number = line.row.numbers[place] if line.row.numbers else None
    return visible(value) if number is None else told_apart(line.row.numbers)(number)


def spoken(line: Line, names: list[str]) -> str:
    """A line as one sentence for a screen reader."""
    if line.row is None:
        return series(part for part in (line.text, line.detail or line.action) if part)
    cells = []
    for place, name in enumerate(names):
        value = said(line, place, tr("nothing"))
        value = tr("{value} best", value=value) if place in line.row.best else value
        cells.append(f"{visible(name)} {value}")
    return "; ".join(part for part in (visible(line.text), *cells, line.note) if part)


def short_verdict(comparison: Comparison, place: int) -> tuple[str, str, str, str]:
    """The words under a column's name, with their icon and colour; and those beside the name."""
    text, icon, color = (tr("reference"), "", "dim") if not place else _judged(comparison, place)
    aside = "" if comparison.sides[place].path is None else tr("on this computer")
    return text, icon, color, aside


def _judged(comparison: Comparison, place: int) -> tuple[str, str, str]:
    alike = comparison.equalities()[place - 1]
    if alike.kind is Equality.SAME_BYTES:
        return tr("same bytes"), "check", "good"
    if alike.kind is Equality.SAME_CONTENT:
        return tr("same content"), "check", "good"
    if comparison.reading("Interface") or comparison.reading("Files"):
        return tr("Reading…"), "", "dim"
    if (verdict := comparison.verdicts()[place - 1]) is None:
        return (tr("other content") if alike.kind is Equality.OTHER_CONTENT else ""), "", "dim"
    if verdict.verdict == "breaking":
        return tr("breaking"), "warning", "failed"
    if not comparison.same_environment(place):
        return tr("drop-in, other environment"), "check", "waiting"
    return (tr("drop-in: compatible") if verdict.harmless else tr("drop-in")), "check", "good"
