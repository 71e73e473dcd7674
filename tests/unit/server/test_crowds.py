"""The local registry bounds what it decodes and reports, and half-open connections shut nobody out."""

from __future__ import annotations

import socket
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from support.registries.local import Room, artifact_body

from dfs_desktop.server import Rules
from dfs_desktop.server.http.answers import StoreRefusal
from dfs_desktop.server.http.validation import MOST_PROBLEMS
from dfs_desktop.server.objects.url_signatures import Signer


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Room]:
    with Room(tmp_path / "registry", Rules(connections=8)) as room:
        yield room


@pytest.mark.fault("X-12")
def test_half_open_connections_of_others_do_not_shut_the_owner_out(small: Room) -> None:
    lines = [socket.create_connection(("127.0.0.1", small.port)) for _ in range(40)]
    try:
        for _ in range(5):
            with httpx.Client(trust_env=False) as mine:
                key = {"authorization": f"Bearer {small.address.api_key}"}
                answer = mine.get(f"{small.address.url}/users/me/organizations", headers=key)
            assert answer.status_code == 200
            lines += [socket.create_connection(("127.0.0.1", small.port)) for _ in range(9)]
    finally:
        for line in lines:
            line.close()


@pytest.mark.fault("X-12")
@pytest.mark.parametrize(
    "make",
    [
        lambda: b"[" + b"[]," * 5_000_000 + b"[]]",
        lambda: b'{"metrics": {' + b",".join(b'"%d": {}' % n for n in range(1_000_000)) + b"}}",
    ],
    ids=["lists", "objects"],
)
def test_bodies_of_millions_of_containers_are_refused_before_they_are_decoded(
    small: Room, make: Callable[[], bytes]
) -> None:
    body = make()
    begun = time.monotonic()
    tracemalloc.start()
    try:
        headers = {"content-type": "application/json"}
        answer = small.api.post(small.artifacts, content=body, headers=headers)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert answer.status_code == 413
    assert most < 6 * len(body)
    assert time.monotonic() - begun < 20


@pytest.mark.fault("X-12")
def test_a_report_ends_after_a_hundred_problems(small: Room) -> None:
    wrong = artifact_body(tags=list(range(100_000)), metrics={f"m{n}": "x" for n in range(50_000)})
    answer = small.api.post(small.artifacts, json=wrong)
    assert answer.status_code == 422
    assert len(answer.json()["detail"]) == MOST_PROBLEMS


@pytest.mark.fault("X-07")
def test_a_signed_link_is_good_for_the_port_of_its_run_only() -> None:
    """A link that another program heard on the old port opens nothing on the new one."""
    old = Signer(b"secret", 60, "127.0.0.1:4000")
    new = Signer(b"secret", 60, "127.0.0.1:4001")
    query = old.path("PUT", "object").partition("?")[2].encode()
    assert old.check("PUT", "object", query)
    with pytest.raises(StoreRefusal):
        new.check("PUT", "object", query)


@pytest.mark.fault("X-07")
def test_a_link_to_upload_puts_one_content_there_and_no_other(small: Room) -> None:
    """Who hears of a link later changes nothing with it; a retry of the same bytes goes well."""
    made = small.create(size=4)
    url = made["url"]["parts"][0]["url"]
    for odd in (b"abc", b"abcde"):
        answer = small.web.put(url, content=odd)
        assert (answer.status_code, "declares 4 bytes" in answer.text) == (400, True)
    assert small.web.put(url, content=b"good").status_code == 200
    assert small.web.put(url, content=b"good").status_code == 200, "its first answer got lost"
    assert small.web.put(url, content=b"evil").status_code == 409
    assert small.download(made["model"]["id"]).content == b"good"
    assert len([path for path in (small.folder / "objects").rglob("*") if path.is_file()]) == 1
