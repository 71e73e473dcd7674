"""Texts of any length that a server gives: the beginning is shown at once, the rest when asked for."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF, QGuiApplication
from PySide6.QtWidgets import QApplication
from support.qt.detail_pane import open_pane
from unit.workspace.test_workspace import artifact

from dfs_desktop.artifact import visible
from dfs_desktop.ui.artifact_table.view import TableView
from dfs_desktop.ui.main_window.bars.notice_bar import NoticeBar
from dfs_desktop.ui.platform.timers import RefreshTimer
from dfs_desktop.ui.widgets.fields.tag_edit import CHIPS_MADE
from dfs_desktop.ui.widgets.labels import plain_label
from dfs_desktop.ui.widgets.layouts import FlowLayout
from dfs_desktop.ui.widgets.text_lines import elided
from dfs_desktop.workspace.inspection.excerpts import BEGINNING, TIMES, WHOLE, excerpt, wrappable
from dfs_desktop.workspace.notices import Notice

pytestmark = pytest.mark.fault("X-02")
SECONDS = 3.0  # for all that follows one hostile record; without bounds each takes ten at least
MILLION = 1_000_000
HOSTILE: dict[str, dict[str, object]] = {
    "a description in one line": {"description": "x" * 400_000},
    "a description of lines": {"description": "\n" * MILLION},
    "a description in Arabic": {"description": "مرحبا " * 80_000},
    "a name": {"model_name": "é" * MILLION},
    "a tag": {"tags": ["é" * MILLION]},
    "many tags": {"tags": [f"tag number {n}" for n in range(20_000)]},
    "long tags": {"tags": [f"{n}é" * 50_000 for n in range(100)]},
    "long metrics": {"metrics": {f"{n}" + "m" * 100_000: "v" * 100_000 for n in range(200)}},
    "many metrics": {"metrics": {f"m{n}": n for n in range(100_000)}},
    "an author": {"created_by_user": "é" * MILLION, "collection_name": "c" * MILLION},
}


@pytest.mark.parametrize("values", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_text_of_a_record_holds_the_window(
    qapp: QApplication, tmp_path: Path, values: dict[str, object]
) -> None:
    with open_pane(qapp, tmp_path) as room:
        pane = room.pane
        table = TableView(room.workspace.listing, RefreshTimer(pane), pane)
        room.workspace.listing.replace([artifact("small")])
        pane.show_artifacts([artifact("small")])
        began = time.process_time()
        record = artifact("big", **values)
        room.workspace.listing.replace([artifact("small"), record])
        table.grab()
        pane.show_artifacts([record])
        pane.grab()
        pane.overview.description.more.click()
        pane.grab()
        assert time.process_time() - began < SECONDS
        assert pane.minimumSizeHint().width() < 600, "nothing widens the pane"
        table.table.detach()


def test_the_rest_of_a_long_description_is_a_button_away(
    qapp: QApplication, tmp_path: Path
) -> None:
    text = ("word " * 20 + "\n") * 60 + "END"
    with open_pane(qapp, tmp_path) as room:
        pane = room.pane
        room.workspace.listing.replace([artifact("one", description=text)])
        pane.show_artifacts([artifact("one", description=text)])
        field = pane.overview.description
        assert field.edit.toPlainText() == text[:BEGINNING]
        assert field.edit.isReadOnly(), "a part must never be saved in place of the whole"
        assert "first 5000 of" in field.note.text()
        field.copy.click()
        assert QGuiApplication.clipboard().text() == text
        field.more.click()
        assert "END" in field.edit.toPlainText()
        assert field.more.isHidden()
        room.workspace.listing.replace([artifact("two", description="short")])
        pane.show_artifacts([artifact("two", description="short")])
        assert not field.edit.isReadOnly()
        assert field.note.isHidden()


@given(st.text(max_size=30), st.integers(0, 3000), st.sampled_from([BEGINNING, WHOLE, 100]))
def test_an_excerpt_is_bounded_and_says_so(text: str, times: int, limit: int) -> None:
    whole = text * times
    found = excerpt(whole, limit)
    assert len(found.text.replace("\n", "")) <= limit
    assert max(map(len, found.text.split("\n"))) <= BEGINNING
    assert found.text == whole if found.complete else found.cut or found.broken
    assert found.total == len(whole)


@pytest.mark.parametrize("text", ["x" * MILLION, "é " * MILLION, "\n" * MILLION])
def test_labels_and_notices_are_bounded(qapp: QApplication, text: str) -> None:
    began = time.process_time()
    label = plain_label(text, wrap=True)
    assert label.minimumSizeHint().width() < 1000
    bar = NoticeBar()
    bar.show_notice(Notice(text, text))
    bar.grab()
    assert len(visible(text)) < 10_000
    assert len(wrappable(text)) < 10_000
    assert time.process_time() - began < SECONDS
    bar.deleteLater()
    label.deleteLater()


@given(st.text(), st.booleans())
def test_each_character_is_shown_as_it_is_shown_alone(text: str, multiline: bool) -> None:
    alone = "".join(visible(character, multiline=multiline) for character in text)
    assert visible(text, multiline=multiline) == alone


def test_tags_are_laid_out_once_and_not_once_a_chip(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = []
    place = FlowLayout._place
    monkeypatch.setattr(FlowLayout, "_place", lambda *a, **k: times.append(1) or place(*a, **k))
    with open_pane(qapp, tmp_path) as room:
        record = artifact("many", tags=[f"tag {n}" for n in range(1000)])
        room.workspace.listing.replace([artifact("small"), record])
        room.pane.show_artifacts([artifact("small")])
        times.clear()
        room.pane.show_artifacts([record])
        room.pane.grab()
    assert len(times) < 2 * CHIPS_MADE


@given(
    st.text("abcil .,WM0", max_size=20),
    st.integers(1, 40),
    st.integers(0, 500),
    st.sampled_from([Qt.TextElideMode.ElideMiddle, Qt.TextElideMode.ElideRight]),
)
def test_a_line_reads_as_if_all_of_it_had_been_laid_out(
    qapp: QApplication, part: str, times: int, room: int, mode: Qt.TextElideMode
) -> None:
    metrics = QFontMetricsF(qapp.font())
    assert elided(metrics, part * times, mode, room) == metrics.elidedText(part * times, mode, room)


@given(st.text("漢字🙂é a\n", max_size=40), st.integers(0, 200))
def test_letters_that_are_searched_in_all_fonts_come_in_smaller_pieces(part: str, n: int) -> None:
    found = excerpt(part * n)
    dear = sum(letter >= "\u0900" for letter in found.text)
    assert dear * TIMES <= BEGINNING
    lines = [line for line in found.text.split("\n") if max(line, default="") >= "\u0900"]
    assert max(map(len, lines), default=0) <= BEGINNING // TIMES
    assert found.text == part * n if found.complete else found.cut or found.broken


def test_rows_of_letters_that_no_font_has_are_drawn_in_time(
    qapp: QApplication, tmp_path: Path
) -> None:
    letters = {"model_name": "漢" * 1000, "file_name": "字" * 900, "tags": ["🙂" * 300] * 40}
    values = {"metrics": {f"漢{n}" * 200: "字" * 500 for n in range(200)}, **letters}
    with open_pane(qapp, tmp_path) as room:
        table = TableView(room.workspace.listing, RefreshTimer(room.pane), room.pane)
        rows = [artifact(f"row {n}", **values) for n in range(30)]
        began = time.thread_time()
        room.workspace.listing.replace(rows)
        table.grab()
        room.pane.show_artifacts([rows[0]])
        room.pane.grab()
        assert time.thread_time() - began < 1.5
        table.table.detach()
