"""How long the window's table takes for what people do with very many rows, in CPU time and painted.

    .venv/bin/python tests/benchmarks/rows.py [ROWS]      (offscreen unless DISPLAY is set)

Each figure ends when the table has been painted anew. The last one is a loop of plain Python, which
tells how fast the machine was.
"""

from __future__ import annotations

import copy
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS.parent)]


def main(rows: int) -> None:
    """Do each once, in the order of a morning."""
    if not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    home = Path(tempfile.mkdtemp())
    os.environ |= {"DFS_DESKTOP_HOME": str(home), "XDG_RUNTIME_DIR": str(home)}
    import gc

    gc.disable()  # as dfs_desktop.__main__ does
    from PySide6.QtCore import QPoint, Qt
    from PySide6.QtWidgets import QApplication
    from support.qt.desktop import Desktop
    from unit.workspace.test_workspace import artifact

    desktop = Desktop(home)
    gc.freeze = desktop._freeze  # as in the program; tests keep what they look for in sight
    desktop.ready()
    records = [
        artifact(
            f"m{n:06}",
            id=f"id{n}",
            tags=["prod", f"t{n % 7}"],
            metrics={"acc": n / 1e4, "f1": n % 97 / 97},
        )
        for n in range(rows)
    ]
    again = copy.deepcopy(records)
    table, listing, line = desktop.table, desktop.workspace.listing, desktop.window.filter

    def timed(what: str, act: Callable[[], object]) -> None:
        began = time.process_time()
        act()
        QApplication.sendPostedEvents()
        table.viewport().repaint()
        print(f"{what:22} {(time.process_time() - began) * 1000:6.0f} ms", flush=True)

    timed("rows made, in pieces", lambda: desktop.run(listing.make_ready(records)))
    timed("list", lambda: listing.replace(records))
    desktop.activate()
    table.setFocus()
    for column in ("name", "metric:acc", "created"):
        timed(f"sort by {column}", lambda key=column: listing.sort(key, descending=True))  # type: ignore[misc]
    for text in ("m0001", "acc>0.5", "tag:t3", ""):
        timed(f"filter “{text}”", lambda text=text: line.setText(text))  # type: ignore[misc]
    timed("looked at, in pieces", lambda: desktop.run(listing.make_ready(again)))
    timed("refresh", lambda: listing.replace(again))
    timed("one record anew", lambda: listing.put(artifact("new", id="id5")))
    table.select(records[rows // 2].id)
    control = Qt.KeyboardModifier.ControlModifier
    timed("Ctrl+A", lambda: desktop.press(table, Qt.Key.Key_A, control))
    timed("context menu", lambda: desktop.window._show_menu(QPoint(100, 100)))
    some = [each.id for each in records[:10_000]]
    timed("strike 10 000", lambda: listing.strike(some))
    timed("remove 10 000", lambda: listing.remove(*some))
    timed("(a million of a loop)", lambda: sum(each for each in range(1_000_000)))
    print("load", *os.getloadavg())
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
