"""A wheel built from the clone, installed where no clone is, brings its command and its pictures."""

import os
import subprocess
import sys
import sysconfig
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest
from architecture.rules import ROOT

FIND_RESOURCES = """
import pathlib, dfs_desktop
from dfs_desktop.ui.theme import icon_files as assets
print(pathlib.Path(dfs_desktop.__file__).resolve().parent)
print(assets.folder())
print(assets.sample_artifact().is_file(), len(assets.theme_tokens()))
"""


def run(*command: str | Path, folder: Path) -> str:
    """Run a command away from the clone and return what it printed."""
    ran = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout
    return ran.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel in it; the dependencies are borrowed from this one."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
    # With the build backend at hand no index is asked for it.
    isolation = ["--no-build-isolation"] if find_spec("hatchling") else []
    run(*pip, "wheel", *isolation, "--no-deps", "--wheel-dir", folder, ROOT, folder=folder)
    wheels = list(folder.glob("*.whl"))
    assert len(wheels) == 1
    run(sys.executable, "-m", "venv", "--without-pip", folder / "venv", folder=folder)
    scripts = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / ("python.exe" if os.name == "nt" else "python")
    # Uncompiled: of its modules the tests import a few.
    install = ("install", "--no-deps", "--no-compile", wheels[0])
    run(*pip, "--python", python, *install, folder=folder)
    # A line in a .pth file adds the packages of this environment, but not its link to the clone.
    purelib = Path(
        run(
            python, "-c", "import sysconfig as s; print(s.get_path('purelib'))", folder=folder
        ).strip()
    )
    (purelib / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    return scripts


def test_the_installed_program_finds_its_resources(installed: Path, tmp_path: Path) -> None:
    python = installed / ("python.exe" if os.name == "nt" else "python")
    package, resources, found = run(python, "-c", FIND_RESOURCES, folder=tmp_path).splitlines()
    assert ROOT not in Path(package).parents
    assert Path(resources) == Path(package) / "_resources"
    assert found == "True 4"
    here = {path.relative_to(ROOT / "resources") for path in (ROOT / "resources").rglob("*.*")}
    assert here == {path.relative_to(resources) for path in Path(resources).rglob("*.*")}


def test_the_wheel_brings_the_command(installed: Path, tmp_path: Path) -> None:
    command = installed / ("dfs-desktop.exe" if os.name == "nt" else "dfs-desktop")
    assert command.is_file()
    said = run(command, "--version", folder=tmp_path)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert said.split()[-1] == project["version"]
