"""A minimal Debian or Ubuntu in a folder, where a package is tried as on a machine that never saw it."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ENVIRONMENT = {
    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
    "LC_ALL": "C.UTF-8",
    "DEBIAN_FRONTEND": "noninteractive",
}
USER = "ada"
# In a name space of its own, so that nothing stays mounted.
_INSIDE = 'mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && exec chroot "$0" "$@"'


def options(about: str | None) -> argparse.Namespace:
    """What both scripts take from the command line."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--suite", default="bookworm")
    parser.add_argument("--mirror", help="http://archive.ubuntu.com/ubuntu for a suite of Ubuntu")
    parser.add_argument("--keep", type=Path, help="a folder for the system, kept for the next time")
    return parser.parse_args()


def newest(folder: Path, pattern: str) -> Path | None:
    """The file that was built last."""
    return max(folder.glob(pattern), key=lambda path: path.stat().st_mtime, default=None)


class CleanSystem:
    """The folder of the system, and commands that run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *commands: str, user: bool = False) -> None:
        """Run each as root or as a user without rights; CalledProcessError when one fails."""
        for command in commands:
            print(f"# {command}", flush=True)
            home = f"/home/{USER}" if user else "/root"
            words = ["runuser", "-u", USER, "--"] if user else []
            began = time.monotonic()
            subprocess.run(
                [
                    "unshare",
                    "--mount",
                    "sh",
                    "-c",
                    _INSIDE,
                    self.folder,
                    *words,
                    "sh",
                    "-c",
                    command,
                ],
                env=ENVIRONMENT | {"HOME": home},
                cwd="/",
                check=True,
            )
            print(f"  {time.monotonic() - began:.1f} s", flush=True)

    def take(self, source: Path, target: str) -> None:
        """Copy a file into it, with its rights."""
        shutil.copy(source, self.folder / target.lstrip("/"))
        (self.folder / target.lstrip("/")).chmod(0o755)


@contextmanager
def clean_system(chosen: argparse.Namespace) -> Iterator[CleanSystem]:
    """Made by debootstrap, which needs root and the network, unless it was kept from last time."""
    with tempfile.TemporaryDirectory(prefix="dfs-clean-") as made:
        folder: Path = chosen.keep or Path(made)
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)
        if not (folder / "etc/debian_version").exists():
            ubuntu = ["--components=main,universe"] if "ubuntu" in (chosen.mirror or "") else []
            mirror = [chosen.mirror] if chosen.mirror else []
            subprocess.run(
                ["debootstrap", "--variant=minbase", *ubuntu, chosen.suite, folder, *mirror],
                check=True,
            )
        system = CleanSystem(folder)
        system.run(f"id {USER} || useradd --create-home {USER}")
        yield system
