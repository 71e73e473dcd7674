"""Builds the Debian package: build/dfs-desktop_VERSION_ARCH.deb, with what bundle.py builds.

    python3 packaging/deb.py && sudo python3 packaging/try_deb.py

For this release of Debian or Ubuntu and newer ones: the libraries of the system are those of here.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from bundle import BUILD, BUNDLE, ROOT, ensure
from system_packages import DEBIAN_LIBRARIES

ID = "org.dfsdesktop.DFSDesktop"
HOME = "usr/lib/dfs-desktop"
CONTROL = """\
Package: dfs-desktop
Version: {version}
Architecture: {architecture}
Maintainer: DFS Desktop <dfs-desktop@localhost>
Installed-Size: {kilobytes}
Section: science
Priority: optional
Depends: {depends}
Recommends: fonts-dejavu-core, libwayland-client0, libwayland-cursor0, gnome-keyring | kwalletmanager
Description: Look after your model artifacts
 The window and the commands for a DataForce Studio (LUML) model registry: browse, compare, upload and
 download model artifacts, each verified by its SHA-256; with a registry on this computer for who has
 no server.
"""
# Libraries that the system has and keeps free of known faults, and the packages that they are in.
OF_DEBIAN = {
    "libssl.so*": "libssl3",
    "libcrypto.so*": "libssl3",
    "libsqlite3.so*": "libsqlite3-0",
    "libreadline.so*": "libreadline8",
    "libtinfo.so*": "libtinfo6",
    "liblzma.so*": "liblzma5",
    "libbz2.so*": "libbz2-1.0",
    "libffi.so*": "libffi8",
    "libz.so*": "zlib1g",
}
OPTIONAL = {"libwayland-client0", "libwayland-cursor0"}


def main() -> int:
    """Lay the files out as they are to lie in the system, and pack them."""
    if ensure():
        return 1
    version = said(str(BUNDLE / "dfs-desktop"), "--version").split()[-1]
    architecture = said("dpkg", "--print-architecture")
    tree = BUILD / "deb"
    shutil.rmtree(tree, ignore_errors=True)
    layout(tree)
    for pattern in OF_DEBIAN:
        for found in (tree / HOME / "_internal").glob(pattern):
            found.unlink()
    for each in (tree, *tree.rglob("*")):
        if not each.is_symlink():
            each.chmod(0o755 if each.is_dir() or os.access(each, os.X_OK) else 0o644)
    kilobytes = sum(each.lstat().st_size for each in tree.rglob("*") if not each.is_dir()) // 1024
    depends = sorted({*DEBIAN_LIBRARIES.values(), *OF_DEBIAN.values(), "libc6"} - OPTIONAL)
    (tree / "DEBIAN").mkdir()
    (tree / "DEBIAN" / "control").write_text(
        CONTROL.format(
            version=version,
            architecture=architecture,
            kilobytes=kilobytes,
            depends=", ".join(depends),
        )
    )
    package = BUILD / f"dfs-desktop_{version}_{architecture}.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Zxz", "--build", tree, package], check=True)
    print(f"{package}: {package.stat().st_size / 1e6:.0f} MB, installed {kilobytes / 1000:.0f} MB")
    return 0


def layout(tree: Path) -> None:
    """The program, and what tells the desktop of it, below `tree`; for AppImages as well."""
    shutil.copytree(BUNDLE, tree / HOME, symlinks=True)
    (tree / "usr/bin").mkdir(parents=True)
    (tree / "usr/bin/dfs-desktop").symlink_to("../lib/dfs-desktop/dfs-desktop")
    packaging = ROOT / "packaging"
    share = tree / "usr/share"
    for source, target in {
        packaging / f"{ID}.desktop": share / "applications" / f"{ID}.desktop",
        packaging / f"{ID}.metainfo.xml": share / "metainfo" / f"{ID}.metainfo.xml",
        packaging / f"{ID}.mime.xml": share / "mime/packages" / f"{ID}.xml",
        packaging / "dfs-desktop.1": share / "man/man1/dfs-desktop.1",
        ROOT / "resources/dfs-desktop.svg": share / "icons/hicolor/scalable/apps" / f"{ID}.svg",
        ROOT / "LICENSE": share / "doc/dfs-desktop/copyright",
    }.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
    for shell, place in {
        "bash": "bash-completion/completions/dfs-desktop",
        "fish": "fish/vendor_completions.d/dfs-desktop.fish",
    }.items():
        target = share / place
        target.parent.mkdir(parents=True)
        target.write_text(said(str(BUNDLE / "dfs-desktop"), "completion", shell) + "\n")


def said(*command: str) -> str:
    """What a program writes."""
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
