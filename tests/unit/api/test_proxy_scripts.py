"""Proxy scripts (PAC): real scripts from a real server choose among real proxies, for all makers of
clients."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from msgspec.structs import replace
from support.network.proxy import NamedStage, Proxy, address
from support.network.script_server import ScriptServer
from support.registries.client_faces import FACES, SAMPLE, through

from dfs_desktop.api import (
    APIConnectionError,
    ConfigurationError,
    Login,
    Network,
    ProxyLoginError,
    TransferCancelled,
)
from dfs_desktop.api.http.proxy import proxy_script, script_evaluation
from dfs_desktop.api.http.proxy.proxy_choice import another_way, for_child, proxy_for
from dfs_desktop.api.http.proxy.proxy_script import ProxyScript, is_not_there, is_there
from dfs_desktop.api.http.proxy.script_source import MOST, read_script, script_address, shown
from dfs_desktop.workers.byte_worker.caller import ByteWorker

NAME = "registry.example"
DIRECT = "function FindProxyForURL(url, host) { return 'DIRECT' }"


@pytest.fixture(scope="module")
def server() -> Iterator[ScriptServer]:
    server = ScriptServer(direct=DIRECT)
    yield server
    server.close()


@pytest.fixture
def nobody() -> str:
    """A place at which nobody accepts connections."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{line.getsockname()[1]}"


class Office:
    """A registry and its store under a name that only a proxy with a login leads to."""

    def __init__(self) -> None:
        self.stage = NamedStage()
        self.proxy = Proxy(self.stage.here, login="ann:s3cret")
        self.login = Login(self.proxy.place, "ann", "s3cret")

    def options(self, network: Network) -> dict[str, Any]:
        return self.stage.options | {"network": network, "timeout": 5.0, "allow_http": True}


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    office = Office()
    yield office
    office.proxy.close()
    office.stage.close()


@pytest.mark.parametrize("face", ["sync", "worker"])
def test_bytes_and_records_take_the_way_of_the_script_past_a_proxy_that_is_not_there(
    office: Office, server: ScriptServer, nobody: str, face: str, tmp_path: Path
) -> None:
    """The script hears of no path, which may hold a signature, and its server of no key. In the child
    that moves bytes as well."""
    office.proxy.asked.clear()
    server.asked.clear()
    server.pages["/office"] = (
        "function FindProxyForURL(url, host) {"
        f" if (!/^http:..{NAME}:[0-9]+.$/.test(url) || host !== '{NAME}') return 'PROXY 127.0.0.1:1';"
        f" return 'PROXY {nobody}; PROXY {office.proxy.place}; DIRECT'; }}"
    )
    network = Network(script=server.url("office"), logins=(office.login,))
    back = tmp_path / "back.fnnx"
    worker = ByteWorker()

    def work(client: Any) -> None:
        made = client.model_artifacts.upload(str(SAMPLE), "n")
        client.model_artifacts.download(made.id, str(back))

    async def work_awaited(client: Any) -> None:
        made = await client.model_artifacts.upload(str(SAMPLE), "n")
        await client.model_artifacts.download(made.id, str(back))

    try:
        if face == "sync":
            through("sync", work, **office.options(network))
        else:
            options = office.options(replace(network, edition=1))
            through("async", work_awaited, performer=worker.perform, **options)
            assert worker.pid
    finally:
        worker.close()
    assert back.read_bytes() == SAMPLE.read_bytes()
    assert any("/objects/" in each for each in office.proxy.asked)
    assert {path for path, _ in server.asked} == {"/office"}
    assert len(server.asked) == (1 if face == "sync" else 2)  # once by each process
    assert not any("Authorization" in headers for _, headers in server.asked)


