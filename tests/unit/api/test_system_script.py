"""The proxy script of the desktop: as GNOME, KDE and macOS keep it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dfs_desktop.api.http.proxy import system_script
from dfs_desktop.api.http.proxy.system_script import _find, _of_macos

SCRIPT = "http://wpad.example/it's.pac"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("GSETTINGS_BACKEND", "keyfile")
    monkeypatch.delenv("XDG_CURRENT_DESKTOP", raising=False)


def gnome(key: str, value: str) -> None:
    subprocess.run(["gsettings", "set", "org.gnome.system.proxy", key, value], check=True)


@pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("gsettings") is None, reason="no settings of GNOME here"
)
def test_the_script_of_gnome_holds_while_its_mode_is_automatic() -> None:
    if system_script._said("gsettings", "list-recursively", "org.gnome.system.proxy") == "":
        pytest.skip("the schema of GNOME's proxies is not installed")
    assert _find() == ""
    gnome("autoconfig-url", SCRIPT)
    assert _find() == ""
    gnome("mode", "auto")
    assert _find() == SCRIPT
    gnome("autoconfig-url", "")  # which means that a script is to be looked for (WPAD)
    assert _find() == ""


@pytest.mark.skipif(sys.platform != "linux", reason="KDE runs on Linux")
def test_the_script_of_kde_holds_while_it_is_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "KDE")
    kept = tmp_path / "kioslaverc"
    for kind, found in (("2", SCRIPT), ("3", ""), ("0", "")):
        kept.write_text(f"[Proxy Settings][$Version]\nupdate=1\n[Proxy Settings]\nProxyType={kind}\n"
                        f"Proxy Config Script[$e]=none\nProxy Config Script={SCRIPT}\n")  # fmt: skip
        assert _find() == found
    kept.write_bytes(b"\xff\xfe[Proxy Settings\n=\n")
    assert _find() == ""


def test_the_script_of_macos_holds_while_it_is_enabled() -> None:
    told = "<dictionary> {{\n  HTTPEnable : 0\n  ProxyAutoConfigEnable : {on}\n" \
        "  ProxyAutoConfigURLString : http://wpad.example/p.pac\n}}\n"  # fmt: skip
    assert _of_macos(told.format(on=1)) == "http://wpad.example/p.pac"
    assert _of_macos(told.format(on=0)) == ""
    assert _of_macos("") == ""
