"""The limits of transfers: chosen from a menu, applied at once, kept in the settings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QTime
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMenu, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from support.qt.widgets import assert_plain, texts, until, window_loop
from support.registries.workspace import Room, connected

from dfs_desktop.settings import SettingsFile
from dfs_desktop.transfers.job import Kind
from dfs_desktop.ui.theme import theme
from dfs_desktop.ui.transfers.header import TransfersHead
from dfs_desktop.ui.transfers.limits import HoursDialog, LimitsMenu, RateDialog
from dfs_desktop.workspace.transfers import limits

MB = 10**6


def action(menu: QMenu, *path: str) -> QAction:
    """An action by the beginnings of the texts on the way to it."""
    for step, text in enumerate(path):
        found = next(a for a in menu.actions() if a.text().startswith(text))
        if step == len(path) - 1:
            return found
        submenu = found.menu()
        assert isinstance(submenu, QMenu)
        menu = submenu
    raise AssertionError(path)


@pytest.fixture
def owner(qapp: QApplication) -> Iterator[QWidget]:
    theme.install(qapp).use("light")
    widget = QWidget()
    yield widget
    shiboken6.delete(widget)


def test_a_choice_applies_at_once_and_is_kept(
    qapp: QApplication, owner: QWidget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "EVERY", 0.02)

    class Clock:
        at = datetime(2026, 11, 30, 12, 0)  # noqa: DTZ001  a Monday

        @classmethod
        def now(cls) -> datetime:
            return cls.at

    def opened() -> list[HoursDialog]:
        found = [each for each in QApplication.topLevelWidgets() if each.isVisible()]
        return [each for each in found if isinstance(each, HoursDialog)]

    async def journey(room: Room) -> None:
        workspace = room.workspace
        head = TransfersHead(workspace.state, workspace.limits)
        said = head.findChild(QToolButton, "limitsButton")
        assert said.text() == "Limits ▾"
        menu = LimitsMenu(workspace.state, workspace.limits, owner)
        menu.fill()
        assert action(menu, "At once: 3", "3").isChecked()
        action(menu, "At once", "5").trigger()
        action(menu, "Upload limit: No limit", "10 MB/s").trigger()
        action(menu, "Download limit", "1 MB/s").trigger()
        action(menu, "Go on at the next start").trigger()
        assert workspace.queue.paces[Kind.UPLOAD].rate == 10 * MB
        assert workspace.queue.paces[Kind.DOWNLOAD].rate == MB
        assert said.text() == "Limits ↑ 10 MB/s ↓ 1 MB/s ▾"
        shiboken6.delete(head)
        menu.fill()
        assert action(menu, "At once: 5", "5").isChecked()
        assert action(menu, "Upload limit: 10 MB/s", "10 MB/s").isChecked()
        assert not action(menu, "Go on at the next start").isChecked()
        pace = workspace.queue.paces[Kind.UPLOAD]
        monkeypatch.setattr(limits, "datetime", Clock)
        action(menu, "Limits hold: always", "On weekdays").trigger()
        assert pace.rate == 10 * MB, "it is Monday, at noon"
        Clock.at = datetime(2026, 11, 30, 18, 0)  # noqa: DTZ001
        await until(lambda: pace.rate is None)
        assert workspace.limits.rate(Kind.UPLOAD) == 10 * MB
        menu.fill()
        action(menu, "Limits hold: on weekdays, 08:00 to 18:00", "Own hours").trigger()
        await until(opened)
        (dialog,) = opened()
        dialog.start.setTime(QTime(17, 0))
        dialog.end.setTime(QTime(7, 30))
        assert dialog.meant.text() == (
            "The limits hold on weekdays, 17:00 to 07:30 of the next day; "
            "at other times there are none."
        )
        dialog.accept()
        await until(lambda: pace.rate == 10 * MB)
        menu.fill()
        assert action(menu, "Limits hold", "On weekdays, 17:00 to 07:30").isChecked()
        action(menu, "Limits hold", "Always").trigger()
        here = workspace.session.profile
        action(menu, f"At once at “{here.name}”: no own limit", "2").trigger()
        assert workspace.queue.limit_at(here.id) == 2
        menu.fill()
        action(menu, f"At once at “{here.name}”: 2", "No own limit").trigger()
        assert workspace.queue.limit_at(here.id) is None
        action(menu, "Upload limit", "No limit").trigger()
        assert pace.rate is None

    async def whole() -> None:
        async with connected(tmp_path) as room:
            await journey(room)

    with window_loop(qapp) as loop:
        loop.run_until_complete(whole())
    kept = SettingsFile(tmp_path / "settings.json").load()
    assert (kept.parallel_transfers, kept.upload_limit, kept.download_limit) == (5, None, MB)
    assert kept.resume_transfers is False


def test_an_own_value_is_asked_for_and_shown(
    qapp: QApplication, owner: QWidget, tmp_path: Path
) -> None:
    async def whole() -> None:
        async with connected(tmp_path) as room:
            menu = LimitsMenu(room.workspace.state, room.workspace.limits, owner)
            menu.fill()
            for accept in (False, True):
                action(menu, "Download limit", "Own value").trigger()
                dialog = owner.findChild(RateDialog)
                await until(dialog.isVisible)
                assert_plain(dialog)
                assert "All downloads together" in texts(dialog)
                dialog.box.setValue(2.5)
                dialog.done(int(accept))
                await until(lambda dialog=dialog: not shiboken6.isValid(dialog))
                wanted = 2_500_000 if accept else None
                assert room.workspace.settings.download_limit == wanted
            menu.fill()
            assert action(menu, "Download limit: 2.5 MB/s", "2.5 MB/s").isChecked()

    with window_loop(qapp) as loop:
        loop.run_until_complete(whole())


@pytest.mark.fault("Q-07")
def test_q07_an_own_value_beyond_32_bits_stays_whole(qtbot: QtBot, owner: QWidget) -> None:
    dialog = RateDialog(owner, Kind.UPLOAD, 5_000_000_000)
    assert dialog.rate() == 5_000_000_000
    dialog.box.setValue(10**9)
    assert dialog.rate() == limits.HIGHEST_RATE
