"""The proxy script that the desktop or the system is set to: GNOME, KDE, Windows, macOS.

What finds a script by itself (WPAD) is not followed: whoever answers first in a network, by its DHCP
or by a name, would choose the way of all requests.
"""

import configparser
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

READ_ANEW = 60.0  # seconds
_PATIENCE = 3.0  # seconds that a program of the system may take
_MOST = 4096  # characters of an address
_lock = threading.Lock()
_known: tuple[float, str] | None = None


def system_script(*, lately: bool = False) -> str:
    """The address of the script; "" for none. It may take some milliseconds once a minute; where it
    must not, what was found ``lately`` will do."""
    global _known  # noqa: PLW0603 - one system, one setting
    with _lock:
        if _known is None or (not lately and time.monotonic() - _known[0] > READ_ANEW):
            found = _find().strip()
            _known = time.monotonic(), found if len(found) <= _MOST else ""
        return _known[1]


def _find() -> str:
    try:
        if sys.platform == "win32":
            return _of_windows()
        if sys.platform == "darwin":
            return _of_macos(_said("scutil", "--proxy"))
        return _of_gnome() or _of_kde()
    except (OSError, ValueError):
        return ""


def _said(program: str, *words: str) -> str:
    """What a program of the system says; "" where there is none, or it fails."""
    if (path := shutil.which(program)) is None:
        return ""
    try:
        done = subprocess.run(
            [path, *words],
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.SubprocessError:
        return ""
    return done.stdout[:65536].decode("utf-8", "replace") if done.returncode == 0 else ""


def _of_gnome() -> str:
    """An empty address with the mode “auto” means WPAD."""
    told = _said("gsettings", "list-recursively", "org.gnome.system.proxy")
    lines = re.findall(r"^org\.gnome\.system\.proxy (\S+) (['\"])(.*)\2$", told, re.MULTILINE)
    values = {name: value for name, _, value in lines}
    return values.get("autoconfig-url", "") if values.get("mode") == "auto" else ""


def _of_kde() -> str:
    folder = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    if "KDE" not in os.environ.get("XDG_CURRENT_DESKTOP", ""):
        return ""
    found = configparser.RawConfigParser(strict=False)
    try:
        found.read(Path(folder) / "kioslaverc", "utf-8")
    except configparser.Error:
        return ""
    by_script = found.get("Proxy Settings", "ProxyType", fallback="") == "2"
    return found.get("Proxy Settings", "Proxy Config Script", fallback="") if by_script else ""


def _of_macos(told: str) -> str:
    on = re.search(r"ProxyAutoConfigEnable\s*:\s*1\b", told)
    address = re.search(r"ProxyAutoConfigURLString\s*:\s*(\S+)", told)
    return address[1] if on and address else ""


def _of_windows() -> str:
    import winreg

    registry: Any = winreg
    place = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings"
    with registry.OpenKey(registry.HKEY_CURRENT_USER, place) as key:
        return str(registry.QueryValueEx(key, "AutoConfigURL")[0])
