"""Lists as LUML servers page them, with cursors that are good only for the list they come from."""

import base64
import hashlib
from collections.abc import Callable
from functools import partial
from typing import Any

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


class _Cursor(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """Where a page ended: the value that its list is sorted by, and the id that breaks ties."""

    id: str
    value: str | int | float | None
    binding: str  # to that list


class Lists:
    """Answers with ``{items, cursor}``; a cursor of null marks the last page."""

    def __init__(self, catalog: Catalog, records: LumlRecords) -> None:
        self._catalog = catalog
        self._records = records
        self._pages = catalog.store.pages

    def collections(self, ids: Ids, given: _Given) -> Any:
        """The collections of an orbit. Their cursors care for orbit, column and order only."""
        orbit = self._catalog.stored_orbit(ids)["id"]
        bound = ("collections", orbit, given["sort_by"], given["order"])
        read = partial(self._pages.of_orbit, "collections", "type")
        return page_of(read, orbit, given, bound, self._records.collection)

    def artifacts(self, ids: Ids, given: _Given) -> Any:
        """The artifacts of an orbit, or of some of its collections."""
        orbit = self._catalog.stored_orbit(ids)["id"]
        self._require_collections(orbit, given["collection_ids"])
        metric = self._is_metric(orbit, given)
        bound = (
            "artifacts", orbit, metric, given["sort_by"], given["order"], given["search"],
            sorted(set(given["collection_ids"])), sorted(set(given["types"])),
        )  # fmt: skip
        read = partial(self._pages.artifacts, metric=metric)
        return page_of(read, orbit, given, bound, self._records.artifact_item)

    def _require_collections(self, orbit: str, wanted: list[str]) -> None:
        known = self._catalog.store.stored
        once = dict.fromkeys(wanted)
        foreign = [key for key in once if known("collections", orbit_id=orbit, id=key) is None]
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
        if self._pages.has_metric(_selection(orbit, given, "")):
            return True
        if given["collection_ids"]:
            raise Refusal(400, f"Invalid sorting column: {name}")
        given["sort_by"] = "created_at"
        return False


def page_of(
    read: Callable[[Selection], list[Row]],
    orbit: str,
    given: _Given,
    bound: tuple[Any, ...],
    shape: Callable[[Row], dict[str, Any]],
) -> dict[str, Any]:
    """A page of a list; *bound* is what its cursor is good for."""
    binding = hashlib.sha256(msgspec.json.encode(bound)).hexdigest()[:32]
    rows, limit = read(_selection(orbit, given, binding)), given["limit"]
    cursor = None
    if len(rows) > limit:
        last = _Cursor(rows[limit - 1]["id"], rows[limit - 1]["sort_value"], binding)
        cursor = base64.urlsafe_b64encode(msgspec.json.encode(last)).decode("ascii")
    return {"items": [shape(row) for row in rows[:limit]], "cursor": cursor}


def _selection(orbit: str, given: _Given, binding: str) -> Selection:
    """What a list is asked for, read on from where its cursor says."""
    return Selection(
        orbit=orbit,
        sort_by=given["sort_by"],
        descending=given["order"] == "desc",
        limit=given["limit"] + 1,  # one more shows whether there is another page
        collections=given.get("collection_ids", ()),
        types=given.get("types", ()),
        search=given.get("search"),
        after=_position_in(given["cursor"], binding),
    )


def _position_in(text: str | None, binding: str) -> tuple[str | int | float | None, str] | None:
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
    return (cursor.value, cursor.id) if fits and cursor.binding == binding else None
