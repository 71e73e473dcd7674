"""A connection tried step by step: what is right and what is wrong of it is told at its own step."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from support.network.certificates import Authority
from support.network.company import LOGIN, NAME, Company
from support.network.raw_servers import Listener
from support.registries.local import Room

from dfs_desktop.api import Network, Pin
from dfs_desktop.api.doctor import TITLES, Finding, Verdict, as_text, examination, examine

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="other systems ask their own authorities"
)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with Room(tmp_path_factory.mktemp("registry")) as room:
        room.upload(b"x" * 1000)
        yield room


@pytest.fixture(scope="module")
def company(room: Room, authority: Authority) -> Iterator[Company]:
    company = Company(authority, room.address.url)
    yield company
    company.close()
    room.settle()


def look(url: str, key: str | None, **more: Any) -> dict[str, Finding]:
    async def run() -> list[Finding]:
        return [each async for each in examine(url, key, **more)]

    findings = asyncio.run(run())
    assert [each.step for each in findings] == list(TITLES)
    return {each.step: each for each in findings}


def faults(found: dict[str, Finding]) -> list[str]:
    return [step for step, each in found.items() if each.verdict is Verdict.FAULT]


def test_every_step_is_tried_over_https_through_a_proxy_with_a_login(
    company: Company, room: Room
) -> None:
    company.proxy.asked.clear()
    found = look(company.url, room.address.api_key, network=company.network)
    assert faults(found) == []
    assert "as ann, set by the Network page" in found["proxy"].found
    assert f"connects us with {NAME}" in found["line"].found
    assert found["tls"].verdict is Verdict.WARNING  # it ends in two days
    assert "issued by The tests' own authority, valid till 20" in found["tls"].found
    assert "chain: a server of the tests ← The tests' own authority" in found["tls"].found
    assert found["server"].found == "API of LUML (/v1)"
    assert found["key"].found == "Accepted"
    assert "may create, update and delete" in found["rights"].found
    assert found["storage"].found.startswith(f"{NAME} gave a byte of ")
    assert found["clock"].verdict is Verdict.GOOD
    assert set(company.proxy.asked) == {f"{NAME}:{company.port}"}
    report = as_text(company.url, found.values()) + str(msgspec.json.encode(list(found.values())))
    for secret in (room.address.api_key, LOGIN.partition(":")[2], "signature", "X-Amz"):
        assert secret.lower() not in report.lower()


def test_the_choice_of_a_proxy_script_is_told_for_the_registry_and_for_its_store(
    company: Company, room: Room, tmp_path: Path
) -> None:
    script = tmp_path / "proxy.pac"
    script.write_text(
        "function FindProxyForURL(url, host) {"
        f" return 'PROXY 127.0.0.1:9; PROXY {company.proxy.place}; DIRECT' }}"
    )
    network = replace(company.network, proxy="", script=script.as_uri())
    found = look(company.url, room.address.api_key, network=network)
    assert faults(found) == []
    chosen = f"HTTP {company.proxy.place}"
    assert found["proxy"].found.startswith(f"{chosen}, as ann, set by the proxy script file:///")
    assert found["storage"].found.endswith(f", through {chosen}")
    script.write_text("function FindProxyForURL(url, host) { return 'DIRECT' }")
    found = look(company.url, room.address.api_key, network=replace(network, edition=1))
    assert found["proxy"].found.startswith("None: the proxy script file:///")
    script.write_text("function FindProxyForURL(")
    found = look(company.url, room.address.api_key, network=replace(network, edition=2))
    assert faults(found) == ["proxy"]
    assert "SyntaxError" in found["proxy"].found
    assert "Preferences › Network" in found["proxy"].advice


def test_what_is_wrong_is_told_at_its_step_with_what_to_do(company: Company, room: Room) -> None:
    key, network = room.address.api_key, company.network
    found = look(company.url, key, network=replace(network, logins=()))
    assert faults(found) == ["line"]
    assert "wants a name and a password (407)" in found["line"].found
    assert "Preferences" in found["line"].advice
    assert found["tls"].found == "Not tried: “Connection” comes first"

    found = look(company.url, key, network=replace(network, authorities=""))
    assert faults(found) == ["tls"]
    assert "SHA-256" in found["tls"].found
    assert "Preferences › Network" in found["tls"].advice
    pin = Pin(NAME, company.port, "ab" * 32)
    found = look(company.url, key, network=replace(network, pins=(pin,)))
    assert faults(found) == ["tls"]
    assert "another certificate" in found["tls"].found

    found = look(company.url, "dfs_" + "x" * 43, network=network)
    assert faults(found) == ["key"]
    assert "Make a new key" in found["key"].advice
    found = look(company.url, None, network=network, keyless="The keyring is locked")
    assert (faults(found), found["key"].found) == (["key"], "The keyring is locked")

    found = look(company.url, key, network=Network(proxy=""))
    assert faults(found) == ["name"]
    assert "VPN" in found["name"].advice
    assert faults(look("https://127.0.0.1:9", key)) == ["line"]
    assert faults(look("not an address", key)) == ["address"]
    assert faults(look(room.address.url.replace("http:", "https:"), key)) == ["tls"]
    assert faults(look(company.url, key, network=Network(proxy="nothing://a"))) == ["proxy"]

    company.relay.date = formatdate(time.time() + 3600, usegmt=True)
    found = look(company.url, key, network=network)
    company.relay.date = ""
    assert "60 minutes behind the server" in found["clock"].found
    assert found["clock"].verdict is Verdict.FAULT


def test_a_store_that_does_not_answer_is_told_beside_a_registry_that_does(
    company: Company, room: Room
) -> None:
    company.relay.answer_instead("/objects/", 403, "text/xml", b"<Error><Code>No</Code></Error>")
    company.relay.answer_instead("/o/", 403, "text/xml", b"<Error><Code>No</Code></Error>")
    try:
        found = look(company.url, room.address.api_key, network=company.network)
    finally:
        company.relay.release()
    assert faults(found) == ["storage"], company.relay.seen[-3:]


def test_a_step_without_an_end_is_ended_and_a_cancelled_examination_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(examination, "STEP", 0.4)
    gone: list[str] = []

    def silent(line: Any) -> None:
        while line.recv(4096):
            pass
        gone.append("closed")

    with Listener(silent) as listener:
        url = f"http://127.0.0.1:{listener.port}"
        began = time.monotonic()
        found = look(url, "dfs_" + "x" * 43)
        assert time.monotonic() - began < 5
        assert faults(found) == ["server"]

        async def cancelled() -> None:
            task = asyncio.ensure_future(asyncio.to_thread(time.sleep, 0))
            await task
            findings = examine(url, "dfs_" + "x" * 43)
            seen = [await anext(findings) for _ in range(5)]
            assert [each.step for each in seen] == list(TITLES)[:5]
            await findings.aclose()

        asyncio.run(cancelled())
    assert len(gone) >= 2


def test_a_report_is_one_line_a_step_and_its_advice() -> None:
    findings = [
        Finding("address", Verdict.GOOD, "https://a", seconds=0.0123),
        Finding("name", Verdict.FAULT, "No computer", "Check it."),
    ]
    assert as_text("a", findings) == (
        "a\n"
        "ok  Address:     https://a  (12 ms)\n"
        "XX  Name:        No computer\n"
        "                 → Check it.\n"
    )
