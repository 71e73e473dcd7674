"""Time from process start to the painted table with 100 rows, as a ratio to a bare Qt window.

    .venv/bin/python tests/benchmarks/startup.py [runs]

The peer is the smallest window on the same stack: PySide6, qasync, an httpx client and a table with
100 rows; it talks to no server. Both run in turns in one session; medians and their ratio are printed.
Ours opens with the rows of last time (as it does for a person who opened it before) and asks its
registry while they are seen; the time until the registry's answer stands in their place is printed too.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

ROWS = 100

BARE = """
import asyncio, sys, time
import httpx, qasync
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QApplication, QMainWindow, QTableView

class Painted(QObject):
    def __init__(self):
        super().__init__()
        self.done = asyncio.get_event_loop().create_future()
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and not self.done.done():
            self.done.set_result(None)
        return False

app = QApplication(sys.argv)
loop = qasync.QEventLoop(app)
asyncio.set_event_loop(loop)
client = httpx.AsyncClient()
window = QMainWindow()
table = QTableView()
model = QStandardItemModel(100, 10)
for row in range(100):
    for column in range(10):
        model.setItem(row, column, QStandardItem(f"{row} {column}"))
table.setModel(model)
window.setCentralWidget(table)
window.resize(1280, 800)
painted = Painted()
table.viewport().installEventFilter(painted)
window.show()
loop.run_until_complete(painted.done)
print(time.time())
import os; sys.stdout.flush(); os._exit(0)
"""

OURS = """
import gc, os, sys, time
gc.disable()  # as dfs_desktop.__main__ does
from dfs_desktop.app import Options, run
import asyncio
from PySide6.QtCore import QEvent, QObject

class Painted(QObject):
    def __init__(self, table):
        super().__init__(table)
        self.table, self.done = table, asyncio.get_event_loop().create_future()
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and self.table.table.rowCount() == 100:
            if not self.done.done():
                self.done.set_result(None)
        return False

async def drive(app):
    painted = Painted(app.window.table)
    app.window.table.viewport().installEventFilter(painted)
    await painted.done
    seen = time.time()
    session = app.workspace.session
    while session.loading or session.remembered or session.client is None:
        await asyncio.sleep(0.002)
    print(seen, time.time())
    sys.stdout.flush()
    return 0

run(sys.argv[:1], Options(drive=drive))
"""

FILL = """
import sys
from pathlib import Path
from dfs_desktop.server import LocalRegistry
from dfs_desktop.api import DataForceClient
registry = LocalRegistry(Path(sys.argv[1]) / "data" / "registry")
address = registry.start()
with DataForceClient(address.url, address.api_key) as dfs:
    for number in range(100):
        dfs.model_artifacts.create(
            file_name=f"model-{number}.fnnx", model_name=f"model {number}",
            metrics={"accuracy": number / 100, "f1": 0.5, "loss": 1.0, "auc": 0.7},
            manifest={"variant": "pyfunc", "description": "", "producer_name": "bench",
                      "producer_version": "1", "producer_tags": [], "inputs": [], "outputs": [],
                      "dynamic_attributes": [], "env_vars": []},
            file_hash="0" * 64, size=10_000, tags=["a", "b"],
            file_index={name + ".json": (512 * number, 100) for number, name in enumerate(
                ("manifest", "ops", "variant_config", "dtypes", "env", "meta"))})
registry.stop()
"""


def once(program: str, environment: dict[str, str]) -> list[float]:
    """Seconds from the start of a process to its painted table (and to the registry's answer)."""
    started = time.time()
    run = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    return [float(moment) - started for moment in run.stdout.split()]


def main(runs: int) -> None:
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "DFS_DESKTOP_HOME": home}
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
        subprocess.run([sys.executable, "-c", FILL, home], env=environment, check=True)
        bare, ours = [], []
        for _ in range(runs + 1):
            bare.append(once(BARE, environment)[0])
            ours.append(once(OURS, environment))
    bare = bare[1:]  # the first turn warms the file cache and leaves rows to remember
    fresh = [turn[1] for turn in ours[1:]]
    ours = [turn[0] for turn in ours[1:]]
    middle_bare, middle_ours = statistics.median(bare), statistics.median(ours)
    print(
        f"bare window  median {middle_bare:.3f} s  ({min(bare):.3f} to {max(bare):.3f}, {runs} runs)"
    )
    print(
        f"dfs-desktop  median {middle_ours:.3f} s  ({min(ours):.3f} to {max(ours):.3f}, {runs} runs)"
    )
    print(f"ratio        {middle_ours / middle_bare:.2f}")
    middle_fresh = statistics.median(fresh)
    print(f"fresh rows   median {middle_fresh:.3f} s, ratio {middle_fresh / middle_bare:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
