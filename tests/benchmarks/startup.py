"""From process start to the painted table with 100 rows, as ratios to a bare Qt window.

    .venv/bin/python tests/benchmarks/startup.py [runs]

The peer is the smallest window on the same stack: PySide6, qasync, an httpx client and a table with
100 rows; it talks to no server. Both run in turns in one session; the medians of the pairs' ratios are
printed, of the time and, where the machine has other work, of what it cost the processors: ours with its
children. All modules are compiled before, as they are where a program was installed.
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
from pathlib import Path

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
print(time.time(), time.process_time())
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

def spent():
    # Processor seconds of this process and of its children, which still run; Linux tells them.
    total = time.process_time()
    for folder in os.listdir("/proc") if sys.platform == "linux" else ():
        try:
            fields = open(f"/proc/{folder}/stat").read().rpartition(")")[2].split()
        except (OSError, ValueError):
            continue
        if int(fields[1]) == os.getpid():
            total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total

async def drive(app):
    painted = Painted(app.window.table)
    app.window.table.viewport().installEventFilter(painted)
    await painted.done
    seen = time.time(), spent()
    session, fresh = app.workspace.session, asyncio.Event()
    def look():
        if not (session.loading or session.remembered or session.client is None):
            fresh.set()
    app.workspace.session_changed.connect(look)
    look()
    await fresh.wait()
    print(*seen, time.time(), spent())
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
    """Seconds from the start to each moment that it tells, and processor seconds until then."""
    started = time.time()
    run = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    told = [float(each) for each in run.stdout.split()]
    return [each if number % 2 else each - started for number, each in enumerate(told)]


def main(runs: int) -> None:
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "DFS_DESKTOP_HOME": home}
        environment["PYTHONPYCACHEPREFIX"] = str(Path(home) / "compiled")
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
        subprocess.run([sys.executable, "-c", FILL, home], env=environment, check=True)
        pairs = [(once(BARE, environment), once(OURS, environment)) for _ in range(runs + 2)]
    del pairs[:2]  # the first turns compile, warm the file cache and leave rows to remember
    for number, what in enumerate(("seconds", "processor seconds")):
        bare = statistics.median(one[number] for one, _ in pairs)
        print(f"bare window  {bare:.3f} {what} (median of {runs})")
        for moment, name in ((0, "first paint"), (2, "fresh rows")):
            ours = [other[moment + number] for _, other in pairs]
            ratio = statistics.median(other[moment + number] / one[number] for one, other in pairs)
            span = f"{min(ours):.3f} to {max(ours):.3f}"
            print(f"{name:12} {statistics.median(ours):.3f} {what} ({span}), ratio {ratio:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
