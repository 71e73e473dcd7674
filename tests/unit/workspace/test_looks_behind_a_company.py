"""Looks into files of a company: its store wants a certificate of ours, or a script tells the way."""

from __future__ import annotations

import asyncio
import ssl
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import cast

import pytest
from msgspec.structs import replace
from support.network.certificates import Authority
from support.network.company import Company
from support.registries.local import Room

from dfs_desktop.api import AsyncDataForceClient, OwnCertificate
from dfs_desktop.artifact import ArtifactError
from dfs_desktop.workers.process.child_server import Child
from dfs_desktop.workers.process.messages import pack
from dfs_desktop.workers.reader import operations as looks
from dfs_desktop.workers.reader.caller import Artifact, Reader
from dfs_desktop.workers.reader.child import WindowSource
from dfs_desktop.workers.reader.requests import PIECE, ReadRequest
from dfs_desktop.workspace.inspection.inspector import add_record

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="other systems ask their own authorities"
)


@pytest.fixture
def company(authority: Authority, tmp_path: Path) -> Iterator[tuple[Company, Room]]:
    with Room(tmp_path / "registry") as room:
        company = Company(authority, room.address.url)
        company.context.load_verify_locations(authority.path)
        company.context.verify_mode = ssl.CERT_REQUIRED
        yield company, room
        company.close()


def test_a_file_is_read_whose_store_wants_a_certificate_and_the_reader_is_given_none(
    company: tuple[Company, Room], authority: Authority, artifacts: dict[str, Path]
) -> None:
    behind, room = company
    mine = authority.issue("DNS:ann")
    network = replace(behind.network, own=OwnCertificate(str(mine)))

    async def work(reader: Reader) -> None:
        options = {"base_url": behind.url, "api_key": room.address.api_key, "timeout": 5.0}
        async with AsyncDataForceClient(network=network, **options) as client:
            made = await client.model_artifacts.upload(str(artifacts["pyfunc"]), "n")
            artifact = add_record(reader, made, lambda: client.transfers)
            assert str(mine).encode() not in pack(artifact.target)
            found = await reader.look(looks.environment, artifact)
            assert found.environment.kinds
            key = artifact.target.key
            assert len(await artifact.read(ReadRequest(key, 1, 9))) == 9
            with pytest.raises(ArtifactError):  # nor may it want more than there is room for
                await artifact.read(ReadRequest(key, 0, PIECE + 1))
            await _stop(behind, reader, add_record(reader, made, lambda: client.transfers))
            reader.forget(artifact)
            with pytest.raises(ArtifactError, match="stopped"):
                await artifact.read(ReadRequest(key, 1, 9))

    reader = Reader()

    async def run() -> None:
        try:
            await work(reader)
        finally:
            reader.close()

    asyncio.run(run())


async def _stop(behind: Company, reader: Reader, artifact: Artifact) -> None:
    """A look that nobody waits for any more lets the reader go, though the store is silent."""
    hold = behind.relay.hold_request("GET", "/objects/")
    look = asyncio.ensure_future(reader.look(looks.environment, artifact))
    await asyncio.to_thread(hold.reached.wait, 20)
    pid = reader.pid
    look.cancel()
    behind.relay.requests.remove(hold)
    again = await asyncio.wait_for(reader.look(looks.environment, artifact), 20)
    assert again.environment.kinds
    assert reader.pid == pid
    hold.release()


def test_a_stop_between_question_and_waiting_is_heard() -> None:
    stops: list[threading.Thread] = []

    class Window:
        """Stops the look in the moment in which it has asked."""

        def question(self, _operation: str, _payload: bytes) -> Future[bytes]:
            stops.append(stop := threading.Thread(target=source.close))
            stop.start()
            stop.join(0.2)
            return Future()

    source = WindowSource(1, cast("Child", Window()))
    with ThreadPoolExecutor(1) as pool, pytest.raises(ArtifactError, match="stopped"):
        pool.submit(source.read, 0, 9).result(20)
    with pytest.raises(ArtifactError, match="stopped"):  # and nothing is asked any more
        source.read(0, 9)
    stops[0].join()
    assert len(stops) == 1


def test_a_reader_asks_the_proxy_script_by_itself(
    company: tuple[Company, Room], artifacts: dict[str, Path], tmp_path: Path
) -> None:
    behind, room = company
    behind.context.verify_mode = ssl.CERT_NONE
    script = tmp_path / "proxy.pac"
    script.write_text(f"function FindProxyForURL() {{ return 'PROXY {behind.proxy.place}' }}")
    network = replace(behind.network, proxy="", script=script.as_uri())

    async def run() -> None:
        reader = Reader()
        options = {"base_url": behind.url, "api_key": room.address.api_key, "timeout": 5.0}
        async with AsyncDataForceClient(network=network, **options) as client:
            made = await client.model_artifacts.upload(str(artifacts["pyfunc"]), "n")
            artifact = add_record(reader, made, lambda: client.transfers)
            behind.proxy.asked.clear()
            try:
                found = await reader.look(looks.environment, artifact)
            finally:
                reader.close()
        assert found.environment.kinds
        assert behind.proxy.asked

    asyncio.run(run())
