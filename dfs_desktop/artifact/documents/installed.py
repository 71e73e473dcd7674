"""What a Python environment of this machine has, read from names on the disk; nothing of it is run."""

import os
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import msgspec

from dfs_desktop.translation import tr

from .environment import Environment, Machine, Package

MOST = 20_000  # entries of a folder that are looked at
_DIST = re.compile(r"(?P<name>[^-]+)-(?P<version>[^-]+)(-py[\d.]+)?\.(dist|egg)-info")
_PYTHON = re.compile(r"python-(\d+\.\d+[^-]*)-[^-]*\.json")  # as conda notes it
_CONFIGURED = re.compile(r"(?m)^version(?:_info)?\s*=\s*(\d+\.\d+(?:\.\d+)?)")
_WITHIN = ("", ".venv", "venv", "env", ".pixi/envs/default")  # of a project's folder


class Installed(msgspec.Struct, frozen=True):
    """The packages of an environment by their normalized names, with their versions."""

    folder: str
    packages: dict[str, str]
    python_version: str = ""


def read_installed(folder: Path) -> Installed | None:
    """The environment in a folder, or in the usual places of a project; None where there is none."""
    for within in _WITHIN:
        root = folder / within
        if places := list(_site_packages(root)):
            found = dict(pair for place in places for pair in _packages(_names(place)))
            return Installed(str(root), found, _python(root, places[0]))
    return None


def _site_packages(root: Path) -> Iterator[Path]:
    """Where pip and conda put packages, on each system."""
    if root.name == "site-packages" and root.is_dir():
        yield root
        return
    for library in ("lib", "lib64", "Lib"):
        inside = root / library
        pythons = sorted(name for name in _names(inside) if name.startswith("python"))
        places = [inside / "site-packages", *(inside / each / "site-packages" for each in pythons)]
        # `lib64` is a second name of `lib` in many.
        yield from (place for place in places if place.is_dir() and not inside.is_symlink())


def _names(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry in islice(entries, MOST)]
    except OSError:
        return []


def _packages(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    from packaging.utils import canonicalize_name

    for name in names:
        if (found := _DIST.fullmatch(name)) is not None:
            yield canonicalize_name(found["name"]), found["version"].replace("_", "-")


def _python(root: Path, place: Path) -> str:
    """The version of its Python, from what venv and conda note; else that of the folder's name."""
    config, noted = root / "pyvenv.cfg", None
    try:
        if config.is_file():  # a pipe of that name would be waited for
            with config.open("rb") as file:
                noted = _CONFIGURED.search(file.read(10_000).decode("utf-8", "replace"))
    except OSError:
        pass
    if noted is not None:
        return noted[1]
    for name in _names(root / "conda-meta"):
        if (found := _PYTHON.fullmatch(name)) is not None:
            return found[1]
    named = re.fullmatch(r"python(\d+\.\d+)", place.parent.name)
    return named[1] if named is not None else ""


class Fit(msgspec.Struct, frozen=True):
    """What an environment has of one package: `missing`, `other` (not what is asked for), `fits`,
    or `unneeded` on this machine; the words for it."""

    kind: str
    words: str


def fit(package: Package, installed: Installed, machine: Machine, python_version: str = "") -> Fit:
    """Judge one package of a model's environment."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet
    from packaging.version import InvalidVersion

    version = installed.packages.get(package.name)
    if package.unmet(machine, python_version):
        return Fit("unneeded", version or "")
    if version is None:
        return Fit("missing", tr("missing"))
    if (asked := package.requirement) is None or asked.url:
        return Fit("fits", tr("{version}, not compared", version=version))
    try:
        right = SpecifierSet(asked.versions).contains(version, prereleases=True)
    except (InvalidSpecifier, InvalidVersion, ValueError):
        return Fit("fits", tr("{version}, not compared", version=version))
    return (
        Fit("fits", f"{version} ✓")
        if right
        else Fit("other", tr("{version}, another version", version=version))
    )


def python_fits(environment: Environment, installed: Installed) -> bool:
    """Whether both are of one minor version of Python; unknown ones are not held against it."""
    asked, has = (
        each.split(".")[:2] for each in (environment.python_version, installed.python_version)
    )
    return len(asked) < 2 or len(has) < 2 or asked == has
