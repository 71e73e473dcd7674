"""The Debian package holds what a desktop and a terminal look for; the program in it is this checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="packs for Debian")


def test_the_package_has_the_program_its_page_and_what_the_desktop_reads(tmp_path: Path) -> None:
    build = tmp_path / "build"
    program = build / "bundle/dfs-desktop/dfs-desktop"
    (program.parent / "_internal").mkdir(parents=True)
    (program.parent / "_internal" / "libssl.so.3").write_text("of the system")
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m dfs_desktop "$@"\n')
    program.chmod(0o755)
    for name in ("packaging", "resources", "LICENSE"):
        (tmp_path / name).symlink_to(ROOT / name)
    packaging = tmp_path / "scripts"
    packaging.mkdir()
    for name in ("deb.py", "bundle.py", "system_packages.py", "require_python.py", "trim_icu.py"):
        shutil.copy(ROOT / "packaging" / name, packaging / name)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, packaging / "deb.py"], env=environment, check=True)
    (package,) = build.glob("*.deb")
    listed = subprocess.run(["dpkg-deb", "-c", package], stdout=subprocess.PIPE, text=True).stdout
    for path in (
        "./usr/bin/dfs-desktop -> ../lib/dfs-desktop/dfs-desktop",
        "./usr/lib/dfs-desktop/dfs-desktop",
        "./usr/share/applications/org.dfsdesktop.DFSDesktop.desktop",
        "./usr/share/metainfo/org.dfsdesktop.DFSDesktop.metainfo.xml",
        "./usr/share/mime/packages/org.dfsdesktop.DFSDesktop.xml",
        "./usr/share/icons/hicolor/scalable/apps/org.dfsdesktop.DFSDesktop.svg",
        "./usr/share/man/man1/dfs-desktop.1",
        "./usr/share/bash-completion/completions/dfs-desktop",
    ):
        assert f" {path}\n" in listed
    assert "libssl" not in listed, "the system keeps it free of known faults"
    control = subprocess.run(["dpkg-deb", "-f", package], stdout=subprocess.PIPE, text=True).stdout
    assert "Version: 0.1.0\n" in control
    assert "libxcb-cursor0" in control
