"""Downloads over TLS: records are small there, and the socket is another kind of thing."""

from __future__ import annotations

import shutil
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from api_download_room import CONTENT, SHA256, RangeStore, Room, cut, hurry
from certificates import certificate, server_context

from dfs_desktop.api import FileDownloadError
from dfs_desktop.api.storage.download import body

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="openssl makes the certificate")


@pytest.fixture(scope="module")
def own_certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("tls"))


class TlsStore(RangeStore):
    """The same store, encrypted."""

    def __init__(self, path: Path) -> None:
        self.context = server_context(path)
        super().__init__()

    @property
    def url(self) -> str:
        return super().url.replace("http:", "https:")

    def finish_request(self, request: object, client_address: object) -> None:
        with self.context.wrap_socket(request, server_side=True) as line:  # type: ignore[arg-type]
            super().finish_request(line, client_address)


@pytest.fixture
def room(tmp_path: Path, own_certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    hurry(monkeypatch)
    trusting = ssl.create_default_context(cafile=str(own_certificate))
    monkeypatch.setattr("dfs_desktop.api.storage.store.tls_context", lambda: trusting)
    room = Room(tmp_path, TlsStore(own_certificate))
    yield room
    room.close()


@pytest.mark.parametrize("way", ["straight", "through httpx"])
def test_bytes_come_whole_and_resume(room: Room, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    if way != "straight":
        monkeypatch.setattr(body, "_pass_parser", lambda _answer, _left: False)
    room.server.script(cut(len(CONTENT) // 3), cut(1))
    assert room.download().read_bytes() == CONTENT
    assert len(room.server.audit) >= 3


def test_over_several_connections(room: Room) -> None:
    room.server.rate = 8_000_000
    assert room.download().read_bytes() == CONTENT
    assert room.server.most > 2


@pytest.mark.fault("S-11")
def test_a_stranger_is_not_asked_again(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """A certificate that is not trusted does not become so by trying."""
    monkeypatch.setattr("dfs_desktop.api.storage.store.tls_context", ssl.create_default_context)
    with pytest.raises(FileDownloadError) as caught:
        room.download(SHA256)
    assert not caught.value.retryable
    assert room.server.audit == []
