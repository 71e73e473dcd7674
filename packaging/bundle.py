"""Builds the program with its own Python, in one folder, by PyInstaller: build/bundle/dfs-desktop.

    python3 packaging/bundle.py

On the system that it is for (PyInstaller does not build for others). Needs a package index and, on
Linux, a Python whose library is shared (Debian: apt-get install python3-venv libpython3-dev).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import require_python  # noqa: F401  says so when this Python is too old
from trim_icu import trim_icu

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build"
BUNDLE = BUILD / "bundle" / "dfs-desktop"
# What comes with Qt and is not used (of QML only the engine, by which proxy scripts run; no web pages,
# no 3D, no PDF), or what the desktop has in a better way: the theme of GTK would bring all of GTK, and
# the portal tells dark from light as well.
UNUSED = (
    "*Qt6Qml[A-Z]*", "*Qt6Quick*", "*Qt6Pdf*", "*Qt6VirtualKeyboard*", "*Qt6Designer*", "*Qt6Sql*",
    "*Qt6Help*", "*Qt6UiTools*", "*Qt6Eglfs*", "*Qt6EglFs*", "*Qt63D*", "libqeglfs*", "libqlinuxfb*",
    "libqvnc*",
    "libqvkkhrdisplay*", "libqminimal*", "libqgtk3*", "libqpdf*", "libqtvirtualkeyboardplugin*",
    "plugins/egldeviceintegrations", "plugins/generic", "plugins/networkinformation",
    "plugins/sqldrivers", "plugins/tls", "qml", "metatypes", "typesystems", "glue", "include", "libexec",
    "QtQml[A-Z]*", "QtQuick*", "QtSql*", "QtDesigner*", "QtHelp*", "QtUiTools*", "QtXml*", "QtOpenGL*",
    "QtPrint*",
)  # fmt: skip
# Pictures of cards are of other kinds, and compositors do not run this program.
UNUSED_PLUGINS = (
    "libqtiff*", "libqtga*", "libqwbmp*", "libqicns*", "libivi-shell*", "libqt-shell*", "libwl-shell*",
    "libfullscreen-shell*", "lib*-server.so",
)  # fmt: skip
QT_TEXTS = ("qtbase_de.qm", "qtbase_ar.qm")  # Qt's own, in the languages of the program
WITHOUT = ("tkinter", "test", "unittest", "pydoc", "pip", "setuptools", "numpy", "PIL", "IPython")
# Libraries of the system, which every desktop has and a package names as what it needs.
OF_SYSTEM = (
    "libX11*", "libxcb*", "libglib-2.0*", "libgio-2.0*", "libgobject-2.0*", "libgmodule-2.0*",
    "libgthread*",
    "libstdc++*", "libgcc_s*", "libfontconfig*", "libfreetype*", "libharfbuzz*", "libexpat*", "libdbus-1*",
    "libsystemd*", "libgcrypt*", "libgpg-error*", "libkrb5*", "libgssapi*", "libk5crypto*", "libcom_err*",
    "libkeyutils*", "libzstd*", "libpng16*", "libbrotli*", "libxkbcommon*", "libwayland*", "libcap*",
    "libXau*", "libXdmcp*", "libbsd*", "libmd*", "liblz4*", "libGL*", "libEGL*", "libgraphite2*",
    "libpcre2*",
    "libmount*", "libblkid*", "libselinux*", "libICE*", "libSM*", "libuuid*",
)  # fmt: skip


def ensure() -> int:
    """Build unless no file of the program is newer than the begin of the last build."""
    sources = (path for part in ("dfs_desktop", "resources") for path in (ROOT / part).rglob("*"))
    program = BUNDLE / "dfs-desktop"
    if program.exists():
        built = program.stat().st_mtime
        read = (path for path in sources if path.is_file() and "__pycache__" not in path.parts)
        if all(path.stat().st_mtime <= built for path in read):
            return 0
    return main()


def main() -> int:
    """Make the environment, build, drop what is not used, and tell the size."""
    os.environ.pop("PYTHONPATH", None)
    BUILD.mkdir(exist_ok=True)
    began = time.time()
    python = _environment()
    for found in (BUILD / "environment").rglob("PySide6"):
        _drop(found, UNUSED + UNUSED_PLUGINS)
    shutil.rmtree(BUNDLE.parent, ignore_errors=True)
    subprocess.run(
        [
            python, "-m", "PyInstaller", "--noconfirm", "--clean", "--onedir",
            "--name", "dfs-desktop", "--distpath", str(BUNDLE.parent), "--workpath", str(BUILD / "work"),
            "--specpath", str(BUILD), "--collect-submodules", "dfs_desktop",
            "--collect-data", "dfs_desktop",
            "--recursive-copy-metadata", "dfs-desktop", "--collect-submodules", "keyring.backends",
            "--copy-metadata", "keyring", *_each("--exclude-module", WITHOUT),
            *_window_options(), str(_start()),
        ],
        check=True,
        cwd=BUILD,
    )  # fmt: skip
    if sys.platform.startswith("linux"):
        _drop(BUNDLE / "_internal", OF_SYSTEM)
        trim_icu(BUNDLE)
        os.utime(BUNDLE / "dfs-desktop", (began, began))  # what changed meanwhile is not in it
    for texts in [*BUNDLE.rglob("*.qm"), *BUNDLE.rglob("*.po")]:  # catalogues are read compiled
        if texts.name not in QT_TEXTS:
            texts.unlink()
    if missing := _missing():
        (BUNDLE / "dfs-desktop").unlink(missing_ok=True)  # nothing to make a package of
        print("Not in the bundle:", *missing, "- remove build/environment, and build again.")
        return 1
    size = sum(
        each.stat().st_size
        for each in BUNDLE.rglob("*")
        if each.is_file() and not each.is_symlink()
    )
    print(f"{BUNDLE}: {size / 1e6:.0f} MB")
    return 0


def _drop(folder: Path, patterns: tuple[str, ...]) -> None:
    for pattern in patterns:
        for found in sorted(folder.rglob(pattern)):
            if found.is_dir() and not found.is_symlink():
                shutil.rmtree(found)
            else:
                found.unlink(missing_ok=True)


def _missing() -> list[str]:
    """What the program reads from its bundle, and does not find there."""
    files = (path for path in (ROOT / "resources").rglob("*") if path.is_file())
    resources = (path for path in files if path.suffix != ".po")
    wanted = {path.relative_to(ROOT / "resources").as_posix() for path in resources}
    (inside,) = BUNDLE.rglob("_resources")
    there = {path.relative_to(inside).as_posix() for path in inside.rglob("*")}
    texts = {path.name for path in BUNDLE.rglob("*.qm")}
    return sorted(wanted - there | set(QT_TEXTS) - texts)


def _environment() -> Path:
    """An environment of its own with the locked packages, this program and PyInstaller."""
    folder = BUILD / "environment"
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    made_for, unused = folder / "unused.txt", "\n".join(UNUSED + UNUSED_PLUGINS)
    # What was dropped of the last one may be needed now.
    if not made_for.exists() or made_for.read_text() != unused:
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([_shared_python(), "-m", "venv", folder], check=True)
        made_for.write_text(unused)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "pyinstaller>=6.10"], check=True)
    locked = ROOT / "packaging" / "requirements.lock"
    subprocess.run([*pip, "--require-hashes", "-r", str(locked)], check=True)
    subprocess.run([*pip, "--no-deps", "--force-reinstall", str(ROOT)], check=True)
    return python


def _shared_python() -> str:
    """This Python, unless it has its library inside, which PyInstaller does not take on Linux."""
    import sysconfig

    if not sys.platform.startswith("linux") or sysconfig.get_config_var("Py_ENABLE_SHARED"):
        return sys.executable
    return shutil.which("python3", path="/usr/bin") or sys.executable


def _start() -> Path:
    """What PyInstaller starts from: a module with relative imports cannot be that itself."""
    start = BUILD / "start.py"
    start.write_text("import sys\n\nfrom dfs_desktop.__main__ import main\n\nsys.exit(main())\n")
    return start


def _each(option: str, values: tuple[str, ...]) -> list[str]:
    return [word for value in values for word in (option, value)]


def _window_options() -> list[str]:
    """No console window; the icon of the system's kind."""
    if sys.platform == "win32":
        return ["--noconsole"]
    if sys.platform == "darwin":
        return ["--windowed", "--osx-bundle-identifier", "org.dfsdesktop.DFSDesktop"]
    return ["--strip"]


if __name__ == "__main__":
    sys.exit(main())
