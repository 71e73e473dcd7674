"""The examples of docs/library.md run as printed, and print what the page says."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from dfs_desktop.server import LocalRegistry

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "library.md").read_text("utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_the_examples_print_what_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert len(EXAMPLES) > 7
    registry = LocalRegistry(tmp_path / "registry")
    address = registry.start()
    shutil.copy(next((ROOT / "resources" / "sample").glob("*.fnnx")), tmp_path / "model.fnnx")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DFS_BASE_URL", address.url)
    monkeypatch.setenv("DFS_API_KEY", address.api_key)
    namespace: dict[str, object] = {}
    try:
        for example in EXAMPLES:
            exec(example, namespace)
            said = capsys.readouterr().out.splitlines()
            promised = re.findall(r"# → (.*)", example)
            assert [line for line in said if line in promised] == promised, example
    finally:
        registry.stop()