@pytest.mark.parametrize("face", FACES)
def test_a_proxy_that_a_script_chose_asks_for_its_login_once(
    office: Office, server: ScriptServer, face: str
) -> None:
    """A refusal is an answer: the next way, which may be a direct one, is not taken."""
    server.pages["/login"] = (
        f"function FindProxyForURL() {{ return 'PROXY {office.proxy.place}; DIRECT' }}"
    )
    network = Network(script=server.url("login"))
    with pytest.raises(ProxyLoginError) as refused:
        through(face, lambda c: c.model_artifacts.list(), **office.options(network))
    assert refused.value.proxy == office.proxy.place
    assert server.url("login") in str(refused.value)


@pytest.mark.parametrize("face", FACES)
def test_with_a_script_that_fails_nothing_goes_around_the_proxy(
    office: Office, server: ScriptServer, face: str
) -> None:
    server.pages["/broken"] = "function FindProxyForURL(url) {\n return no_such_thing }"
    server.pages["/strange"] = "function FindProxyForURL() { return 'SOCKS4 a:1; CARRIER pigeon' }"
    for name, words in (
        ("broken", "no_such_thing"),
        ("strange", "CARRIER pigeon"),
        ("absent", "status 404"),
    ):
        network = Network(script=server.url(name))
        with pytest.raises(ConfigurationError) as raised:
            through(face, lambda c: c.model_artifacts.list(), **office.options(network))
        text = str(raised.value)
        assert words in text
        assert "Preferences › Network" in text
        assert not raised.value.retryable


def test_a_script_whose_server_is_away_may_be_there_again_later(nobody: str) -> None:
    with pytest.raises(APIConnectionError) as raised:
        read_script(f"http://{nobody}/proxy.pac", Network())
    assert raised.value.retryable
    assert "refuses connections" in str(raised.value)


def test_a_script_is_read_through_a_few_redirects_packed_and_from_files(
    server: ScriptServer, tmp_path: Path
) -> None:
    server.pages["/moved"] = (302, {"Location": "direct?a=1"}, b"")
    server.pages["/direct?a=1"] = DIRECT
    server.pages["/packed"] = (200, {"Content-Encoding": "gzip"}, gzip.compress(DIRECT.encode()))
    server.pages["/round"] = (302, {"Location": "/round"}, b"")
    server.pages["/out"] = (302, {"Location": "file:///etc/hostname"}, b"")
    server.pages["/long"] = b"/" * (MOST + 1)
    server.pages["/bomb"] = (200, {"Content-Encoding": "gzip"}, gzip.compress(bytes(10 << 20)))
    server.pages["/marked"] = b"\xef\xbb\xbf" + DIRECT.encode()
    server.pages["/old"] = b"// \xe4\n" + DIRECT.encode()
    for name in ("moved", "packed", "marked", "old"):
        assert read_script(server.url(name), Network()).endswith(DIRECT)
    for name in ("round", "out", "long", "bomb"):
        with pytest.raises(ConfigurationError, match="cannot be read"):
            read_script(server.url(name), Network())
    file = tmp_path / "a b.pac"
    file.write_text(DIRECT)
    assert read_script(script_address(f' "{file}" '), Network()) == DIRECT
    file.write_bytes(b"/" * (MOST + 1))
    for unfit in (file, tmp_path, tmp_path / "none"):
        with pytest.raises(ConfigurationError, match="cannot be read"):
            read_script(unfit.as_uri(), Network())


@pytest.mark.parametrize(
    "typed", ["", "proxy.pac", "ftp://a/b", "http://", "javascript:1", "data:,x", "file:"]
)
def test_what_leads_to_no_script_is_told_at_once(typed: str) -> None:
    with pytest.raises(ConfigurationError, match="not the address of a proxy script"):
        script_address(typed)


def test_neither_login_nor_query_of_a_scripts_address_is_shown() -> None:
    assert shown("http://ann:s3cret@a.example/p.pac?token=1#x") == "http://a.example/p.pac"


