"""Use from Python: what is copied runs as pasted, today, tomorrow and beside `dfs-desktop serve`."""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit
from support.qt.desktop import Desktop
from support.qt.servers import below

from dfs_desktop.ui.code_snippets.snippet_dialog import SnippetDialog
from dfs_desktop.ui.widgets.dialogs import Question

Make = Callable[..., Path]
Start = Callable[..., Desktop]


def pasted(desktop: Desktop, code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """What a Python without any of our variables makes of the lines."""
    folder.mkdir(exist_ok=True)
    environment = {name: value for name, value in os.environ.items() if "DFS_" not in name}
    environment["PYTHONPATH"] = str(Path.cwd())
    return desktop.run(
        asyncio.to_thread(
            subprocess.run, [sys.executable, "-c", code], cwd=folder, env=environment, text=True,
            stdin=subprocess.DEVNULL, capture_output=True, timeout=30, check=False,
        )
    )  # fmt: skip


def one_by_one(*codes: str) -> str:
    """Runs each by itself; of what it raises it prints the name."""
    return "\n".join(
        f"try:\n    exec({code!r}, {{}})\nexcept Exception as error:\n    print(type(error).__name__)"
        for code in codes
    )


def copied(desktop: Desktop, number: int = 0) -> str:
    desktop.window.actions_["python"].trigger()
    dialog = desktop.dialog(SnippetDialog)
    code = dialog.tabs.widget(number).findChild(QPlainTextEdit)
    desktop.until(code.toPlainText, "the lines")
    dialog.tabs.setCurrentIndex(number)
    desktop.click("copySnippetButton", dialog)
    dialog.reject()
    desktop.until(lambda: not desktop.dialogs(SnippetDialog))
    return QGuiApplication.clipboard().text()


@contextmanager
def served(home: Path, *options: str) -> Iterator[dict[str, str]]:
    """`dfs-desktop serve`, ended by Ctrl+C."""
    command = [sys.executable, "-m", "dfs_desktop", "serve", "--json", *options]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "DFS_DESKTOP_HOME": str(home)},
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        line = process.stdout.readline()
        try:
            yield json.loads(line or json.dumps({"error": process.stderr.read()}))
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(20) in (0, 1)
            assert "Traceback" not in process.stderr.read()


def test_what_is_copied_runs_as_pasted_until_the_key_is_renewed(
    start: Start, model: Path, tmp_path: Path, home: Path
) -> None:
    desktop = start()
    (record,) = desktop.upload(model)
    listing = copied(desktop)  # nothing is selected: the place
    desktop.select(record)
    fetching = copied(desktop)
    assert sys.executable in fetching
    assert f"pip install {shlex.quote(str(Path.cwd()))}" in fetching
    done = pasted(desktop, one_by_one(listing, fetching), tmp_path / "a")
    assert done.stdout.startswith("resnet50 {"), done.stderr
    assert "Error" not in done.stdout
    assert (tmp_path / "a" / model.name).read_bytes() == model.read_bytes()
    shell = copied(desktop, 2)
    done = desktop.run(
        asyncio.to_thread(subprocess.run, ["bash", "-eu"], input=shell.encode(), cwd=tmp_path,
                          capture_output=True, timeout=30, check=False)
    )  # fmt: skip
    assert (tmp_path / model.name).read_bytes() == model.read_bytes(), done.stderr
    desktop.end()

    again = start()  # tomorrow: the same port, and the same key is still good
    other = copied(again)  # without a keyring it is another one, and both are good
    done = pasted(again, one_by_one(listing, other), tmp_path / "a")
    assert [line[:10] for line in done.stdout.splitlines()] == ["resnet50 {"] * 2, done.stderr
    again.window.actions_["renew_key"].trigger()
    again.click("Renew the key", again.dialog(Question))
    again.notice("is a new one")
    newest = copied(again)
    done = pasted(again, one_by_one(listing, other, newest), tmp_path / "a")
    said = [line[:10] for line in done.stdout.splitlines()]
    assert said == ["Authentica"] * 2 + ["resnet50 {"], done.stderr
    key = next(line for line in newest.splitlines() if "api_key" in line).split("'")[1]
    again.end()
    assert below(home, key) == []  # nowhere on the disk


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot send Ctrl+C to one other")
def test_the_registry_is_served_without_a_window_and_a_window_joins_it(
    start: Start, model: Path, tmp_path: Path, home: Path
) -> None:
    with served(home) as told:
        desktop = start()
        assert desktop.workspace.local is not None
        assert desktop.workspace.local.url == told["url"]
        desktop.upload(model)
        listing = copied(desktop)
        assert pasted(desktop, listing, tmp_path / "a").stdout.startswith("resnet50 {")
        with served(home) as second:
            assert "already open in another program" in second["error"]
        desktop.end()
    with served(home) as again:  # the same port; the key of the notebook is still good
        assert again["url"] == told["url"]
        environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
        done = subprocess.run([sys.executable, "-c", listing], env=environment, text=True,
                              capture_output=True, timeout=30, check=False)  # fmt: skip
        assert done.stdout.startswith("resnet50 {"), done.stderr
    assert below(home, told["api_key"]) == below(home, again["api_key"]) == []
