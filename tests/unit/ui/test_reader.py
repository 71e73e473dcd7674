"""A tab whose look takes too long: it is told, can be stopped, and can be wanted all the same."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from support import faulty_reader as trying
from support.artifacts import makers as make
from support.qt.detail_pane import Pane, open_pane
from unit.ui.test_compare import LEFT

from dfs_desktop.system import child_launch as launch
from dfs_desktop.ui.widgets.reading_line import READING, SOON, STOPPED, ReadingLine
from dfs_desktop.workers.process import supervisor
from dfs_desktop.workers.reader import caller
from dfs_desktop.workspace.tasks import Tasks


@pytest.fixture
def flag(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """While this file is there, the tab of safety computes for ever."""
    found = tmp_path / "slow"
    found.touch()
    script = [sys.executable, trying.__file__, "reader", str(found)]
    monkeypatch.setattr(launch, "command", lambda _kind: script)
    monkeypatch.setattr(supervisor, "SILENCE", 0.5)
    return found


@pytest.fixture
def pane(qapp: QApplication, tmp_path: Path, flag: Path) -> Iterator[Pane]:
    with open_pane(qapp, tmp_path / "pane") as pane:
        pane.open(make.make_pyfunc(tmp_path / "a.fnnx"))
        yield pane


@pytest.mark.fault("X-03", "S-05")
def test_a_look_that_takes_too_long_is_told_and_opened_all_the_same(
    pane: Pane, flag: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caller, "SECONDS", 0.3)
    page = pane.open(Path(pane.pane.look.path), "safety")  # type: ignore[union-attr, arg-type]
    assert page.line.words() == "Reading this takes unusually long"
    assert page.line.again.text() == "Open all the same"
    other = pane.open(pane.pane.look.path, "manifest")  # type: ignore[union-attr, arg-type]
    assert "Searcher" in other.text.toPlainText(), "the next look works at once"
    page = pane.open(pane.pane.look.path, "safety")  # type: ignore[union-attr, arg-type]
    QTest.mouseClick(page.line.again, LEFT)
    pane.until(lambda: page.line.words() == READING)
    flag.unlink()
    pane.until(lambda: page._shown is pane.pane.look)
    assert page.line.words() == ""
    assert not page.facts.isHidden()


@pytest.mark.fault("S-05")
def test_a_look_can_be_stopped_and_begun_again(pane: Pane, flag: Path) -> None:
    pane.until(lambda: "safety" in pane.pane.tabs.shown)
    pane.pane.tabs.choose("safety")
    page = pane.pane.pages["safety"]
    pane.until(lambda: page.line.words() == READING)
    assert page.line.stop.isVisible()
    QTest.mouseClick(page.line.stop, LEFT)
    assert page.line.words() == STOPPED
    assert not page.line.stop.isVisible()
    flag.unlink()
    QTest.mouseClick(page.line.again, LEFT)
    pane.until(lambda: page._shown is pane.pane.look)


@pytest.mark.fault("X-03")
def test_the_program_ends_at_once_while_a_look_runs(
    qapp: QApplication, tmp_path: Path, flag: Path
) -> None:
    with open_pane(qapp, tmp_path / "pane") as pane:
        pane.open(make.make_pyfunc(tmp_path / "a.fnnx"))
        pane.until(lambda: "safety" in pane.pane.tabs.shown)
        pane.pane.tabs.choose("safety")
        pane.until(lambda: pane.pane.pages["safety"].line.words() == READING)
        began = time.monotonic()
    assert time.monotonic() - began < 5
    assert pane.workspace.reader.pid == 0


def test_what_is_there_at_once_is_not_announced(qapp: QApplication) -> None:
    line = ReadingLine(Tasks(lambda _error, _name: None), lambda: None)
    line.wait()
    assert line.isHidden()
    line.say("")
    QTest.qWait(2 * SOON)
    assert line.words() == ""
    line.wait()
    QTest.qWait(2 * SOON)
    assert line.words() == READING
    assert not line.stop.isHidden()
    line.deleteLater()


def test_the_pages_of_all_tabs_are_made_ahead(
    qapp: QApplication, tmp_path: Path, pane: Pane
) -> None:
    chosen = pane.pane.tabs.key
    for _ in pane.pane.pages_ahead():
        pass
    assert {"experiment", "environment", "safety"} <= pane.pane.pages.keys()
    assert pane.pane.tabs.key == chosen
    page = pane.open(make.make_experiment(tmp_path / "run.luml"), "experiment")
    assert page.curves.isVisible()


def test_a_page_that_is_half_made_is_whole_when_its_tab_is_seen(
    qapp: QApplication, tmp_path: Path, pane: Pane
) -> None:
    steps = pane.pane.pages_ahead()
    while "experiment" not in pane.pane.pages:
        next(steps)
    assert not pane.pane.pages["experiment"].is_built
    page = pane.open(make.make_experiment(tmp_path / "run.luml"), "experiment")
    assert page is pane.pane.pages["experiment"]
    assert page.curves.isVisible()
    content = page.body.layout().count()
    assert len(list(steps)) > 3  # the pages behind it
    assert page.body.layout().count() == content


def test_no_page_is_left_wherever_the_window_closes_while_they_are_made(
    qapp: QApplication, tmp_path: Path
) -> None:
    def of_nobody() -> list[QWidget]:
        return [each for each in QApplication.topLevelWidgets() if each.parentWidget() is None]

    with open_pane(qapp, tmp_path / "pane") as pane:
        pane.pane._finish_building()
        before = of_nobody()
        for _ in pane.pane.pages_ahead():
            assert [each for each in of_nobody() if each not in before] == []
        assert len(pane.pane.pages) > 10