def test_a_script_is_asked_once_for_a_host_and_read_anew_when_it_is_old(
    server: ScriptServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.pages["/kept"] = "function FindProxyForURL() { return 'PROXY one.example:1' }"
    server.asked.clear()
    script = ProxyScript(server.url("kept"), Network())
    ask = lambda host: script.ways(address("https", host), lambda: None)  # noqa: E731
    threads = [threading.Thread(target=ask, args=("a.example",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    server.pages["/kept"] = "function FindProxyForURL() { return 'PROXY two.example:2' }"
    first = ask("A.example.")
    assert [each and each.place for each in first] == ["one.example:1"]
    assert len(server.asked) == 1
    script._read -= proxy_script.READ_ANEW + 1
    assert [each and each.place for each in ask("b.example")] == ["two.example:2"]
    # It cannot be read any more: the one that is known goes on.
    del server.pages["/kept"]
    script._read -= proxy_script.READ_ANEW + 1
    assert [each and each.place for each in ask("c.example")] == ["two.example:2"]
    assert len(server.asked) == 3


def test_settings_that_changed_have_the_script_read_anew(server: ScriptServer) -> None:
    server.pages["/edition"] = "function FindProxyForURL() { return 'PROXY one.example:1' }"
    network = Network(script=server.url("edition"))
    found = proxy_for(address("https", NAME), network)
    server.pages["/edition"] = DIRECT
    assert found == proxy_for(address("https", NAME), network)
    assert found is not None
    assert proxy_for(address("https", NAME), replace(network, edition=1)) is None


def test_whoever_waits_for_a_slow_script_can_stop(
    server: ScriptServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(script_evaluation, "SECONDS", 1.0)
    server.pages["/slow"] = "function FindProxyForURL() { while (true) {} }"

    def stop() -> None:
        raise TransferCancelled

    network = Network(script=server.url("slow"))
    with pytest.raises(TransferCancelled):
        proxy_for(address("https", NAME), network, stop)
    for thread in threading.enumerate():
        if thread.name == "dfs-proxy-script":
            thread.join(20)


def test_this_computer_is_reached_without_asking_the_script(server: ScriptServer) -> None:
    network = Network(script=server.url("never"))
    server.asked.clear()
    for host in ("localhost", "127.0.0.1", "::1"):
        assert proxy_for(address("https", host), network) is None
    assert not server.asked


def test_the_next_way_is_taken_for_a_proxy_that_is_not_there_and_each_once(
    server: ScriptServer,
) -> None:
    server.pages["/ways"] = (
        "function FindProxyForURL() { return 'PROXY gone1.example:1; SOCKS gone2.example:2' }"
    )
    network = Network(script=server.url("ways"))
    to = (address("https", NAME), network)
    first = proxy_for(*to)
    assert first is not None
    assert first.place == "gone1.example:1"
    away = httpx.ConnectError("refused")
    assert another_way(away, first, *to)
    second = proxy_for(*to)
    assert second is not None
    assert second.url == httpx.URL("socks5h://gone2.example:2")
    assert not another_way(away, second, *to)  # no way is left: this is told
    assert proxy_for(*to) == first
    assert not is_there(first)
    encrypted = httpx.ConnectError("certificate")
    encrypted.__cause__ = ssl.SSLCertVerificationError("unknown")
    assert not is_not_there(encrypted)
    assert not is_not_there(httpx.ReadError("cut"))
    named_by_hand = replace(first, script="")
    assert not another_way(away, named_by_hand, *to)


def test_a_child_is_told_which_script_holds_and_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "dfs_desktop.api.http.proxy.proxy_choice.system_script", lambda **_: "http://a/p.pac"
    )
    assert for_child(Network()).script == "http://a/p.pac"
    assert for_child(Network(proxy="")).script == ""
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example")
    assert for_child(Network()).script == ""


def test_several_requests_at_once_take_the_next_way_together(
    office: Office, server: ScriptServer, nobody: str
) -> None:
    server.pages["/several"] = (
        f"function FindProxyForURL() {{ return 'PROXY {nobody}; PROXY {office.proxy.place}' }}"
    )
    network = Network(script=server.url("several"), logins=(office.login,))

    async def work(client: Any) -> list[Any]:
        return await asyncio.gather(*(client.model_artifacts.list() for _ in range(8)))

    assert len(through("async", work, **office.options(network))) == 8
