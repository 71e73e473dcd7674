"""Builds the AppImage: build/DFS_Desktop-VERSION-ARCH.AppImage, one file that runs where it lies.

    python3 packaging/appimage.py && sudo python3 packaging/try_appimage.py

Needs, on Debian: gcc libsquashfuse-dev libfuse3-dev libzstd-dev squashfs-tools. It runs on desktops whose C
library is not older than the one here. What the runtime links is free to be linked: squashfuse (BSD),
libfuse3 (LGPL; made anew from runtime.c), zstd (BSD).
"""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from pathlib import Path

from bundle import BUILD, BUNDLE, ROOT, ensure
from deb import HOME, ID, layout, said

TREE = BUILD / "AppDir"
MARK = b"AI\x02"  # an AppImage of the second kind, in a part of the ELF head that is not used
MARK_AT = 8
# What squashfuse can unpack besides and this image does not use; lzo is under the GPL.
OTHER_PACKERS = (
    "lzo1x_decompress_safe", "LZ4_decompress_safe", "lzma_stream_buffer_decode", "uncompress",
)  # fmt: skip
# Of what Qt takes from the system, the part that a desktop without Qt may lack. The rest stays the
# system's own: drivers are loaded into the program and bring what they need in their own version.
CARRIED = (
    "libxcb-cursor.so.0", "libxcb-icccm.so.4", "libxcb-image.so.0", "libxcb-keysyms.so.1",
    "libxcb-render-util.so.0", "libxcb-shape.so.0", "libxcb-util.so.1", "libxcb-xkb.so.1",
    "libxkbcommon-x11.so.0", "libxkbcommon.so.0",
)  # fmt: skip


def main() -> int:
    """Lay the files out, pack them, and put the runtime in front of them."""
    if missing := [tool for tool in ("gcc", "mksquashfs") if shutil.which(tool) is None]:
        print("Missing:", *missing, "- see the head of packaging/appimage.py.", file=sys.stderr)
        return 2
    if ensure():
        return 1
    shutil.rmtree(TREE, ignore_errors=True)
    app_folder(TREE)
    version = said(str(BUNDLE / "dfs-desktop"), "--version").split()[-1]
    image = BUILD / f"DFS_Desktop-{version}-{platform.machine()}.AppImage"
    pack(TREE, image)
    print(f"{image}: {image.stat().st_size / 1e6:.0f} MB")
    return 0


def pack(tree: Path, image: Path) -> None:
    """The runtime, and behind it the folder in blocks that are small: the loader reads here and there."""
    runtime, packed = image.with_suffix(".runtime"), image.with_suffix(".squashfs")
    build_runtime(runtime)
    subprocess.run(
        ["mksquashfs", tree, packed, "-comp", "zstd", "-Xcompression-level", "19", "-b", "64K",
         "-all-root", "-no-xattrs", "-noappend", "-quiet", "-no-progress"], check=True,
    )  # fmt: skip
    image.unlink(missing_ok=True)  # a running one keeps its file
    image.write_bytes(runtime.read_bytes() + packed.read_bytes())
    image.chmod(0o755)
    runtime.unlink()
    packed.unlink()


def build_runtime(target: Path) -> None:
    """Compile the runtime, with all that it needs inside, and mark it."""
    unused = ",".join(f"--defsym={name}=0" for name in OTHER_PACKERS)
    subprocess.run(
        ["gcc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-static", "-s", "-o", target,
         ROOT / "packaging/appimage/runtime.c", f"-Wl,{unused},--no-warnings",
         "-lsquashfuse_ll", "-lfuse3", "-lzstd"], check=True,
    )  # fmt: skip
    runtime = bytearray(target.read_bytes())
    runtime[MARK_AT : MARK_AT + len(MARK)] = MARK
    target.write_bytes(runtime)
    told = int(said(str(target), "--appimage-offset"))
    if told != len(runtime):
        raise SystemExit(f"The runtime has {len(runtime)} bytes and looks behind {told}.")


def app_folder(tree: Path) -> None:
    """The program as a package has it, what it carries, and the three files that launchers look for."""
    layout(tree)
    for name in CARRIED:
        shutil.copy(_library(name), tree / HOME / "_internal" / name)
    (tree / "AppRun").symlink_to(f"{HOME}/dfs-desktop")
    (tree / f"{ID}.desktop").symlink_to(f"usr/share/applications/{ID}.desktop")
    (tree / f"{ID}.svg").symlink_to(f"usr/share/icons/hicolor/scalable/apps/{ID}.svg")
    (tree / ".DirIcon").symlink_to(f"{ID}.svg")


def _library(name: str) -> str:
    """Where the loader finds a library of this system."""
    for line in said("/sbin/ldconfig", "-p").splitlines():
        if line.split()[:1] == [name]:
            return line.split("=> ")[1]
    raise SystemExit(f"{name} is missing on this system.")


if __name__ == "__main__":
    sys.exit(main())
