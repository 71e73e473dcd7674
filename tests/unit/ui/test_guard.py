"""What Qt calls while it paints never raises, and a fault in one place leaves the others right."""

from __future__ import annotations

import ast
import logging
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QTableView
from support.qt.detail_pane import open_pane
from unit.workspace.test_workspace import artifact

import dfs_desktop.ui
from dfs_desktop.ui.artifact_table.cell_delegate import CellPainter
from dfs_desktop.ui.artifact_table.model import TableModel
from dfs_desktop.ui.widgets import guarded_painting
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.listing import columns
from dfs_desktop.workspace.listing.listing import Listing

pytestmark = pytest.mark.fault("RL-02")
CALLED_BY_QT = {"data", "headerData", "paint", "paintEvent"}


@pytest.fixture
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if not hasattr(time, "tzset"):
        pytest.skip("the zone of this system cannot be chosen")
    with monkeypatch.context() as changed:
        changed.setitem(os.environ, "TZ", request.param)
        time.tzset()
        yield
    time.tzset()


def test_everything_that_qt_calls_to_paint_is_guarded() -> None:
    bare = []
    for path in Path(dfs_desktop.ui.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name in CALLED_BY_QT:
                marks = {ast.unparse(mark).partition("(")[0] for mark in node.decorator_list}
                if not marks & {"guarded", "painted"}:
                    bare.append(f"{path.name}:{node.lineno} {node.name}")
    assert not bare


def _broken(_row: object) -> str:
    raise OverflowError("no such date")


@pytest.mark.expects_errors
def test_a_cell_that_cannot_be_made_is_empty_and_logged_once(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    guarded_painting._told.clear()
    listing = Listing()
    broken = columns.Column("created", "Created", _broken, lambda _row: None)
    listing.columns = (columns.columns_for((), ())[0], broken)
    there = listing.columns
    monkeypatch.setattr(
        "dfs_desktop.workspace.listing.listing.columns_for", lambda *_, **_more: there
    )
    listing.replace([artifact("one"), artifact("two")])
    table = QTableView()
    model = TableModel(listing, table)
    table.setModel(model)
    table.setItemDelegate(CellPainter(table))
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            table.grab()
            for row in range(2):
                assert model.index(row, 1).data() is None
                assert model.index(row, 1).data(Qt.ItemDataRole.ToolTipRole) is None
                assert model.index(row, 0).data() in {"one", "two"}
    assert 0 < len(caplog.records) <= 4, "once for each place that asks, not for each cell"


@pytest.mark.parametrize(
    "zone", ["UTC", "Pacific/Kiritimati", "America/St_Johns", "Asia/Kathmandu"], indirect=True
)
@pytest.mark.usefixtures("zone")
def test_every_moment_has_words_in_every_zone() -> None:
    hours = [timezone(timedelta(minutes=m)) for m in (-1439, -210, 0, 345, 840, 1439)]
    for each in hours:
        for when in (datetime.min.replace(tzinfo=each), datetime.max.replace(tzinfo=each)):
            assert quantities.exact_time(when)
            assert quantities.ago(when)
    for seconds in (-(2.0**63), -1e12, -1.0, 0.0, 2.0**40, 2.0**63, float("nan"), float("inf")):
        found = quantities.file_time(seconds)
        assert found is None or quantities.exact_time(found)
    assert quantities.exact_time(datetime(1, 1, 1, tzinfo=UTC)).startswith("0001-01-01")


@given(st.text(max_size=40) | st.datetimes().map(datetime.isoformat))
def test_every_text_for_a_time_is_read_or_left_out(text: str) -> None:
    moment = quantities.parse_time(text)
    assert moment is None or quantities.exact_time(moment)


@pytest.mark.expects_errors
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"], indirect=True)
@pytest.mark.usefixtures("zone")
def test_no_fact_of_one_record_stands_under_the_name_of_another(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_pane(qapp, tmp_path) as room:
        pane, listing = room.pane, room.workspace.listing
        good = artifact("good", file_hash="a" * 64, description="of good", tags=["good"])
        odd = artifact("odd", file_hash="b" * 64, created_at="9999-12-31T23:59:59+00:00",
                       updated_at="0001-01-01T00:00:00Z", tags=["odd"])  # fmt: skip
        listing.replace([good, odd])
        pane.show_artifacts([good])
        created, moment = (
            pane.overview._facts.values["Created"],
            quantities.parse_time(good.created_at),
        )
        assert created.text() == quantities.exact_time(moment), "with more its end had no room"
        assert quantities.ago_there(moment) in created.toolTip()
        monkeypatch.setattr(quantities, "exact_size", _broken)
        pane.show_artifacts([odd])
        facts = pane.overview._facts.values
        assert pane.name.text() == "odd"
        assert facts["SHA-256"].text() == "b" * 64
        assert facts["ID"].text() == odd.id
        assert facts["Created"].text().startswith("9999-12-31 ")
        assert facts["Size"].text() == ""
        assert pane.overview.tags.tags() == ["odd"]
        assert pane.overview.description.edit.toPlainText() == ""


@pytest.mark.expects_errors
def test_the_details_are_cleared_before_they_are_filled(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_pane(qapp, tmp_path) as room:
        pane = room.pane
        good = artifact("good", file_hash="a" * 64, description="of good", tags=["good"])
        odd = artifact("odd", file_hash="b" * 64)
        room.workspace.listing.replace([good, odd])
        pane.show_artifacts([good])
        monkeypatch.setattr(type(pane.overview), "_show_facts", lambda _self, _a: _broken(None))
        pane.show_artifacts([odd])
        facts = pane.overview._facts.values
        assert all(not label.text() for label in facts.values())
        assert pane.name.text() == "odd"
