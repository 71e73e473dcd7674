"""What journeys start from: the program on a throw-away home, and model files to drop."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.artifacts import model_files
from support.network.relay import Relay
from support.qt.desktop import Desktop, Prepare

Start = Callable[..., Desktop]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for everything that the program keeps; and no keyring of whoever runs the tests."""
    folder = tmp_path / "home"
    monkeypatch.setenv("DFS_DESKTOP_HOME", str(folder))
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return folder


@pytest.fixture
def start(qapp: object, home: Path) -> Iterator[Start]:
    """Starts the program as often as a test wants; ends every run that the test did not end."""
    with contextlib.ExitStack() as ends:

        def started(prepare: Prepare | None = None, *, ready: bool = True) -> Desktop:
            desktop = Desktop(home, prepare)
            ends.callback(lambda: desktop.end() if not desktop.loop.is_closed() else None)
            return desktop.ready() if ready else desktop

        yield started


@pytest.fixture
def desktop(start: Start) -> Desktop:
    """The window, open on an empty local registry."""
    return start()


@pytest.fixture
def relay() -> Iterator[Relay]:
    """A real HTTP hop that a test can hold; `relay.before` puts it in front of the local registry."""
    with Relay() as hop:
        yield hop


@pytest.fixture
def slow_desktop(relay: Relay, start: Start) -> Desktop:
    """The window, with the relay between it and its registry."""
    return start(relay.before)


@pytest.fixture
def make_model(tmp_path: Path) -> Callable[..., Path]:
    """Writes small artifacts that differ: `make_model("resnet", accuracy=0.9)`."""
    folder = tmp_path / "models"
    folder.mkdir()
    return lambda name, **changes: model_files.write(folder, name, **changes)


@pytest.fixture
def model(make_model: Callable[..., Path]) -> Path:
    return make_model("resnet50")
