"""The columns of the artifact table as data: a title, a text, a sort key, an alignment."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from heapq import nsmallest
from itertools import islice
from operator import attrgetter, methodcaller, ne
from typing import Any

from msgspec import Struct

from dfs_desktop.artifact import visible
from dfs_desktop.artifact.names import ONE_LINE
from dfs_desktop.number_text import decimals, exact_text, natural_key, told_apart
from dfs_desktop.translation import later, tr
from dfs_desktop.workspace import quantities

from .extremes import Extremes
from .row import MOST_TAGS, STORED, Row, ordered_key, status_text

METRIC = "metric:"
NUMBERS = (int, float)  # as classes in a tuple: half the time of a union, and it is asked a lot
_IN_COLUMNS = (float, int, str)
_INFINITE = float("inf")
_METRICS = attrgetter("artifact.metrics")
MOST_NAMES = 1000  # of one record's metrics that are looked at for columns
MOST_COMPANY = 1000  # rows whose numbers are told apart: to compare all would hold the window
MOST_LINED_UP = 200  # rows whose decimal signs are looked at
MOST_DECIMALS = 8  # more are not waited for by the numbers above and below
MOST_FILTERED = 5000  # names of metrics that a filter knows
MOST_METRICS = 64  # a hostile record may hold a million names; the table stays usable


class Column(Struct, frozen=True):
    """One column: all that the table, its header and its exports know of it.

    `text` is what a cell shows, `sort_key` what it sorts by: numbers come first, None comes last.
    `exact` is for a program that reads it again: every digit, no unit and no “ago” of ours.
    """

    key: str
    heading: str
    text: Callable[[Row], str]
    sort_key: Callable[[Row], Any]
    numeric: bool = False
    hint: Callable[[Row], str] | None = None
    chips: Callable[[Row], Sequence[str]] | None = None  # painted as such
    exact: Callable[[Row], str] | None = None  # else the text
    width: int = 0  # characters; 0: as many as the title needs
    tells: Callable[[Row], bool] | None = None  # away while it tells nothing of a row in sight
    descending_first: bool = False  # what the first click on its head does
    wide: bool = False  # only for rows of a whole orbit
    # The most digits behind a decimal sign: the signs stand below each other.
    decimals: Callable[[], int] = int

    def sort_keys(self, rows: Sequence[Row]) -> list[Any]:
        """What each row sorts by: where all have a number of a metric, without a call for each."""
        if self.metric:
            numbers = list(map(methodcaller("get", self.metric), map(_METRICS, rows)))
            if set(map(type, numbers)) <= {int, float} and not any(map(ne, numbers, numbers)):
                return numbers
        return list(map(self.sort_key, rows))

    @property
    def metric(self) -> str:
        """The name of the metric that it shows, or nothing."""
        return self.key[len(METRIC) :] if self.key.startswith(METRIC) else ""

    @property
    def title(self) -> str:
        """The heading in the language in use, or the name of the metric."""
        return self.heading if self.metric else tr(self.heading)


_NAME = Column(
    "name",
    later("Name"),
    lambda row: visible(row.artifact.display_name),
    attrgetter("name_key"),
    width=28,
)
_SIZE = Column(
    "size",
    later("Size"),
    lambda row: quantities.size(row.artifact.size),
    lambda row: quantities.possible(row.artifact.size),
    numeric=True,
    hint=lambda row: quantities.exact_size(row.artifact.size),
    exact=lambda row: str(row.artifact.size),
    width=11,
)
_STATUS = Column(
    "status",
    later("Status"),
    status_text,
    status_text,
    width=18,
    tells=lambda row: bool(status_text(row)) or row.job is not None,
)
_TAGS = Column(
    "tags",
    later("Tags"),
    lambda row: ", ".join(visible(tag) for tag in (row.artifact.tags or ())[:MOST_TAGS]),
    attrgetter("tags_key"),
    chips=lambda row: row.artifact.tags or (),
    width=18,
)
_CREATED = Column(
    "created",
    later("Created"),
    lambda row: quantities.ago_there(row.created),
    attrgetter("created"),
    hint=lambda row: quantities.exact_time(row.created),
    exact=lambda row: row.created.isoformat() if row.created else "",
    width=15,
    descending_first=True,
)
_FILE = Column(
    "file",
    later("File"),
    lambda row: visible(row.artifact.file_name),
    lambda row: natural_key(row.artifact.file_name[:ONE_LINE]),
    width=22,
)

_TYPE = Column(
    "type",
    later("Type"),
    lambda row: visible(row.artifact.type or ""),
    lambda row: ordered_key(row.artifact.type),
    wide=True,
)
_AUTHOR = Column(
    "author",
    later("By"),
    lambda row: visible(row.artifact.created_by_user or ""),
    lambda row: ordered_key(row.artifact.created_by_user),
    wide=True,
)
_COLLECTION = Column(
    "collection",
    later("Collection"),
    lambda row: visible(row.artifact.collection_name or ""),
    lambda row: ordered_key(row.artifact.collection_name),
    wide=True,
)

Stages = Mapping[str, tuple[str, ...]]  # by the id of an artifact


def stage_column(stages: Stages) -> Column:
    """What artifacts hold in tracks, in words."""

    def held(row: Row) -> tuple[str, ...]:
        return stages.get(row.key, ())

    def text(row: Row) -> str:
        return ", ".join(visible(each) for each in held(row))

    return Column(
        "stages",
        later("Stage"),
        text,
        lambda row: ordered_key(text(row)),
        chips=held,
        tells=lambda row: bool(held(row)),
    )


# As they stand where nobody arranged them. What the name is about comes before the metrics; the
# commonest metrics before size and time, the others behind these.
_STAGES = stage_column({})
_BEFORE_METRICS = (_NAME, _COLLECTION, _TYPE, _AUTHOR, _STATUS, _STAGES, _TAGS)
_BEHIND_METRICS = (_SIZE, _CREATED)
_LAST = (_FILE,)
LAST_KEYS = frozenset(column.key for column in _LAST)


def _metric_value(row: Row, name: str) -> Any:
    value = row.artifact.metrics.get(name)
    return value if isinstance(value, _IN_COLUMNS) else None


def _metric_sort_key(name: str) -> Callable[[Row], Any]:
    def key(row: Row) -> Any:
        value = row.artifact.metrics.get(name)
        if isinstance(value, NUMBERS):
            return value if value == value else None  # NaN has no place in an order
        return natural_key(value[:ONE_LINE]) if isinstance(value, str) else None

    return key


def metric_column(name: str, rows: Sequence[Row] = ()) -> Column:
    """A column for a metric; its numbers are told apart from those in the same column of `rows`."""

    @cache
    def company() -> Callable[[float], str]:  # found when the first cell is painted
        return told_apart(_metric_value(row, name) for row in rows)

    @cache
    def most() -> int:
        found = (_metric_value(row, name) for row in rows[:MOST_LINED_UP])
        texts = (quantities.number(value, company()) for value in found)
        return min(max(map(decimals, texts), default=0), MOST_DECIMALS)

    def exact(row: Row) -> str:
        value = row.artifact.metrics.get(name)
        number = isinstance(value, NUMBERS) and not isinstance(value, bool)
        return repr(value) if number else visible(quantities.number(value, company()))

    return Column(
        METRIC + name,
        visible(name, limit=100),
        lambda row: visible(quantities.number(_metric_value(row, name), company())),
        _metric_sort_key(name),
        numeric=True,
        hint=lambda row: visible(quantities.number(_metric_value(row, name), exact_text)),
        exact=exact,
        decimals=most,
    )


def _is_finite(value: Any) -> bool:
    kind = type(value)
    return (kind is float or kind is int) and -_INFINITE < value < _INFINITE


class Tally:
    """How many records have which metrics, and between which numbers these are: kept while rows come
    and go, one at a time or many."""

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        self._extremes: dict[str, Extremes] = {}  # of the numbers of a metric
        self._told: Counter[str] = Counter()  # all of them, for the filter
        self._shown: Counter[str] = Counter()  # those that a column can show
        self.add(rows)

    def add(self, rows: Iterable[Row], times: int = 1) -> None:
        """Count these rows; -1 `times`: no more."""
        shapes: Counter[tuple[tuple[str, ...], tuple[type, ...]]] = Counter()  # most are alike
        for row in rows:
            metrics = row.artifact.metrics
            if len(metrics) <= MOST_METRICS:
                shapes[tuple(metrics), tuple(map(type, metrics.values()))] += times
            else:
                some = dict(islice(metrics.items(), MOST_NAMES))
                self._count(some, map(type, some.values()), times)
            self._measure(row, times)
        for (names, classes), count in shapes.items():
            self._count(names, classes, count)

    def _measure(self, row: Row, times: int) -> None:
        if row.artifact.status is not STORED:
            return
        extremes = self._extremes
        for name, value in islice(row.artifact.metrics.items(), MOST_NAMES):
            kind = type(value)
            if (kind is float or kind is int) and -_INFINITE < value < _INFINITE:
                if name not in extremes:
                    extremes[name] = Extremes()
                if times > 0:
                    extremes[name].add(value)
                else:
                    extremes[name].discard(value)

    def has_best(
        self, row: Row, name: str, direction: int, rows: Callable[[], Iterable[Row]]
    ) -> bool:
        """Whether this one has the best number of a metric among these rows, which are all, and not
        all of them have it."""
        extremes = self._extremes.get(name)
        if extremes is not None and extremes.stale:
            records = (each.artifact for each in rows() if each.artifact.status is STORED)
            values: Iterable[Any] = (record.metrics.get(name) for record in records)
            extremes = self._extremes[name] = Extremes(v for v in values if _is_finite(v))
        least, most = extremes.ends() or (0, 0) if extremes is not None else (0, 0)
        value = row.artifact.metrics.get(name)
        best = most if direction > 0 else least
        return least != most and value == best and not isinstance(value, bool)

    def add_all(self, other: "Tally") -> None:
        """Count what another one has counted."""
        for name, extremes in other._extremes.items():
            if name in self._extremes:
                self._extremes[name].add_all(extremes)
            else:
                self._extremes[name] = extremes
        self._told.update(other._told)
        self._shown.update(other._shown)

    def _count(self, names: Iterable[str], classes: Iterable[type], count: int) -> None:
        for name, kind in zip(names, classes, strict=True):
            self._told[name] += count
            if issubclass(kind, _IN_COLUMNS):
                self._shown[name] += count

    def names(self) -> frozenset[str]:
        """The metrics that a filter may ask for; of a hostile number of names, some."""
        there = (name for name, n in self._told.items() if n > 0 and len(name) <= ONE_LINE)
        return frozenset(islice(there, MOST_FILTERED))

    def commonest(self) -> list[str]:
        """The metrics that have a column, the commonest first."""
        there = (
            (-n, natural_key(name[:ONE_LINE]), name) for name, n in self._shown.items() if n > 0
        )
        return [name for _, _, name in nsmallest(MOST_METRICS, there)]


def columns_for(
    rows: Sequence[Row], metrics: Iterable[str], wide: bool = False, stages: Stages | None = None
) -> tuple[Column, ...]:
    """The columns of a listing, with one per metric. Numbers are told apart from those of these rows.

    `wide`: with collection, type and author, for rows of a whole orbit. `stages`: where there are
    tracks.
    """
    held = () if stages is None else (stage_column(stages),)
    before = [
        each
        for column in _BEFORE_METRICS
        if wide or not column.wide
        for each in (held if column is _STAGES else (column,))
    ]
    found = (metric_column(name, rows) for name in metrics)
    return (*before, *found, *_BEHIND_METRICS, *_LAST)
