"""Thousands of selected rows cost a moment, and the header shows how they are sorted."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PySide6.QtCore import QItemSelectionModel
from PySide6.QtWidgets import QApplication, QWidget
from unit.workspace.test_workspace import artifact

from dfs_desktop.ui.artifact_table import model
from dfs_desktop.ui.artifact_table.view import TableView
from dfs_desktop.ui.platform.timers import RefreshTimer
from dfs_desktop.ui.theme import theme
from dfs_desktop.workspace.listing.listing import Listing

MANY = 10_000


@pytest.mark.fault("RL-45")
def test_ten_thousand_rows_are_selected_and_asked_for_at_once(qapp: QApplication) -> None:
    room, listing = QWidget(), Listing()
    table = TableView(listing, RefreshTimer(room), room)
    listing.replace([artifact(f"{n:05}") for n in range(MANY)])
    began = time.process_time()
    table.selectAll()
    for _ in range(50):  # each listener asks anew
        assert len(table.artifacts()) == MANY
    assert time.process_time() - began < 2.0, "an index a row and listener takes ten seconds"
    listing.remove("id-00000")
    assert len(table.artifacts()) == MANY - 1
    renewed = artifact("00001", description="new")
    listing.put(renewed)
    assert renewed in table.artifacts()
    listing.filter("0000")
    assert [each.model_name for each in table.artifacts()] == [
        row.artifact.model_name for row in listing.visible
    ]
    table.clearSelection()
    assert table.artifacts() == []
    flags = QItemSelectionModel.SelectionFlag
    for row in (3, 1):
        table.selectionModel().select(table.table.index(row, 0), flags.Select | flags.Rows)
    assert [each.id for each in table.artifacts()] == [listing.visible[n].key for n in (1, 3)]
    table.table.detach()
    room.deleteLater()


@pytest.mark.fault("W-16")
def test_the_arrow_stands_where_the_rows_are_sorted_also_when_the_column_comes_later(
    qapp: QApplication,
) -> None:
    room, listing = QWidget(), Listing()
    table = TableView(listing, RefreshTimer(room), room)
    listing.sort("metric:loss", descending=False)  # as of last time
    table.show_sorting()
    listing.replace([artifact("one", metrics={"acc": 1, "loss": 2})])
    header = table.horizontalHeader()
    assert header.isSortIndicatorShown()
    assert table.table.column(header.sortIndicatorSection()).key == "metric:loss"
    assert listing.sort_column == "metric:loss", "showing the arrow sorts nothing anew"
    listing.replace([artifact("one", metrics={"a": 1, "b": 1, "loss": 2})])
    assert table.table.column(header.sortIndicatorSection()).key == "metric:loss"
    table.table.detach()
    room.deleteLater()


@pytest.mark.fault("RL-45")
def test_very_many_rows_answer_at_once(qapp: QApplication) -> None:
    theme.install(qapp)
    room, listing = QWidget(), Listing()
    table = TableView(listing, RefreshTimer(room), room)
    table.resize(900, 600)
    records = [
        artifact(f"{n:06}", tags=[f"t{n % 7}"], metrics={"f1": n % 97 / 97}) for n in range(30_000)
    ]
    listing.replace(records)
    table.show()
    began = time.process_time()
    for step in (
        lambda: listing.sort("metric:f1", descending=True),
        lambda: listing.filter("tag:t3"),  # leaves rows in 4,000 places
        lambda: listing.filter(""),
        table.selectAll,
        lambda: listing.strike(f"id-{n:06}" for n in range(10_000)),
        lambda: listing.remove(*(f"id-{n:06}" for n in range(0, 30_000, 10))),
    ):
        step()
        table.grab()
    assert time.process_time() - began < 8.0, "a range or an index a row takes far longer"
    assert len(listing.visible) == len(table.artifacts()) == 27_000
    assert len(listing) == 18_000
    table.table.detach()
    room.deleteLater()


@pytest.mark.fault("RL-45")
def test_a_row_that_comes_and_goes_among_very_many_leaves_the_others_alone(
    qapp: QApplication,
) -> None:
    room, listing = QWidget(), Listing()
    table = TableView(listing, RefreshTimer(room), room)
    listing.replace([artifact(f"{n:05}", created_at=f"2026-01-01T{n:06}Z") for n in range(MANY)])
    told: list[str] = []
    shown = table.table
    for name in ("rowsInserted", "rowsRemoved", "layoutChanged", "modelReset"):
        getattr(shown, name).connect(lambda *_, name=name: told.append(name))
    looked_at = 0

    class Counted(set[Any]):
        def __contains__(self, row: object) -> bool:
            nonlocal looked_at
            looked_at += 1
            return super().__contains__(row)

    gaps = model.gaps_between
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            model,
            "gaps_between",
            lambda old, new, touched, most: gaps(old, new, Counted(touched), most),
        )
        listing.put(artifact("upload", created_at=None))  # an upload waits at one end …
        listing.settle("id-upload", artifact("done", created_at="2027-01-01T00:00:00Z"))
        listing.put(artifact("00500", description="told anew", created_at="2026-01-01T000500Z"))
        listing.remove("id-00600", "id-09000")
    assert told == ["rowsInserted", "rowsRemoved", "rowsInserted", "rowsRemoved", "rowsRemoved"]
    assert looked_at < 50, "of ten thousand rows, those at the places of the change"
    assert [shown.row(n) for n in range(shown.rowCount())] == listing.visible
    shown.detach()
    room.deleteLater()


KEYS = [f"{n:02}" for n in range(12)]
rows = st.lists(st.sampled_from(KEYS), unique=True).map(
    lambda names: [artifact(n, metrics={"f1": int(n) * 7 % 5}, tags=[n[1]]) for n in names]
)
changes = st.lists(
    st.one_of(
        st.tuples(st.just("replace"), rows),
        st.tuples(st.just("filter"), st.sampled_from(["", "tag:1", "f1>2", "f1<=1", "none"])),
        st.tuples(st.just("sort"), st.sampled_from(["name", "metric:f1", "created", "gone"])),
        st.tuples(st.just("remove"), st.sampled_from(KEYS)),
        st.tuples(st.just("put"), rows),
        st.tuples(st.sampled_from(["upload", "settle"]), st.sampled_from(KEYS)),
        st.tuples(st.just("select"), st.sets(st.sampled_from(KEYS))),
    ),
    max_size=8,
)


@pytest.mark.fault("RL-45")
@given(changes, st.booleans(), st.sampled_from([0, 1, 20]))
@example([("select", {"00", "01", "02"}), ("replace", [artifact("01")])], False, 20)
def test_the_table_shows_what_the_listing_holds_and_keeps_what_is_selected(
    qapp: QApplication, steps: list[tuple[str, Any]], descending: bool, most_ranges: int
) -> None:
    room, listing = QWidget(), Listing()
    table = TableView(listing, RefreshTimer(room), room)
    selected: set[str] = set()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model, "MOST_RANGES", most_ranges)
        for what, value in [("replace", [artifact(key) for key in KEYS]), *steps]:
            if what == "select":
                keys = [f"{kind}{key}" for key in value for kind in ("id-", "job:")]
                shown = {row.key for row in listing.visible}
                chosen = shown.intersection(keys)
                table.select_all([*chosen])
                selected = chosen or selected  # nothing that is shown: as it was
            elif what == "sort":
                listing.sort(value, descending=descending)
            elif what == "remove":
                listing.remove(f"id-{value}")
            elif what == "put":
                for record in value:
                    listing.put(record)
            elif what == "upload" and f"job:{value}" not in listing.successors:
                listing.put(artifact(f"new {value}", id=f"job:{value}", created_at=None))
            elif what == "settle" and f"job:{value}" in listing and f"id-{value}" not in listing:
                listing.settle(f"job:{value}", artifact(value, metrics={"f1": 3}))
                if f"job:{value}" in selected:
                    selected.add(f"id-{value}")
            elif what in {"replace", "filter"}:
                getattr(listing, what)(value)
            numbers = range(table.table.rowCount())
            assert [table.table.row(number) for number in numbers] == listing.visible
            assert all(table.table.number(row.key) == n for n, row in enumerate(listing.visible))
            selected &= {row.key for row in listing.visible}
            assert {each.id for each in table.artifacts()} == selected
            order = [row.artifact for row in listing.visible if row.key in selected]
            assert table.artifacts() == order
    table.table.detach()
    room.deleteLater()
