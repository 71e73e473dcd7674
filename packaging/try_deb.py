"""Installs the Debian package in a clean system and lets it test itself there.

    sudo python3 packaging/try_deb.py [--suite bookworm] [--keep FOLDER]

Needs root, debootstrap and the network: a minimal Debian is made in a folder, the package installed in
it by apt with what it needs, and the program run there: its version, a command on the local registry,
the self-test without and with a screen, and the uninstallation.
"""

from __future__ import annotations

import sys
from pathlib import Path

from clean_system import clean_system, newest, options

BUILD = Path(__file__).resolve().parents[1] / "build"


def main() -> int:
    """The exit code is 0 when all of it works."""
    chosen = options(__doc__)
    package = newest(BUILD, "dfs-desktop_*.deb")
    if package is None:
        print("Run packaging/deb.py first.", file=sys.stderr)
        return 2
    install = "apt-get install -y -q --no-install-recommends"
    with clean_system(chosen) as system:
        system.take(package, "/tmp/dfs-desktop.deb")
        system.run(f"{install} /tmp/dfs-desktop.deb fonts-dejavu-core")
        system.run(
            "dfs-desktop --version", "dfs-desktop ls local:/", "dfs-desktop --self-test", user=True
        )
        system.run(f"{install} xvfb xauth")
        system.run("xvfb-run -a dfs-desktop --self-test", user=True)
        system.run(
            "du -sm /usr/lib/dfs-desktop",
            "apt-get remove -y -q dfs-desktop",
            "test ! -e /usr/lib/dfs-desktop",
        )
    print("It installs, works and goes in a clean system.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
