"""What counts as a server that is away, by http and https: what really comes from a line that breaks."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable

import pytest
from support.network.raw_servers import Listener
from support.qt.servers import unused_port

from dfs_desktop.api import AsyncDataForceClient
from dfs_desktop.workspace.offline.reconnector import outage

AWAY = b"HTTP/1.1 503 Away\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
PAGE = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi"


def cut(line: socket.socket) -> None:
    line.close()


def reset(line: socket.socket) -> None:
    line.recv(10)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.close()


def says(answer: bytes) -> Callable[[socket.socket], None]:
    def serve(line: socket.socket) -> None:
        line.recv(9999)
        line.sendall(answer)
        line.close()

    return serve


async def failure(url: str) -> BaseException:
    async with AsyncDataForceClient(base_url=url, api_key="dfs_k") as client:
        try:
            await client.organizations.list()
        except Exception as error:  # noqa: BLE001
            return error
    raise AssertionError("it answered")


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("serve", [cut, reset, None])
def test_a_line_that_breaks_is_a_server_that_is_away(
    scheme: str, serve: Callable[[socket.socket], None] | None
) -> None:
    if serve is None:
        error = asyncio.run(failure(f"{scheme}://127.0.0.1:{unused_port()}"))
    else:
        with Listener(serve) as listener:
            error = asyncio.run(failure(f"{scheme}://127.0.0.1:{listener.port}"))
    assert outage(error) is not None, error


@pytest.mark.parametrize(("answer", "away"), [(AWAY, True), (PAGE, False)])
def test_a_proxy_that_says_503_is_away_and_a_page_of_somebody_is_not(
    answer: bytes, away: bool
) -> None:
    with Listener(says(answer)) as listener:
        error = asyncio.run(failure(f"http://127.0.0.1:{listener.port}"))
    assert (outage(error) is not None) is away, error


def test_nothing_else_is_an_outage() -> None:
    assert outage(None) is None
    assert outage(ValueError("x")) is None
