"""ruff, mypy and import-linter on the whole tree, each with proof that it would see a fault."""

import re
import shutil
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest
from architecture.rules import ROOT

CODE = ["dfs_desktop", "packaging", "tools", "tests"]
RUFF_CHECK = ["-m", "ruff", "check", "--no-cache"]
RUFF_FORMAT = ["-m", "ruff", "format", "--check", "--no-cache"]
MYPY = ["-m", "mypy", "--config-file", str(ROOT / "pyproject.toml")]
# By its function: a console script has a shebang, and a long path to a clone breaks that.
IMPORT_LINTER = ["-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"]
IMPORT_LINTER += ["--config", str(ROOT / "pyproject.toml")]

CACHES = shutil.ignore_patterns("__pycache__")


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


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Imports inside functions, and those for types alone, count as well."""
    graph = grimp.build_graph("dfs_desktop", cache_dir=None)
    imports = {each: graph.find_modules_directly_imported_by(each) for each in graph.modules}
    assert (
        "dfs_desktop.text.country_encodings" in imports["dfs_desktop.text.decoding"]
    )  # in a function
    TopologicalSorter(imports).prepare()  # a CycleError names the circle


FORBIDDEN = [
    ("artifact.upwards", "dfs_desktop.workspace", "Rooms import downwards only"),
    ("api.sideways", "dfs_desktop.server", "shares no code with the client"),
    ("api.protocol.up", "dfs_desktop.api.client", "client library imports down"),
    ("command_line.registry", "dfs_desktop.server", "Only the application knows"),
    ("workspace.skin", "PySide6", "Qt only in ui and app"),
    ("system.skin", "PySide6", "Qt only in ui and app"),
    ("transfers.bytes", "httpx", "httpx only in api"),
    ("ui.secret", "keyring", "keyring only in credentials"),
    ("ui.sidebar.whole", "dfs_desktop.workspace.workspace", "Only the window wires"),
    ("artifact.documents.up", "dfs_desktop.artifact.preview", "from its archive"),
    ("ui.sidebar.sideways", "dfs_desktop.ui.comparison", "no panel another"),
    ("workers.process.up", "dfs_desktop.workers.reader", "no other kind"),
]


@pytest.fixture(scope="module")
def broken_contracts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What import-linter says of a program with all these faults, by the name of the contract."""
    folder = tmp_path_factory.mktemp("faults")
    shutil.copytree(ROOT / "dfs_desktop", folder / "dfs_desktop", ignore=CACHES)
    for module, imported, _ in FORBIDDEN:
        path = folder / "dfs_desktop" / module.replace(".", "/")
        path.with_suffix(".py").write_text(f'"""A fault."""\n\nimport {imported}\n')
    code, said = run(IMPORT_LINTER, folder=folder)
    assert code == 1, said
    _, *parts = re.split(r"^(.+)\n-+\n", said.partition("Broken contracts")[2], flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


@pytest.mark.parametrize(("module", "imported", "contract"), FORBIDDEN)
def test_import_linter_would_find_a_fault(
    broken_contracts: dict[str, str], module: str, imported: str, contract: str
) -> None:
    (said,) = [text for name, text in broken_contracts.items() if contract in name]
    assert re.search(rf"dfs_desktop\.{module} -> {imported}", said), said
