"""What each kind of store declares of itself, and that nothing else has to know a new one."""

import httpx
import msgspec
import pytest

from dfs_desktop.api.dialects.upload_plans import read_creation, read_parts
from dfs_desktop.api.errors import UnexpectedAnswerError
from dfs_desktop.api.storage.error_meaning import Meaning
from dfs_desktop.api.storage.presigned_urls import expires_at
from dfs_desktop.api.storage.providers.known_providers import PROVIDERS
from dfs_desktop.api.storage.providers.provider import StoreProvider
from dfs_desktop.api.storage.store_errors import meaning_of, refusal

WHOLE_ONLY = StoreProvider(
    kind="whole", codes={}, expiry=lambda query: float(query["ends"]), request_id="x-id"
)


@pytest.mark.parametrize("kind", PROVIDERS)
def test_each_code_of_a_store_means_what_it_declares(kind: str) -> None:
    for meaning, codes in PROVIDERS[kind].codes.items():
        for code in codes.split():
            assert meaning_of(500, code, "") is meaning, code


ERROR = "<Error><Type>Sender</Type><Code>NoSuchBucket</Code><Message>It is gone</Message></Error>"


@pytest.mark.parametrize(
    "body",
    [
        f'<?xml version="1.0"?>{ERROR}',
        ERROR.replace("<Error>", '<Error xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'),
        ERROR.replace("<", "<s3:")
        .replace("<s3:/", "</s3:")
        .replace(":Error>", ':Error xmlns:s3="x">', 1),
        f'<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">{ERROR}'
        "<RequestId>1</RequestId></ErrorResponse>",
        f"<Response><Errors>{ERROR}</Errors><RequestID>1</RequestID></Response>",
        '{"Code": "NoSuchBucket", "Message": "It is gone"}',
        '{"__type": "com.amazonaws.s3#NoSuchBucket", "message": "It is gone"}',
        '{"Error": {"Code": "NoSuchBucket", "Message": "It is gone"}, "RequestId": "1"}',
        '{"error": {"code": "NoSuchBucket", "message": "It is gone"}}',
    ],
)
def test_the_code_of_an_error_is_read_in_every_shape(body: str) -> None:
    error = refusal(httpx.Response(403, stream=httpx.ByteStream(body.encode())))
    assert (error.code, error.message) == ("NoSuchBucket", "It is gone")
    assert error.meaning is Meaning.NO_BUCKET


@pytest.mark.parametrize(
    "body",
    [
        '{"error": {"code": 403, "message": "It is gone", "errors": [{"reason": "forbidden"}]}}',
        '{"error": "It is gone", "message": "It is gone", "code": null}',
        '{"error": {"error": {"code": "NoSuchBucket"}}, "message": "It is gone"}',
        "[" * 100_000,
        "{}",
        '"NoSuchBucket"',
        "<Response><Code>NoSuchBucket</Code></Response>",
    ],
)
def test_an_answer_without_a_code_is_judged_by_its_status(body: str) -> None:
    error = refusal(httpx.Response(403, stream=httpx.ByteStream(body.encode())))
    assert (error.code, error.meaning) == ("", Meaning.DENIED)
    assert error.message == ("It is gone" if "gone" in body else "")


def test_a_code_that_no_store_declares_is_read_by_its_status() -> None:
    assert meaning_of(403, "NobodyKnows", "") is Meaning.DENIED


def test_a_store_that_takes_whole_files_is_sent_no_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    details = {"type": "whole", "url": "https://s/o"}
    artifact = {"id": "1", "model_name": "n", "status": "pending_upload", "size": 3}
    answer = msgspec.json.encode({"artifact": artifact, "upload_details": details})
    with pytest.raises(msgspec.ValidationError, match="not known here"):
        read_creation(answer)
    monkeypatch.setitem(PROVIDERS, "whole", WHOLE_ONLY)
    assert read_creation(answer).plan.store == "whole"
    assert expires_at("https://s/o?ends=12") == 12.0
    parts = {"type": "whole", "parts": [], "complete_url": "https://s/o?join"}
    for refused in (parts, details | {"multipart": True}):
        created = msgspec.json.encode({"artifact": artifact, "upload_details": refused})
        with pytest.raises(msgspec.ValidationError, match="takes whole files"):
            read_creation(created)
    with pytest.raises(msgspec.ValidationError, match="takes whole files"):
        read_parts(msgspec.json.encode(parts))
    with pytest.raises(UnexpectedAnswerError, match="whole files only"):
        WHOLE_ONLY.in_parts()
