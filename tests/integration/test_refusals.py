"""RL-06, U-05, W-12, W-13, W-17: what stores say, what it means, and how long it is waited out."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from support.registries.client_faces import FACES
from support.registries.faults import drop
from support.stores.faults import refused as refuses
from support.stores.place import Place, sha256
from support.stores.registry import PART
from support.stores.s3 import Handler

from dfs_desktop.api import FileDownloadError, FileUploadError
from dfs_desktop.api.errors import MissingFileError
from dfs_desktop.api.storage import store_retry
from dfs_desktop.api.storage.error_meaning import Meaning
from dfs_desktop.api.storage.store_errors import refusal

pytestmark = pytest.mark.any_connection

SINGLE, MULTI = 2 * PART + 4000, 5 * PART + 100


def said(status: int, code: str, message: str = "", detail: str = "", **headers: str) -> Any:
    inner = f"<Code>{code}</Code><Message>{message}</Message>"
    inner += f"<AuthenticationErrorDetail>{detail}</AuthenticationErrorDetail>" if detail else ""
    body = httpx.ByteStream(f"<Error>{inner}</Error>".encode())
    return refusal(httpx.Response(status, stream=body, headers=headers))


LATER = [
    (400, "RequestTimeout"),
    (503, "SlowDown"),
    (400, "InternalError"),
    (200, "InternalError"),
    (503, "ServiceUnavailable"),
    (409, "OperationAborted"),
    (409, "ConditionalRequestConflict"),
    (400, "IncompleteBody"),
    (400, "BadDigest"),
    (500, "OperationTimedOut"),
    (503, "ServerBusy"),
    (429, ""),
    (520, ""),
]


@pytest.mark.fault("RL-06")
@pytest.mark.parametrize(("status", "code"), LATER)
def test_what_passes_is_known_by_its_code_or_its_status(status: int, code: str) -> None:
    assert said(status, code).passing


@pytest.mark.fault("RL-06", "W-13")
@pytest.mark.parametrize(
    ("status", "code", "message", "meaning"),
    [
        (403, "AccessDenied", "Access Denied", Meaning.DENIED),
        (403, "AccessDenied", "Request has expired", Meaning.EXPIRED),
        (400, "ExpiredToken", "", Meaning.EXPIRED),
        (400, "RequestTimeTooSkewed", "", Meaning.SKEWED),
        (403, "SignatureDoesNotMatch", "", Meaning.UNSIGNED),
        (404, "NoSuchBucket", "", Meaning.NO_BUCKET),
        (404, "ContainerNotFound", "", Meaning.NO_CONTAINER),
        (404, "BlobNotFound", "", Meaning.ABSENT),
        (404, "NoSuchUpload", "", Meaning.FORGOTTEN),
        (400, "EntityTooSmall", "", Meaning.OTHER),
        (501, "NotImplemented", "", Meaning.OTHER),
    ],
)
def test_other_answers_are_told_apart(
    status: int, code: str, message: str, meaning: Meaning
) -> None:
    assert said(status, code, message).meaning is meaning


@pytest.mark.fault("RL-06")
def test_azure_says_in_a_detail_or_in_a_header_what_the_matter_is() -> None:
    old = "Signature not valid in the specified time frame: Start [..] - Expiry [..]"
    assert said(403, "AuthenticationFailed", "Server failed to authenticate", old).expired
    head = {"x-ms-error-code": "ContainerBeingDeleted"}
    bare = httpx.Response(409, headers=head, stream=httpx.ByteStream(b""))
    assert refusal(bare).meaning is Meaning.NO_CONTAINER


@pytest.mark.fault("RL-06")
@pytest.mark.parametrize(("status", "code"), [*LATER, (403, "AccessDenied"), (418, "Teapot")])
def test_texts_carry_the_real_status_and_code_and_one_full_stop(status: int, code: str) -> None:
    text = said(status, code, "Something is wrong.").explain()
    assert f"({status}{' ' if code else ''}{code})" in text
    assert ".." not in text
    assert ".:" not in text


def timed_out(handler: Handler) -> bool:
    handler.read()
    handler.refuse(400, "RequestTimeout", "Your socket connection was not read from.")
    handler.close_connection = True
    return True


class TestSteps:
    @pytest.mark.fault("RL-06")
    @pytest.mark.parametrize("face", FACES)
    @pytest.mark.parametrize(
        ("step", "size"),
        [("put", SINGLE), ("part", MULTI), ("initiate", MULTI), ("complete", MULTI)],
    )
    def test_a_store_that_was_slow_once_is_tried_again(
        self, place: Place, face: str, step: str, size: int
    ) -> None:
        place.s3.script(step, timed_out)
        path = place.artifact(size)
        assert place.stored(place.upload(face, path)).sha256() == sha256(path)
        assert place.service.statuses() == ["uploaded"]

    @pytest.mark.fault("RL-06")
    def test_so_is_one_that_was_slow_to_give(self, place: Place) -> None:
        path = place.artifact(SINGLE)
        record = place.upload("sync", path)
        place.s3.script("get", timed_out, timed_out)
        assert sha256(place.download("sync", record.id)) == sha256(path)

    @pytest.mark.fault("RL-06", "RL-40")
    @pytest.mark.parametrize(
        ("step", "status", "kind", "body"),
        [
            *(
                (step, *said)
                for step in ("put", "part", "complete", "get")
                for said in (
                    (200, "text/html; charset=utf-8", b"<html>Welcome to our hotel</html>"),
                    (302, "text/html", b""),
                    (511, "text/html", b"<html>Sign in</html>"),
                )
            ),
            ("put", 200, "text/plain", b"<html>Welcome to our hotel</html>"),
            ("get", 200, "application/json", b'{"captive": true}'),
            ("put", 200, "application/xml", b"<Error><Code>InternalError</Code></Error>"),
            ("complete", 200, "application/xml", b"<Error><Code>InternalError</Code></Error>"),
        ],
    )
    def test_what_a_network_says_instead_of_the_store_is_waited_out(
        self, place: Place, step: str, status: int, kind: str, body: bytes
    ) -> None:
        path = place.artifact(MULTI if step in ("part", "complete") else SINGLE)

        def say(handler: Handler) -> bool:
            handler.read()
            where = {"Location": f"{place.s3.url}/sign-in"} if status == 302 else {}
            handler.answer(status, body, Content_Type=kind, **where)
            return True

        record = place.upload("sync", path) if step == "get" else None
        place.s3.script(step, say, say)
        record = record or place.upload("sync", path)
        assert place.service.statuses() == ["uploaded"]
        assert sha256(place.download("sync", record.id)) == sha256(path)

    @pytest.mark.fault("RL-40")
    def test_a_sign_in_page_that_stays_is_called_one(self, place: Place) -> None:
        def say(handler: Handler) -> bool:
            handler.read()
            handler.answer(200, b"<html>Welcome</html>", Content_Type="text/html")
            return True

        place.s3.script("put", *[say] * store_retry.TRIES)
        with pytest.raises(FileUploadError, match="a network wants a sign-in") as caught:
            place.upload("sync", place.artifact(SINGLE))
        assert caught.value.retryable

    @pytest.mark.fault("W-12")
    @pytest.mark.parametrize("step", ["put", "get"])
    def test_a_store_that_is_away_for_some_tries_costs_nothing(
        self, place: Place, step: str
    ) -> None:
        place.s3.script(step, *[drop] * (store_retry.TRIES - 1))
        place.upload("sync", place.artifact(SINGLE))
        assert place.service.statuses() == ["uploaded"]

    @pytest.mark.fault("U-05")
    def test_a_plain_refusal_is_asked_about_once_more(self, place: Place) -> None:
        place.s3.script("put", refuses(403, "AccessDenied"))
        place.upload("sync", place.artifact(SINGLE))
        assert place.s3.count("put") == 2

    @pytest.mark.fault("U-05")
    def test_one_that_stays_is_the_end(self, place: Place) -> None:
        place.s3.script("put", *[refuses(403, "AccessDenied")] * 9)
        with pytest.raises(FileUploadError, match="403 AccessDenied"):
            place.upload("sync", place.artifact(SINGLE))
        assert place.s3.count("put") == 2

    @pytest.mark.fault("W-13")
    @pytest.mark.parametrize("step", ["put", "part", "complete"])
    def test_a_container_that_is_gone_is_named(self, place: Place, step: str) -> None:
        place.s3.script(step, *[refuses(404, "ContainerNotFound")] * 9)
        with pytest.raises(FileUploadError, match="container of this orbit"):
            place.upload("sync", place.artifact(SINGLE if step == "put" else MULTI))

    @pytest.mark.fault("W-01")
    def test_a_missing_object_is_called_missing_where_that_is_sure(self, place: Place) -> None:
        record = place.upload("sync", place.artifact(SINGLE))
        place.s3.disk.objects.clear()
        with pytest.raises(FileDownloadError) as caught:
            place.download("sync", record.id)
        sure = isinstance(caught.value, MissingFileError)
        assert sure is place.s3.rules.lists
        assert ("or the bucket's key may not see it" in str(caught.value)) is not sure


@pytest.mark.fault("W-12")
def test_the_tries_of_a_step_take_up_to_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # the pauses of real life
    for _ in range(50):
        retries, total = store_retry.Retries(), 0.0
        pauses = []
        while (pause := retries.pause()) is not None:
            pauses.append(pause)
        total = sum(pauses)
        assert 40 <= total <= store_retry.LONGEST
        assert pauses[:4] == sorted(pauses[:4])
    assert store_retry.Retries().pause(store_retry.LONGEST + 1) is None


@pytest.mark.fault("RL-06")
@pytest.mark.parametrize("size", [SINGLE, MULTI])
@pytest.mark.parametrize("face", FACES)
def test_etags_that_a_proxy_has_weakened_name_the_same_parts(
    place: Place, face: str, size: int
) -> None:
    place.s3.weakens_etags = True
    path = place.artifact(size)
    record = place.upload(face, path)
    assert place.stored(record).sha256() == sha256(path)
    assert sha256(place.download(face, record.id)) == sha256(path)
