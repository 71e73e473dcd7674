"""Client, registry and Azurite together: whole blobs, blocks, signatures that Azurite checks."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from support.registries.client_faces import FACES, SAMPLE, through
from support.stores.azure import AzurePresigner
from support.stores.azurite import Azurite, Unavailable
from support.stores.place import sha256
from support.stores.registry import PART, SMALL, Service, grow

from dfs_desktop.api import FileDownloadError, FileUploadError, ModelArtifactStatus

pytestmark = pytest.mark.timeout(300)  # the first test may have to fetch Azurite

ON_THE_LINE = SMALL.multipart_above


class Place:
    """A service of generation G in front of a container of its own."""

    def __init__(self, folder: Path, azurite: Azurite, container: str) -> None:
        self.folder = folder
        self.azurite = azurite
        self.urls = AzurePresigner(azurite.origin, container)
        self.urls.create_container()
        self._objects = f"/{container}/"  # the emulator writes its log late: names tell, not counts
        self.service = Service(folder / "registry", self.urls)

    def do(self, face: str, operation: Any) -> Any:
        return through(face, operation, **self.service.options)

    def upload(self, face: str, path: Path) -> Any:
        return self.do(face, lambda c: c.model_artifacts.upload(str(path), "name"))

    def download(self, face: str, artifact_id: str) -> Path:
        path = self.folder / "back.fnnx"
        self.do(face, lambda c: c.model_artifacts.download(artifact_id, str(path)))
        return path

    def artifact(self, size: int) -> Path:
        return grow(SAMPLE, self.folder / "model ü+1.fnnx", size)

    def audit(self) -> list[tuple[str, dict[str, str], dict[str, str]]]:
        """Method, query and headers of the requests for objects of this container."""
        asked = [each for each in self.azurite.audit() if self._objects in each[1]]
        return [
            (method, {k: v[0] for k, v in parse_qs(url.partition("?")[2]).items()}, headers)
            for method, url, headers in asked
        ]


@pytest.fixture(scope="module")
def azurite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Azurite]:
    try:
        azurite = Azurite(tmp_path_factory.mktemp("azurite") / "run")
    except Unavailable as why:
        pytest.skip(f"Azurite is not to be had: {why}")
    yield azurite
    azurite.close()


@pytest.fixture
def place(tmp_path: Path, azurite: Azurite, request: pytest.FixtureRequest) -> Iterator[Place]:
    place = Place(tmp_path, azurite, f"c{abs(hash(request.node.nodeid)):x}")
    yield place
    place.service.__exit__(None, None, None)


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize(
    ("size", "blocks"), [(ON_THE_LINE, 0), (ON_THE_LINE + 1, 3), (5 * PART + 1, 6)]
)
def test_what_goes_up_comes_back_and_can_be_deleted(
    place: Place, face: str, size: int, blocks: int
) -> None:
    path = place.artifact(size)
    record = place.upload(face, path)
    assert record.status is ModelArtifactStatus.UPLOADED
    assert sha256(place.download(face, record.id)) == sha256(path) == record.file_hash
    place.do(face, lambda c: c.model_artifacts.delete(record.id))
    assert place.service.records() == []
    kinds = [f"{method} {query.get('comp', 'blob')}" for method, query, _ in place.audit()]
    assert kinds.count("PUT block") == blocks
    assert kinds.count("PUT blocklist") == (1 if blocks else 0)
    assert kinds.count("PUT blob") == (0 if blocks else 1)
    assert kinds[-1] == "DELETE blob"


def test_requests_carry_what_azure_wants_and_nothing_secret(place: Place) -> None:
    for size in (ON_THE_LINE, 5 * PART):
        record = place.upload("sync", place.artifact(size))
        place.download("sync", record.id)
        place.do("sync", lambda c, key=record.id: c.model_artifacts.delete(key))
    audit = place.audit()
    assert len(audit) >= 12
    for method, query, headers in audit:
        assert not {"authorization", "cookie", "transfer-encoding"} & set(headers)
        assert place.service.address.api_key not in str(headers)
        whole = method == "PUT" and "comp" not in query
        assert headers.get("x-ms-blob-type") == ("BlockBlob" if whole else None)
        assert ("content-length" in headers) == (method == "PUT")
        assert query["sp"] == {"PUT": "cw", "GET": "r", "DELETE": "d"}[method]


def test_the_object_is_looked_at_before_the_registry_is_told(place: Place) -> None:
    place.upload("sync", place.artifact(5 * PART))
    (*_, before, last) = place.audit()
    assert before[1]["comp"] == "blocklist"
    assert (last[0], last[2]["range"]) == ("GET", "bytes=0-0")


@pytest.mark.fault("M-04")
def test_m04_expired_block_urls_are_renewed(place: Place) -> None:
    place.urls.lifetimes = [-60] * 3  # of six blocks
    path = place.artifact(5 * PART + 1)
    record = place.upload("sync", path)
    assert sha256(place.download("sync", record.id)) == sha256(path)


@pytest.mark.fault("M-05")
def test_m05_urls_that_stay_expired_end_it(place: Place) -> None:
    place.urls.lifetime = -60
    with pytest.raises(FileUploadError):
        place.upload("sync", place.artifact(5 * PART + 1))
    assert sum(query.get("comp") == "block" for _, query, _ in place.audit()) <= 12
    assert place.service.statuses() == ["upload_failed"]


@pytest.mark.fault("M-13")
def test_m13_a_block_that_went_missing_is_a_clear_failure(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = place.urls.part

    def part(key: str, number: int, upload_id: str | None) -> str:
        # The fourth block goes to another blob, as if this one had lost it.
        return honest(key + ".lost" if number == 4 else key, number, upload_id)

    monkeypatch.setattr(place.urls, "part", part)
    with pytest.raises(FileUploadError, match="InvalidBlockList"):
        place.upload("sync", place.artifact(5 * PART + 1))
    assert place.service.statuses() == ["upload_failed"]


@pytest.mark.fault("D-11")
def test_d11_an_expired_download_url_is_renewed_once(place: Place) -> None:
    path = place.artifact(ON_THE_LINE)
    record = place.upload("sync", path)
    place.urls.lifetimes = [-60]
    assert sha256(place.download("sync", record.id)) == sha256(path)
    place.urls.lifetime = -60
    with pytest.raises(FileDownloadError, match="fresh link"):
        place.download("sync", record.id)


@pytest.mark.fault("S-12")
def test_s12_no_signature_shows_in_errors_or_logs(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    place.urls.lifetime = -60
    for size in (ON_THE_LINE, 5 * PART):
        with pytest.raises(FileUploadError) as caught:
            place.upload("sync", place.artifact(size))
        text = f"{caught.value} {caught.value!r} {caplog.text}"
        for secret in ("sig=", "sp=cw", "dfs_", place.service.address.api_key):
            assert secret not in text


def test_two_uploads_side_by_side_do_not_mix(place: Place) -> None:
    paths = [grow(SAMPLE, place.folder / f"{n}.fnnx", (4 + n) * PART) for n in range(2)]
    records: dict[Path, Any] = {}

    def send(path: Path) -> None:
        records[path] = place.upload("sync", path)

    threads = [threading.Thread(target=send, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for path in paths:
        assert sha256(place.download("sync", records[path].id)) == sha256(path)
