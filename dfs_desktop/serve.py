"""`dfs-desktop serve`: the local registry without the window, at its usual address, for notebooks."""

import argparse
import asyncio
import json
import os
import signal
import sys
import threading
from pathlib import Path

from . import redaction
from .credentials import Credentials, CredentialsError
from .process_safety import is_left_ignored
from .settings import LOCAL, Places
from .translation import by_gettext, sentences, tr

_PATIENCE = 5.0  # seconds for a keyring


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dfs-desktop serve",
        description=tr(
            "The local registry without the window, at its usual address, for notebooks."
        ),
    )
    parser.add_argument(
        "--data", type=Path, help=tr("folder of the registry (default: the program's)")
    )
    parser.add_argument("--port", type=int, default=0, help=tr("port (default: that of last time)"))
    parser.add_argument(
        "--json", action="store_true", help=tr("print address and key as one line of JSON")
    )
    return parser


def main(arguments: list[str]) -> int:
    """Serve until Ctrl+C. Exit codes: 0 fine, 1 the folder or the port cannot be had."""
    with by_gettext():
        options = _parser().parse_args(arguments)
    stop = threading.Event()
    for name in ("SIGINT", "SIGTERM", "SIGBREAK", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and not is_left_ignored(number):
            signal.signal(number, lambda *_: stop.set())
    from .server import LocalRegistry, RegistryInUse, access

    folder = (options.data or Places.from_environment().data / "registry").absolute()
    registry = LocalRegistry(folder, port=options.port)
    try:
        address = registry.start()
    except RegistryInUse as error:
        return _fail(str(error))
    except (OSError, OverflowError) as error:
        return _fail(
            tr(
                "The local registry in {folder} cannot be opened: {reason}",
                folder=folder,
                reason=redaction.redact(str(error)),
            )
        )
    try:
        access.announce(folder, address.url)
        key, kept = asyncio.run(lasting_key(folder))
        access.accept(folder, key)
        _tell(address.url, key, as_json=options.json, kept=kept)
        while not stop.wait(0.5 if sys.platform == "win32" else None):
            pass  # on Windows a wait without end cannot be interrupted
    except OSError as error:
        return _fail(
            tr("{folder} cannot be written: {reason}", folder=folder, reason=error.strerror)
        )
    finally:
        access.retire(folder)
        registry.stop()
    if not options.json:
        _say(tr("The local registry has ended."))
    return 0


async def lasting_key(folder: Path) -> tuple[str, bool]:
    """The key for notebooks, and whether the keyring keeps it: else it is a new one, no worse, which
    nobody can show again."""
    from .server.identity import new_api_key

    credentials = Credentials(timeout=_PATIENCE)
    try:
        key = await credentials.fetch(LOCAL, folder.as_uri())
        if key is None:
            key = new_api_key()
            await credentials.store(LOCAL, folder.as_uri(), key)
    except CredentialsError:
        return new_api_key(), False
    finally:
        credentials.close()
    return key, True


def _tell(url: str, key: str, *, as_json: bool, kept: bool) -> None:
    if as_json:
        _say(json.dumps({"url": url, "api_key": key}))
        return
    lasts = tr(
        "The key lasts until it is renewed (File › Renew Key… in the window, which may be opened "
        "meanwhile)."
    )
    once = tr("There is no keyring: note the key, it is not shown again.")
    _say(tr("The local registry answers at {url}", url=url))
    exports = (f"    export DFS_BASE_URL={url}", f"    export DFS_API_KEY={key}")
    _say("\n".join(("", *exports, "")))
    _say(sentences("" if kept else once, lasts))
    _say(tr("Ctrl+C ends the registry."))


def _say(text: str) -> None:
    """On standard output; that nobody reads it ends nothing."""
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except OSError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - till the end


def _fail(text: str) -> int:
    sys.stderr.write(f"{text}\n")
    return 1
