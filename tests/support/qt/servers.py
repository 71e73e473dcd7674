"""Servers for journeys: a registry in a process of its own, and ports where none answers."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Server:
    """Where a registry answers, and its key."""

    url: str
    api_key: str

    @property
    def place(self) -> str:
        return self.url.partition("://")[2]


@contextlib.contextmanager
def registry(data: Path, port: int = 0) -> Iterator[Server]:
    """`python -m dfs_desktop.server`, as a notebook's owner would start it."""
    command = [sys.executable, "-m", "dfs_desktop.server", "--data", str(data), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None
            yield Server(**json.loads(child.stdout.readline()))
        finally:
            child.terminate()
            child.wait(20)


def unused_port() -> int:
    """A port of this machine where nobody listens."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
        return port


def below(home: Path, secret: str) -> list[Path]:
    """The files below a folder that contain a text."""
    return [
        path for path in home.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()
    ]
