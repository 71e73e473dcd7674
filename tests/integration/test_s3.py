"""Client, registry and a strict S3 together: what goes up comes back, whole and without a secret."""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.registries.client_faces import FACES, SAMPLE, secrets_in, through
from support.stores.faults import refused
from support.stores.place import Place, sha256
from support.stores.registry import PART, SMALL, grow, with_rules
from support.stores.s3 import S3Rules, S3Server
from support.stores.s3_urls import S3Presigner

from dfs_desktop.api import FileUploadError, Meter, ModelArtifactStatus, metered
from dfs_desktop.api.storage.limits.rate_limiter import RateLimiter
from dfs_desktop.api.storage.upload import uploader
from dfs_desktop.server import LocalRegistry

ON_THE_LINE = SMALL.multipart_above


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path)
    yield place
    place.close()


@pytest.mark.parametrize("face", FACES)
class TestRoundTrip:
    def test_a_small_file(self, place: Place, face: str) -> None:
        path = place.artifact(ON_THE_LINE)
        record = place.upload(face, path)
        assert record.status is ModelArtifactStatus.UPLOADED
        assert place.service.statuses() == ["uploaded"]
        stored = place.stored(record)
        assert stored.content() == path.read_bytes()
        assert sha256(place.download(face, record.id)) == sha256(path) == record.file_hash
        assert [seen.step for seen in place.s3.audit] == ["put", "get", "get"]

    def test_a_file_in_parts(self, place: Place, face: str) -> None:
        path = place.artifact(ON_THE_LINE + 10_000)
        record = place.upload(face, path)
        assert record.status is ModelArtifactStatus.UPLOADED
        stored = place.stored(record)
        sizes = [segment.size for segment in stored.segments]
        assert sum(sizes) == path.stat().st_size
        assert set(sizes[:-1]) == {PART}
        assert stored.sha256() == sha256(path)
        assert sha256(place.download(face, record.id)) == sha256(path)
        steps = [seen.step for seen in place.s3.audit]
        assert steps[0] == "initiate"
        assert steps[1:-3] == ["part"] * len(sizes)
        assert steps[-3:] == ["complete", "get", "get"]

    def test_delete_removes_the_object(self, place: Place, face: str) -> None:
        for size in (ON_THE_LINE, ON_THE_LINE + 1):
            record = place.upload(face, place.artifact(size))
            assert place.s3.stored(record.bucket_location)
            place.do(face, lambda c, key=record.id: c.model_artifacts.delete(key))
            assert place.s3.stored(record.bucket_location) is None
        assert place.service.records() == []
        assert not list(place.s3.disk.folder.iterdir())


class TestBoundaries:
    @pytest.mark.parametrize(
        ("size", "parts"),
        [
            (ON_THE_LINE, 0),
            (ON_THE_LINE + 1, 3),
            (4 * PART, 4),
            (4 * PART + 1, 5),  # the last part has one byte
        ],
    )
    def test_part_counts_at_the_edges(self, place: Place, size: int, parts: int) -> None:
        record = place.upload("sync", place.artifact(size))
        assert place.s3.count("part") == parts
        assert place.s3.count("put") == (0 if parts else 1)
        stored = place.stored(record)
        assert stored.size == size

    @pytest.mark.parametrize(
        "name", ["a b+c&d=e?.fnnx", "Größe (1).fnnx", "模型.v2.fnnx", "a!$,@[]{}.fnnx"]
    )
    @pytest.mark.parametrize("size", [ON_THE_LINE, ON_THE_LINE + 1])
    def test_odd_names_reach_the_store_as_they_were_signed(
        self, place: Place, name: str, size: int
    ) -> None:
        path = place.artifact(size)
        odd = path.with_name(name)
        shutil.move(path, odd)
        record = place.upload("sync", odd)
        assert place.s3.stored(record.bucket_location)
        assert sha256(place.download("sync", record.id)) == sha256(odd)


