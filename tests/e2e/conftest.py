"""What journeys start from: the program on a throw-away home, and model files to drop."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from support.artifacts import model_files
from support.leaks import shares_window
from support.network.relay import Relay
from support.qt.desktop import Desktop, Prepare
from support.qt.shared_window import SharedWindow

Start = Callable[..., Desktop]
MakeFolder = pytest.TempPathFactory


_SHARED = pytest.StashKey[SharedWindow]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of these journeys, those that share a window come first, so that one is enough."""
    places = [n for n, item in enumerate(items) if item.path.parent == Path(__file__).parent]
    journeys = sorted((items[n] for n in places), key=shares_window, reverse=True)
    for number, item in zip(places, journeys, strict=True):
        items[number] = item


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(
    item: pytest.Item, nextitem: pytest.Item | None
) -> Generator[None, None, None]:
    """The shared window closes when it is spent, or the next test is none of those that share it."""
    yield
    window = item.session.stash.get(_SHARED, None)
    if window is not None and (window.spent or nextitem is None or not shares_window(nextitem)):
        del item.session.stash[_SHARED]
        window.close()


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """After a test that failed, the next one has another window."""
    if call.excinfo is not None and (window := item.session.stash.get(_SHARED, None)):
        window.spend()


@pytest.fixture
def shared_window(
    request: pytest.FixtureRequest, qapp: object, home: Path, tmp_path_factory: MakeFolder
) -> Iterator[SharedWindow]:
    """The one that tests with the mark `shared_window` take in turns."""
    stash = request.session.stash
    if _SHARED not in stash:
        stash[_SHARED] = SharedWindow(tmp_path_factory.mktemp("shared") / "home")
    yield stash[_SHARED]
    if not stash[_SHARED].spent:
        stash[_SHARED].clean()


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


def _window(request: pytest.FixtureRequest, *prepare: Prepare) -> Desktop:
    if shares_window(request.node):
        return request.getfixturevalue("shared_window").desktop
    return request.getfixturevalue("start")(*prepare)


@pytest.fixture
def desktop(request: pytest.FixtureRequest) -> Desktop:
    """The window, open on an empty local registry."""
    return _window(request)


@pytest.fixture
def relay(request: pytest.FixtureRequest) -> Iterator[Relay]:
    """A real HTTP hop that a test can hold; `relay.before` puts it in front of the local registry."""
    if shares_window(request.node):
        yield request.getfixturevalue("shared_window").relay
    else:
        with Relay() as hop:
            yield hop


@pytest.fixture
def slow_desktop(request: pytest.FixtureRequest, relay: Relay) -> Desktop:
    """The window, with the relay between it and its registry."""
    return _window(request, relay.before)


@pytest.fixture
def make_model(tmp_path: Path) -> Callable[..., Path]:
    """Writes small artifacts that differ: `make_model("resnet", accuracy=0.9)`."""
    folder = tmp_path / "models"
    folder.mkdir()
    return lambda name, **changes: model_files.write(folder, name, **changes)


@pytest.fixture
def model(make_model: Callable[..., Path]) -> Path:
    return make_model("resnet50")
