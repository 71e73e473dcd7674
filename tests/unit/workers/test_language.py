"""What children say comes in the language of the window."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dfs_desktop import registry_process, translation
from dfs_desktop.artifact import ArtifactError
from dfs_desktop.system import child_launch as launch
from dfs_desktop.workers.reader import operations
from dfs_desktop.workers.reader.caller import Reader


@pytest.fixture(autouse=True)
def pseudo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translation, "_used", list(translation._used))
    monkeypatch.setenv(translation.VARIABLE, "en")  # what `use` writes is undone
    translation.use(translation.PSEUDO)


def test_the_reader_says_in_the_language_of_its_parent_what_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A process of its own: what is forked for other tests has its texts in English already.
    command = [sys.executable, "-P", "-s", "-m", "dfs_desktop.workers"]
    monkeypatch.setattr(launch, "command", lambda kind: [*command, kind])
    path = tmp_path / "empty.fnnx"
    path.touch()

    async def read() -> None:
        reader = Reader()
        try:
            await reader.look(operations.manifest, reader.add(path=bytes(path)))
        finally:
            reader.close()

    with pytest.raises(ArtifactError) as told:
        asyncio.run(read())
    assert told.value.title == translation.tr("Not an artifact file") != "Not an artifact file"


def test_every_child_is_started_with_the_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker that moves bytes and the registry on this computer, too."""
    given: list[dict[str, str]] = []
    plain = subprocess.Popen

    def start(
        command: list[str], *, env: dict[str, str], **more: object
    ) -> subprocess.Popen[bytes]:
        given.append(env)
        return plain([sys.executable, "-c", ""], env=env, **more)  # type: ignore[call-overload,no-any-return]

    monkeypatch.setattr(subprocess, "Popen", start)
    children = [launch.start(launch.command(kind), "") for kind in ("bytes", "reader")]
    for started in [*children, registry_process._launch(tmp_path)]:
        for pipe in (started.to_child, started.from_child, started.complaints):
            pipe.close()
        started.process.wait()
    assert [each[translation.VARIABLE] for each in given] == [translation.PSEUDO] * 3
    assert os.environ[translation.VARIABLE] == translation.PSEUDO
