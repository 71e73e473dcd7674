"""Answers, addresses and URLs that are wrong, hostile or missing; secrets that must not show."""

from __future__ import annotations

import contextlib
import logging
import pickle
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.registries.client_faces import FACES, SAMPLE, Recorded, through, upload
from support.registries.faults import apply_then_drop, drop, stall
from support.registries.scripted import KEY, Stage

from dfs_desktop.api import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    BucketSecret,
    DataForceClient,
    DataForceError,
    RateLimitError,
    ServerError,
    UnexpectedAnswerError,
    UnprocessableEntityError,
)
from dfs_desktop.api.dialects.detection import NOBODY
from dfs_desktop.api.http.address import Secret
from dfs_desktop.api.http.answers import retry_after, scrub
from dfs_desktop.api.storage.store_retry import HASTY_TRIES
from dfs_desktop.api.storage.store_xml import read_xml

PAGE = b"<!DOCTYPE html><html><body>Please sign in to the hotel network</body></html>"


@pytest.fixture
def stage() -> Iterator[Stage]:
    with_stage = Stage()
    yield with_stage
    with_stage.close()


def asked(face: str, answer: dict[str, Any]) -> DataForceError:
    """What ``organizations.list()`` raises for an answer."""
    with pytest.raises(DataForceError) as raised:
        through(
            face,
            lambda client: client.organizations.list(),
            base_url="https://api.example",
            api_key=KEY,
            generation="A",
            transport=Recorded([answer] * HASTY_TRIES),
        )
    return raised.value


