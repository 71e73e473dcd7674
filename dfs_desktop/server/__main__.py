"""Run the local registry alone: ``python -m dfs_desktop.server --data DIR --port 0``."""

import argparse
import contextlib
import json
import os
import signal
import sqlite3
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

from . import Address, LocalRegistry, RegistryInUse, access

_PATIENCE = 3.0  # seconds in which a registry whose window was killed gives the folder back
_START = 5.0  # seconds at the priority of the window, which waits for its first rows
_NICENESS = 10
_WINDOW_SIGNALS = ("SIGINT", "SIGHUP", "SIGBREAK")  # a terminal sends them to both; the window acts


def default_folder() -> Path:
    """Where the app keeps its registry (see ``Places`` in dfs_desktop.settings)."""
    import platformdirs

    if home := os.environ.get("DFS_DESKTOP_HOME", ""):
        return Path(home).expanduser().absolute() / "data" / "registry"
    return Path(platformdirs.user_data_dir("dfs-desktop", appauthor=False)) / "registry"


def main(arguments: list[str] | None = None) -> int:
    """Serve until Ctrl-C or SIGTERM. One JSON line on stdout says where and with which key."""
    parser = argparse.ArgumentParser(prog="python -m dfs_desktop.server", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of the registry (default: the app's)")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (0: any free one)")
    # How the window starts it: it ends with its standard input, and a failure is a JSON line too.
    parser.add_argument("--beside-window", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    # The command line of uvicorn and its reloaders: a sixth of the start, for nobody.
    unused = SimpleNamespace(Server=None, main=None, run=None)
    sys.modules.setdefault("uvicorn.main", unused)  # type: ignore[arg-type]
    stop = threading.Event()
    names = ("SIGINT", "SIGTERM", "SIGBREAK")
    for number in {getattr(signal, name) for name in names if hasattr(signal, name)}:
        signal.signal(number, lambda *_: stop.set())
    folder = options.data or default_folder()
    if options.beside_window:
        return _serve_window(folder, stop)
    registry = LocalRegistry(folder, port=options.port)
    try:
        address = registry.start()
    except (RegistryInUse, OSError, RuntimeError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return _serve(registry, address, stop)


def _serve(registry: LocalRegistry, address: Address, stop: threading.Event) -> int:
    try:
        _tell({"url": address.url, "api_key": address.api_key})
        # On Windows a wait without end cannot be interrupted by Ctrl-C.
        while not stop.wait(0.5 if sys.platform == "win32" else None):
            pass
    finally:
        registry.stop()
    return 0


def _serve_window(folder: Path, stop: threading.Event) -> int:
    """Serve until the window closes the pipe, or is killed, which closes it too."""
    for name in _WINDOW_SIGNALS:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    threading.Thread(target=_await_window, args=(stop,), daemon=True).start()
    until = time.monotonic() + _PATIENCE
    while True:
        registry = LocalRegistry(folder)
        try:
            address = registry.start()
        except RegistryInUse as error:
            if time.monotonic() < until and not stop.wait(0.05):
                continue
            _tell({"in_use": str(error)})
        except OSError as error:
            _tell({"errno": error.errno, "problem": error.strerror or str(error)})
        except (sqlite3.Error, RuntimeError) as error:
            _tell({"problem": str(error)})
        else:
            threading.Thread(target=_step_back, args=(stop,), daemon=True).start()
            with contextlib.suppress(OSError):  # a full disk: only commands in a terminal miss it
                access.announce(folder, address.url, beside_window=True)
            try:
                return _serve(registry, address, stop)
            finally:
                access.retire(folder)
        return 1


def _await_window(stop: threading.Event) -> None:
    try:
        while os.read(0, 1024):
            pass
    except OSError:
        pass  # on Windows a broken pipe is told so
    stop.set()


def _step_back(stop: threading.Event) -> None:
    """Low priority from then on when the window has its first rows: it wins where cores are full."""
    if stop.wait(_START):
        return
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.WinDLL("kernel32")
        kernel.SetPriorityClass(ctypes.c_void_p(-1), 0x4000)  # this process, BELOW_NORMAL
        return
    for thread in threading.enumerate():  # Linux keeps a niceness for each; new ones inherit it
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, thread.native_id or 0, _NICENESS)
        if sys.platform != "linux":
            return


def _tell(facts: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
