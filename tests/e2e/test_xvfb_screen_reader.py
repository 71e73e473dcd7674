"""What a screen reader is told of the real window, over the bus on which it asks."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from support import desktop_bus
from support.accessibility_bus import SERVICE, AccessibilityTree, Node
from support.qt.screen import PATIENCE, Screen, Seen, need_programs

from dfs_desktop.api import DataForceClient
from dfs_desktop.server import LocalRegistry

pytestmark = [
    pytest.mark.xvfb,
    pytest.mark.skipif(sys.platform != "linux", reason="AT-SPI is Linux's"),
    pytest.mark.skipif(
        not SERVICE.exists(), reason=f"{SERVICE} is missing (Debian: apt install at-spi2-core)"
    ),
]
T = TypeVar("T")
MARKUP = re.compile(r"<[a-zA-Z/!]|&(?:[a-z]+|#\d+);")


@pytest.fixture
def artifacts(home: Path) -> int:
    """How many the registry on this computer has before the window opens."""
    registry = LocalRegistry(home / "data" / "registry")
    address = registry.start()
    try:
        with DataForceClient(address.url, address.api_key) as dfs:
            made = [
                dfs.model_artifacts.create(
                    file_name=f"{name}.fnnx", model_name=name, metrics={"F1": f1}, tags=tags,
                    manifest={"variant": "pyfunc", "name": name}, file_hash="0" * 64, size=10_000,
                    file_index={"manifest.json": (512, 100)},
                )
                for name, f1, tags in (("resnet50", 0.9, ["prod"]), ("<b>bert</b> & co", 0.5, []))
            ]  # fmt: skip
            return len(made)
    finally:
        registry.stop()


@pytest.fixture
def session(home: Path, tmp_path: Path) -> Iterator[tuple[Screen, AccessibilityTree]]:
    """A screen, and a bus on which somebody listens, in the folder for sockets that `home` names."""
    need_programs()
    with desktop_bus.bus() as address:
        tree = AccessibilityTree(address)
        more = {"DBUS_SESSION_BUS_ADDRESS": address, "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}
        screen = Screen(tmp_path, more)
        yield screen, tree
        screen.close()
        tree.close()


def soon(found: Callable[[], T], what: str) -> T:
    """Ask until there is something."""
    end = time.monotonic() + PATIENCE
    while not (result := found()):
        assert time.monotonic() < end, f"no {what}"
        time.sleep(0.05)
    return result


def about(name: str, node: Node) -> bool:
    """Whether something beside the rows speaks of it."""
    return node.showing and name in node.name and "cell" not in node.role


def preferences(tree: AccessibilityTree) -> list[Node]:
    """All of that window, once it is shown."""
    windows = (list(tree.walk(each)) for each in tree.windows())
    return next((w for w in windows if w[0].showing and w[0].name.startswith("Preferences")), [])


def faults(nodes: list[Node]) -> list[str]:
    """What a listener could make nothing of."""
    found = []
    for node in (each for each in nodes if each.showing):
        where = " › ".join((*node.above[-3:], node.role))
        if node.focusable and not node.name.strip():
            found.append(f"nothing is said of {where}")
        if node.focusable and node.role in {"filler", "unknown", "panel", "invalid"}:
            found.append(f"the keyboard comes to {where} ({node.name!r})")
        if MARKUP.search(node.name.replace("<b>bert</b>", "")) or MARKUP.search(node.description):
            found.append(f"markup is read out in {where}: {node.name!r} {node.description!r}")
    return found


@pytest.mark.slow  # names, markup and rows, without a bus: test_window_spoken.py
def test_what_is_told_has_names_and_no_markup_and_rows_are_sentences(
    session: tuple[Screen, AccessibilityTree], home: Path, artifacts: int
) -> None:
    screen, tree = session
    with Seen(screen, home) as seen:
        seen.until(lambda s: s["ready"] and len(s["rows"]) == artifacts, "the rows")
        seen.focus("MainWindow")
        (window,) = soon(tree.windows, "a window in the tree")
        nodes = list(tree.walk(window))
        assert faults(nodes) == []
        focusable = {(node.role, node.name) for node in nodes if node.focusable and node.showing}
        assert ("table", "Artifacts") in focusable
        assert ("text", "Filter") in focusable
        cells = [node.name for node in nodes if node.role in {"cell", "table cell"}]
        rows = [name for name in cells if name.count(", ") > 2]
        assert len(rows) == 2
        newest, oldest = rows
        assert newest.startswith("<b>bert</b> & co, model, ")
        assert re.fullmatch(
            r"resnet50, model, .*, 10 kilobytes, F1 0\.90*.*, tagged prod.*", oldest
        )

        seen.click_row(oldest.partition(",")[0])
        seen.until(lambda s: s["selected"], "a selected row")
        soon(lambda: [n for n in tree.walk(window) if about("resnet50", n)], "details")
        assert faults(list(tree.walk(window))) == []

        screen.do("key", "ctrl+comma")
        seen.window("PreferencesWindow")
        found = soon(lambda: preferences(tree), "the preferences in the tree")
        assert faults(found) == []
        assert {node.role for node in found if node.showing} >= {"page tab list", "page tab"}
        assert seen.end() == 0
