"""Runs the AppImage in a clean system with what desktops have, as a user without rights.

    sudo python3 packaging/try_appimage.py [--suite bookworm] [--keep FOLDER]

Needs root, debootstrap and the network. First in a system without FUSE, where the AppImage unpacks itself;
then with it, where its files are mounted: a command on the local registry, the self-test with a window, and
nothing left behind. Where this machine has no /dev/fuse, the second part is left out and said so.
"""

from __future__ import annotations

import sys
from pathlib import Path

from clean_system import clean_system, newest, options

BUILD = Path(__file__).resolve().parents[1] / "build"
# A desktop without Qt: the libraries of GTK bring what all of them have; and a screen.
DESKTOP = "libgtk-3-0 libgl1 libegl1 libgssapi-krb5-2 fonts-dejavu-core xvfb xauth procps"
IMAGE = "/opt/DFS_Desktop.AppImage"
NOTHING_LEFT = """\
for second in 1 2 3 4 5; do
    left=$(ls -d /tmp/.dfs-desktop-* /var/tmp/.dfs-desktop-* 2>/dev/null; grep dfs-desktop /proc/mounts)
    test -z "$left" && exit 0
    sleep 1
done
echo "left behind: $left"; exit 1"""


def main() -> int:
    """The exit code is 0 when all of it works."""
    chosen = options(__doc__)
    image = newest(BUILD, "*.AppImage")
    if image is None:
        print("Run packaging/appimage.py first.", file=sys.stderr)
        return 2
    with clean_system(chosen) as system:
        system.take(image, IMAGE)
        system.run(f"apt-get install -y -q --no-install-recommends {DESKTOP}")
        system.run(
            f"{IMAGE} --version",
            f"{IMAGE} ls local:/",
            f"xvfb-run -a {IMAGE} --self-test",
            f"{IMAGE} --appimage-extract-and-run --version",
            NOTHING_LEFT,
            f"cd && rm -rf squashfs-root && {IMAGE} --appimage-extract && squashfs-root/AppRun --version",
            user=True,
        )
        system.run("apt-get install -y -q --no-install-recommends fuse3")
        if not Path("/dev/fuse").exists():
            print("This machine has no /dev/fuse: what mounts was not tried.")
            return 0
        system.run(
            f"{IMAGE} --version",
            f'cd; {IMAGE} --appimage-mount > mounted & while ! grep "$(cat mounted)" /proc/mounts'
            " | grep fuse.AppImage; do sleep 0.1; done; kill $!",
            f"{IMAGE} ls local:/",
            f"xvfb-run -a {IMAGE} --self-test",
            NOTHING_LEFT,
            user=True,
        )
    print("It runs, unpacked and mounted, and leaves nothing behind in a clean system.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
