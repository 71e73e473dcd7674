"""The strict S3 server of the tests is strict: what a client may not do is refused here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from support.stores.s3 import S3Rules, S3Server
from support.stores.s3_urls import S3Presigner
from support.stores.sigv4 import Keys, presign

KEY = "orbit-1/collection 2/a b+ü&?.fnnx"


class Bucket:
    """A server, its URLs, and a client without any manners of its own."""

    def __init__(self, folder: Path, rules: S3Rules) -> None:
        self.server = S3Server(folder, rules)
        self.urls = S3Presigner(self.server)
        self.web = httpx.Client(trust_env=False)

    def code(self, method: str, url: str, **more: object) -> tuple[int, str]:
        answer = self.web.request(method, url, **more)  # type: ignore[arg-type]
        found = re.search(r"<Code>(.*?)</Code>", answer.text)
        return answer.status_code, found[1] if found else ""

    def begin(self) -> str:
        return self.urls.open_upload(KEY)

    def part(self, upload_id: str, number: int, content: bytes) -> str:
        answer = self.web.put(self.urls.part(KEY, number, upload_id), content=content)
        return answer.headers["etag"]

    def complete(self, upload_id: str, *parts: tuple[int, str]) -> tuple[int, str]:
        inner = "".join(
            f"<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>"
            for number, etag in parts
        )
        body = f"<CompleteMultipartUpload>{inner}</CompleteMultipartUpload>".encode()
        return self.code("POST", self.urls.complete(KEY, upload_id), content=body)

    def close(self) -> None:
        self.web.close()
        self.server.close()


@pytest.fixture
def bucket(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Bucket]:
    rules = getattr(request, "param", S3Rules(smallest_part=10))
    bucket = Bucket(tmp_path, rules)
    yield bucket
    bucket.close()


def test_signatures_are_those_that_amazon_documents() -> None:
    keys = Keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    url = presign(
        "GET",
        "https://examplebucket.s3.amazonaws.com",
        "/test.txt",
        {},
        keys,
        lifetime=86400,
        now=datetime(2013, 5, 24, tzinfo=UTC).timestamp(),
    )
    assert url.endswith("=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404")


class TestSignatures:
    def test_the_right_request_is_served(self, bucket: Bucket) -> None:
        answer = bucket.web.put(bucket.urls.put(KEY), content=b"hello")
        assert answer.status_code == 200
        assert answer.headers["etag"] == '"5d41402abc4b2a76b9719d911017c592"'
        assert bucket.web.get(bucket.urls.get(KEY)).content == b"hello"

    @pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE"])
    def test_another_method_is_refused(self, bucket: Bucket, method: str) -> None:
        assert bucket.web.request(method, bucket.urls.put(KEY)).status_code == 403

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("collection%202", "collection%203"),
            ("Expires=43200", "Expires=43201"),
            ("%2B", "+"),
            ("us-east-1", "us-east-2"),
            ("SignedHeaders=host", "SignedHeaders=accept"),
        ],
    )
    def test_another_url_is_refused(self, bucket: Bucket, before: str, after: str) -> None:
        url = bucket.urls.put(KEY)
        assert before in url
        assert bucket.code("PUT", url.replace(before, after), content=b"x")[0] == 403

    def test_another_host_and_no_signature_are_refused(self, bucket: Bucket) -> None:
        url = bucket.urls.put(KEY)
        refused = bucket.code("PUT", url, content=b"x", headers={"Host": "localhost"})
        assert refused == (403, "SignatureDoesNotMatch")
        assert bucket.code("PUT", url.split("?")[0], content=b"x") == (403, "AccessDenied")

    def test_a_url_expires(self, bucket: Bucket) -> None:
        url = bucket.urls.get(KEY)
        bucket.server.ahead += bucket.server.rules.lifetime + 1
        answer = bucket.web.get(url)
        assert (answer.status_code, "Request has expired" in answer.text) == (403, True)

    @pytest.mark.parametrize(
        ("name", "status"),
        [("Content-Type", 403), ("x-amz-acl", 403), ("Authorization", 400)],
    )
    def test_headers_that_are_not_signed_are_refused(
        self, bucket: Bucket, name: str, status: int
    ) -> None:
        url = bucket.urls.put(KEY)
        assert bucket.code("PUT", url, content=b"x", headers={name: "a/b"})[0] == status
        assert not bucket.server.disk.objects


class TestObjects:
    def test_a_length_is_required(self, bucket: Bucket) -> None:
        answer = bucket.code("PUT", bucket.urls.put(KEY), content=iter([b"a", b"b"]))
        assert answer == (411, "MissingContentLength")

    def test_ranges(self, bucket: Bucket) -> None:
        bucket.web.put(bucket.urls.put(KEY), content=b"0123456789")
        url = bucket.urls.get(KEY)
        part = bucket.web.get(url, headers={"Range": "bytes=3-5"})
        assert (part.status_code, part.content) == (206, b"345")
        assert part.headers["content-range"] == "bytes 3-5/10"
        outside = bucket.code("GET", url, headers={"Range": "bytes=10-"})
        assert outside == (416, "InvalidRange")
        other = {"Range": "bytes=3-5", "If-Range": '"another"'}
        assert bucket.web.get(url, headers=other).content == b"0123456789"
        changed = bucket.code("GET", url, headers={"If-Match": '"another"'})
        assert changed == (412, "PreconditionFailed")

    def test_deleting(self, bucket: Bucket) -> None:
        bucket.web.put(bucket.urls.put(KEY), content=b"x")
        for _ in range(2):
            assert bucket.web.delete(bucket.urls.delete(KEY)).status_code == 204
        assert bucket.code("GET", bucket.urls.get(KEY)) == (404, "NoSuchKey")
        assert not list(bucket.server.disk.folder.iterdir())


class TestParts:
    def test_parts_become_one_object(self, bucket: Bucket) -> None:
        upload = bucket.begin()
        etags = [bucket.part(upload, number, b"%d" % number * 10) for number in (1, 2)]
        assert bucket.complete(upload, (1, etags[0]), (2, etags[1])) == (200, "")
        answer = bucket.web.get(bucket.urls.get(KEY))
        assert answer.content == b"1" * 10 + b"2" * 10
        assert answer.headers["etag"].endswith('-2"')
        # The same once more: fine on Ceph, elsewhere the upload is forgotten.
        assert bucket.complete(upload, (1, etags[0]), (2, etags[1])) == (200, "")
        bucket.server.rules.completes_again = False
        again = bucket.complete(upload, (1, etags[0]), (2, etags[1]))
        assert again == (404, "NoSuchUpload")

    def test_order_etags_sizes_and_ids_are_checked(self, bucket: Bucket) -> None:
        upload = bucket.begin()
        one, two = (bucket.part(upload, number, b"%d" % number * 10) for number in (1, 2))
        small = bucket.part(upload, 3, b"3")
        order = bucket.complete(upload, (2, two), (1, one))
        assert order == (400, "InvalidPartOrder")
        assert bucket.complete(upload, (1, two), (2, one)) == (400, "InvalidPart")
        assert bucket.complete(upload, (1, one), (4, two)) == (400, "InvalidPart")
        assert bucket.complete(upload) == (400, "MalformedXML")
        assert bucket.complete("other", (1, one)) == (404, "NoSuchUpload")
        upload_two = bucket.begin()
        first, last = bucket.part(upload_two, 1, b"1"), bucket.part(upload_two, 2, b"2" * 10)
        assert bucket.complete(upload_two, (1, first), (2, last)) == (400, "EntityTooSmall")
        assert bucket.complete(upload, (1, one), (3, small)) == (200, "")

    @pytest.mark.parametrize("bucket", [S3Rules(opaque_etags=True)], indirect=True)
    def test_etags_may_say_nothing(self, bucket: Bucket) -> None:
        upload = bucket.begin()
        etags = {bucket.part(upload, number, b"same") for number in (1, 2)}
        assert len(etags) == 2
        assert all(etag.startswith('"opaque-') for etag in etags)
