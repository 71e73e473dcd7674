"""Arguments that no server takes are refused alike in every method, before anything is sent."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.registries.client_faces import FACES, SAMPLE, download, through
from support.registries.scripted import Stage

from dfs_desktop.api import (
    AsyncDataForceClient,
    ConfigurationError,
    DataForceClient,
    DataForceError,
    FileError,
    NotFoundError,
)
from dfs_desktop.api.errors import DiskFullError

pytestmark = pytest.mark.fault("W-09")
ODD_IDS = ["model-1", "", "..", "a\0b", "\ud800", "x" * 100_000, "0199c455-21ee-74c6-b747"]


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage()
    yield stage
    stage.close()


def ask(stage: Stage, face: str, operation: Callable[[Any], Any]) -> Any:
    return through(face, operation, **stage.options)


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("odd", ODD_IDS, ids=range(len(ODD_IDS)))
def test_an_id_that_is_none_is_not_found(stage: Stage, face: str, odd: str, tmp_path: Path) -> None:
    for operation in (
        lambda c: c.model_artifacts.download_url(odd),
        lambda c: c.model_artifacts.delete_url(odd),
        lambda c: c.model_artifacts.update(odd, description="d"),
        lambda c: c.model_artifacts.delete(odd),
        lambda c: c.model_artifacts.download(odd, str(tmp_path / "x.fnnx")),
    ):
        with pytest.raises(NotFoundError):
            ask(stage, face, operation)
    assert {step for step, *_ in stage.audit} <= {"list"}


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("odd", ["a\0b", "\0", "\\\0", "\ud800", "tag\udfff"])
def test_text_that_no_database_holds_is_not_sent(stage: Stage, face: str, odd: str) -> None:
    record = stage.add(b"x")
    for operation in (
        lambda c: c.model_artifacts.update(record["id"], description=odd),
        lambda c: c.model_artifacts.update(record["id"], model_name=odd),
        lambda c: c.model_artifacts.update(record["id"], tags=["good", odd]),
        lambda c: c.collections.create(odd),
        lambda c: c.orbits.create(odd, record["id"]),
        lambda c: c.model_artifacts.upload(str(SAMPLE), odd),
    ):
        with pytest.raises(DataForceError) as raised:
            ask(stage, face, operation)
        assert "cannot be" in raised.value.title
    assert not {"create", "patch"} & {step for step, *_ in stage.audit}


@pytest.mark.parametrize("face", FACES)
def test_a_backslash_before_u0000_is_only_text(stage: Stage, face: str) -> None:
    record = stage.add(b"x")
    text = "written as \\u0000 or \\\\u0000"
    ask(stage, face, lambda c: c.model_artifacts.update(record["id"], description=text))
    assert stage.records[record["id"]]["description"] == text


def test_a_closed_client_says_so(stage: Stage) -> None:
    client = DataForceClient(**stage.options)
    view = client.at()
    assert client.model_artifacts.list() == []
    client.close()
    client.close()
    for each in (client, view):
        with pytest.raises(ConfigurationError, match="closed"):
            each.model_artifacts.list()
        with pytest.raises(ConfigurationError, match="closed"):
            next(each.model_artifacts.pages())

    async def later() -> None:
        client = AsyncDataForceClient(**stage.options)
        assert await client.model_artifacts.list() == []
        await client.aclose()
        await client.aclose()
        with pytest.raises(ConfigurationError, match="closed"):
            await client.model_artifacts.list()
        with pytest.raises(ConfigurationError, match="closed"):
            await client.model_artifacts.upload(str(SAMPLE), "n")

    asyncio.run(later())


@pytest.mark.skipif(sys.platform != "linux", reason="these folders are Linux's")
@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("folder", ["/proc", "/sys", "/sys/kernel"])
def test_a_folder_that_takes_no_files_is_not_a_full_disk(
    stage: Stage, face: str, folder: str
) -> None:
    record = stage.add(b"x" * 1000)
    with pytest.raises(FileError) as raised:
        download(stage, face, record["id"], Path(folder) / "x.fnnx")
    assert not isinstance(raised.value, DiskFullError)
    assert folder in raised.value.detail
