"""PySide classes are made on the GUI thread only, one module at a time."""

from __future__ import annotations

import subprocess
import sys
import threading

import leaks
import pytest

PROGRAM = """
import sys
import dfs_desktop.app
from dfs_desktop.ui import warm

warm.import_parts_without_qt()
before = set(sys.modules)
for _ in warm.import_parts_with_qt():
    now = [name for name in sys.modules if name.startswith("dfs_desktop") and name not in before]
    if len(now) != 1:
        print("one step imported", now)
    before = set(sys.modules)
import dfs_desktop.ui.compare_window, dfs_desktop.ui.detail_pages, dfs_desktop.ui.review_sheet
left = [name for name in sys.modules if name.startswith("dfs_desktop") and name not in before]
if left:
    print("forgotten", left)
"""


@pytest.mark.fault("RL-47")
def test_each_step_imports_one_module_and_none_is_forgotten() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60
    )
    assert (ran.stdout, ran.stderr) == ("", "")


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
