"""The README's examples of the client run as printed, against the real local registry."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from dfs_desktop.server import LocalRegistry

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)


def test_there_are_two_examples() -> None:
    assert len(EXAMPLES) == 2
    assert "await" in EXAMPLES[1]


@pytest.mark.parametrize("example", EXAMPLES, ids=["sync", "async"])
def test_the_example_runs(
    example: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    registry = LocalRegistry(tmp_path / "registry")
    address = registry.start()
    try:
        shutil.copy(next((ROOT / "resources" / "sample").glob("*.fnnx")), tmp_path / "model.fnnx")
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("DFS_BASE_URL", address.url)
        namespace: dict[str, object] = {}
        exec(example.replace("dfs_…", address.api_key), namespace)
        client = namespace.get("dfs")
        if client is not None:
            client.close()  # type: ignore[attr-defined]
    finally:
        registry.stop()
    said = capsys.readouterr().out
    assert re.search(r"[0-9a-f-]{36}", said)
    if "download" in example:
        assert (tmp_path / "copy.fnnx").read_bytes() == (tmp_path / "model.fnnx").read_bytes()
