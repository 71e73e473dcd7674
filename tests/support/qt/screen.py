"""A virtual screen, the observed program on it, and hands: xdotool for keys, clicks and drags."""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
PROGRAMS = ("Xvfb", "xdotool", "import")
PATIENCE = 20.0
SIZE = "1280x800x24"
State = dict[str, Any]


def need_programs() -> None:
    """Skip where the tools are missing, but never in continuous integration."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing and not os.environ.get("CI"):
        pytest.skip(f"needs {', '.join(missing)} (Debian: apt install xvfb xdotool imagemagick)")
    assert not missing, missing


class Screen:
    """An X server of our own, with nobody else on it and no window manager."""

    def __init__(self, folder: Path, variables: Mapping[str, str] | None = None) -> None:
        """``variables``: what the environment of programs on it has besides."""
        self.folder, self._variables = folder, dict(variables or {})
        reading, writing = os.pipe()
        # Xvfb chooses a free number itself and tells it: no race between tests.
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", SIZE, "-nolisten", "tcp"],
            pass_fds=[writing],
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        with os.fdopen(reading) as told:
            self.display = f":{told.readline().strip()}"

    def close(self) -> None:
        self._server.terminate()
        self._server.wait(20)

    def environment(self, **more: str) -> dict[str, str]:
        hidden = ("WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "QT_SCALE_FACTOR")
        kept = {name: value for name, value in os.environ.items() if name not in hidden}
        return {**kept, "DISPLAY": self.display, "QT_QPA_PLATFORM": "xcb"} | self._variables | more

    def do(self, *words: object) -> str:
        """One xdotool command."""
        done = subprocess.run(
            ["xdotool", *map(str, words)],
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert done.returncode == 0, (words, done.stderr)
        return done.stdout

    def click(self, at: list[int], times: int = 1) -> None:
        self.do("mousemove", *at)
        self.do("click", "--repeat", times, "--delay", 60, 1)

    def picture(self, name: str = "failure") -> Path:
        path = self.folder / f"{name}.png"
        command = ["import", "-display", self.display, "-window", "root", str(path)]
        subprocess.run(command, check=False, timeout=PATIENCE)
        return path


class Seen:
    """A program on the screen and the last state that it told."""

    def __init__(self, screen: Screen, home: Path) -> None:
        self.screen = screen
        self.last: State = {}
        self._states: queue.Queue[State | None] = queue.Queue()
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "observed_app.py")],
            env=screen.environment(
                DFS_DESKTOP_HOME=str(home),
                PYTHONPATH=os.pathsep.join([str(HERE.parents[2]), *sys.path]),
            ),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def __enter__(self) -> Seen:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(PATIENCE)
        self._reader.join()
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._states.put(json.loads(line))
        self._states.put(None)

    def until(self, right: Callable[[State], Any], what: str) -> Any:
        """Wait until a state is right, and return what `right` found in it."""
        end = time.monotonic() + PATIENCE
        while True:
            while not self._states.empty():
                self._take(self._states.get())
            if self.last and (found := right(self.last)):
                return found
            try:
                self._take(self._states.get(timeout=max(0.01, end - time.monotonic())))
            except queue.Empty:
                pytest.fail(f"no {what}; see {self.screen.picture()}; last: {self.last}")

    def _take(self, state: State | None) -> None:
        if state is None:
            assert self.process.stderr is not None
            pytest.fail(f"the program ended: {self.process.stderr.read()[-2000:]}")
        self.last = state

    def window(self, kind: str) -> State:
        found: State = self.until(
            lambda state: next((w for w in state["windows"] if w["kind"] == kind), None), kind
        )
        return found

    def gone(self, kind: str) -> None:
        self.until(lambda s: all(w["kind"] != kind for w in s["windows"]), f"end of the {kind}")

    def focus(self, kind: str) -> None:
        """Give a window the keyboard, as a window manager would."""
        self.screen.do("windowfocus", "--sync", self.window(kind)["id"])
        self.until(
            lambda s: any(w["kind"] == kind and w["active"] for w in s["windows"]), f"active {kind}"
        )

    def button(self, name: str, kind: str = "MainWindow") -> list[int]:
        """Where a button is, by object name or text."""

        def find(state: State) -> list[int] | None:
            for window in state["windows"]:
                for button in window["buttons"] if window["kind"] == kind else ():
                    if name in (button["name"], button["text"]):
                        at: list[int] = button["at"]
                        return at
            return None

        place: list[int] = self.until(find, f"button {name!r}")
        return place

    def click_row(self, name: str) -> None:
        """Select an artifact."""
        self.screen.click(
            self.until(lambda s: [r["at"] for r in s["rows"] if r["name"] == name], name)[0]
        )

    def key(self, key: str) -> None:
        self.screen.do("key", key)

    def end(self) -> int:
        """A polite kill; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)
