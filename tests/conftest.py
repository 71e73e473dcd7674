"""Rules that hold for every test: nothing leaks, nothing is logged as an error, Qt does not complain."""

from __future__ import annotations

import contextlib
import gc
import importlib
import logging
import os
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

# Before Qt is imported anywhere: tests that need a real screen start their own.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["DFS_DESKTOP_LANGUAGE"] = "en"  # whatever that of the developer is

import pytest
from hypothesis import HealthCheck, settings
from support import leaks
from support.fork_server import ForkServer
from support.network.certificates import Authority

# Servers, keys, proxies, authorities and the locale are those of the tests, not of the developer.
THEIRS = (
    r"(?i)(DFS|LUML)_(BASE_URL|API_KEY)|.+_proxy|SSL_CERT_(FILE|DIR)|.+_CA_BUNDLE|LC_.+|LANGUAGE"
)
for name in filter(re.compile(THEIRS).fullmatch, list(os.environ)):
    del os.environ[name]
os.environ["LANG"] = "C.UTF-8"
sys.meta_path.insert(0, leaks.ImportWatch)
MEMORY, ROOM = Path("/dev/shm"), 6 << 30  # bytes that the folders of the running tests may take


def memory_is_a_disk() -> bool:
    """Whether there is a file system in memory, with room, that does what tests ask of one.

    What a power cut would leave is asked by none, and each registry and journal makes sure of it.
    """
    try:
        with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
            os.setxattr(folder, "user.dfs", b"")
        return shutil.disk_usage(MEMORY).free > ROOM
    except (OSError, AttributeError):
        return False


if memory_is_a_disk():  # where pytest, and the workers that it starts, make their folders
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
EXAMPLES = 25  # of a law, always the same; with --slow more, and other ones each time


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--slow",
        action="store_true",
        help="run all: what is marked slow, and every case of the others",
    )


def pytest_configure(config: pytest.Config) -> None:
    """How fast examples are made and tried depends on what else the machine does: no deadline."""
    slow = config.getoption("slow")
    settings.register_profile(
        "suite",
        max_examples=settings.default.max_examples if slow else EXAMPLES,
        derandomize=not slow,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.load_profile("suite")


def pytest_collection(session: pytest.Session) -> None:
    """Each worker imports another share of the tests first: to compile them takes longer than to import.

    What it finds compiled by another one it need not compile again.
    """
    told = getattr(session.config, "workerinput", None)
    if told is None:
        return
    gc.disable()  # until all are collected: what that makes stays
    whole = session.config.args == session.config.getini("testpaths")
    paths = sorted(Path(__file__).parent.rglob("test_*.py")) if whole else []
    for path in paths[int(told["workerid"][2:]) :: told["workercount"]]:
        if not path.with_name("__init__.py").exists():  # else it is imported by another name
            name = path.relative_to(session.config.rootpath).with_suffix("")
            with contextlib.suppress(Exception, pytest.skip.Exception):  # told when collected
                importlib.import_module(".".join(name.parts))


def pytest_xdist_auto_num_workers() -> int:
    """Three for two cores: nearly half of the time a test waits for a thread, a process or a timer."""
    return (3 * (os.cpu_count() or 1) + 1) // 2


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes do not name a case: what packs them may write the time, and each worker has its own."""
    return argname if isinstance(val, bytes) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """By https run all cases of a test, by http the first; what is marked `slow` does not run.

    Where the mark `any_connection` stands, by http runs the first test of the module only. With a
    store whose keys may list runs the first case of a test, with one that tells less run all; and of
    the two clients the blocking one has the first, the other, which the window has, all.
    """
    if config.getoption("slow"):
        return
    begun, left, kept = set[Any](), [], []
    for item in items:
        params = getattr(getattr(item, "callspec", None), "params", {})
        case = None
        if params.get("tls") == "http":
            alike = item.get_closest_marker("any_connection") is not None
            case = "http", getattr(item, "module" if alike else "function", None)
        elif params.get("place") is True:
            case = "lists", getattr(item, "function", None)
        elif params.get("face") == "sync":
            case = "blocking", getattr(item, "function", None)
        slow = item.get_closest_marker("slow") is not None or case in begun
        (left if slow else kept).append(item)
        begun.update([case] if case else [])
    config.hook.pytest_deselected(items=left)
    items[:] = kept


def pytest_collection_finish() -> None:
    """What the imports made stays for good: after each test only what is new is looked at."""
    gc.enable()
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def nothing_leaks(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails a test that leaves a thread, a widget, a timer or a task, or logs an error.

    The mark `expects_errors` lets a test log errors that it provokes; it leaks nothing either.
    """
    log = leaks.ErrorLog()
    logging.getLogger().addHandler(log)
    # A shared window looks itself for what it leaves, when it closes.
    before = None if leaks.shares_window(request.node) else leaks.Before()
    yield
    left = before.left() if before is not None else []
    logging.getLogger().removeHandler(log)
    assert not left, "\n".join(left)
    left = leaks.imports_elsewhere()
    assert not left, f"imported off the GUI thread: {left}"
    if request.node.get_closest_marker("expects_errors") is None:
        assert not log.lines, "logged as errors:\n" + "\n".join(log.lines)


@pytest.fixture(scope="session")
def fork_server() -> Iterator[ForkServer]:
    """Has imported what the program's child processes run."""
    server = ForkServer()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def forking_popen(fork_server: ForkServer) -> type[subprocess.Popen[Any]]:
    """Starts the program's child processes without their imports."""
    return fork_server.popen() if sys.platform == "linux" else subprocess.Popen


@pytest.fixture(autouse=True)
def forked_children(
    request: pytest.FixtureRequest,
    forking_popen: type[subprocess.Popen[Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Child processes are forked, except where the mark `own_start` says that the start matters."""
    if request.node.get_closest_marker("own_start") is None:
        monkeypatch.setattr(subprocess, "Popen", forking_popen)


@pytest.fixture
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """What failed is tried again after hundredths of a second."""
    monkeypatch.setattr("dfs_desktop.api.storage.store_retry.FIRST_WAIT", 0.01)
    monkeypatch.setattr("dfs_desktop.api.storage.store_retry.LONGEST_WAIT", 0.05)


@pytest.fixture
def sampled(pytestconfig: pytest.Config) -> Callable[[Iterable[str]], list[str]]:
    """Of the points of a long transfer, or of cases that are alike, every third; all with `--slow`."""
    return lambda points: list(points)[:: 1 if pytestconfig.getoption("slow") else 3]


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Whose certificates the servers of the tests show."""
    if sys.platform != "linux":
        pytest.skip("the system's own store decides there whom a client trusts")
    if not shutil.which("openssl"):
        pytest.skip("openssl makes the certificates")
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(params=["http", "https"])
def tls(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext | None:
    """What the servers of a test speak by: the test runs once without and once with encryption."""
    if request.param == "http":
        return None
    authority: Authority = request.getfixturevalue("authority")
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    return authority.context()
