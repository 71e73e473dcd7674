"""A registry with encryption whose storage has none: asked for once, and nothing is left half done."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.network.certificates import Authority
from support.registries.client_faces import FACES, SAMPLE, through
from support.registries.scripted import Handler, Stage

from dfs_desktop.api import StorageAddressError
from dfs_desktop.api.http.address import Address
from dfs_desktop.api.storage.presigned_urls import approval, check_url

pytestmark = pytest.mark.fault("W-02")


class Registry(Handler):
    """By TLS; its objects are at the other stage, by plain http."""

    def perform(self) -> None:
        path = self.path.split("?")[0]
        if path.endswith("/bucket-secrets"):
            if not self.server.tells:
                return self.answer_json(403, {"detail": "Not enough permissions"})
            secret = {"id": "s", "endpoint": self.server.store.url[7:], "secure": False}
            return self.answer_json(200, [secret])
        if path.rsplit("/", 2)[-2] == "orbits":
            return self.answer_json(200, {"id": "o", "name": "o", "bucket_secret_id": "s"})
        return super().perform()


class Sealed(Stage):
    """The registry; ``tells``: whether the account may read bucket secrets."""

    def __init__(self, context: ssl.SSLContext, store: Stage) -> None:
        self.store, self.tells = store, True
        super().__init__(handler=Registry, context=context)
        self.objects = store.objects

    def signed(self, record: dict[str, Any], verb: str, part: int = 0) -> str:
        return self.store.signed(record, verb, part)


@pytest.fixture
def sealed(monkeypatch: pytest.MonkeyPatch, authority: Authority) -> Iterator[Sealed]:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    store = Stage()
    sealed = Sealed(authority.context(), store)
    yield sealed
    sealed.close()
    store.close()


def run(sealed: Sealed, face: str, operation: Any, **more: Any) -> Any:
    return through(face, operation, **sealed.options, **more)


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("tells", [True, False])
def test_an_upload_is_refused_before_a_record_is_left(
    sealed: Sealed, face: str, tells: bool
) -> None:
    sealed.tells = tells
    with pytest.raises(StorageAddressError) as raised:
        run(sealed, face, lambda c: c.model_artifacts.upload(str(SAMPLE), "n"))
    assert raised.value.host == sealed.store.url
    assert "without encryption" in raised.value.detail
    assert sealed.count("create") == (0 if tells else 1)
    assert set(sealed.statuses()) <= {"upload_failed"}
    found = run(
        sealed,
        face,
        lambda c: c.model_artifacts.upload(str(SAMPLE), "n"),
        approved_storage=[raised.value.host],
    )
    assert found.status == "uploaded"


@pytest.mark.parametrize("face", FACES)
def test_a_deletion_leaves_the_record_as_it_was(sealed: Sealed, face: str) -> None:
    record = sealed.add(b"x")
    with pytest.raises(StorageAddressError) as raised:
        run(sealed, face, lambda c: c.model_artifacts.delete(record["id"]))
    assert sealed.statuses() == ["uploaded"]

    def delete(client: Any) -> Any:
        client.approve_storage(raised.value.host.upper() + "/")
        return client.model_artifacts.delete(record["id"])

    run(sealed, face, delete)
    assert not sealed.records
    assert not sealed.objects


@pytest.mark.parametrize("face", FACES)
def test_a_download_asks_too(sealed: Sealed, face: str, tmp_path: Path) -> None:
    record = sealed.add(b"content")
    path = tmp_path / "x.fnnx"

    def download(client: Any) -> Any:
        return client.model_artifacts.download(record["id"], str(path))

    with pytest.raises(StorageAddressError):
        run(sealed, face, download)
    assert not list(tmp_path.iterdir())
    run(sealed, face, download, approved_storage=[sealed.store.url])
    assert path.read_bytes() == b"content"
    assert json.dumps(sealed.statuses()) == '["uploaded"]'


@pytest.mark.parametrize(
    ("url", "spellings"),
    [
        ("http://minio.example:80/b/k", ["http://minio.example", "http://Minio.example:80/b"]),
        ("http://minio.example/b/k", ["http://minio.example:80", " HTTP://minio.example/?x=1 "]),
        ("http://[fd00::5]:9000/k", ["http://[fd00::5]:9000/", "http://[FD00::5]:9000"]),
        ("https://10.0.0.5:9000/k", ["10.0.0.5", "10.0.0.5:9000", "https://10.0.0.5:9000/b"]),
        ("https://[fd00::5]/k", ["fd00::5", "[fd00::5]", "https://[fd00::5]/"]),
    ],
)
def test_a_storage_is_approved_however_its_address_is_written(
    url: str, spellings: list[str]
) -> None:
    registry = Address("https://r.example", "https", "r.example", loopback=False)
    with pytest.raises(StorageAddressError) as asked:
        check_url(url, registry)
    for spelling in [*spellings, url, asked.value.host]:
        assert approval(spelling) == asked.value.host
    check_url(url, registry, {asked.value.host})


def test_an_approval_without_a_scheme_is_none_for_plain_http() -> None:
    registry = Address("https://r.example", "https", "r.example", loopback=False)
    for other in ("minio.example", "https://minio.example", "http://minio.example:9000"):
        with pytest.raises(StorageAddressError):
            check_url("http://minio.example/k", registry, {approval(other)})
