"""What the first paint leaves out is imported behind it; PySide classes on the GUI thread only."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from support import leaks

PROGRAM = """
import sys
import dfs_desktop.app
from dfs_desktop.ui.main_window import preload as warm

warm.import_parts_without_qt()
before = set(sys.modules)
for _ in warm.import_parts_with_qt():
    now = [name for name, module in sys.modules.items() if name.startswith("dfs_desktop")
           and name not in before and not hasattr(module, "__path__")]
    if len(now) != 1:
        print("one step imported", now)
    before = set(sys.modules)
import dfs_desktop.ui.comparison.window, dfs_desktop.ui.upload_review.sheet
from dfs_desktop.ui.details.pages import page_class
page_class("card")
left = [name for name in sys.modules if name.startswith("dfs_desktop") and name not in before]
if left:
    print("forgotten", left)
"""

# What only speaks to servers, reads artifacts or runs in a child process.
LATER = """
httpx httpcore h11 anyio certifi keyring xml email starlette uvicorn PySide6.QtNetwork
dfs_desktop.text.country_encodings
dfs_desktop.api.client dfs_desktop.api.transport
dfs_desktop.api.resources
dfs_desktop.api.storage.store_client dfs_desktop.api.storage.effect_handlers
dfs_desktop.api.dialects.luml
dfs_desktop.artifact.archive.tar_walk dfs_desktop.artifact.comparison.compare
dfs_desktop.artifact.documents.manifest
dfs_desktop.artifact.artifact_reader dfs_desktop.artifact.preflight
dfs_desktop.server
dfs_desktop.workers.byte_worker.child dfs_desktop.workers.reader.operations
dfs_desktop.workers.reader.child
"""
MOST = 320  # of our modules, at half a millisecond each; what is seen later is imported later
PAINTED = f"""
MOST = {MOST}
import asyncio, sys
from dfs_desktop.app import Application, make_qt
from dfs_desktop.settings import Places
from dfs_desktop.ui.platform.event_loop import EventLoop

qt = make_qt(sys.argv[:1])
asyncio.set_event_loop(EventLoop(qt))
app = Application(qt, Places.from_environment())
app.window.show()
assert not app.window.grab().isNull()
if len(ours := [name for name in sys.modules if name.startswith("dfs_desktop.")]) > MOST:
    print(len(ours), "of our modules are imported before:", *ours)
import builtins
if builtins.__import__.__name__ == "__feature_import__":
    print("each import is slower by", builtins.__import__)
print("painted", *(name for name in sys.argv[1:] if name in sys.modules))
app.registry.stop()
"""


def test_the_first_paint_needs_nothing_that_speaks_to_servers_or_reads_artifacts(
    tmp_path: Path,
) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PAINTED, *LATER.split()],
        env={**os.environ, "DFS_DESKTOP_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.stdout.split() == ["painted"], ran.stderr


@pytest.mark.fault("RL-47")
def test_each_step_imports_one_module_and_none_is_forgotten() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60
    )
    assert (ran.stdout, ran.stderr) == ("", ""), "ui/main_window/preload.py names each module"


@pytest.mark.fault("RL-47")
def test_an_import_of_pyside_on_another_thread_is_seen() -> None:
    """The check of every test, in leaks.py, has eyes."""
    worker = threading.Thread(target=lambda: __import__("PySide6.QtNoSuchModule"), name="worker")
    before = threading.excepthook
    threading.excepthook = lambda _arguments: None
    try:
        worker.start()
        worker.join()
    finally:
        threading.excepthook = before
    assert leaks.imports_elsewhere() == ["PySide6.QtNoSuchModule in worker"]