@pytest.mark.fault("A-04")
@pytest.mark.parametrize("face", FACES)
class TestAnswers:
    @pytest.mark.parametrize(
        ("answer", "words"),
        [
            ({"status": 200, "content": PAGE}, "a web page"),
            ({"status": 200, "content": b"{not json"}, "something else"),
            ({"status": 200, "content": b"[" * 100_000}, "something else"),
            ({"status": 200, "json": {"items": []}}, "something else"),
            ({"status": 200, "json": [{"id": 5, "name": None}]}, "something else"),
            ({"status": 200, "content": b""}, "an empty answer"),
            ({"status": 302, "headers": {"location": "http://evil/"}}, "elsewhere"),
        ],
    )
    def test_not_a_registry(self, face: str, answer: dict[str, Any], words: str) -> None:
        error = asked(face, answer)
        assert isinstance(error, UnexpectedAnswerError)
        assert words in error.detail
        assert "api.example" in error.detail

    def test_proxies_and_limits(self, face: str) -> None:
        error = asked(
            face, {"status": 502, "content": PAGE, "headers": {"content-type": "text/html"}}
        )
        assert isinstance(error, ServerError)
        assert "hotel" not in error.detail
        error = asked(face, {"status": 429, "headers": {"retry-after": "7"}})
        assert isinstance(error, RateLimitError)
        assert (error.retry_after, error.retryable) == (7.0, True)

    def test_a_422_never_shows_its_input(self, face: str) -> None:
        complaint = {
            "loc": ["body", "secret_key"],
            "msg": "Field required",
            "input": "hunter2-secret",
        }
        error = asked(face, {"status": 422, "json": {"detail": [complaint] * 50}})
        assert isinstance(error, UnprocessableEntityError)
        assert "secret_key: Field required" in error.detail
        assert "hunter2" not in f"{error!r}{error}"
        assert len(error.detail) <= 500

    def test_long_and_hostile_texts(self, face: str) -> None:
        text = f"\x1b[31mkey {KEY} at https://s.example/o?X-Amz-Signature=abc " + "x" * 5000
        error = asked(face, {"status": 400, "json": {"detail": text}})
        assert KEY not in error.detail
        assert "abc" not in error.detail
        assert error.detail.isprintable()
        assert len(error.detail) <= 500

    def test_endless_answers(self, face: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("dfs_desktop.api.http.registry_requests.Wire.longest", 1 << 20)
        error = asked(face, {"status": 200, "content": b" " * ((1 << 20) + 1)})
        assert "MiB" in error.detail

    def test_unknown_members_are_fine(self, face: str) -> None:
        item = {"id": "1", "name": "n", "new": {"deep": [1]}, "permissions": None}
        found = through(
            face,
            lambda client: client.organizations.list(),
            base_url="https://api.example/",
            generation="A",
            api_key=f" {KEY}\n",
            transport=Recorded([{"status": 200, "json": [item]}]),
        )
        assert (found[0].name, found[0].permissions) == ("n", {})


@pytest.mark.parametrize("face", FACES)
class TestConnections:
    def ask(self, face: str, url: str, **more: Any) -> DataForceError:
        with pytest.raises(DataForceError) as raised:
            through(face, lambda c: c.organizations.list(), base_url=url, api_key=KEY, **more)
        return raised.value

    def test_refused(self, face: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        error = self.ask(face, f"http://127.0.0.1:{port}")
        assert isinstance(error, APIConnectionError)
        assert "refuses" in error.detail
        assert (error.retryable, error.answer_lost) == (True, False)

    def test_no_such_name(self, face: str) -> None:
        error = self.ask(face, "https://no-such-host.invalid")
        assert "No computer named no-such-host.invalid" in error.detail

    def test_silence(self, face: str, stage: Stage) -> None:
        stage.script("list", stall, stall)
        error = self.ask(face, stage.url, timeout=0.3)
        assert isinstance(error, APITimeoutError)
        assert error.answer_lost

    def test_a_connection_that_was_dropped_is_renewed(self, face: str, stage: Stage) -> None:
        stage.script("list", drop)
        assert through(face, lambda c: c.model_artifacts.list(), **stage.options) == []
        assert stage.count("list") == 2

    def test_writing_that_arrived_is_not_repeated(self, face: str, stage: Stage) -> None:
        stage.script("patch", apply_then_drop)
        record = stage.add(b"x")
        found = through(
            face,
            lambda c: c.model_artifacts.update(record["id"], model_name="n"),
            **stage.options,
        )
        assert found.model_name == "n"
        assert stage.count("patch") == 1

    @pytest.mark.fault("S-11")
    def test_a_certificate_nobody_trusts(self, face: str, tmp_path: Path) -> None:
        with _tls_server(tmp_path) as port:
            error = self.ask(face, f"https://localhost:{port}")
        assert "certificate" in error.title
        assert "It was issued by itself (“localhost”)." in error.detail
        assert not error.retryable

    def test_proxy_variables_do_not_catch_loopback(
        self, face: str, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, "http://127.0.0.1:1")
        assert upload(stage, face).status == "uploaded"


class _tls_server:  # noqa: N801 - used like a function
    """Accepts TLS connections with a self-signed certificate made on the spot."""

    def __init__(self, folder: Path) -> None:
        key, certificate = folder / "key.pem", folder / "cert.pem"
        command = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost"
        subprocess.run(
            [*command.split(), "-keyout", key, "-out", certificate], check=True, capture_output=True
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self._socket = context.wrap_socket(socket.create_server(("127.0.0.1", 0)), server_side=True)

    def __enter__(self) -> int:
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()
        return int(self._socket.getsockname()[1])

    def _accept(self) -> None:
        for _ in range(2):  # the second time only to see who signed
            with contextlib.suppress(OSError):
                self._socket.accept()

    def __exit__(self, *_: object) -> None:
        self._socket.close()
        self._thread.join(5)


@pytest.mark.parametrize("name", [b"mod\xe8le", b"a\x01b", b"\x00"])
def test_a_name_that_is_no_text_hides_no_code(name: bytes) -> None:
    said = read_xml(b"<Error><Code>SlowDown</Code><Key>%s</Key></Error>\0" % name)
    assert said is not None
    assert said.code == "SlowDown"
    hidden = "<!DOCTYPE x><Error><Code>a</Code></Error>"
    assert read_xml(hidden.encode("utf-16")) is None
    assert read_xml(hidden.replace("OC", "O\0C").encode()) is None


def test_xml_bombs() -> None:
    assert read_xml(b"<!DOCTYPE x [<!ENTITY a 'b'>]><Error><Code>&a;</Code></Error>") is None
    wide = "<!DOCTYPE x><Error><Code>A</Code></Error>".encode("utf-16")
    for body in (b"", b"plain", b"<Error>", b"<a>" * 200_000 + b"x" * (1 << 20), wide):
        assert read_xml(body) is None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "120"}, 120.0),
        ({"retry-after": "-5"}, 0.0),
        ({"retry-after": "1e9"}, 300.0),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "soon"}, 0.0),
        (
            {
                "retry-after": "Mon, 23 Nov 2026 10:01:00 GMT",
                "date": "Mon, 23 Nov 2026 10:00:30 GMT",
            },
            30.0,
        ),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds


