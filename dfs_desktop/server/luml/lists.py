"""Lists as LUML servers page them, with cursors that are good only for the list they come from."""

import base64
import hashlib
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from dfs_desktop.server.http.answers import Refusal
from dfs_desktop.server.http.routing import Ids
from dfs_desktop.server.rules.collections import Catalog
from dfs_desktop.server.store.database import Row
from dfs_desktop.server.store.pages import ARTIFACT_COLUMNS, Selection
from dfs_desktop.typed_decoding import prepared

from .records import LumlRecords

_Given = dict[str, Any]
_INT64 = 1 << 63


class _Position(NamedTuple):
    """Where a page ended: the value that the list is sorted by, and the id that breaks ties."""

    value: str | int | float | None
    id: str


class _Cursor(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    id: str
    value: str | int | float | None
    binding: str


class Lists:
    """Answers with ``{items, cursor}``; a cursor of null marks the last page."""

    def __init__(self, catalog: Catalog, records: LumlRecords) -> None:
        self._catalog = catalog
        self._records = records
        self._pages = catalog.store.pages

    def collections(self, ids: Ids, given: _Given) -> Any:
        """The collections of an orbit. Their cursors care for orbit, column and order only."""
        orbit = self._catalog.orbit(ids)["id"]
        bound = binding("collections", orbit, given["sort_by"], given["order"])
        wanted = selection(orbit, given, bound)
        return page_of(
            self._pages.collections(wanted), given["limit"], bound, self._records.collection
        )

    def artifacts(self, ids: Ids, given: _Given) -> Any:
        """The artifacts of an orbit, or of some of its collections."""
        orbit = self._catalog.orbit(ids)["id"]
        self._require_collections(orbit, given["collection_ids"])
        metric = self._is_metric(orbit, given)
        bound = binding(
            "artifacts", orbit, metric, given["sort_by"], given["order"], given["search"],
            sorted(set(given["collection_ids"])), sorted(set(given["types"])),
        )  # fmt: skip
        wanted = selection(orbit, given, bound)
        rows = self._pages.artifacts(wanted, metric=metric)
        return page_of(rows, given["limit"], bound, self._records.artifact_item)

    def _require_collections(self, orbit: str, wanted: list[str]) -> None:
        once = dict.fromkeys(wanted)
        foreign = [key for key in once if self._catalog.places.collection(orbit, key) is None]
        if foreign:
            text = "You don't have access to the following collections: "
            raise Refusal(404, text + ", ".join(foreign))

    def _is_metric(self, orbit: str, given: _Given) -> bool:
        """Whether to sort by a metric; a name that is none is refused, or falls back."""
        name = given["sort_by"]
        if name in ARTIFACT_COLUMNS:
            return False
        if name == "extra_values":
            raise Refusal(400, "Cannot sort by 'metrics'. Pass a metric key")
        if self._pages.has_metric(selection(orbit, given, "")):
            return True
        if given["collection_ids"]:
            raise Refusal(400, f"Invalid sorting column: {name}")
        given["sort_by"] = "created_at"
        return False


def selection(orbit: str, given: _Given, bound: str) -> Selection:
    """What a list is asked for, read on from where its cursor says."""
    return Selection(
        orbit=orbit,
        sort_by=given["sort_by"],
        descending=given["order"] == "desc",
        limit=given["limit"] + 1,  # one more shows whether there is another page
        collections=given.get("collection_ids", ()),
        types=given.get("types", ()),
        search=given.get("search"),
        after=_position_in(given["cursor"], bound),
    )


def page_of(
    rows: list[Row], limit: int, bound: str, shape: Callable[[Row], dict[str, Any]]
) -> dict[str, Any]:
    more = len(rows) > limit
    rows = rows[:limit]
    last = _Position(rows[-1]["sort_value"], rows[-1]["id"]) if more else None
    return {
        "items": [shape(row) for row in rows],
        "cursor": _cursor_after(last, bound) if last else None,
    }


def binding(*parts: Any) -> str:
    """What a cursor is bound to, in short."""
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()[:32]


def _cursor_after(position: _Position, bound_to: str) -> str:
    """The cursor of the page behind *position*."""
    cursor = _Cursor(position.id, position.value, bound_to)
    return base64.urlsafe_b64encode(msgspec.json.encode(cursor)).decode("ascii")


def _position_in(text: str | None, bound_to: str) -> _Position | None:
    """The position in a cursor. One that is unreadable or of another list counts as none."""
    if text is None:
        return None
    try:
        plain = base64.b64decode(text.encode("ascii"), b"-_", validate=True)
        cursor = msgspec.json.decode(plain, type=prepared(_Cursor))
        cursor.id.encode("utf-8")
    except ValueError:
        return None
    fits = not isinstance(cursor.value, int) or -_INT64 <= cursor.value < _INT64
    return _Position(cursor.value, cursor.id) if fits and cursor.binding == bound_to else None
