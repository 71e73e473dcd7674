"""ruff, mypy and import-linter on the whole tree, each with proof that it would see a fault."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from architecture.rules import ROOT

CODE = ["dfs_desktop", "packaging", "tools", "tests"]
RUFF_CHECK = ["-m", "ruff", "check", "--no-cache"]
RUFF_FORMAT = ["-m", "ruff", "format", "--check", "--no-cache"]
MYPY = ["-m", "mypy", "--config-file", str(ROOT / "pyproject.toml")]
# By its function: a console script has a shebang, and a long path to a clone breaks that.
IMPORT_LINTER = ["-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"]
IMPORT_LINTER += ["--config", str(ROOT / "pyproject.toml")]


def run(arguments: list[str], folder: Path = ROOT, typed: str = "") -> tuple[int, str]:
    """Run a checker under this interpreter; return its exit code and what it said."""
    ran = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        input=typed,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return ran.returncode, ran.stdout


def test_ruff_finds_nothing() -> None:
    code, said = run([*RUFF_CHECK, "."])
    assert code == 0, said


def test_ruff_would_find_a_fault() -> None:
    code, said = run(
        [*RUFF_CHECK, "--stdin-filename", "dfs_desktop/x.py", "-"], typed="import os\n"
    )
    assert code == 1
    assert "F401" in said


def test_the_tree_is_formatted() -> None:
    code, said = run([*RUFF_FORMAT, *CODE])
    assert code == 0, f"{said}\nRun: ruff format {' '.join(CODE)}"


def test_ruff_would_see_other_formatting() -> None:
    code, _ = run([*RUFF_FORMAT, "--stdin-filename", "dfs_desktop/x.py", "-"], typed="x = 'a'\n")
    assert code == 1


@pytest.mark.timeout(300)  # with a cold cache it reads all of Qt's types
def test_mypy_finds_nothing() -> None:
    code, said = run(MYPY)
    assert code == 0, said


@pytest.mark.timeout(300)
def test_mypy_would_find_a_fault(tmp_path: Path) -> None:
    fault = tmp_path / "fault.py"
    fault.write_text("def double(number):\n    return number * 2\n")
    code, said = run([*MYPY, str(fault)])
    assert code == 1
    assert "no-untyped-def" in said


def test_rooms_import_downwards_only() -> None:
    code, said = run(IMPORT_LINTER)
    assert code == 0, said


@pytest.mark.parametrize(
    ("module", "source", "contract"),
    [
        ("artifact/upwards.py", "import dfs_desktop.workspace", "Rooms import downwards only"),
        ("api/sideways.py", "import dfs_desktop.server", "shares no code with the client"),
        ("api/protocol/up.py", "import dfs_desktop.api.client", "client library imports down"),
        ("workspace/skin.py", "import PySide6.QtCore", "Qt only in ui and app"),
        ("transfers/bytes.py", "import httpx", "httpx only in api"),
        ("ui/secret.py", "import keyring", "keyring only in credentials"),
        ("artifact/documents/up.py", "import dfs_desktop.artifact.preview", "from its archive"),
        ("ui/sidebar/sideways.py", "import dfs_desktop.ui.comparison", "no panel another"),
        ("workers/process/up.py", "import dfs_desktop.workers.reader", "no other kind"),
    ],
)
def test_import_linter_would_find_a_fault(
    tmp_path: Path, module: str, source: str, contract: str
) -> None:
    shutil.copytree(ROOT / "dfs_desktop", tmp_path / "dfs_desktop")
    (tmp_path / "dfs_desktop" / module).write_text(f'"""A fault."""\n\n{source}\n')
    code, said = run(IMPORT_LINTER, folder=tmp_path)
    assert code == 1, said
    assert any(contract in line and "BROKEN" in line for line in said.splitlines()), said