class TestManners:
    """Rules of PROTOCOL.md section 7, as the audit of the store shows them."""

    def test_every_request_carries_only_what_is_signed(self, place: Place) -> None:
        for size in (ON_THE_LINE, 5 * PART):
            record = place.upload("sync", place.artifact(size))
            place.download("sync", record.id)
            place.do("sync", lambda c, key=record.id: c.model_artifacts.delete(key))
        assert {seen.step for seen in place.s3.audit} == {
            "put", "initiate", "part", "complete", "get", "delete",
        }  # fmt: skip
        for seen in place.s3.audit:
            names = set(seen.headers)
            assert not {"content-type", "cookie", "transfer-encoding", "expect"} & names
            assert not [name for name in names if name.startswith("x-amz-")]
            assert ("content-length" in names) == (seen.method in ("PUT", "POST"))

    @pytest.mark.fault("S-09")
    def test_s09_the_key_never_reaches_the_store(self, place: Place) -> None:
        record = place.upload("sync", place.artifact(5 * PART))
        place.download("sync", record.id)
        place.do("sync", lambda c: c.model_artifacts.delete(record.id))
        assert len(place.s3.audit) >= 10
        for seen in place.s3.audit:
            assert "authorization" not in seen.headers
            assert place.service.address.api_key not in f"{seen.target} {seen.headers}"

    def test_the_completion_lists_every_part_once_in_order(self, place: Place) -> None:
        bodies: list[bytes] = []
        place.s3.script("complete", lambda handler: bodies.append(handler.read()) or False)  # type: ignore[func-returns-value]
        record = place.upload("sync", place.artifact(12 * PART))
        stored = place.stored(record)
        found = re.findall(rb"<PartNumber>(\d+)</PartNumber><ETag>(.*?)</ETag>", bodies[0])
        assert [int(number) for number, _ in found] == list(range(1, 13))
        etags = [etag.decode().replace("&quot;", '"') for _, etag in found]
        assert etags == [f'"{segment.etag}"' for segment in stored.segments]

    def test_the_object_is_looked_at_before_the_registry_is_told(self, place: Place) -> None:
        told: list[list[str]] = []
        place.s3.script("get", lambda _handler: told.append(place.service.statuses()) or False)  # type: ignore[func-returns-value]
        place.upload("sync", place.artifact(5 * PART))
        last = place.s3.audit[-1]
        assert (last.step, last.headers["range"]) == ("get", "bytes=0-0")
        assert told == [["pending_upload"]]

    def test_parts_go_up_side_by_side(self, place: Place) -> None:
        import threading

        meeting = threading.Barrier(2, timeout=10)

        def meet(_handler: object) -> bool:
            meeting.wait()  # breaks, and fails the upload, unless two parts are under way
            return False

        place.s3.script("part", meet, meet)
        assert place.upload("sync", place.artifact(5 * PART)).status == "uploaded"

    @pytest.mark.parametrize(("at_stake", "most"), [(0.001, 1), (10.0, 2)])
    def test_under_a_low_limit_a_pause_can_lose_one_part_only(
        self, place: Place, monkeypatch: pytest.MonkeyPatch, at_stake: float, most: int
    ) -> None:
        import threading

        monkeypatch.setattr(uploader, "AT_STAKE", at_stake)
        meeting, alone = threading.Barrier(2, timeout=0.5), []

        def meet(_handler: object) -> bool:
            try:
                meeting.wait()
            except threading.BrokenBarrierError:
                alone.append(True)
            return False

        place.s3.script("part", meet, meet)
        with metered(Meter(RateLimiter(100 * PART))):
            assert place.upload("sync", place.artifact(5 * PART)).status == "uploaded"
        assert bool(alone) is (most == 1)


class TestLargerThanPlanned:
    def test_a_part_that_is_too_small_for_the_store_is_said_so(self, tmp_path: Path) -> None:
        place = Place(tmp_path, S3Rules(smallest_part=PART + 1))
        try:
            with pytest.raises(FileUploadError, match="EntityTooSmall"):
                place.upload("sync", place.artifact(5 * PART))
            assert place.service.statuses() == ["upload_failed"]
        finally:
            place.close()

    def test_a_store_with_opaque_etags_is_fine(self, tmp_path: Path) -> None:
        rules = S3Rules(smallest_part=PART, opaque_etags=True)
        place = Place(tmp_path, rules)
        try:
            path = place.artifact(5 * PART)
            record = place.upload("sync", path)
            assert sha256(place.download("sync", record.id)) == sha256(path)
        finally:
            place.close()


class TestSecrets:
    @pytest.mark.fault("S-12")
    @pytest.mark.parametrize("step", ["put", "initiate", "part", "complete", "get"])
    def test_s12_no_url_shows_in_errors_or_logs(
        self, place: Place, step: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        place.s3.script(step, *[refused(403, "AccessDenied", "no")] * 40)
        path = place.artifact(ON_THE_LINE if step in ("put", "get") else 5 * PART)
        with pytest.raises(FileUploadError) as caught:
            place.upload("sync", path)
        assert secrets_in(caught.value) == []
        text = f"{caught.value} {caught.value!r} {caplog.text}"
        for secret in (
            "X-Amz",
            "AWS4",
            "dfs_",
            place.service.address.api_key,
            place.s3.keys.secret,
        ):
            assert secret not in text
        # Unless the bytes are known to be missing, the record keeps its chance.
        left = "pending_upload" if step == "get" else "upload_failed"
        assert place.service.statuses() == [left]


class TestGenerationA:
    """Servers of 2025 open the upload themselves and give every URL with the record."""

    @pytest.fixture
    def old(self, tmp_path: Path) -> Iterator[tuple[S3Server, dict[str, Any]]]:
        s3 = S3Server(tmp_path / "s3", S3Rules(smallest_part=PART))
        rules = with_rules(generations=("A",))
        registry = LocalRegistry(tmp_path / "registry", rules=rules, presigner=S3Presigner(s3))
        url, key = registry.start()
        yield s3, {"base_url": url, "api_key": key}
        registry.stop()
        s3.close()

    @pytest.mark.parametrize("face", FACES)
    @pytest.mark.parametrize("size", [ON_THE_LINE, 5 * PART + 1])
    def test_there_and_back(
        self, old: tuple[S3Server, dict[str, Any]], tmp_path: Path, face: str, size: int
    ) -> None:
        s3, options = old
        path, back = grow(SAMPLE, tmp_path / "model.fnnx", size), tmp_path / "back.fnnx"
        record = through(face, lambda c: c.model_artifacts.upload(str(path), "n"), **options)
        assert record.status is ModelArtifactStatus.UPLOADED
        through(face, lambda c: c.model_artifacts.download(record.id, str(back)), **options)
        assert sha256(back) == sha256(path)
        through(face, lambda c: c.model_artifacts.delete(record.id), **options)
        assert not s3.disk.objects
        assert s3.count("part") == (0 if size == ON_THE_LINE else 6)
