"""Uploads to an S3 that fails, forgets, expires and redirects; each test names the fault's id."""

from __future__ import annotations

import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from support.registries.client_faces import FACES, secrets_in
from support.registries.faults import apply_then_drop, drop, first
from support.stores.faults import (
    blanks_first,
    error_in_200,
    expire_urls,
    forget_uploads,
    redirect,
    refused,
    without_etag,
)
from support.stores.place import Place, sha256
from support.stores.registry import PART
from support.stores.s3 import Handler, S3Rules, S3Server
from support.stores.s3_urls import S3Presigner

from dfs_desktop.api import DataForceError, FileUploadError
from dfs_desktop.server.objects.multipart import PlannedPart

SIZE = 5 * PART + 100
PARTS = 6


@pytest.fixture
def place(tmp_path: Path, tls: ssl.SSLContext | None) -> Iterator[Place]:
    place = Place(tmp_path, context=tls)
    yield place
    place.close()


def uploaded(place: Place, face: str = "sync") -> Any:
    """Upload a file of six parts; all of it has to be there."""
    path = place.artifact(SIZE)
    record = place.upload(face, path)
    assert place.stored(record).sha256() == sha256(path)
    assert place.service.statuses() == ["uploaded"]
    return record


def refusal(place: Place, status: str = "upload_failed") -> FileUploadError:
    """Upload a file of six parts, which has to fail and say so."""
    with pytest.raises(FileUploadError) as caught:
        place.upload("sync", place.artifact(SIZE))
    assert place.service.statuses() == [status]
    assert secrets_in(caught.value) == []
    return caught.value


def sent_parts(place: Place) -> Counter[str]:
    """How often each part was put."""
    return Counter(
        parse_qs(seen.target.partition("?")[2])["partNumber"][0]
        for seen in place.s3.audit
        if seen.step == "part"
    )


def upload_ids(place: Place) -> set[str]:
    return {
        parse_qs(seen.target.partition("?")[2])["uploadId"][0]
        for seen in place.s3.audit
        if seen.step in ("part", "complete")
    }


@pytest.mark.fault("M-01", "M-13", "M-03", "M-02", "M-06")
@pytest.mark.any_connection
class TestCompletion:
    @pytest.mark.parametrize("face", FACES)
    @pytest.mark.parametrize("code", ["InternalError", "SlowDown"])
    def test_m01_an_error_inside_200_is_tried_again(
        self, place: Place, face: str, code: str
    ) -> None:
        place.s3.script("complete", error_in_200(code))
        uploaded(place, face)
        assert place.s3.count("complete") == 2

    def test_m01_an_error_inside_200_that_stays_is_no_success(self, place: Place) -> None:
        place.s3.script("complete", *[error_in_200("InternalError")] * 20)
        error = refusal(place)
        assert error.title == "The storage did not join the parts"

    def test_m01_a_refusal_inside_200_ends_it_when_fresh_links_do_not_help(
        self, place: Place
    ) -> None:
        place.s3.script("complete", *[error_in_200("AccessDenied")] * 9)
        assert "AccessDenied" in refusal(place).detail
        assert place.s3.count("complete") == 3

    def test_m13_parts_that_do_not_fit_are_sent_once_more(self, place: Place) -> None:
        place.s3.script("complete", error_in_200("InvalidPart"))
        uploaded(place)
        assert place.s3.count("complete") == 2
        assert place.s3.count("initiate") == 2

    def test_m13_parts_that_never_fit_are_refused(self, place: Place) -> None:
        place.s3.script("complete", *[error_in_200("InvalidPart")] * 9)
        assert "InvalidPart" in refusal(place).detail

    def test_m03_blanks_before_the_result_are_waited_out(self, place: Place) -> None:
        place.s3.script("complete", blanks_first(0.3))
        begin = time.monotonic()
        uploaded(place)
        assert time.monotonic() - begin >= 0.25
        assert place.s3.count("complete") == 1

    @pytest.mark.parametrize("again", [True, False], ids=["says_200_again", "forgets_the_upload"])
    @pytest.mark.parametrize("opaque", [False, True], ids=["md5", "opaque"])
    def test_m02_a_lost_answer_is_proven(
        self, tmp_path: Path, tls: ssl.SSLContext | None, again: bool, opaque: bool
    ) -> None:
        rules = S3Rules(smallest_part=PART, completes_again=again, opaque_etags=opaque)
        place = Place(tmp_path, rules, context=tls)
        try:
            place.s3.script("complete", apply_then_drop)
            uploaded(place)
            assert place.s3.count("complete") == 2
            assert place.s3.audit[-1].headers["range"] == "bytes=0-0"
        finally:
            place.close()

    def test_m02_another_object_does_not_pass_for_the_lost_one(self, place: Place) -> None:
        place.s3.rules.completes_again = False
        place.s3.script("complete", apply_then_drop)

        def swap(handler: Handler) -> bool:
            disk = handler.server.disk
            (key, stored), *_ = disk.objects.items()
            disk.objects[key] = stored._replace(etag="0" * 32 + f"-{PARTS}")
            return False

        place.s3.script("get", swap)
        refusal(place)

    def test_m06_a_forgotten_upload_is_opened_anew(self, place: Place) -> None:
        place.s3.script("complete", forget_uploads)
        uploaded(place)
        assert place.s3.count("initiate") == 2
        assert place.s3.count("part") == 12

    def test_m06_an_upload_that_is_always_forgotten_is_a_clear_failure(self, place: Place) -> None:
        place.s3.script("complete", *[forget_uploads] * 9)
        assert "forgotten this upload" in refusal(place).detail


