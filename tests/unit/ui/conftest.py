"""What widgets are tested in: the light theme, and the timer that refreshes them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from dfs_desktop.ui.platform.timers import RefreshTimer
from dfs_desktop.ui.theme import theme


@pytest.fixture
def light(qapp: QApplication) -> None:
    theme.install(qapp).use("light")


@pytest.fixture
def refresh_timer(qapp: QApplication) -> Iterator[RefreshTimer]:
    refresh_timer = RefreshTimer()
    yield refresh_timer
    assert not refresh_timer.running, "nobody needs the timer after the test"
