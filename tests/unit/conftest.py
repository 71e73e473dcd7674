"""What tests of the window's parts and of the workspace start from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.qt.widgets import open_workspace

from dfs_desktop.workspace.workspace import Workspace


@pytest.fixture(scope="module")
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One real artifact of each kind."""
    from support.artifacts.inspected import make_all  # loads onnx and numpy

    return make_all(tmp_path_factory.mktemp("artifacts"))


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with open_workspace(tmp_path) as opened:
        yield opened