@pytest.mark.fault("U-03", "U-06")
class TestWhole:
    """Files that go up in one request."""

    SIZE = 2 * PART + 4000

    def test_u03_a_lost_answer_is_no_loss(self, place: Place) -> None:
        place.s3.script("put", apply_then_drop)
        path = place.artifact(self.SIZE)
        assert place.stored(place.upload("sync", path)).sha256() == sha256(path)
        assert place.service.statuses() == ["uploaded"]

    def test_u06_an_expired_url_is_called_so(self, place: Place) -> None:
        place.s3.script("put", expire_urls)
        with pytest.raises(FileUploadError, match=r"link .* expired"):
            place.upload("sync", place.artifact(self.SIZE))
        assert place.s3.count("put") == 1
        assert place.service.statuses() == ["upload_failed"]


@pytest.mark.fault("M-04", "M-05", "M-07", "U-04", "M-14")
@pytest.mark.any_connection
class TestParts:
    @pytest.mark.parametrize("face", FACES)
    def test_m04_expired_part_urls_are_renewed(self, place: Place, face: str) -> None:
        place.s3.script("part", *[first(lambda: None)] * 3, expire_urls)
        uploaded(place, face)
        sent = sent_parts(place)
        assert set(sent) == {str(number) for number in range(1, PARTS + 1)}
        # Three were taken before the links expired, and stay taken.
        assert sum(sent.values()) <= PARTS + 4
        assert sum(count == 1 for count in sent.values()) >= 2
        assert place.s3.count("initiate") == 1
        assert len(upload_ids(place)) == 1

    def test_m04_an_expired_completion_url_is_renewed(self, place: Place) -> None:
        place.s3.script("complete", expire_urls)
        uploaded(place)
        assert set(sent_parts(place).values()) == {1}
        assert place.s3.count("complete") == 2

    def test_m05_fresh_urls_that_are_refused_end_it(self, place: Place) -> None:
        place.s3.script("part", *[refused(403, "AccessDenied")] * 100)
        error = refusal(place)
        assert "403" in error.detail
        # Four at a time, three rounds: no loop.
        assert place.s3.count("part") <= 12
        assert place.s3.count("complete") == 0

    def test_m07_a_part_without_etag_is_sent_again(self, place: Place) -> None:
        place.s3.script("part", without_etag)
        uploaded(place)
        assert place.s3.count("part") == PARTS + 1

    def test_m07_parts_that_never_get_an_etag_are_not_completed(self, place: Place) -> None:
        place.s3.script("part", *[without_etag] * 100)
        assert "ETag" in refusal(place).detail
        assert place.s3.count("complete") == 0

    def test_u04_a_broken_part_is_sent_again_whole(self, place: Place) -> None:
        place.s3.script("part", drop, refused(503, "SlowDown"), apply_then_drop)
        uploaded(place)
        assert place.s3.count("part") == PARTS + 3

    def test_m14_no_more_than_a_few_parts_are_under_way(self, place: Place) -> None:
        lock, now, most = threading.Lock(), [0], [0]

        def count(handler: Handler) -> bool:
            with lock:
                now[0] += 1
                most[0] = max(most[0], now[0])
            time.sleep(0.02)
            with lock:
                now[0] -= 1
            return False

        place.s3.script("part", *[count] * 20)
        place.upload("sync", place.artifact(20 * PART))
        assert 2 <= most[0] <= 5


