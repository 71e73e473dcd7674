"""Every connection can be left at every moment: plain, encrypted, or through a proxy."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from support.network.certificates import Authority
from support.network.raw_servers import HEAD, Listener, read_head, say
from support.registries.client_faces import SAMPLE
from support.registries.faults import stall
from support.registries.scripted import Stage

from dfs_desktop.api import AsyncDataForceClient, Meter, TransferCancelled
from dfs_desktop.api.http.address import read_address
from dfs_desktop.api.storage.store_client import Store


@pytest.fixture
def trust(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(authority.path))
    monkeypatch.setattr(
        "dfs_desktop.api.storage.store_client.tls_context", lambda *_, **_own: context
    )
    return context


def silent_store(stage: str, tls: ssl.SSLContext | None, silent: threading.Event) -> Listener:
    """Says nothing more from a stage on; then, ``silent`` is set."""

    def serve(line: socket.socket) -> None:
        if stage != "handshake":
            if tls is not None:
                line = tls.wrap_socket(line, server_side=True)
            read_head(line)
            if stage == "body":
                line.sendall(HEAD + b"x" * 500)
        silent.set()
        listener.silence.wait(10)

    listener = Listener(serve)
    return listener


def leave(ask: Callable[[Meter], Any], silent: threading.Event) -> float:
    """Stop what waits since it is silent, and say how many seconds it took to leave."""
    meter, wished = Meter(), []

    def wish() -> None:
        silent.wait(10)
        time.sleep(0.05)
        wished.append(time.monotonic())
        meter.stop()

    stopping = threading.Thread(target=wish)
    stopping.start()
    with pytest.raises(TransferCancelled):
        ask(meter)
    left = time.monotonic()
    stopping.join()
    return left - wished[0]


@pytest.mark.fault("RL-41")
@pytest.mark.parametrize("stage", ["handshake", "head", "body", "put"])
@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
def test_a_store_that_falls_silent_is_left_at_once(
    authority: Authority, trust: ssl.SSLContext, stage: str, secure: bool
) -> None:
    tls = authority.context() if secure else None
    store = Store(read_address("http://127.0.0.1:9", allow_http=True))
    silent = threading.Event()
    with silent_store(stage, tls, silent) as listener:
        scheme = "https" if secure else "http"
        target = store.target(f"{scheme}://127.0.0.1:{listener.port}/x")

        def ask(meter: Meter) -> None:
            method, content = ("PUT", bytes(32 << 20)) if stage == "put" else ("GET", None)
            with store.send(method, target, check=meter.check, content=content) as answer:
                answer.read()

        assert leave(ask, silent) < 1.0
    store.close()


@pytest.mark.fault("RL-41")
def test_an_address_that_does_not_answer_is_left_at_once() -> None:
    """A queue of connections that is full: the system drops further attempts."""
    full = socket.socket()
    full.bind(("127.0.0.1", 0))
    full.listen(0)
    fillers = []
    for _ in range(4):
        filler = socket.socket()
        filler.setblocking(False)
        filler.connect_ex(full.getsockname())
        fillers.append(filler)
    time.sleep(0.1)
    store = Store(read_address("http://127.0.0.1:9", allow_http=True))
    target = store.target(f"http://127.0.0.1:{full.getsockname()[1]}/x")

    def ask(meter: Meter) -> None:
        with store.send("GET", target, check=meter.check):
            pass

    silent = threading.Event()
    silent.set()
    try:
        assert leave(ask, silent) < 1.0
    finally:
        store.close()
        for each in [full, *fillers]:
            each.close()


@pytest.mark.fault("RL-41")
def test_a_silent_handshake_holds_up_no_other(authority: Authority) -> None:
    """Truststore's context has a lock around each handshake."""
    import truststore

    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(str(authority.path))
    store = Store(read_address("http://127.0.0.1:9", allow_http=True))
    tls = authority.context()
    with pytest.MonkeyPatch.context() as patch, Listener(lambda line: say(line, tls)) as honest:
        patch.setattr(
            "dfs_desktop.api.storage.store_client.tls_context", lambda *_, **_own: context
        )
        began = threading.Event()
        with silent_store("handshake", None, began) as silent:
            meter = Meter()

            def wait() -> None:
                target = store.target(f"https://127.0.0.1:{silent.port}/x")
                with (
                    contextlib.suppress(TransferCancelled),
                    store.send("GET", target, check=meter.check),
                ):
                    pass

            waiting = threading.Thread(target=wait)
            waiting.start()
            assert began.wait(10)
            time.sleep(0.05)
            target = store.target(f"https://127.0.0.1:{honest.port}/x")
            with store.send("GET", target, check=meter.check) as answer:
                assert answer.status_code == 200
            assert waiting.is_alive(), "the honest store was asked when the silent one had ended"
            meter.stop()
            waiting.join()
    store.close()


async def until(reached: Callable[[], bool]) -> None:
    for _ in range(1000):
        if reached():
            return
        await asyncio.sleep(0.01)
    pytest.fail("never reached")


@pytest.fixture
def cloud(tls: ssl.SSLContext | None) -> Iterator[Stage]:
    stage = Stage(context=tls)
    yield stage
    stage.close()


@pytest.mark.fault("RL-41")
def test_a_cancelled_upload_does_not_wait_for_a_silent_store(cloud: Stage) -> None:
    """What there is to tidy goes on without the task, and is done before the client is closed."""
    left = threading.Event()

    def slow(_handler: Any) -> bool:
        left.wait(10)
        return False

    cloud.script("put", stall)
    cloud.script("get", slow)  # the look at what arrived

    async def run() -> None:
        async with AsyncDataForceClient(**cloud.options) as client:
            task = asyncio.ensure_future(client.model_artifacts.upload(str(SAMPLE), "name"))
            await until(lambda: bool(cloud.count("put")))
            task.cancel()
            begun = time.monotonic()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert time.monotonic() - begun < 1.5
            assert cloud.statuses() == ["pending_upload"]
            left.set()
            await until(lambda: cloud.statuses() == [])

    asyncio.run(run())
