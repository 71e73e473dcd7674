"""Every kind of connection takes the one fast and cancellable path, and what it costs is paid once."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import sys
import threading
import time
from typing import Any

import httpx
import pytest
from support.network.certificates import Authority
from support.network.raw_servers import HEAD, Listener, pass_on, read_head, say
from support.registries.scripted import KEY

from dfs_desktop.api import AsyncDataForceClient
from dfs_desktop.api.async_requests import AsyncRequests
from dfs_desktop.api.http.address import Secret, read_address
from dfs_desktop.api.http.network import AS_THE_SYSTEM
from dfs_desktop.api.http.proxy.proxy_address import Proxy
from dfs_desktop.api.http.registry_requests import Wire
from dfs_desktop.api.http.server_clock import Clock
from dfs_desktop.api.http.trusted_authorities import tls_context
from dfs_desktop.api.protocol.effects import Call
from dfs_desktop.api.storage.limits.cancellable_sockets import CancellableStream, make_cancellable
from dfs_desktop.api.storage.store_client import Store

FIN_UNHEARD = b"\4"  # TCP_FIN_WAIT1 of linux/tcp.h


@pytest.fixture
def trust(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(authority.path))
    monkeypatch.setattr(
        "dfs_desktop.api.storage.store_client.tls_context", lambda *_, **_own: context
    )
    return context


@pytest.fixture(params=["http", "https"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.fault("RL-41", "W-11")
@pytest.mark.parametrize("through", ["", "http", "https"])
def test_every_kind_of_connection_is_cancellable(
    authority: Authority, trust: ssl.SSLContext, scheme: str, through: str
) -> None:
    """A connection that misses this path is slow, and cannot be left."""
    tls = authority.context()
    target, own = (tls if each == "https" else None for each in (scheme, through))

    def serve(line: socket.socket) -> None:
        if through:
            pass_on(line, target, own)
        else:
            say(line, target)

    with Listener(serve) as listener:
        address = f"127.0.0.1:{listener.port}"
        context = trust if through == "https" else None
        proxy = httpx.Proxy(f"{through}://{address}", ssl_context=context) if through else None
        transport = httpx.HTTPTransport(verify=trust, proxy=proxy, trust_env=False)
        make_cancellable(transport)
        client = httpx.Client(transport=transport)
        with client, client.stream("GET", f"{scheme}://{address}/") as answer:
            stream = answer.extensions["network_stream"]
            assert isinstance(stream, CancellableStream)
            encrypted = "https" in (scheme, through)
            assert (stream.get_extra_info("ssl_object") is not None) == encrypted
            assert stream.get_extra_info("server_addr")[1] == listener.port
            room = bytearray(400)
            assert stream.fill(memoryview(room), 5.0) == len(room)
            assert room == b"x" * 400


@pytest.mark.fault("W-11")
def test_a_second_connection_begins_with_what_the_first_was_given(
    authority: Authority, trust: ssl.SSLContext
) -> None:
    tls, reused = authority.context(), []

    def serve(line: socket.socket) -> None:
        with tls.wrap_socket(line, server_side=True) as encrypted:
            reused.append(encrypted.session_reused)
            read_head(encrypted)
            # Else the next request may come by the connection that is about to be closed.
            encrypted.sendall(HEAD.replace(b"1000\r\n", b"0\r\nConnection: close\r\n"))

    store = Store(read_address("http://127.0.0.1:9", allow_http=True))
    with Listener(serve) as listener:
        target = store.target(f"https://127.0.0.1:{listener.port}/x")
        for _ in range(3):
            with store.send("GET", target, check=lambda: None) as answer:
                assert answer.read() == b""
    store.close()
    assert reused == [False, True, True]


@pytest.mark.fault("W-11")
def test_certificates_are_read_once_in_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    assert tls_context(AS_THE_SYSTEM) is tls_context(AS_THE_SYSTEM)
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere")
    assert tls_context(AS_THE_SYSTEM) is not None


@pytest.mark.fault("W-11")
def test_the_loop_does_not_wait_for_the_authorities_to_be_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nor are they read for each of several requests at once."""
    read_by: list[threading.Thread] = []
    options = Wire.connection_options

    def slowly(wire: Wire, proxy: Proxy | None) -> dict[str, Any]:
        read_by.append(threading.current_thread())
        time.sleep(0.05)
        return options(wire, proxy)

    monkeypatch.setattr(Wire, "connection_options", slowly)
    client = AsyncDataForceClient(base_url="https://api.example", api_key=KEY, generation="A")

    async def ask() -> None:
        async with client:
            requests = client._transport._requests  # type: ignore[union-attr]
            await asyncio.gather(*(requests._look_for_proxy() for _ in range(3)))

    asyncio.run(ask())
    assert len(read_by) == 1
    assert threading.main_thread() not in read_by


