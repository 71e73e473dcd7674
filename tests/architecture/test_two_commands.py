"""The set-up behind the two commands: what it notices, what it says, and that it starts afresh."""

import importlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import ModuleType

import pytest
from architecture.rules import ROOT

on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="about Linux")


@pytest.fixture
def setup_environment(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(ROOT / "packaging")
    return importlib.import_module("setup_environment")


@pytest.fixture
def system_packages(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(ROOT / "packaging")
    return importlib.import_module("system_packages")


@pytest.fixture
def environment(tmp_path: Path) -> tuple[Path, Path]:
    """A real virtual environment without packages: its folder and its interpreter."""
    folder = tmp_path / "a place with spaces" / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    return folder, folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def base() -> Path:
    """Return the interpreter that the environment was made with."""
    return Path(sys._base_executable)  # type: ignore[attr-defined]


def test_a_whole_environment_is_used_again(
    setup_environment: ModuleType, environment: tuple[Path, Path]
) -> None:
    assert setup_environment.is_usable(*environment, base())


def test_an_interrupted_set_up_starts_afresh(
    setup_environment: ModuleType, environment: tuple[Path, Path]
) -> None:
    setup_environment.half_way_mark(environment[0]).touch()
    assert not setup_environment.is_usable(*environment, base())


def test_a_broken_environment_is_not_used_again(
    setup_environment: ModuleType, environment: tuple[Path, Path]
) -> None:
    folder, python = environment
    (folder / "pyvenv.cfg").unlink()
    # Without its mark Python takes itself for the base, or does not start at all.
    python.unlink()
    python.write_text("#!/bin/sh\nexit 1\n")
    python.chmod(0o755)
    assert not setup_environment.is_usable(folder, python, base())


@pytest.mark.slow  # a pip is installed; that a broken one is not used again is proven above
def test_over_a_broken_environment_a_whole_one_is_built(
    setup_environment: ModuleType, environment: tuple[Path, Path]
) -> None:
    folder, python = environment
    python.unlink()
    setup_environment.build(folder, base())
    setup_environment.half_way_mark(folder).unlink()
    assert setup_environment.is_usable(folder, python, base())


def test_another_python_gets_another_environment(
    setup_environment: ModuleType, environment: tuple[Path, Path], tmp_path: Path
) -> None:
    other = tmp_path / "python3"
    other.write_text("#!/bin/sh\necho '[\"cpython\", [3, 99]]'\n")
    other.chmod(0o755)
    assert not setup_environment.is_usable(*environment, other)


def test_the_stamp_is_for_one_project_file_and_its_extras(
    setup_environment: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    monkeypatch.setattr(setup_environment, "ROOT", tmp_path)
    stamp = setup_environment.stamp(tmp_path)
    assert not setup_environment.is_up_to_date(tmp_path, None)
    stamp.write_text(json.dumps({"project": setup_environment.fingerprint(), "extras": []}))
    assert setup_environment.is_up_to_date(tmp_path, None)
    assert not setup_environment.is_up_to_date(tmp_path, "test")
    with (tmp_path / "pyproject.toml").open("a") as project:
        project.write("# changed\n")
    assert not setup_environment.is_up_to_date(tmp_path, None)
    stamp.write_text("[half a fi")
    assert not setup_environment.is_up_to_date(tmp_path, None)


def test_two_set_ups_wait_for_each_other(setup_environment: ModuleType, tmp_path: Path) -> None:
    inside: list[int] = []
    most: list[int] = []

    def enter() -> None:
        with setup_environment.one_at_a_time(tmp_path / ".venv"):
            inside.append(1)
            most.append(len(inside))
            time.sleep(0.05)
            inside.pop()

    threads = [threading.Thread(target=enter) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1, 1, 1, 1]


@on_linux
def test_the_loader_names_a_missing_library(system_packages: ModuleType, tmp_path: Path) -> None:
    import PySide6

    plugins = Path(PySide6.__file__).parent / "Qt" / "plugins" / "platforms"
    assert system_packages.missing_libraries([plugins / "libqxcb.so"]) == []
    content = (plugins / "libqxcb.so").read_bytes()
    assert b"libxcb-cursor.so.0" in content
    wanting = tmp_path / "libqxcb.so"
    wanting.write_bytes(content.replace(b"libxcb-cursor.so.0", b"libxcb-cursor.so.9"))
    assert "libxcb-cursor.so.9" in system_packages.missing_libraries([wanting])


@on_linux
def test_every_library_that_qt_takes_from_debian_has_a_package(
    system_packages: ModuleType,
) -> None:
    import PySide6

    qt = Path(PySide6.__file__).parent
    checked = [*system_packages.QT_FILES, system_packages.WAYLAND_PLUGIN]
    of_the_c_library = {"libc.so.6", "libm.so.6", "libresolv.so.2", "libgcc_s.so.1"}
    for name in checked:
        content = (qt / name).read_bytes()
        for library in system_packages.DEBIAN_LIBRARIES:
            content = content.replace(library.encode() + b"\0", b"\0")
        left = {
            word for word in content.split(b"\0") if word.startswith(b"lib") and b".so." in word
        }
        known = {path.name.encode() for path in (qt / "Qt" / "lib").iterdir()}
        known |= {each.encode() for each in of_the_c_library}
        plain = {word for word in left if word.replace(b"-", b"").replace(b".", b"").isalnum()}
        assert not plain - known, f"{name} wants {plain - known}"


@on_linux
def test_the_line_to_run_is_exact(system_packages: ModuleType) -> None:
    missing = system_packages.Missing(
        libraries=("libEGL.so.1", "libxcb-cursor.so.0", "libnew.so.7"),
        programs=("Xvfb",),
        fonts=True,
    )
    said = system_packages.advice(missing, for_tests=True)
    apt = "sudo apt-get install fonts-dejavu-core libegl1 libxcb-cursor0 xvfb"
    dnf = "sudo dnf install 'libEGL.so.1()(64bit)'"
    assert apt in said or (not shutil.which("apt-get") and (dnf in said or "pacman" in said))
    assert "No package is known here for: libnew.so.7." in said


@on_linux
def test_a_font_is_looked_for(system_packages: ModuleType, tmp_path: Path) -> None:
    assert not system_packages.has_font([tmp_path, tmp_path / "absent"])
    (tmp_path / "truetype").mkdir()
    (tmp_path / "truetype" / "A.ttf").touch()
    assert system_packages.has_font([tmp_path])


@on_linux
def test_no_display_is_one_sentence() -> None:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    variables = {name: value for name, value in os.environ.items() if name not in hidden}
    ran = subprocess.run(
        [sys.executable, ROOT / "packaging" / "run.py"],
        cwd="/",
        env=variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )
    assert ran.returncode == 2
    assert ran.stdout == ""
    assert ran.stderr.startswith("DFS Desktop needs a display and found none: ")
    assert ran.stderr.count("\n") == 1
    assert "xvfb-run -a" in ran.stderr


def test_an_old_python_is_told_which_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "packaging")
    complaint = importlib.import_module("require_python").complaint
    assert complaint((3, 11), "python3") is None
    assert complaint((4, 0), "python3") is None
    said = complaint((3, 9), "/usr/bin/python3")
    assert "needs Python 3.11 or newer, but /usr/bin/python3 is Python 3.9" in said
