"""Pages of long lists: filtered, sorted by any column or metric, read on from a position."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from .database import Database, Row
from .schema import READ

ARTIFACT_COLUMNS = ("created_at", "name", "size", "description", "status", "type")
COLLECTION_COLUMNS = ("created_at", "name", "type", "description", "total_artifacts")

_TAGS = msgspec.json.Decoder(list[str])
# Values stay as they are written: thousands of records are looked through for one name.
_METRICS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_NUMBER_STARTS = b"-0123456789"


class Selection(NamedTuple):
    """What a list shows, and in which order. Column names come from the tuples above."""

    orbit: str
    sort_by: str
    descending: bool
    limit: int
    collections: Sequence[str] = ()  # none: all of the orbit
    types: Sequence[str] = ()  # none: all
    search: str | None = None
    after: tuple[Any, str] | None = None  # sort value and id of the last row seen


class Pages:
    """Each row has its ``sort_value``. Nulls come first ascending, last descending."""

    def __init__(self, database: Database) -> None:
        self._db = database
        # SQLite itself ignores the case of English letters only.
        database.define("fold", 1, lambda text: None if text is None else text.casefold())
        database.define("metric", 2, _metric)
        database.define("has_metric", 2, lambda metrics, name: name in _METRICS.decode(metrics))

    def of_orbit(self, kind: str, type_column: str, wanted: Selection) -> list[Row]:
        """What has a name and tags, and is of an orbit, with its totals."""
        query = Query()
        query.add("orbit_id = ?", wanted.orbit)
        query.among(type_column, wanted.types)
        if wanted.search is not None:
            like = f"%{wanted.search.casefold()}%"
            query.add("(fold(name) LIKE ? OR fold(tags) LIKE ?)", like, like)
        return page(self._db, kind, query, wanted)

    def artifacts(self, wanted: Selection, *, metric: bool = False) -> list[Row]:
        """Artifacts of an orbit, each with the name of its collection.

        With *metric* the list is sorted by a number in ``metrics``; what is none counts as null.
        """
        column = "metric(metrics, ?)" if metric else wanted.sort_by
        given = (wanted.sort_by,) if metric else ()
        query = _scope(wanted)
        query.among("type", wanted.types)
        if wanted.search is not None:
            query.add("fold(name) LIKE ?", f"%{wanted.search.casefold()}%")
        # The inner part finds ids alone, mostly in an index: rows are long and would slow the
        # sorting down.
        inner = f"SELECT id, {column} AS value FROM artifacts WHERE {query.condition}"  # noqa: S608
        values = [*given, *query.values]
        seek = Query()
        seek.seek("value" if metric else column, wanted)
        if metric:
            # An idle LIMIT inside and a condition outside keep SQLite from merging the two, which
            # would look the metric up again for each comparison.
            inner = f"SELECT id, value FROM ({inner} LIMIT -1) WHERE id <> '' AND {seek.condition}"  # noqa: S608
        else:
            inner += f" AND {seek.condition}"
        return self._db.rows(
            f"SELECT a.*, c.name AS collection_name, k.value AS sort_value "  # noqa: S608
            f"FROM ({inner} ORDER BY {_order_by('value', wanted)} LIMIT ?) k "
            f"JOIN artifacts a ON a.id = k.id JOIN collections c ON c.id = a.collection_id "
            f"ORDER BY {_order_by('k.value', wanted, 'k.id')}",
            *values, *seek.values, wanted.limit,
        )  # fmt: skip

    def has_metric(self, wanted: Selection) -> bool:
        """Whether ``sort_by`` is a metric of any artifact that could be listed."""
        query = _scope(wanted)
        query.add("has_metric(metrics, ?)", wanted.sort_by)
        sql = f"SELECT 1 FROM artifacts WHERE {query.condition} LIMIT 1"  # noqa: S608
        return self._db.find(sql, *query.values) is not None

    def labels(self, collection: str) -> tuple[list[str], list[str]]:
        """All tags and names of metrics in use in a collection, sorted."""
        tags: set[str] = set()
        metrics: set[str] = set()
        sql = "SELECT tags, metrics FROM artifacts WHERE collection_id = ?"
        for row in self._db.rows(sql, collection):
            tags.update(_TAGS.decode(row["tags"] or "[]"))
            metrics.update(_METRICS.decode(row["metrics"]))
        return sorted(tags), sorted(metrics)

    def collection_tags(self, orbit: str) -> list[str]:
        """All tags of the collections of an orbit, sorted."""
        sql = "SELECT DISTINCT tags FROM collections WHERE orbit_id = ? AND tags IS NOT NULL"
        return sorted({tag for row in self._db.rows(sql, orbit) for tag in _TAGS.decode(row[0])})


class Query:
    """Conditions and the values for their question marks, in step."""

    def __init__(self) -> None:
        self._conditions: list[str] = []
        self.values: list[Any] = []

    @property
    def condition(self) -> str:
        return " AND ".join(self._conditions) or "1"

    def add(self, condition: str, *values: Any) -> None:
        self._conditions.append(condition)
        self.values += values

    def among(self, column: str, values: Sequence[str]) -> None:
        if values:
            self.add(f"{column} IN ({', '.join('?' * len(values))})", *values)

    def seek(self, column: str, wanted: Selection) -> None:
        """Only what comes behind the last row seen."""
        if wanted.after is None:
            return
        value, key = wanted.after
        beyond = "<" if wanted.descending else ">"
        if value is None and wanted.descending:
            self.add(f"({column} IS NULL AND id < ?)", key)
        elif value is None:
            self.add(f"({column} IS NOT NULL OR id > ?)", key)
        elif wanted.descending and column not in ("created_at", "name", "size", "status"):
            self.add(f"(({column}, id) < (?, ?) OR {column} IS NULL)", value, key)
        else:
            self.add(f"({column}, id) {beyond} (?, ?)", value, key)


def _scope(wanted: Selection) -> Query:
    query = Query()
    if wanted.collections:
        query.among("collection_id", wanted.collections)
    else:
        query.add("collection_id IN (SELECT id FROM collections WHERE orbit_id = ?)", wanted.orbit)
    return query


def page(database: Database, kind: str, query: Query, wanted: Selection) -> list[Row]:
    """One page of the records of a kind."""
    query.seek(wanted.sort_by, wanted)
    sql = (
        f"SELECT *, {wanted.sort_by} AS sort_value FROM ({READ[kind]}) "  # noqa: S608  our columns
        f"WHERE {query.condition} ORDER BY {_order_by(wanted.sort_by, wanted)} LIMIT ?"
    )
    return database.rows(sql, *query.values, wanted.limit)


def _order_by(column: str, wanted: Selection, key: str = "id") -> str:
    way = "DESC" if wanted.descending else "ASC"
    return f"{column} {way}, {key} {way}"


def _metric(metrics: str, name: str) -> float | None:
    if (value := _METRICS.decode(metrics).get(name)) is None:
        return None
    text = bytes(value)
    # Text, lists, true and false are no numbers. The servers fail on them.
    number = float(text) if text[:1] in _NUMBER_STARTS else math.inf
    return number if math.isfinite(number) else None