def answer_on(line: socket.socket, answers: int, asked: list[bytes]) -> None:
    """Answer so many requests on one connection, then leave it without a word."""
    for _ in range(answers):
        asked.append(read_head(line))
        line.sendall(HEAD.replace(b"1000\r\n", b"0\r\n"))


def ask(store: Store, port: int) -> Any:
    target = store.target(f"http://127.0.0.1:{port}/x")
    return store.send("GET", target, check=lambda: None)


@pytest.mark.fault("W-11")
def test_a_request_asks_the_system_about_its_own_connection_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Small files spend more on looking at all that wait than on their bytes."""
    look, looks = CancellableStream.get_extra_info, list[str]()
    monkeypatch.setattr(
        CancellableStream,
        "get_extra_info",
        lambda stream, info: (looks.append(info), look(stream, info))[1],
    )
    lines: list[socket.socket] = []

    def serve(line: socket.socket) -> None:
        lines.append(line)
        answer_on(line, 9, [])

    store = Store(read_address("http://127.0.0.1:9", allow_http=True))
    with Listener(serve) as listener:
        with contextlib.ExitStack() as at_once:
            answers = [at_once.enter_context(ask(store, listener.port)) for _ in range(6)]
            assert {answer.read() for answer in answers} == {b""}
        looks.clear()
        with ask(store, listener.port) as answer:
            assert answer.read() == b""
        assert looks.count("is_readable") == 1
        store.close()
        assert len(lines) == 6


def leave(line: socket.socket) -> None:
    """End it, and wait until the other end has heard of that, which a busy system tells later."""
    line.shutdown(socket.SHUT_WR)
    if sys.platform == "linux":
        while line.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1) == FIN_UNHEARD:
            time.sleep(0.001)


@pytest.mark.fault("W-11")
@pytest.mark.parametrize("why", ["left by the store", "too old", "the answer was left"])
def test_a_connection_that_cannot_serve_again_is_closed_and_replaced(
    monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    if why == "too old":
        monkeypatch.setattr("dfs_desktop.api.storage.store_client.KEPT", 0.0)
    lines: list[socket.socket] = []
    ended: list[threading.Event] = [threading.Event() for _ in range(3)]

    def serve(line: socket.socket) -> None:
        lines.append(line)
        read_head(line)
        own = ended[len(lines) - 1]
        whole = why != "the answer was left"
        line.sendall(HEAD.replace(b"1000\r\n", b"0\r\n") if whole else HEAD + b"x" * 10)
        if why == "left by the store":
            leave(line)
        else:
            assert line.recv(1) == b""
        own.set()

    store = Store(read_address("http://127.0.0.1:9", allow_http=True))
    with Listener(serve) as listener:
        for number in range(3):
            if number and why == "left by the store":
                assert ended[number - 1].wait(5)
            with ask(store, listener.port) as answer:
                if why != "the answer was left":
                    assert answer.read() == b""
            assert len(lines) == number + 1
            assert number == 0 or ended[number - 1].wait(5)
        store.close()
        assert ended[2].wait(5)


@pytest.mark.fault("W-11")
def test_a_store_that_is_closed_leaves_what_runs_to_its_end() -> None:
    ended = threading.Event()

    def serve(line: socket.socket) -> None:
        read_head(line)
        line.sendall(HEAD + b"x" * 500)
        assert closed.wait(5)
        line.sendall(b"x" * 500)
        assert line.recv(1) == b""
        ended.set()

    closed = threading.Event()
    store = Store(read_address("http://127.0.0.1:9", allow_http=True))
    with Listener(serve) as listener:
        with ask(store, listener.port) as answer:
            store.close()
            closed.set()
            assert answer.read() == b"x" * 1000
        assert ended.wait(5)


@pytest.mark.fault("W-11")
def test_a_change_is_sent_although_the_server_has_left_the_connection_of_before() -> None:
    """It may not be sent twice, so the connection is looked at before."""
    asked: list[bytes] = []
    left = threading.Semaphore(0)

    def serve(line: socket.socket) -> None:
        answer_on(line, 1, asked)
        line.close()
        left.release()

    async def change(port: int) -> None:
        address = read_address(f"http://127.0.0.1:{port}", allow_http=True)
        requests = AsyncRequests(Wire(address, Secret(KEY), 5.0, Clock(), AS_THE_SYSTEM), None)
        for _ in range(3):
            status, _, body = await requests.send(Call("POST", "/x", bytes, json={}))
            assert (status, body) == (200, b"")
            assert await asyncio.to_thread(left.acquire, timeout=5)
        await requests.aclose()

    with Listener(serve) as listener:
        asyncio.run(change(listener.port))
    assert len(asked) == 3
