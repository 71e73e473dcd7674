"""A module of ours, or a name in one, that a string names is there.

No import and no type checker finds what a renamed one leaves in a string: a test that replaces it, a
module that is imported ahead.
"""

import ast
import re
from pathlib import Path

import pytest
from architecture import rules

_OURS = re.compile(r"dfs_desktop(?!\.[mp]o$)(\.[A-Za-z_]\w*)+")


def is_there(dotted: str) -> bool:
    path, parts = rules.ROOT, dotted.split(".")
    while parts and (path / parts[0]).is_dir():
        path /= parts.pop(0)
    if parts and (path / f"{parts[0]}.py").is_file():
        path /= f"{parts.pop(0)}.py"
    source = (path if path.is_file() else path / "__init__.py").read_text(encoding="utf-8")
    return all(re.search(rf"\b{part}\b", source) for part in parts)


def named_in(path: Path) -> list[str]:
    nodes = rules.nodes(path.read_text(encoding="utf-8"), "dfs_desktop.")
    texts = [node.value for node in nodes if isinstance(node, ast.Constant)]
    return [text for text in texts if isinstance(text, str) and _OURS.fullmatch(text)]


def test_what_strings_name_is_there() -> None:
    files = rules.python_files("dfs_desktop", "packaging", "tools", "tests")
    named = [(path, name) for path in files for name in named_in(path) if path != Path(__file__)]
    assert len(named) > 100
    gone = [f"{path.relative_to(rules.ROOT)}: {name}" for path, name in named if not is_there(name)]
    assert not gone, "renamed or removed: " + "\n".join(gone)


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("dfs_desktop.api.client", True),
        ("dfs_desktop.api.client.DataForceClient", True),
        ("dfs_desktop.server", True),
        ("dfs_desktop.api.renamed", False),
        ("dfs_desktop.api.client.Renamed", False),
    ],
)
def test_a_name_that_is_gone_is_seen(name: str, there: bool) -> None:
    assert is_there(name) is there
