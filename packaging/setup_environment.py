"""Makes the virtual environment in which the app and its tests run, and keeps it up to date."""

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, NoReturn

import system_packages

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "packaging" / "requirements.lock"
# What pytest is told when it runs everything: on every core, at most four. Files stay together,
# since some start a server or a screen once for all their tests, and go in their order: the many
# short ones of `unit` come last, so that no worker is left with a long one at the end.
WHOLE_SUITE = ["-n", "auto", "--maxprocesses", "4", "--dist", "loadfile", "--no-loadscope-reorder"]

# Asked of the base interpreter and of the environment's: they must agree.
ASK_IDENTITY = """
import json, platform, sys
print(json.dumps([sys.implementation.name, sys.version_info[:2], sys.base_prefix,
                  platform.machine(), sys.maxsize]))
"""
ASK_PLACES = """
import importlib.util
for name in ("dfs_desktop", "PySide6"):
    print(importlib.util.find_spec(name).submodule_search_locations[0])
"""


class Environment(NamedTuple):
    """A virtual environment ready for use: its interpreter and the folder of its PySide6."""

    python: Path
    pyside: Path


def prepare(
    *,
    extra: str | None = None,
    folder: Path = ROOT / ".venv",
    interpreter: Path | None = None,
    newest: bool = False,
) -> Environment:
    """Return the environment in ``folder``, made or brought up to date where that is needed.

    ``extra`` names the optional dependencies of pyproject.toml to have in it. Work is done only
    when pyproject.toml, the interpreter or the clone's place changed since the last time, or when
    the last time was interrupted. The packages of the program are those of requirements.lock, by
    their hashes; ``newest`` takes the newest that pyproject.toml allows.
    """
    base = interpreter or Path(getattr(sys, "_base_executable", "") or sys.executable)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    with one_at_a_time(folder):
        if not is_usable(folder, python, base):
            build(folder, base)
        pyside = find_pyside(python)
        if pyside is None or not is_up_to_date(folder, extra):
            install(folder, python, extra, newest=newest)
            pyside = find_pyside(python)
    if pyside is None:
        sys.exit(f"The packages are not where they should be. Delete this and try again: {folder}")
    return Environment(python=python, pyside=pyside)


def is_usable(folder: Path, python: Path, base: Path) -> bool:
    """Return whether the folder holds a whole environment of this very interpreter."""
    if half_way_mark(folder).exists() or not python.exists():
        return False
    identity = answer(python, ASK_IDENTITY)
    return identity != "" and identity == answer(base, ASK_IDENTITY)


def build(folder: Path, base: Path) -> None:
    """Make the environment anew, whatever was there before."""
    require_venv()
    step(f"Making a virtual environment in {folder}")
    if folder.exists():
        try:
            shutil.rmtree(folder)
        except OSError as error:
            sys.exit(f"The old environment could not be removed ({error}). Delete it: {folder}")
    folder.mkdir(parents=True)
    half_way_mark(folder).touch()
    run_quietly([base, "-m", "venv", folder], "Python could not make a virtual environment")


def install(folder: Path, python: Path, extra: str | None, *, newest: bool = False) -> None:
    """Install the clone, in place, with its dependencies; the stamp comes last."""
    step(f"Installing the packages{' for tests' if extra else ''} (a minute or two, once)")
    half_way_mark(folder).touch()
    stamp(folder).unlink(missing_ok=True)
    # pip as this machine has set it up: its index, its proxy, its certificates.
    quiet = ["--disable-pip-version-check", "--no-input", "--no-warn-script-location"]
    if not newest:
        run_quietly(
            [python, "-m", "pip", "install", *quiet, "--require-hashes", "--requirement", LOCK],
            "pip could not install the packages of packaging/requirements.lock",
        )
    target = f".[{extra}]" if extra else "."
    run_quietly(
        [python, "-m", "pip", "install", *quiet, "--editable", target],
        "pip could not install the packages",
    )
    partial = stamp(folder).with_suffix(".part")
    partial.write_text(json.dumps({"project": fingerprint(), "extras": [extra] if extra else []}))
    partial.replace(stamp(folder))
    half_way_mark(folder).unlink()


def is_up_to_date(folder: Path, extra: str | None) -> bool:
    """Return whether the last complete set-up was for this pyproject.toml, place and extra."""
    try:
        noted = json.loads(stamp(folder).read_text())
        return noted["project"] == fingerprint() and (extra is None or extra in noted["extras"])
    except (OSError, ValueError, LookupError, TypeError):
        return False


def find_pyside(python: Path) -> Path | None:
    """Return the folder of PySide6 in the environment, if that and this clone can be imported."""
    places = answer(python, ASK_PLACES).splitlines()
    if len(places) != 2 or Path(places[0]).resolve() != ROOT / "dfs_desktop":
        return None
    return Path(places[1])


def fingerprint() -> str:
    """Return a hash of what decides the environment's content: project file, lock, and their place."""
    files = (ROOT / "pyproject.toml").read_bytes() + LOCK.read_bytes()
    return hashlib.sha256(files + os.fsencode(ROOT)).hexdigest()


def stamp(folder: Path) -> Path:
    """Return the file that says what was installed; it exists only after a whole set-up."""
    return folder / "dfs-desktop-installed.json"


def half_way_mark(folder: Path) -> Path:
    """Return the file that exists while a set-up is under way, and after one that broke off."""
    return folder / "dfs-desktop-half-way"


def require_venv() -> None:
    """Stop with the exact line to run when this Python comes without venv, as Debian's does."""
    if importlib.util.find_spec("ensurepip") and importlib.util.find_spec("venv"):
        return
    package = f"python3.{sys.version_info.minor}-venv"
    if shutil.which("apt-get") is None:
        system_packages.stop(f"{sys.executable} has no venv and ensurepip modules; install them.")
    if os.name == "posix" and os.geteuid() == 0:
        system_packages.apt_install([package])
        return
    system_packages.stop(
        "Python's venv module is not whole on this system. Run this, then try again:\n"
        f"    {system_packages.apt_line([package])}"
    )


def answer(python: Path, question: str) -> str:
    """Return what an interpreter prints for a piece of code, or nothing if it cannot run it."""
    try:
        # -I: neither the working folder nor PYTHON* variables have a say.
        ran = subprocess.run(
            [python, "-I", "-c", question], capture_output=True, text=True, check=False, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ran.stdout.strip() if ran.returncode == 0 else ""


def run_quietly(command: list[str | Path], failure: str) -> None:
    """Run a command in the clone; say nothing if it works, show all that it said if not."""
    ran = subprocess.run(
        command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if ran.returncode != 0:
        print(ran.stdout, file=sys.stderr)
        sys.exit(f"{failure}; what it said is above. Running this command again starts afresh.")


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Hold a lock beside the environment, so that two commands started at once do not collide."""
    with folder.with_name(f"{folder.name}.lock").open("a") as file:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            while True:
                try:
                    msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)  # gives up after 10 s
                    break
                except OSError:
                    continue
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield  # closing the file gives the lock back


def become(command: list[str], folder: Path, variables: dict[str, str]) -> NoReturn:
    """Go on as another program, in this folder and with these variables; never returns."""
    os.chdir(folder)
    if os.name == "posix":
        sys.stdout.flush()
        os.execve(command[0], command, variables)
    # Windows has no real exec: the shell would get its prompt back at once.
    sys.exit(subprocess.run(command, env=variables, check=False).returncode)


def step(text: str) -> None:
    """Print one line about what is being done now."""
    print(text, flush=True)
