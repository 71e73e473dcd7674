"""Run the local registry alone: ``python -m dfs_desktop.server --data DIR --port 0``."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from pathlib import Path

from . import LocalRegistry, RegistryInUse


def default_folder() -> Path:
    """Where the app keeps its registry (see ``Places`` in dfs_desktop.settings)."""
    import platformdirs

    home = os.environ.get("DFS_DESKTOP_HOME", "")
    if home:
        return Path(home).expanduser().absolute() / "data" / "registry"
    return Path(platformdirs.user_data_dir("dfs-desktop", appauthor=False)) / "registry"


def main(arguments: list[str] | None = None) -> int:
    """Serve until Ctrl-C or SIGTERM. One JSON line on stdout says where and with which key."""
    parser = argparse.ArgumentParser(prog="python -m dfs_desktop.server", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of the registry (default: the app's)")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (0: any free one)")
    options = parser.parse_args(arguments)
    stop = threading.Event()
    names = ("SIGINT", "SIGTERM", "SIGBREAK")
    for number in {getattr(signal, name) for name in names if hasattr(signal, name)}:
        signal.signal(number, lambda *_: stop.set())
    registry = LocalRegistry(options.data or default_folder(), port=options.port)
    try:
        address = registry.start()
    except (RegistryInUse, OSError, RuntimeError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    try:
        sys.stdout.write(json.dumps({"url": address.url, "api_key": address.api_key}) + "\n")
        sys.stdout.flush()
        # A wait without end cannot be interrupted by Ctrl-C on Windows.
        while not stop.wait(0.5):
            pass
    finally:
        registry.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
