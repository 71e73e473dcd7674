"""Finds out which system libraries and programs are missing on Linux, and installs or names them."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple, NoReturn

# What Qt's wheels take from the system, by the name that the loader looks for.
DEBIAN_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libbrotlicommon.so.1": "libbrotli1",
    "libbrotlidec.so.1": "libbrotli1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libstdc++.so.6": "libstdc++6",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
}

# Programs that the tests start themselves.
DEBIAN_PROGRAMS = {
    "Xvfb": "xvfb",
    "xdotool": "xdotool",
    "import": "imagemagick",
    "dbus-run-session": "dbus",
    "gnome-keyring-daemon": "gnome-keyring",
    "desktop-file-validate": "desktop-file-utils",
    "appstreamcli": "appstream",
}

DEBIAN_EXTRAS = ("at-spi2-core",)  # for tests that are left out without it

ARCH_PACKAGES = (
    "dbus fontconfig glib2 krb5 libglvnd libx11 libxcb libxkbcommon-x11 mesa ttf-dejavu wayland "
    "xcb-util-cursor xcb-util-image xcb-util-keysyms xcb-util-renderutil xcb-util-wm"
)
ARCH_TEST_PACKAGES = (
    "appstream desktop-file-utils gnome-keyring imagemagick xdotool xorg-server-xvfb"
)

QT_FILES = (
    "Qt/lib/libQt6Widgets.so.6",
    "Qt/lib/libQt6Network.so.6",
    "Qt/lib/libQt6Svg.so.6",
    "Qt/lib/libQt6XcbQpa.so.6",
    "Qt/plugins/platforms/libqxcb.so",
    "Qt/plugins/platforms/libqoffscreen.so",
    "Qt/plugins/iconengines/libqsvgicon.so",
)
WAYLAND_PLUGIN = "Qt/plugins/platforms/libqwayland.so"

FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")


class Missing(NamedTuple):
    """What the system lacks: names for the loader, names of programs, and whether it has no font."""

    libraries: tuple[str, ...]
    programs: tuple[str, ...]
    fonts: bool

    def __bool__(self) -> bool:
        """Return whether anything is missing at all."""
        return bool(self.libraries or self.programs or self.fonts)


def check(pyside: Path, *, for_tests: bool) -> None:
    """Make sure that Qt can be loaded (and tests can run); install what is missing or say how."""
    if not sys.platform.startswith("linux"):
        return
    missing = look(pyside, for_tests=for_tests)
    if not missing:
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        apt_install([*debian_packages(missing), *(DEBIAN_EXTRAS if for_tests else ())])
        missing = look(pyside, for_tests=for_tests)
        if not missing:
            return
    stop(advice(missing, for_tests=for_tests))


def look(pyside: Path, *, for_tests: bool) -> Missing:
    """Ask the loader, the search path and the font folders what is missing."""
    names = [*QT_FILES, WAYLAND_PLUGIN] if os.environ.get("WAYLAND_DISPLAY") else list(QT_FILES)
    files = [pyside / name for name in names if (pyside / name).exists()]
    programs = DEBIAN_PROGRAMS if for_tests else {}
    return Missing(
        libraries=tuple(missing_libraries(files)),
        programs=tuple(name for name in programs if shutil.which(name) is None),
        fonts=not has_font(Path(name).expanduser() for name in FONT_FOLDERS),
    )


def missing_libraries(files: Iterable[Path]) -> list[str]:
    """Return the names of shared libraries that the loader does not find for these files."""
    ldd = shutil.which("ldd")
    if ldd is None:
        return []  # Qt says by itself what it lacks, if less kindly
    environment = {**os.environ, "LC_ALL": "C"}
    answer = subprocess.run(
        [ldd, *map(str, files)], capture_output=True, text=True, env=environment, check=False
    )
    lines = answer.stdout.splitlines()
    return sorted({line.split("=>")[0].strip() for line in lines if "=> not found" in line})


def has_font(folders: Iterable[Path]) -> bool:
    """Return whether a folder holds an outline font: without one Qt paints boxes for letters."""
    patterns = ("*.ttf", "*.otf", "*.ttc")
    return any(next(folder.rglob(each), None) for folder in folders for each in patterns)


def debian_packages(missing: Missing) -> list[str]:
    """Return the Debian packages that bring what is missing; unknown libraries are left out."""
    packages = {DEBIAN_LIBRARIES[name] for name in missing.libraries if name in DEBIAN_LIBRARIES}
    packages |= {DEBIAN_PROGRAMS[name] for name in missing.programs}
    if missing.fonts:
        packages.add("fonts-dejavu-core")
    return sorted(packages)


def apt_install(packages: list[str]) -> None:
    """Install Debian packages without asking anything; on failure show what apt said and stop."""
    if not packages:
        return
    print(f"Installing system packages: {' '.join(packages)}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    install = ["apt-get", "install", "-y", "--no-install-recommends"]
    install += ["-o", "DPkg::Lock::Timeout=120"]  # another apt may be at work after start-up
    said = ""
    # A failed update (one dead source of many) need not spoil the install: that one decides.
    for command in (["apt-get", "update"], [*install, *packages]):
        ran = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        said += ran.stdout
    if ran.returncode != 0:
        stop(f"{said}\napt-get could not install these packages; what it said is above.")


def apt_line(packages: list[str]) -> str:
    """Return the line for a person to run; a machine that is new has no package lists yet."""
    return f"sudo apt-get update && sudo apt-get install {' '.join(packages)}"


def advice(missing: Missing, *, for_tests: bool) -> str:
    """Return what to type to get what is missing, in the words of this system's package tool."""
    names = [*missing.libraries, *missing.programs, *(["a font"] if missing.fonts else [])]
    lines = [f"Missing on this system: {', '.join(names)}."]
    packages = debian_packages(missing)
    unknown = [name for name in missing.libraries if name not in DEBIAN_LIBRARIES]
    # dnf takes the loader's names and paths as they are, so it needs no list of ours.
    provided = [f"{name}()(64bit)" for name in missing.libraries]
    provided += [f"/usr/bin/{name}" for name in missing.programs]
    provided += ["dejavu-sans-fonts"] if missing.fonts else []
    on_arch = f"{ARCH_PACKAGES} {ARCH_TEST_PACKAGES}" if for_tests else ARCH_PACKAGES
    lines_by_tool = {
        "apt-get": apt_line(packages) if packages else "",
        "dnf": f"sudo dnf install {shlex.join(provided)}",
        "pacman": f"sudo pacman -S --needed {on_arch}",
    }
    here = [tool for tool in lines_by_tool if shutil.which(tool)] or list(lines_by_tool)
    commands = [lines_by_tool[tool] for tool in here if lines_by_tool[tool]]
    if commands:
        lines += ["Run this, then try again:", *(f"    {command}" for command in commands)]
    if unknown:
        lines.append(f"No package is known here for: {', '.join(unknown)}.")
    return "\n".join(lines)


def stop(message: str) -> NoReturn:
    """Print what to do and end with exit code 2: the machine lacks something, not the program."""
    print(message, file=sys.stderr)
    sys.exit(2)