@pytest.mark.fault("M-09")
class TestPlans:
    """M-09: what the registry plans is checked before the first byte leaves."""

    @pytest.mark.parametrize(
        ("what", "numbers", "sizes"),
        [
            ("gap", (1, 3), (PART, SIZE - PART)),
            ("twice", (1, 1), (PART, SIZE - PART)),
            ("from zero", (0, 1), (PART, SIZE - PART)),
            ("too much", (1, 2), (PART, SIZE - PART + 1)),
            ("too little", (1, 2), (PART, SIZE - PART - 1)),
            ("an empty part", (1, 2), (SIZE, 0)),
            ("a negative part", (1, 2), (SIZE + 1, -1)),
            ("nothing", (), ()),
        ],
    )
    def test_m09_a_plan_that_does_not_fit_is_refused(
        self,
        place: Place,
        monkeypatch: pytest.MonkeyPatch,
        what: str,
        numbers: tuple[int, ...],
        sizes: tuple[int, ...],
    ) -> None:
        parts = [
            PlannedPart(number, 0, size, size) for number, size in zip(numbers, sizes, strict=True)
        ]
        monkeypatch.setattr("dfs_desktop.server.luml.upload_links.plan", lambda *_: parts)
        refusal(place)
        assert place.s3.count("part") == 0

    def test_m09_parts_on_another_host_are_refused(
        self, place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        stranger = S3Server(tmp_path / "stranger", context=place.s3.context)
        try:
            urls = place.service.registry._presigner
            assert urls is not None
            honest = urls.part

            def part(key: str, number: int, upload_id: str | None) -> str:
                url = honest(key, number, upload_id)
                return url.replace(place.s3.origin, stranger.origin) if number == 2 else url

            monkeypatch.setattr(urls, "part", part)
            refusal(place)
            assert place.s3.count("part") == 0
            assert stranger.audit == []
        finally:
            stranger.close()


@pytest.mark.fault("S-08")
class TestRedirects:
    @pytest.mark.parametrize("step", ["put", "initiate", "part", "complete", "delete"])
    @pytest.mark.parametrize("status", [301, 302, 307, 308])
    def test_s08_what_is_sent_follows_no_redirect(
        self, place: Place, tmp_path: Path, step: str, status: int
    ) -> None:
        stranger = S3Server(tmp_path / "stranger", context=place.s3.context)
        try:
            place.s3.script(step, *[redirect(f"{stranger.origin}/elsewhere", status)] * 60)
            path = place.artifact(PART * 2 + 4000 if step in ("put", "delete") else SIZE)

            def both(client: Any) -> None:
                client.model_artifacts.delete(client.model_artifacts.upload(str(path), "name").id)

            with pytest.raises(DataForceError) as caught:
                place.do("sync", both)
            assert ("sign-in" if status == 302 else "another place") in str(caught.value)
            assert stranger.audit == []
        finally:
            stranger.close()

    def test_s08_a_download_takes_nothing_from_a_forbidden_place(self, place: Place) -> None:
        record = uploaded(place)
        for where in ("file:///etc/passwd", "http://169.254.169.254/x", "http://u:p@127.0.0.1/x"):
            place.s3.faults.clear()
            place.s3.script("get", redirect(where))
            with pytest.raises(DataForceError, match="The storage sends us on"):
                place.download("sync", record.id, "never.fnnx")
            assert not (place.folder / "never.fnnx").exists()

    @pytest.mark.parametrize(("hops", "arrives"), [(1, True), (3, True), (4, False)])
    def test_s08_a_download_follows_a_few_redirects(
        self, place: Place, tmp_path: Path, hops: int, arrives: bool
    ) -> None:
        record, other = uploaded(place), S3Server(tmp_path / "other", context=place.s3.context)
        try:
            other.disk.objects.update(place.s3.disk.objects)
            there = S3Presigner(other).get(record.bucket_location)
            place.s3.script("get", redirect(there))
            other.script("get", *[redirect(there, 302)] * (hops - 1))
            if arrives:
                found = place.download("sync", record.id)
                assert sha256(found) == sha256(place.folder / "model.fnnx")
            else:
                with pytest.raises(DataForceError, match="another place"):
                    place.download("sync", record.id)
            assert other.count("get") == min(hops, 3)
            sent = {name for seen in other.audit for name in seen.headers}
            assert not {"authorization", "cookie", "referer"} & sent
        finally:
            other.close()
