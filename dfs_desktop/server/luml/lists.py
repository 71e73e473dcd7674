"""Lists as LUML servers page them: what a request asks for, and the cursor to read on with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dfs_desktop.server.http.answers import Refusal
from dfs_desktop.server.http.routing import Ids
from dfs_desktop.server.rules.places import Catalog
from dfs_desktop.server.store.database import Row
from dfs_desktop.server.store.pages import ARTIFACT_COLUMNS, Selection

from . import cursors
from .records import LumlRecords

_Given = dict[str, Any]


class Lists:
    """Answers with ``{items, cursor}``; a cursor of null marks the last page."""

    def __init__(self, catalog: Catalog, records: LumlRecords) -> None:
        self._catalog = catalog
        self._records = records
        self._pages = catalog.store.pages

    def collections(self, ids: Ids, given: _Given) -> Any:
        """The collections of an orbit. Their cursors care for orbit, column and order only."""
        orbit = self._catalog.orbit(ids)["id"]
        bound = cursors.binding("collections", orbit, given["sort_by"], given["order"])
        wanted = _selection(orbit, given, bound)
        return _page(
            self._pages.collections(wanted), given["limit"], bound, self._records.collection
        )

    def artifacts(self, ids: Ids, given: _Given) -> Any:
        """The artifacts of an orbit, or of some of its collections."""
        orbit = self._catalog.orbit(ids)["id"]
        self._require_collections(orbit, given["collection_ids"])
        metric = self._is_metric(orbit, given)
        bound = cursors.binding(
            "artifacts", orbit, metric, given["sort_by"], given["order"], given["search"],
            sorted(set(given["collection_ids"])), sorted(set(given["types"])),
        )  # fmt: skip
        wanted = _selection(orbit, given, bound)
        rows = self._pages.artifacts(wanted, metric=metric)
        return _page(rows, given["limit"], bound, self._records.artifact_item)

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
        if self._pages.has_metric(_selection(orbit, given, "")):
            return True
        if given["collection_ids"]:
            raise Refusal(400, f"Invalid sorting column: {name}")
        given["sort_by"] = "created_at"
        return False


def _selection(orbit: str, given: _Given, bound: str) -> Selection:
    return Selection(
        orbit=orbit,
        sort_by=given["sort_by"],
        descending=given["order"] == "desc",
        limit=given["limit"] + 1,  # one more shows whether there is another page
        collections=given.get("collection_ids", ()),
        types=given["types"],
        search=given["search"],
        after=cursors.read(given["cursor"], bound),
    )


def _page(
    rows: list[Row], limit: int, bound: str, shape: Callable[[Row], dict[str, Any]]
) -> dict[str, Any]:
    more = len(rows) > limit
    rows = rows[:limit]
    last = cursors.Position(rows[-1]["sort_value"], rows[-1]["id"]) if more else None
    return {
        "items": [shape(row) for row in rows],
        "cursor": cursors.write(last, bound) if last else None,
    }
