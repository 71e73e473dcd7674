"""The filter line in the real window: offers, marks, help, and numbers typed with either sign."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from support.artifacts import model_files
from support.qt.desktop import Desktop

from dfs_desktop import number_text
from dfs_desktop.transfers.job import Kind
from dfs_desktop.ui.artifact_table.filter_help import FilterHelp
from dfs_desktop.ui.transfers.limits import RateDialog


@pytest.mark.fault("RL-32")
def test_a_filter_is_offered_marked_and_explained(desktop: Desktop, tmp_path: Path) -> None:
    d = desktop
    d.upload(
        model_files.write(tmp_path, "good", accuracy=0.95),
        model_files.write(tmp_path, "bad", accuracy=0.5),
    )
    line = d.window.filter
    line.setFocus()
    QTest.keyClicks(line, "acuracy > 0.9")
    assert not d.workspace.listing.visible
    assert line.mark.isVisible()
    assert line.accessibleDescription().startswith("No metric “acuracy” here; there are accuracy")
    shown = [label.text() for label in d.window.main_panel.empty.findChildren(QLabel)]
    assert any("No metric “acuracy” here" in text for text in shown), "the empty place says it too"
    line.mark.trigger()
    d.until(lambda: d.window.findChild(FilterHelp))
    notes = d.window.findChild(FilterHelp)
    assert isinstance(notes, FilterHelp)
    assert any("acuracy" in label.text() for label in notes.findChildren(QLabel))
    notes.accept()
    line.clear()
    QTest.keyClicks(line, "acc")
    assert line.popup.isVisible()
    QTest.keyClick(line.popup, Qt.Key.Key_Down)
    QTest.keyClick(line.popup, Qt.Key.Key_Return)
    assert line.text() == "accuracy "
    QTest.keyClicks(line, "> 0,9")
    assert [row.artifact.model_name for row in d.workspace.listing.visible] == ["good"]
    assert not line.mark.isVisible()
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert len(d.table.artifacts()) == 1, "Enter goes on to what was found"
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert line.text() == ""


@pytest.mark.fault("RL-34")
@pytest.mark.parametrize(  # the others have a sign that the first two have
    "locale",
    ["de_DE", "ar_EG", *(pytest.param(e, marks=pytest.mark.slow) for e in ("fa_IR", "en_US"))],
)
def test_numbers_are_shown_and_typed_alike_in_every_locale(
    start: Callable[[], Desktop], locale: str
) -> None:
    before = QLocale()
    QLocale.setDefault(QLocale(locale))
    try:
        d = start()
        sign = QLocale().decimalPoint()
        assert QLocale().zeroDigit() == "0"
        assert number_text.number_text(0.5) == f"0{sign}5000"
        for typed in ("2.5", "2,5", "٢٫٥"):
            box = RateDialog(d.window, Kind.UPLOAD, None)
            box.box.setFocus()
            box.box.selectAll()
            box.box.lineEdit().insert(typed)
            assert box.rate() == 2_500_000, typed
            assert box.meant.text() == "That is 2\u202f500\u202f000 bytes in a second."
            assert box.box.text() == f"{typed} MB/s"
            box.box.setValue(2.5)
            box.box.interpretText()
            box.deleteLater()
    finally:
        QLocale.setDefault(before)
        number_text.use_decimal_point(before.decimalPoint())
