"""One value says how connections leave: through which proxy, trusting whom; all makers of clients obey."""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from support.network.certificates import Authority
from support.network.proxy import NamedStage, Proxy
from support.registries.client_faces import FACES, SAMPLE, through

from dfs_desktop.api import (
    CertificateError,
    ConfigurationError,
    DataForceError,
    Login,
    Network,
    OwnCertificate,
    Pin,
    ProxyLoginError,
)
from dfs_desktop.api.http.proxy.proxy_choice import for_child
from dfs_desktop.api.http.trusted_authorities import tls_context
from dfs_desktop.workers.byte_worker.caller import ByteWorker
from dfs_desktop.workers.process.messages import pack

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="other systems ask their own authorities"
)
NAME = "registry.example"


class Company:
    """A registry whose authority no system knows, behind a proxy that wants a password."""

    def __init__(self, authority: Authority) -> None:
        self.context = authority.context(authority.issue(f"DNS:{NAME}"))
        self.stage = NamedStage(context=self.context)
        self.proxy = Proxy(self.stage.here, login="ann:s3cret")
        self.network = Network(
            proxy=f"http://{self.proxy.place}",
            logins=(Login(self.proxy.place, "ann", "s3cret"),),
            authorities=str(authority.path),
        )

    @property
    def port(self) -> int:
        return self.stage.here[1]

    def ask(self, network: Network, face: str = "sync") -> Any:
        options = self.stage.options | {"timeout": 3.0, "network": network}
        return through(face, lambda c: c.model_artifacts.list(), **options)

    def refusal(self, network: Network, face: str = "sync") -> DataForceError:
        with pytest.raises(DataForceError) as raised:
            self.ask(network, face)
        return raised.value

    def pinned(self, sha256: str) -> Network:
        return replace(self.network, authorities="", pins=(Pin(NAME, self.port, sha256),))


@pytest.fixture(scope="module")
def company(authority: Authority) -> Iterator[Company]:
    company = Company(authority)
    yield company
    company.proxy.close()
    company.stage.close()


@pytest.mark.parametrize("face", ["sync", "worker"])
def test_the_registry_and_its_store_are_reached_through_a_proxy_with_a_login(
    company: Company, face: str, tmp_path: Path
) -> None:
    """In the child that moves bytes as well, which the variables tell nothing."""
    company.proxy.asked.clear()
    back = tmp_path / "back.fnnx"
    options = company.stage.options | {"network": company.network}
    worker = ByteWorker()

    def work(client: Any) -> Any:
        made = client.model_artifacts.upload(str(SAMPLE), "n")
        client.model_artifacts.download(made.id, str(back))

    async def work_awaited(client: Any) -> None:
        made = await client.model_artifacts.upload(str(SAMPLE), "n")
        await client.model_artifacts.download(made.id, str(back))

    if face == "sync":
        through("sync", work, **options)
    else:
        try:
            through("async", work_awaited, performer=worker.perform, **options)
            assert worker.pid
        finally:
            worker.close()
    assert back.read_bytes() == SAMPLE.read_bytes()
    assert set(company.proxy.asked) == {f"{NAME}:{company.port}"}


@pytest.mark.parametrize("face", FACES)
def test_a_proxy_that_wants_a_login_is_told_apart_and_the_login_is_in_no_text(
    company: Company, face: str
) -> None:
    error = company.refusal(replace(company.network, logins=()), face)
    assert isinstance(error, ProxyLoginError)
    assert (error.proxy, error.user) == (company.proxy.place, "")
    assert "the Network page of the preferences" in error.detail
    wrong = replace(company.network, logins=(Login(company.proxy.place, "ann", "wr0ng"),))
    error = company.refusal(wrong, face)
    assert isinstance(error, ProxyLoginError)
    assert error.user == "ann"
    assert "wr0ng" not in f"{error}{error!r}{wrong!r}{wrong.logins!r}"


def test_the_direct_way_and_exceptions_are_followed(company: Company) -> None:
    for network in (
        replace(company.network, proxy=""),
        replace(company.network, exceptions="*.example"),
    ):
        company.proxy.asked.clear()
        assert "No computer named" in company.refusal(network).detail
        assert not company.proxy.asked


@pytest.mark.parametrize("face", FACES)
def test_an_unknown_certificate_tells_all_that_is_needed_to_choose_it(
    company: Company, face: str
) -> None:
    unknown = replace(company.network, authorities="")
    error = company.refusal(unknown, face)
    assert isinstance(error, CertificateError)
    assert error.may_trust
    assert (error.host, error.port) == (NAME, company.port)
    assert error.issuer == "The tests' own authority"
    assert error.begins < error.ends
    assert len(error.sha256) == 64
    assert "It is valid from 20" in error.detail
    assert error.sha256[:2].upper() + ":" in error.detail

    assert company.ask(company.pinned(error.sha256), face) is not None
    changed = company.refusal(company.pinned("ab" * 32), face)
    assert isinstance(changed, CertificateError)
    assert changed.title == "The server's certificate is another one"
    assert (changed.trusted, changed.sha256) == ("ab" * 32, error.sha256)
    assert "AB:AB:AB" in changed.detail
    assert not changed.retryable


