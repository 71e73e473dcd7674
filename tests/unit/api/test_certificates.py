"""RL-40, W-03: which authorities are trusted, and what is said when encrypting fails."""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.network.certificates import Authority
from support.network.proxy import NamedStage, Proxy
from support.registries.client_faces import FACES, through
from support.registries.scripted import KEY

from dfs_desktop.api import CertificateError, DataForceError
from dfs_desktop.api.http.address import read_address
from dfs_desktop.api.http.connection_errors import connection_error
from dfs_desktop.api.http.network import AS_THE_SYSTEM
from dfs_desktop.api.http.server_certificate import Certificate, read_certificate, seen_certificate

pytestmark = pytest.mark.fault("RL-40", "W-03")
PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n<html"
NAMES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")

Act = Callable[[socket.socket], object]


@pytest.fixture
def serve() -> Iterator[Callable[[Act, ssl.SSLContext | None], str]]:
    """Starts a server that does one thing with every connection; where it listens."""
    sockets: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def start(act: Act, context: ssl.SSLContext | None = None) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        sockets.append(listener)

        def work() -> None:
            while True:
                try:
                    line, _ = listener.accept()
                except OSError:
                    return
                with contextlib.suppress(OSError), line:
                    line.settimeout(5)
                    _talk(line, act, context)

        threads.append(threading.Thread(target=work, daemon=True))
        threads[-1].start()
        return f"localhost:{listener.getsockname()[1]}"

    yield start
    for each in sockets:
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()
    for thread in threads:
        thread.join(6)


def _talk(line: socket.socket, act: Act, context: ssl.SSLContext | None) -> None:
    if context is not None:
        line = context.wrap_socket(line, server_side=True, do_handshake_on_connect=False)
    with line:
        try:
            if isinstance(line, ssl.SSLSocket):
                line.do_handshake()
            line.recv(65536)
            act(line)
        except ssl.SSLError:  # what came meanwhile is read, or a reset would overtake the alert
            while socket.socket.recv(line, 65536):
                pass


def refusal(face: str, url: str) -> DataForceError:
    with pytest.raises(DataForceError) as raised:
        through(face, lambda c: c.organizations.list(), base_url=url, api_key=KEY, timeout=1.0)
    return raised.value


def say_page(line: socket.socket) -> None:
    line.sendall(PAGE)


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_an_authority_that_a_variable_names_is_trusted(
    serve: Callable[..., str],
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
    face: str,
    name: str,
) -> None:
    place = serve(say_page, authority.context())
    monkeypatch.setenv(name, str(authority.path))
    assert "a web page (status 200)" in refusal(face, f"https://{place}").detail


@pytest.mark.parametrize(
    ("name", "form", "encoding"),
    [
        ("SSL_CERT_FILE", "{}", "utf-16"),
        ("SSL_CERT_DIR", "{}", "ascii"),
        ("SSL_CERT_DIR", f"/nowhere{os.pathsep}{{}}", "ascii"),
    ],
)
def test_an_authority_is_trusted_also_where_openssl_does_not_read_it(
    serve: Callable[..., str],
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    name: str,
    form: str,
    encoding: str,
) -> None:
    place = serve(say_page, authority.context())
    file = tmp_path / "company.pem"
    comment = "# Müller\n" if encoding == "utf-16" else ""
    file.write_text(comment + authority.path.read_text("ascii"), encoding)
    monkeypatch.setenv(name, form.format(file))
    assert "a web page (status 200)" in refusal("sync", f"https://{place}").detail


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "does not exist"),
        (b"", "holds no certificates"),
        (b"\x30\x82\0", "holds no cert"),
        ("Müller".encode("utf-16"), "holds no cert"),
    ],
)
def test_a_variable_that_names_no_certificates_is_told(
    serve: Callable[..., str],
    authority: Authority,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    content: bytes | None,
    why: str,
) -> None:
    named = tmp_path / "company.crt"
    if content is not None:
        named.write_bytes(content)
    place = serve(say_page, authority.context())
    monkeypatch.setenv(name, str(named))
    told = refusal("sync", f"https://{place}").detail
    assert f"{name} names {named}. It {why}" in told
    assert "was not accepted" in told


