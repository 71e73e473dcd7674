"""Proxies: whose variables are read how, and what goes through them, with proxies that run here."""

from __future__ import annotations

import os
import ssl
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.network.certificates import Authority
from support.network.proxy import NamedStage, Proxy, address
from support.registries.client_faces import FACES, SAMPLE, through

from dfs_desktop.api import APIConnectionError, ConfigurationError, DataForceError
from dfs_desktop.api.http.address import read_address
from dfs_desktop.api.http.network import AS_THE_SYSTEM
from dfs_desktop.api.http.proxy import proxy_choice
from dfs_desktop.api.http.proxy.no_proxy import is_exempt
from dfs_desktop.api.http.proxy.proxy_address import read_proxy
from dfs_desktop.api.http.proxy.proxy_choice import proxy_for
from dfs_desktop.api.storage.store_client import Store

pytestmark = pytest.mark.fault("RL-40")


class Site:
    """A registry under a name of the wide world, and a way to put a proxy before it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, context: ssl.SSLContext | None) -> None:
        self.stage = NamedStage(context=context)
        self.proxies: list[Proxy] = []
        self._set = monkeypatch.setenv

    def proxy(self, variable: str, form: str, **more: Any) -> Proxy:
        proxy = Proxy(self.stage.here, **more)
        self.proxies.append(proxy)
        self._set(variable, form.format(proxy.place))
        return proxy

    def ask(self, face: str, timeout: float = 1.0) -> Any:
        options = {**self.stage.options, "timeout": timeout, "allow_http": True}
        return through(face, lambda c: c.model_artifacts.list(), **options)

    def refusal(self, face: str, timeout: float = 1.0) -> DataForceError:
        with pytest.raises(DataForceError) as raised:
            self.ask(face, timeout)
        return raised.value

    def close(self) -> None:
        for proxy in self.proxies:
            proxy.close()
        self.stage.close()


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    site = Site(monkeypatch, None)
    yield site
    site.close()


@pytest.fixture
def tls_site(monkeypatch: pytest.MonkeyPatch, authority: Authority) -> Iterator[Site]:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    site = Site(monkeypatch, authority.context(authority.issue("DNS:registry.example")))
    yield site
    site.close()


def everything(site: Site, face: str, folder: Path) -> None:
    """The record, its bytes there and back, and the deletion."""

    def work(client: Any) -> Any:
        models = client.model_artifacts
        if face == "sync":
            made = models.upload(str(SAMPLE), "n")
            models.download(made.id, str(folder / "back.fnnx"))
            return models.delete(made.id)

        async def run() -> None:
            made = await models.upload(str(SAMPLE), "n")
            await models.download(made.id, str(folder / "back.fnnx"))
            await models.delete(made.id)

        return run()

    through(face, work, allow_http=True, **site.stage.options)
    assert (folder / "back.fnnx").read_bytes() == SAMPLE.read_bytes()
    assert not site.stage.records


FORMS = [
    ("http://{}", ""),
    ("{}", ""),
    ("http://me:p%40ss@{}", "me:p@ss"),
    ("http://me:p#s/s@{}", "me:p#s/s"),
    ("socks5://{}", ""),
    ("socks5h://me:word@{}", "me:word"),
    ("socks://{}/", ""),
    ("SOCKS5://{}", ""),
]


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize(
    ("variable", "form", "login"),
    [("http_proxy", *FORMS[2]), *(("ALL_PROXY", *each) for each in FORMS)],
)
def test_all_makers_of_clients_go_through_the_proxy(
    site: Site, face: str, variable: str, form: str, login: str, tmp_path: Path
) -> None:
    proxy = site.proxy(variable, form, login=login)
    everything(site, face, tmp_path)
    assert len(proxy.asked) >= len(site.stage.audit) or "socks" in form.lower()
    assert all("registry.example" in each for each in proxy.asked)
    assert any("/objects/" in each for each in proxy.asked) or "socks" in form.lower()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems ask their own authorities")
@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize(("form", "login"), FORMS[::2])
def test_https_goes_through_a_tunnel(
    tls_site: Site, face: str, form: str, login: str, tmp_path: Path
) -> None:
    proxy = tls_site.proxy("HTTPS_PROXY", form, login=login)
    everything(tls_site, face, tmp_path)
    assert set(proxy.asked) == {f"registry.example:{tls_site.stage.here[1]}"}


@pytest.mark.parametrize("face", FACES)
class TestTrouble:
    """The proxy is named as the culprit, never the registry, and its password never shown."""

    @pytest.mark.parametrize(
        "form", ["http://{}", "http://me:wrongword@{}", "socks5://{}", "socks5://me:wrongword@{}"]
    )
    def test_a_password_is_wanted(self, site: Site, face: str, form: str) -> None:
        proxy = site.proxy("ALL_PROXY", form, login="me:right")
        error = site.refusal(face)
        assert isinstance(error, APIConnectionError)
        assert error.title == "The proxy wants a password"
        assert f"{proxy.place} (ALL_PROXY)" in error.detail
        assert "wrongword" not in f"{error}{error!r}"
        assert not error.retryable

    @pytest.mark.skipif(sys.platform != "linux", reason="other systems ask their own authorities")
    @pytest.mark.parametrize(
        ("answer", "again"), [(b"403 Forbidden", False), (b"503 Service Unavailable", True)]
    )
    def test_a_tunnel_is_refused(
        self, tls_site: Site, face: str, answer: bytes, again: bool
    ) -> None:
        tls_site.proxy("HTTPS_PROXY", "http://{}", answer=answer)
        error = tls_site.refusal(face)
        assert error.title == "The proxy refused"
        assert answer.decode() in error.detail
        assert error.retryable == again

    @pytest.mark.skipif(sys.platform != "linux", reason="other systems ask their own authorities")
    def test_tunnel_that_wants_a_password(self, tls_site: Site, face: str) -> None:
        tls_site.proxy("HTTPS_PROXY", "http://{}", login="a:b")
        assert tls_site.refusal(face).title == "The proxy wants a password"

    def test_socks_cannot_reach_the_server(self, site: Site, face: str) -> None:
        site.proxy("ALL_PROXY", "socks5://{}", answer=b"no")
        assert site.refusal(face).title == "The proxy refused"

    @pytest.mark.parametrize("scheme", ["http", "socks5"])
    def test_nobody_is_there(
        self, site: Site, face: str, scheme: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTP_PROXY", f"{scheme}://127.0.0.1:9")
        error = site.refusal(face)
        assert error.title == "The proxy cannot be reached"
        assert "127.0.0.1:9 refuses" in error.detail
        assert "HTTP_PROXY" in error.detail
        monkeypatch.setenv("HTTP_PROXY", f"{scheme}://no-such-proxy.invalid:9")
        assert "No computer named no-such-proxy.invalid" in site.refusal(face).detail

    def test_it_is_no_socks_proxy(self, site: Site, face: str) -> None:
        host, port = site.stage.here
        os.environ["ALL_PROXY"] = (
            f"socks5://{host}:{port}"  # a web server; the fixture takes it away
        )
        try:
            error = site.refusal(face, timeout=0.2)
        finally:
            del os.environ["ALL_PROXY"]
        assert "ALL_PROXY" in error.detail

    @pytest.mark.skipif(sys.platform != "linux", reason="other systems ask their own authorities")
    def test_https_before_a_proxy_that_speaks_http(self, tls_site: Site, face: str) -> None:
        proxy = tls_site.proxy("HTTPS_PROXY", "https://{}")
        error = tls_site.refusal(face)
        assert isinstance(error, ConfigurationError)
        assert f"Write http://{proxy.place}" in error.detail

    @pytest.mark.parametrize(
        ("value", "words"),
        [
            ("socks4://127.0.0.1:9", "“socks4”, which is not spoken here"),
            ("ftp://127.0.0.1:9", "“ftp”"),
            ("http://[::1", "[::1"),
            ("http://", "at which address"),
            ("http://:3128", "at which address"),
            ("http://name:secretword@:3128", "at which address"),
            ("http://127.0.0.1:70000", "70000"),
            ("http://127.0.0.1:x", "127.0.0.1:x"),
            ("pr oxy", "pr oxy"),
            ("http://exa\x01mple", "exa"),
            ("http://" + "x" * 5000, "does not name"),
        ],
    )
    def test_a_variable_that_cannot_be_used_is_named(
        self, site: Site, face: str, value: str, words: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("http_proxy", value)
        error = site.refusal(face)
        assert isinstance(error, ConfigurationError)
        assert "http_proxy" in error.detail
        assert words in error.detail
        assert "secretword" not in str(error)
        store = Store(read_address("http://registry.example", allow_http=True))
        with (
            pytest.raises(ConfigurationError, match="http_proxy"),
            store.send("GET", store.target("http://bucket.example/a"), check=lambda: None),
        ):
            pass


EXEMPT = [
    ("localhost,registry.example", "registry.example", True),
    ("*", "registry.example", True),
    (" * ", "registry.example", True),
    ("example", "registry.example", True),
    (".example", "registry.example", True),
    ("*.example", "registry.example", True),
    ("*stry.example", "registry.example", True),
    ("*.EXAMPLE.", "Registry.Example.", True),
    ("ample", "registry.example", False),
    ("localhost,fd07:b51a:cc66:f0::/64", "registry.example", False),
    ("fd07:b51a:cc66:f0::/64", "fd07:b51a:cc66:f0::7", True),
    ("fd07:b51a:cc66:f0::/64", "[fd07:b51a:cc66:f1::7]", False),
    ("[fd00::7]", "fd00::7", True),
    ("fd00:0::7", "fd00::7", True),
    ("[fd00::7]:443", "fd00::7", True),
    ("[fd00::7]:444", "fd00::7", False),
    ("10.0.0.0/8", "10.1.2.3", True),
    ("10.0.0.7/8", "10.1.2.3", True),
    ("10.0.0.0/8", "11.1.2.3", False),
    ("10.1.*", "10.1.2.3", True),
    ("10.1.2.3", "10.1.2.3", True),
    ("2.3", "10.1.2.3", False),
    ("registry.example:443", "registry.example", True),
    ("registry.example:99999", "registry.example", False),
    ("https://registry.example", "registry.example", True),
    ("http://registry.example", "registry.example", False),
    ("http://a b registry.example", "registry.example", True),
    ("'registry.example';\"other\"", "registry.example", True),
    ("<local>", "registry", True),
    ("<local>", "registry.example", False),
    (",,[::1,::/999,10.0.0.0/99,:,[],//,://,*[*", "registry.example", False),
    ("", "registry.example", False),
]


@pytest.mark.parametrize(("exceptions", "host", "exempt"), EXEMPT)
def test_no_proxy(
    exceptions: str, host: str, exempt: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert is_exempt(exceptions, "https", host, None) == exempt
    monkeypatch.setenv("ALL_PROXY", "http://proxy.example:8")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, exceptions)
        assert (proxy_for(address("https", host), AS_THE_SYSTEM) is None) == exempt
        monkeypatch.delenv(name)


@given(st.text(max_size=60), st.text("[]:/*.%@#?01af, \\<>", max_size=40))
def test_no_text_in_a_variable_raises_anything_else(odd: str, odder: str) -> None:
    for text in (odd, odder):
        is_exempt(text, "https", "registry.example", None)
        is_exempt(text, "https", "10.0.0.1", 8)
        for value in (text, f"http://{text}", f"socks5://{text}"):
            try:
                proxy = read_proxy("HTTPS_PROXY", value)
            except ConfigurationError:
                continue
            proxy.for_httpx(AS_THE_SYSTEM)


def test_which_variable_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://all:1")
    monkeypatch.setenv("HTTPS_PROXY", "http://large:2")
    assert "large" in str(proxy_for(address("https", "x.example"), AS_THE_SYSTEM))
    assert "all" in str(proxy_for(address("http", "x.example"), AS_THE_SYSTEM))
    if sys.platform != "win32":  # where names of variables have no case
        monkeypatch.setenv("https_proxy", "http://small:3")
        assert "small" in str(proxy_for(address("https", "x.example"), AS_THE_SYSTEM))
        monkeypatch.setenv("https_proxy", "")
        assert proxy_for(address("https", "x.example"), AS_THE_SYSTEM) is None
    for host in ("127.0.0.1", "localhost", "::1", "127.1", "::ffff:127.0.0.1"):
        assert proxy_for(address("http", host), AS_THE_SYSTEM) is None


def test_the_systems_proxy_is_used_where_no_variable_is_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(proxy_choice, "SYSTEM_HAS_PROXIES", True)
    monkeypatch.setattr("urllib.request.getproxies", lambda: {"https": "http://desk:8"})
    monkeypatch.setattr("urllib.request.proxy_bypass", lambda host: host == "inner.example")
    found = proxy_for(address("https", "x.example"), AS_THE_SYSTEM)
    assert found is not None
    assert found.shown == "desk:8 (the system's settings)"
    assert proxy_for(address("https", "inner.example"), AS_THE_SYSTEM) is None
    assert proxy_for(address("http", "x.example"), AS_THE_SYSTEM) is None
    monkeypatch.setenv("HTTPS_PROXY", "http://own:9")
    assert "own" in str(proxy_for(address("https", "x.example"), AS_THE_SYSTEM))
    monkeypatch.delenv("HTTPS_PROXY")
    monkeypatch.setattr("urllib.request.getproxies", lambda: {"socks": "socks4://desk:8"})
    found = proxy_for(address("https", "x.example"), AS_THE_SYSTEM)
    assert found is not None
    assert found.scheme == "socks5h"
