"""Child processes of the program as forks of one process that has imported all that they run.

A forked child is what it is otherwise: a process with its own pipes and environment that runs the
module of its command line and belongs to whoever started it. Left out are only the interpreter's
start and the imports, most of what a child costs in a short test. Where processes cannot be handed
over (all but Linux), and for every other command, nothing is different.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import runpy
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, NoReturn

COMMAND = [sys.executable, "-P", "-m"]  # how the program starts a child
# What can follow.
MODULES = ("dfs_desktop.server", "dfs_desktop.workers", "fault_injection.hasty_child")
READER = str(Path(__file__).with_name("faulty_reader.py"))  # stands for one of them
IMPORTS = (  # what those import when they run; the rest comes with a registry's first start
    *("dfs_desktop.server.__main__", "dfs_desktop.server.dataforce.routes"),
    *("dfs_desktop.server.luml.routes", "dfs_desktop.workers.byte_worker.child"),
    *("dfs_desktop.workers.reader.child", "dfs_desktop.workers.proxy_script.child"),
    *("dfs_desktop.api.storage.range_source", "packaging.requirements", "packaging.tags"),
    *("_strptime", "encodings.ascii", "encodings.idna", "resource"),
)
_PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h: orphans among the descendants become children
_LONGEST = 200_000  # bytes of a command with its environment


def _program(command: list[str]) -> list[str]:
    """The module or script that is run, with its arguments; nothing for what is not forked."""
    if command[:3] == COMMAND and command[3] in MODULES:
        return command[3:]
    return command[1:] if command[:2] == [sys.executable, READER] else []


class ForkServer:
    """The process that forks. It starts with the first child, and ends with `stop`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open = contextlib.ExitStack()
        self._socket: socket.socket | None = None

    def popen(self) -> type[subprocess.Popen[Any]]:
        """A Popen whose processes are forked here when they run a module of the program."""

        fork = self._fork

        class Popen(subprocess.Popen[Any]):
            def _execute_child(self, command: Any, *rest: Any) -> None:
                environment, pipes = rest[5], [rest[9], rest[12], rest[14]]
                program = _program(command)
                if not program or -1 in pipes:
                    super()._execute_child(command, *rest)  # type: ignore[misc]
                    return
                self.pid = fork(program, environment, pipes)
                self._child_created = True
                for end in pipes:
                    os.close(end)

        return Popen

    def _fork(
        self, arguments: list[str], environment: dict[str, str] | None, pipes: list[int]
    ) -> int:
        """A new child of this process; its number."""
        words = json.dumps([arguments, environment or dict(os.environ), str(Path.cwd())])
        set_option = ctypes.CDLL(None).prctl
        with self._lock:
            requests = self.start()
            set_option(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
            try:
                socket.send_fds(requests, [words.encode()], pipes)
                return int(requests.recv(100))
            finally:
                set_option(_PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)

    def start(self) -> socket.socket:
        """Where it is asked from now on: the first child starts it, or who counts open files before."""
        if self._socket is not None:
            return self._socket
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            process = subprocess.Popen(
                [sys.executable, __file__, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
        self._open.callback(process.wait)
        return self._open.enter_context(self._socket)

    def stop(self) -> None:
        self._open.close()


def _serve(requests: socket.socket) -> None:
    """Fork until nobody can ask any more."""
    for name in IMPORTS:
        importlib.import_module(name)
    with tempfile.TemporaryDirectory() as folder:
        registry = importlib.import_module("dfs_desktop.server").LocalRegistry(Path(folder))
        registry.start()
        registry.stop()
    gc.freeze()
    while True:
        words, pipes, _, _ = socket.recv_fds(requests, _LONGEST, 3)
        if not words:
            return
        told, number = os.pipe()
        between = os.fork()
        if between == 0:
            parent = os.getpid()
            child = os.fork()
            if child == 0:
                while os.getppid() == parent:  # a child may wish to end with its parent: the next
                    time.sleep(0.0005)
                _become(*json.loads(words), pipes)
            os.write(number, str(child).encode())
            os._exit(0)
        os.waitpid(between, 0)  # from now on the child belongs to whoever asked for it
        requests.send(os.read(told, 100))
        for end in (told, number, *pipes):
            os.close(end)


def _become(
    arguments: list[str], environment: dict[str, str], folder: str, pipes: list[int]
) -> NoReturn:
    """In the child: run the module, as the command line would."""
    for number, pipe in enumerate(pipes):
        os.dup2(pipe, number)
    os.closerange(3, 1000)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    tempfile.tempdir = None
    sys.argv = arguments
    sys.modules.pop(f"{arguments[0]}.__main__", None)  # it runs anew, under its name of a program
    try:
        if arguments[0] in MODULES:
            runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)
        else:
            runpy.run_path(arguments[0], run_name="__main__")
    except SystemExit as end:
        sys.stdout.flush()
        sys.stderr.flush()
        # Not through the end of the interpreter: to take apart what is shared is slow.
        os._exit(end.code if isinstance(end.code, int) else 1)
    os._exit(0)


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