def test_the_store_is_held_to_the_chosen_certificate_too(company: Company, tmp_path: Path) -> None:
    record = company.stage.add(b"x" * 1000)
    seen = company.refusal(replace(company.network, authorities=""))
    assert isinstance(seen, CertificateError)

    def fetch(client: Any) -> None:
        client.model_artifacts.download(record["id"], str(tmp_path / "x"))

    options = company.stage.options | {"network": company.pinned(seen.sha256)}
    through("sync", fetch, **options)
    assert (tmp_path / "x").stat().st_size == 1000


def test_a_server_that_speaks_tls_1_3_alone_shows_its_certificate(company: Company) -> None:
    before, company.context.minimum_version = (
        company.context.minimum_version, ssl.TLSVersion.TLSv1_3,
    )  # fmt: skip
    error = company.refusal(replace(company.network, authorities=""))
    company.context.minimum_version = before
    assert isinstance(error, CertificateError)
    assert error.subject == "a server of the tests"


def test_a_pin_of_one_server_says_nothing_of_another(company: Company) -> None:
    pins = (Pin(NAME, company.port + 1, "ab" * 32), Pin("other.example", company.port, "ab" * 32))
    assert company.ask(replace(company.network, pins=pins)) is not None


def test_files_of_authorities_are_read_as_windows_writes_them(
    company: Company, authority: Authority, tmp_path: Path
) -> None:
    pem = authority.path.read_text()
    file = tmp_path / "company.cer"
    for content in (
        ssl.PEM_cert_to_DER_cert(pem),
        pem.encode("utf-16"),
        b"\xef\xbb\xbf" + pem.replace("\n", "\r\n").encode(),
    ):
        file.write_bytes(content)
        os.utime(file, ns=(len(content), len(content)))
        assert company.ask(replace(company.network, authorities=str(file))) is not None


@pytest.mark.parametrize(
    ("content", "why"), [(None, "does not exist"), (b"no", "holds no certificates")]
)
def test_a_file_of_authorities_that_cannot_be_used_is_told(
    company: Company, tmp_path: Path, content: bytes | None, why: str
) -> None:
    file = tmp_path / "company.pem"
    if content is not None:
        file.write_bytes(content)
    error = company.refusal(replace(company.network, authorities=str(file)))
    assert isinstance(error, ConfigurationError)
    assert why in error.detail
    assert str(file) in error.detail


def test_a_certificate_of_ours_is_shown_to_the_registry_and_goes_to_no_child(
    company: Company, authority: Authority, tmp_path: Path
) -> None:
    mine = authority.issue("DNS:ann")
    locked = tmp_path / "locked.pem"
    key = ["openssl", "pkey", "-in", str(mine), "-aes256", "-passout", "pass:w0rd"]
    locked.write_bytes(subprocess.run(key, check=True, capture_output=True).stdout)
    company.context.load_verify_locations(authority.path)
    company.context.verify_mode = ssl.CERT_REQUIRED
    try:
        # The server's word is lost when its end of the connection is seen first.
        refusals = (company.refusal(company.network).detail for _ in range(8))
        assert any("wants a certificate of yours" in said for said in refusals)
        own = OwnCertificate(str(mine), str(locked), "w0rd")
        network = replace(company.network, own=own)
        for face in FACES:
            assert company.ask(network, face) is not None
        assert b"w0rd" in pack(network)
        assert b"w0rd" not in pack(for_child(network))
        assert "w0rd" not in repr(network) + repr(own)
        wrong = replace(network, own=OwnCertificate(str(mine), str(locked), "no"))
        assert "its key wants a password, and not this one" in company.refusal(wrong).detail
        other = authority.issue("DNS:bob")
        wrong = replace(network, own=OwnCertificate(str(mine), str(other)))
        assert "belongs to another certificate" in company.refusal(wrong).detail
    finally:
        company.context.verify_mode = ssl.CERT_NONE


def test_one_context_is_kept_for_one_way(authority: Authority) -> None:
    network = Network(authorities=str(authority.path), pins=(Pin("a", 443, "ab"),))
    assert tls_context(network, "b") is tls_context(network, "c", 8443)
    assert tls_context(network, "a") is tls_context(network, "A", 443)
    assert tls_context(network, "a") is not tls_context(network, "b")
