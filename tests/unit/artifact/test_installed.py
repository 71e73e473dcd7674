"""What is installed in an environment of this machine, and whether it is what a model asks for."""

from __future__ import annotations

import sys
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from dfs_desktop.artifact.documents.environment import Machine, read_environment
from dfs_desktop.artifact.documents.installed import Installed, fit, python_fits, read_installed

LINUX = Machine("linux", "x86_64")


def made(place: Path, *names: str) -> None:
    for name in names or ("",):
        (place / name).mkdir(parents=True)


def test_the_environment_that_runs_this_is_read_as_importlib_reads_it() -> None:
    found = read_installed(Path(sys.prefix))
    assert found is not None
    for each in distributions(path=[p for p in sys.path if p.endswith("site-packages")]):
        if (name := each.metadata["Name"]) and "dfs" not in name:
            assert found.packages[canonicalize_name(name)] == each.version
    version = ".".join(map(str, sys.version_info[:2]))
    assert found.python_version.startswith(version)


@pytest.mark.parametrize(
    ("place", "chosen"),
    [
        ("venv/lib/python3.11/site-packages", "venv"),
        ("project/.venv/lib/python3.11/site-packages", "project"),
        ("env/Lib/site-packages", "env"),
        ("conda/lib/python3.11/site-packages", "conda/lib/python3.11/site-packages"),
    ],
)
def test_it_is_found_where_venv_conda_and_projects_have_it(
    tmp_path: Path, place: str, chosen: str
) -> None:
    made(tmp_path / place, "Foo_Bar-1.2.dist-info", "old-0.1-py3.11.egg-info", "foo", "x.dist-info")
    found = read_installed(tmp_path / chosen)
    assert found is not None
    assert found.packages == {"foo-bar": "1.2", "old": "0.1"}
    assert found.python_version == ("" if "Lib" in place else "3.11")


def test_other_folders_have_none_and_what_python_notes_is_told(tmp_path: Path) -> None:
    assert read_installed(tmp_path) is None
    assert read_installed(tmp_path / "gone") is None
    made(tmp_path / "v/lib/python3.12/site-packages")
    (tmp_path / "v/pyvenv.cfg").write_bytes(b"home = /usr\nversion_info = 3.12.4.final.0\n\xff")
    found = read_installed(tmp_path / "v")
    assert found is not None
    assert found.python_version == "3.12.4"
    made(tmp_path / "c/lib/python3.12/site-packages", "../../../conda-meta")
    (tmp_path / "c/conda-meta/python-3.12.7-h1_cpython.json").write_text("{}")
    found = read_installed(tmp_path / "c")
    assert found is not None
    assert found.python_version == "3.12.7"


def test_each_package_is_judged_by_what_is_asked_of_its_version() -> None:
    asked = ["numpy>=2", "Foo.Bar==1.0", "torch", "gone", "x @ https://example.org/x.whl", "((",
             "w ; sys_platform == 'win32'"]  # fmt: skip
    spec = {"python_version": "3.11.4", "dependencies": [{"package": each} for each in asked]}
    environment = read_environment({"python3::conda_pip": spec})
    has = {"numpy": "1.26.4", "foo-bar": "1.0", "torch": "2.4.0+cu121", "x": "3", "((": "1"}
    installed = Installed("/venv", has, "3.10.2")
    found = [fit(each, installed, LINUX, "3.11.4").kind for each in environment.packages]
    assert found == ["other", "fits", "fits", "missing", "fits", "fits", "unneeded"]
    assert not python_fits(environment, installed)
    assert python_fits(environment, Installed("/venv", {}, "3.11"))
    assert python_fits(environment, Installed("/venv", {}))
