"""Tables of separated values, as spreadsheets, databases and programs of every country write them.

The separator is told from several parsed records and never from the first line alone: a header may
hold commas in quotes, and a decimal comma is no separator.
"""

import csv
import io
import re
from collections import Counter, deque
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

import msgspec

from dfs_desktop.artifact.names import extension
from dfs_desktop.number_text import number_text
from dfs_desktop.translation import tr

MAX_ROWS = 500
MAX_COLUMNS = 200
MAX_CELL = 1000  # characters
_SAMPLE = 100  # records by which the separator is told
_SEPARATORS = "\t;|,"  # the comma last: it also stands in numbers and in sentences
_COMMENTS = ("#", "%", "//")
_DECIMALS = re.compile(r"\s*[-+]?[\d.]+,\d+(?:([ \t]+)[-+]?[\d.]+,\d+)*\s*")
_GIVEN = re.compile(r'"?sep=(\\t|.)"?\s*', re.IGNORECASE)  # Excel's own first line
_NUMBERS = re.compile(
    r"^(?:.* )?[-+]?\d[\d.eE+-]* +[-+]?\d|^ *\S+ +[-+]?\d[\d.eE+-]*$", re.MULTILINE
)
_DOUBLED = re.compile(r'(?<![\\;,|\s])""')
_END = "\0end"  # a line that no file has

# The module's limit is for the whole process; texts are cut before they come here.
csv.field_size_limit(16 * 1024 * 1024)


class Table(msgspec.Struct, frozen=True):
    """The first rows; `cut` says that more follow, `note` what of these rows is not shown."""

    rows: tuple[tuple[str, ...], ...]
    cut: bool
    note: str = ""


def table_of(text: str, name: str, *, whole: bool) -> Table | None:
    """The table in this text, or None when there is no whole row in it.

    Unless the text is `whole`, its last row may be a part of one and is left out.
    """
    lines = list(io.StringIO(text, newline=""))
    if not whole and lines and not lines[-1].endswith(("\n", "\r")):
        lines.pop()
    given = _GIVEN.fullmatch(lines[0]) if lines else None
    separator = given[1].replace("\\t", "\t") if given else ""
    comments: list[str] = []
    body = lines[1:] if given else lines
    start = next((at for at, line in enumerate(body) if not _is_comment(line)), len(body))
    comments, body = [line for line in body[:start] if line.strip()], body[start:]
    marks = _marks(body, separator, extension(name))
    form = _Form(marks, body, whole=whole)
    rows: list[list[str]] = []
    if comments:  # the last one may be the header: "#id,name"
        (header,) = _Form(form.marks, comments[-1:], whole=True).records()
        first = next(form.records(), [])
        rows += [header] if len(header) == len(first) > 1 or not body else []
    rows += islice(form.records(), MAX_ROWS + 1 - len(rows))
    if not rows:
        return None
    more = len(rows) > MAX_ROWS
    rows = rows[:MAX_ROWS]
    width = max(map(len, rows))
    note = ""
    if width > MAX_COLUMNS:
        shown, total = MAX_COLUMNS, number_text(width)
        note = tr("The first {shown} of {total} columns are shown.", shown=shown, total=total)
    cells = tuple(tuple(cell[:MAX_CELL] for cell in row[:MAX_COLUMNS]) for row in rows)
    return Table(cells, more or not whole, note)


def _is_comment(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith(_COMMENTS)


class _Marks(NamedTuple):
    """What divides cells, what surrounds them, and what stands before a quote inside."""

    separator: str
    quote: str = '"'
    escape: str | None = None


class _Form:
    """How the records of some lines are to be parsed."""

    def __init__(self, marks: _Marks, lines: list[str], *, whole: bool) -> None:
        self.marks = marks
        separator = marks.separator
        self._lines = lines
        # "a; "b;c"": without this, a quote behind a blank would be none.
        blank = re.compile(rf'(?:^|{re.escape(separator)}) +"')
        self._skip_blanks = separator == " " or (
            separator != "\t" and any(map(blank.search, lines[:_SAMPLE]))
        )
        self._quotes = True
        # A quote that is never closed would swallow the rest of a whole file: then it is no quote.
        self._quotes = not whole or deque(self._parsed(), maxlen=1) == deque([[_END]])

    def _parsed(self) -> Iterator[list[str]]:
        return csv.reader(
            [*self._lines, _END],
            delimiter=self.marks.separator,
            quotechar=self.marks.quote,
            escapechar=self.marks.escape,
            skipinitialspace=self._skip_blanks,
            quoting=csv.QUOTE_MINIMAL if self._quotes else csv.QUOTE_NONE,
        )

    def records(self) -> Iterator[list[str]]:
        """The records that are not blank; one whose last quote is not closed is left out."""
        before: list[str] = []
        for record in self._parsed():
            if before:
                yield before
            before = record


def _marks(lines: list[str], given: str, ending: str) -> _Marks:
    """The marks by which most records have the same number of columns, more than one."""
    sample = lines[:_SAMPLE]
    text = "".join(sample)
    best, best_share = _Marks(given or ","), 0.0
    for separator in given or _SEPARATORS:
        for marks in _possible(separator, sample, text):
            widths = _widths(marks, sample)
            width, count = max(widths.items(), key=lambda each: (each[1], each[0]), default=(0, 0))
            share = count / max(widths.total(), 1)
            if separator == "\t" and ending in (".tsv", ".tab") and width > 1:
                return marks
            if width > 1 and share > best_share + 0.001:
                best, best_share = marks, share
    if best.separator == "," and not given and lines:
        head, *numbers = [_DECIMALS.fullmatch(line) for line in sample if line.strip()] or [None]
        blanks = any(each and each[1] for each in numbers)
        if all(numbers) and (blanks if head else "," not in lines[0]):
            return _Marks(" " if blanks else ";")  # decimal commas, in one column or with blanks
        blank = _Marks(" ")
        if best_share == 0.0 and len(_widths(blank, sample)) == 1 and _NUMBERS.search(text):
            return blank
    return best


def _possible(separator: str, lines: list[str], text: str) -> Iterator[_Marks]:
    """The likelier marks first: double quotes, unless quotes inside are escaped and not doubled."""
    plain, escaping = _Marks(separator), _Marks(separator, escape="\\")
    escaped = '\\"' in text
    # A backslash before a cell's last quote (C:\) would make it swallow what follows.
    if (
        escaped
        and not _DOUBLED.search(text)
        and _widths(escaping, lines).total() >= _widths(plain, lines).total()
    ):
        yield escaping
    yield plain
    if escaped:
        yield escaping
    if '"' not in text and f"{separator}'" in text:
        yield _Marks(separator, "'")


def _widths(marks: _Marks, lines: list[str]) -> Counter[int]:
    return Counter(map(len, _Form(marks, lines, whole=False).records()))
