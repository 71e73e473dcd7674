"""The smallest window: its panes stand beside each other, its buttons are whole, its lines can be left."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from support.qt.desktop import Desktop

from dfs_desktop.settings import Settings, SettingsFile
from dfs_desktop.ui.connections.dialog import ConnectionDialog
from dfs_desktop.ui.library.page import LibraryPage
from dfs_desktop.ui.main_window.bars.action_bar import ActionBar

pytestmark = pytest.mark.shared_window
Make = Callable[..., Path]


def cut(page: QWidget) -> list[str]:
    """The buttons that have less room than their words."""
    return [
        button.text()
        for button in page.findChildren(QPushButton)
        if button.isVisible() and button.width() < button.sizeHint().width()
    ]


def outside(page: QWidget) -> list[str]:
    """The buttons that reach out of the page."""
    return [
        button.text()
        for button in page.findChildren(QPushButton)
        if button.isVisible()
        and button.mapTo(page, button.rect().topRight()).x() > page.rect().right()
    ]


def test_the_smallest_window_cuts_and_covers_nothing(desktop: Desktop, make_model: Make) -> None:
    window, workspace, picker = desktop.window, desktop.workspace, desktop.window.picker
    (artifact,) = desktop.upload(make_model("a model", accuracy=0.9))
    desktop.until(lambda: workspace.tracks.there, "the tracks")
    track = desktop.run(workspace.session.here().tracks.create("Release " * 12))
    desktop.run(workspace.session.here().tracks.add(track.id, artifact.id))
    window.resize(window.minimumSize())
    desktop.until(lambda: window.width() <= 640)
    edges = [
        (pane.x(), pane.x() + pane.width()) for pane in (picker, window.main_panel, window.details)
    ]
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(edges)), edges
    assert edges[-1][1] <= window.width()
    assert window.filter.isVisible()
    bar = window.findChild(ActionBar)
    assert bar.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonIconOnly
    window.resize(1200, 800)
    desktop.until(lambda: bar.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    window.resize(window.minimumSize())

    window.actions_["library"].trigger()
    page = desktop.until(lambda: window.findChild(LibraryPage))
    desktop.until(page.isVisible)
    assert not cut(page)
    assert not outside(page)
    window.actions_["library"].trigger()
    desktop.refresh()
    desktop.until(lambda: picker.tracks.list.count() == 1, "the track")
    picker.tracks.list.setCurrentRow(0)
    track_page = window.track_handlers.page
    desktop.until(lambda: track_page.isVisible() and not workspace.tracks.loading)
    assert not cut(track_page)
    assert not outside(track_page)
    workspace.tracks.leave()

    # A line that asks for a name is left by Escape, and by going elsewhere with nothing typed.
    for key, line in (("new_collection", picker.name), ("save_view", picker.views.name)):
        desktop.activate()
        window.actions_[key].trigger()
        assert line.isVisible()
        line.setText("half a name")
        desktop.press(line, Qt.Key.Key_Escape)
        assert not line.isVisible()
        window.actions_[key].trigger()
        assert not line.text()
        desktop.table.setFocus()
        assert not line.isVisible()
    assert not picker.kind.isVisible()

    # The colour of a server stays when the theme changes.
    before = picker.connection.icon().cacheKey()
    for theme in ("dark", "light"):
        window.actions_[f"theme_{theme}"].trigger()
        image = picker.connection.icon().pixmap(20, 20).toImage()
        assert image.pixelColor(10, 10).saturation() > 100, "a dot in the accent"
        assert image.pixelColor(1, 1).alpha() == 0
    assert picker.connection.icon().cacheKey() != before


@pytest.mark.fault("RL-46")
@pytest.mark.parametrize(
    "kept", [{}, {"maximized": "True"}], ids=["first start", "was maximised on a larger screen"]
)
def test_windows_stand_inside_a_small_screen(
    start: Callable[..., Desktop], home: Path, kept: dict[str, str]
) -> None:
    """The offscreen platform has a screen of 800 by 800, smaller than the window wants to be."""
    SettingsFile(home / "config" / "settings.json").save(Settings(layout=kept))
    desktop = start()
    desktop.window.server_handlers.edit_server(None)
    dialog = desktop.dialog(ConnectionDialog)
    free = desktop.window.screen().availableGeometry()
    tops = [top for top in QApplication.topLevelWidgets() if top.isVisible() and top.windowTitle()]
    assert len(tops) == 2, tops
    for top in tops:
        assert top.isMaximized() or free.contains(top.frameGeometry()), top
    assert desktop.window.isMaximized() == bool(kept)
    dialog.close()
