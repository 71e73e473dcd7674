"""A download from a stranger ends before it begins; what else TLS brings, the other tests meet by https."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from support.network.certificates import Authority
from support.stores.ranges import SHA256, hurry, room_with

from dfs_desktop.api import FileDownloadError


@pytest.mark.fault("S-11")
def test_a_stranger_is_not_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, authority: Authority
) -> None:
    """A certificate that is not trusted does not become so by trying."""
    hurry(monkeypatch)
    monkeypatch.setattr(
        "dfs_desktop.api.storage.store_client.tls_context",
        lambda *_, **_own: ssl.create_default_context(),
    )
    with room_with(tmp_path, context=authority.context()) as room:
        with pytest.raises(FileDownloadError) as caught:
            room.download(SHA256)
        assert not caught.value.retryable
        assert room.server.audit == []
