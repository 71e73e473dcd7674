"""Who gets into the local registry: keys by their hash, and a registry that another program keeps up."""

from __future__ import annotations

import socket
from pathlib import Path

import httpx
import pytest

from dfs_desktop.server import LocalRegistry, access
from dfs_desktop.server.access import AcceptedKeys
from dfs_desktop.server.lease import Lease, private_directory


def test_a_key_is_good_until_others_only_are_accepted_and_never_stands_in_the_folder(
    tmp_path: Path,
) -> None:
    allows = AcceptedKeys(tmp_path, "run")
    assert allows(b"run")
    assert not allows(b"first")
    access.accept(tmp_path, "first")
    access.accept(tmp_path, "second")
    access.accept(tmp_path, "first")
    assert allows(b"first")
    assert allows(b"second")
    assert not allows(b"")
    assert not allows(b"\xff")
    access.no_longer_accept(tmp_path, "second")
    assert (allows(b"first"), allows(b"second")) == (True, False)
    access.accept_only(tmp_path, ["third"])
    assert [allows(key) for key in (b"run", b"first", b"third")] == [True, False, True]
    assert b"third" not in (tmp_path / "keys").read_bytes()
    (tmp_path / "keys").write_bytes(b"\x00\xff junk")
    assert (allows(b"third"), allows(b"run")) == (False, True)


def test_a_registry_can_be_joined_while_its_program_lives(tmp_path: Path) -> None:
    folder = private_directory(tmp_path / "registry")
    assert access.running(folder) == ""
    lease = Lease(folder)
    access.announce(folder, "http://127.0.0.1:1")
    assert access.running(folder) == "http://127.0.0.1:1"
    lease.release()  # killed: the address is left, and means nothing
    assert access.running(folder) == ""


def test_the_port_stays_even_when_another_program_had_it_for_a_while(tmp_path: Path) -> None:
    def port() -> int:
        registry = LocalRegistry(tmp_path)
        url = registry.start().url
        registry.stop()
        return int(url.rpartition(":")[2])

    first = port()
    assert 20_000 <= first < 32_000  # no system gives it to a connection
    with socket.create_server(("127.0.0.1", first)):
        assert port() != first
    assert port() == first


@pytest.mark.parametrize("path", ["/users/me/organizations", "/v1/users/me/organizations"])
def test_both_dialects_take_a_key_that_is_accepted_meanwhile(tmp_path: Path, path: str) -> None:
    registry = LocalRegistry(tmp_path)
    url = registry.start().url + path

    def status() -> int:
        headers = {"authorization": "Bearer lasting"}
        return httpx.get(url, headers=headers, trust_env=False).status_code

    try:
        assert status() == 401
        access.accept(tmp_path, "lasting")
        assert status() == 200
        access.accept_only(tmp_path, [])
        assert status() == 401
    finally:
        registry.stop()
