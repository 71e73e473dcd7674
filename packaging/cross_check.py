"""Runs the tests under other Pythons, each with the newest packages: ``cross_check.py [pytest arguments]``.

Every CPython from 3.11 on that pyenv or the search path offers gets an environment of its own in
the clone (.venv-3.12 ...) and keeps it. ``--python 3.12`` (repeatable) chooses among them,
``--fresh`` makes them anew with whatever is newest by then.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import require_python
import setup_environment
import system_packages

MINORS = range(require_python.OLDEST[1], 20)
ASK_VERSIONS = """
import importlib.metadata, platform
print(platform.python_version(), importlib.metadata.version("PySide6-Essentials"))
"""


class Outcome(NamedTuple):
    """One line of the table."""

    python: str
    pyside: str
    result: str
    seconds: float


def main() -> int:
    """Run the tests under every chosen Python; the exit code is 0 only if all passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", action="append", metavar="3.X", help="only this version")
    parser.add_argument("--fresh", action="store_true", help="make the environments anew")
    chosen, pytest_arguments = parser.parse_known_args()
    interpreters = find_interpreters(chosen.python or [])
    if not interpreters:
        system_packages.stop("No such Python was found by pyenv or on the search path.")
    for name in interpreters if chosen.fresh else ():
        shutil.rmtree(environment_folder(name), ignore_errors=True)
    outcomes = [run_under(python, name, pytest_arguments) for name, python in interpreters.items()]
    print(f"\n{'Python':<10} {'PySide6':<10} {'seconds':>8}  result")
    for each in outcomes:
        print(f"{each.python:<10} {each.pyside:<10} {each.seconds:>8.1f}  {each.result}")
    return 0 if all(each.result == "passed" for each in outcomes) else 1


def find_interpreters(wanted: list[str]) -> dict[str, Path]:
    """Return the interpreters to use by their short version, oldest first."""
    names = [f"3.{minor}" for minor in MINORS]
    found = {name: newest(name) for name in names if not wanted or name in wanted}
    return {name: python for name, python in found.items() if python}


def newest(name: str) -> Path | None:
    """Return pyenv's latest release of a version, or else the one on the search path."""
    versions = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"
    # 3.12.10 is later than 3.12.9; free-threaded builds ("3.13.0t") are not meant.
    folders = [each for each in versions.glob(f"{name}.*") if each.suffix[1:].isdigit()]
    folders.sort(key=lambda each: int(each.suffix[1:]), reverse=True)
    candidates = [folder / "bin" / "python3" for folder in folders]
    candidates += [Path(path) for path in [shutil.which(f"python{name}")] if path]
    # A pyenv shim is on the path even where pyenv has chosen another version: ask each.
    return next((path for path in candidates if short_version(path) == name), None)


def short_version(python: Path) -> str:
    """Return "3.12" for an interpreter, or nothing if it does not start."""
    return setup_environment.answer(python, "import sys; print('%d.%d' % sys.version_info[:2])")


def environment_folder(name: str) -> Path:
    """Return where the environment of a version lives."""
    return setup_environment.ROOT / f".venv-{name}"


def run_under(interpreter: Path, name: str, pytest_arguments: list[str]) -> Outcome:
    """Set up an environment with the newest packages and run the tests in it."""
    print(f"--- Python {name}", flush=True)
    environment = setup_environment.prepare(
        extra="test", folder=environment_folder(name), interpreter=interpreter, newest=True
    )
    system_packages.check(environment.pyside, for_tests=True)
    python, pyside = setup_environment.answer(environment.python, ASK_VERSIONS).split()
    begun = time.monotonic()
    ran = subprocess.run(
        [environment.python, "-m", "pytest", *(pytest_arguments or setup_environment.WHOLE_SUITE)],
        cwd=setup_environment.ROOT,
        env={"QT_QPA_PLATFORM": "offscreen", **os.environ, "PYTHONFAULTHANDLER": "1"},
        check=False,
    )
    result = "passed" if ran.returncode == 0 else f"failed (exit code {ran.returncode})"
    return Outcome(python, pyside, result, time.monotonic() - begun)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
