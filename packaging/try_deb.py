"""Installs the Debian package in a clean system and lets it test itself there.

    sudo python3 packaging/try_deb.py [--suite bookworm] [--keep FOLDER]

Needs root, debootstrap and the network: a minimal Debian is made in a folder, the package installed in
it by apt with what it needs, and the program run there: its version, a command on the local registry,
the self-test with the window, and the uninstallation.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

BUILD = Path(__file__).resolve().parents[1] / "build"


def main() -> int:
    """The exit code is 0 when all of it works."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--suite", default="bookworm")
    parser.add_argument("--keep", type=Path, help="a folder for the system, kept for the next time")
    options = parser.parse_args()
    packages = sorted(BUILD.glob("dfs-desktop_*.deb"), key=lambda path: path.stat().st_mtime)
    if not packages:
        print("Run packaging/deb.py first.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="dfs-clean-") as made:
        system = options.keep or Path(made)
        if not (system / "etc/debian_version").exists():
            subprocess.run(["debootstrap", "--variant=minbase", options.suite, system], check=True)
        shutil.copy(packages[-1], system / "tmp/dfs-desktop.deb")
        for command in (
            "apt-get install -y -q --no-install-recommends /tmp/dfs-desktop.deb fonts-dejavu-core",
            "dfs-desktop --version",
            "dfs-desktop ls local:/",
            "dfs-desktop --self-test",
            "du -sm /usr/lib/dfs-desktop",
            "apt-get remove -y -q dfs-desktop",
            "test ! -e /usr/lib/dfs-desktop",
        ):
            print(f"# {command}", flush=True)
            environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LC_ALL": "C.UTF-8",
                           "DEBIAN_FRONTEND": "noninteractive"}  # fmt: skip
            subprocess.run(["chroot", system, *command.split()], env=environment, check=True)
    print("It installs, works and goes in a clean system.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