class TestSecrets:
    def test_reprs(self) -> None:
        client = DataForceClient("https://api.example", KEY)
        assert KEY not in f"{client!r}{vars(client)!r}{vars(client._transport.wire)!r}"
        with pytest.raises(TypeError):
            pickle.dumps(Secret(KEY))
        azure = BucketSecret(id="1", type="azure", endpoint="AccountName=a;AccountKey=secretkey")
        assert "secretkey" not in repr(azure)
        assert "secret" not in scrub(f"https://s.example/x?sig=secret {KEY} Bearer secret")

    @pytest.mark.parametrize("face", FACES)
    def test_logs(self, face: str, stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
        """Even somebody who turns on every log sees no signed URL and no key."""
        caplog.set_level(logging.DEBUG)
        stage.script("put", drop)

        def operation(client: Any) -> Any:
            for name in ("httpx", "httpcore", "httpcore.http11", "httpcore.connection"):
                logging.getLogger(name).setLevel(logging.DEBUG)
            return client.model_artifacts.upload(str(SAMPLE), "n")

        try:
            through(face, operation, **stage.options)
        finally:
            for name in ("httpx", "httpcore", "httpcore.http11", "httpcore.connection"):
                logging.getLogger(name).setLevel(logging.NOTSET)
        assert "PUT" in caplog.text
        assert "X-Amz-Signature" not in caplog.text
        assert KEY not in caplog.text


def test_importing_is_quick() -> None:
    """Nothing but the client is imported: no Qt, no server, no TLS trust store before it is used."""
    code = (
        "import sys, dfs_desktop.api; "
        "heavy = {'PySide6', 'keyring', 'sqlite3', 'truststore', 'uvicorn', 'starlette'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    begun = time.monotonic()
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
    assert time.monotonic() - begun < 10


@pytest.mark.fault("RL-40")
@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"status": 200, "content": PAGE}, "a web page instead"),
        ({"status": 200, "json": {"captive": True}}, "something else instead"),
        ({"status": 404, "content": PAGE}, "a web page (status 404) instead"),
        ({"status": 302, "headers": {"location": "http://portal.example/x"}}, ", to http://portal"),
    ],
)
def test_a_page_of_the_network_is_no_deletion(face: str, answer: dict[str, Any], told: str) -> None:
    place = {"organization": NOBODY, "orbit": NOBODY}
    with pytest.raises(UnexpectedAnswerError) as raised:
        through(
            face,
            lambda client: client.collections.delete(NOBODY),
            base_url="https://api.example",
            api_key=KEY,
            generation="G",
            transport=Recorded([answer] * 2),  # the look that follows meets the page, too
            **place,
        )
    assert told in raised.value.detail


@pytest.mark.fault("RL-40")
def test_a_page_that_forbids_is_not_the_registrys_word() -> None:
    for status in (401, 403, 404):
        error = asked("sync", {"status": status, "content": PAGE})
        assert "instead of registry data, as a proxy or a firewall" in error.detail
        said = asked("sync", {"status": status, "json": {"detail": "no"}})
        assert isinstance(said, APIStatusError)