@pytest.mark.parametrize("face", FACES)
def test_a_server_that_wants_a_certificate_of_ours_says_so_in_words(
    serve: Callable[..., str],
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
    face: str,
) -> None:
    context = authority.context()
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(authority.path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    told = refusal(face, f"https://{serve(say_page, context)}")
    assert "wants a certificate of yours" in told.detail
    assert not told.retryable


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("silent", [True, False])
def test_https_to_something_plain_that_closes_or_waits(
    serve: Callable[..., str], face: str, silent: bool
) -> None:
    ended = threading.Event()
    place = serve(lambda _line: ended.wait(3) if silent else None)
    told = refusal(face, f"https://{place}").detail
    ended.set()
    assert f"If it speaks plain http, write http://{place}." in told


@pytest.mark.parametrize(
    ("cause", "kind", "passes"),
    [
        (ssl.SSLEOFError(8, "EOF occurred in violation of protocol"), httpx.ReadError, True),
        (
            ssl.SSLError(1, "[SSL: DECRYPTION_FAILED_OR_BAD_RECORD_MAC] bad mac"),
            httpx.ReadError,
            True,
        ),
        (ssl.SSLError(1, "[SSL: SSLV3_ALERT_BAD_RECORD_MAC] bad mac"), httpx.WriteError, True),
        (ssl.SSLError(1, "[SSL: UNEXPECTED_MESSAGE] no"), httpx.ConnectError, False),
    ],
)
def test_a_line_that_breaks_under_tls_is_a_fault_that_passes(
    cause: ssl.SSLError, kind: type[httpx.TransportError], passes: bool
) -> None:
    error = kind("broken")
    error.__cause__ = cause
    ours = connection_error(
        error, read_address("https://a.example", allow_http=False), None, AS_THE_SYSTEM
    )
    assert ours.retryable is passes


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize(
    ("subject", "told"),
    [
        (
            "/O=Zscaler Inc./CN=Zscaler Intermediate Root CA",
            "“Zscaler Intermediate Root CA, Zscaler Inc.”",
        ),
        ("/CN=Our company's authority", "“Our company's authority”"),
        ("/O=Fortinet", "“Fortinet”"),
    ],
)
def test_who_signed_the_certificate_is_told(
    serve: Callable[..., str], tmp_path: Path, face: str, subject: str, told: str
) -> None:
    place = serve(say_page, Authority(tmp_path / "other", subject).context())
    error = refusal(face, f"https://{place}")
    assert f"It was issued by {told} for “a server of the tests”." in error.detail
    assert ("opens encrypted connections." in error.detail) is (not subject.startswith("/CN"))
    assert "SSL_CERT_FILE" in error.detail


def test_who_signed_is_read_through_a_proxy_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A box of the company stands behind the proxy and signs for everybody."""
    authority = Authority(tmp_path / "other", "/CN=FortiGate CA")
    site = NamedStage(context=authority.context())
    proxy = Proxy(site.here, login="ann:secret")
    monkeypatch.setenv("HTTPS_PROXY", f"http://ann:secret@{proxy.place}")
    told = refusal("sync", site.url).detail
    assert "It was issued by “FortiGate CA” for “a server of the tests”." in told
    proxy.close()
    site.close()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems ask their own authorities")
def test_the_certificate_of_another_name_may_not_be_trusted_whatever_the_name_is(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = NamedStage(context=authority.context())
    proxy = Proxy(site.here)
    monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy.place}")
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    error = refusal("sync", "https://issuer-of-myself.example")
    assert "not valid for 'issuer-of-myself.example'. It was issued" in error.detail
    assert isinstance(error, CertificateError)
    assert not error.may_trust
    assert "SSL_CERT_FILE" not in error.detail
    proxy.close()
    site.close()


@given(st.binary(max_size=80), st.integers(0, 600), st.integers(0, 600))
def test_no_certificate_raises_anything_else(
    authority: Authority, odd: bytes, start: int, end: int
) -> None:
    good = ssl.PEM_cert_to_DER_cert(authority.path.read_text())
    whole = read_certificate(good)
    assert (whole.issuer, whole.subject) == ("The tests' own authority",) * 2
    assert whole.begins < time.time() < whole.ends < time.time() + 3 * 86400
    with contextlib.suppress(ValueError):
        broken = read_certificate(good[:start] + odd + good[end:])
        assert len(broken.in_words()) < 1000


@pytest.mark.parametrize(
    "answer",
    [b"", b"\x16\x03\x03\xff\xff", b"\x16\x03\x03\0\0" * 9000, b"HTTP/1.1 200 OK\r\n" * 9000],
)
@pytest.mark.parametrize("dribbling", [False, True])
def test_a_hostile_answer_to_the_greeting_names_nobody_and_ends(
    serve: Callable[..., str], answer: bytes, dribbling: bool
) -> None:
    done = threading.Event()

    def act(line: socket.socket) -> None:
        line.sendall(answer)
        while dribbling and not done.wait(0.05):
            line.sendall(b"\x16")

    began = time.monotonic()
    address = read_address(f"https://{serve(act)}", allow_http=False)
    assert seen_certificate(address, None) == Certificate()
    done.set()
    assert time.monotonic() - began < 4
