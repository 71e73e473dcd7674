"""Which server addresses, keys and storage URLs are used, and which are refused."""

from __future__ import annotations

import pytest
from support.registries.scripted import KEY

from dfs_desktop.api import (
    ConfigurationError,
    DataForceClient,
    StorageAddressError,
    UnexpectedAnswerError,
)
from dfs_desktop.api.http.address import DEFAULT_BASE_URL as DFS
from dfs_desktop.api.http.address import LUML_BASE_URL as LUML
from dfs_desktop.api.http.address import from_environment, read_address
from dfs_desktop.api.storage.presigned_urls import check_url
from dfs_desktop.api.storage.store_client import Store


class TestAddresses:
    @pytest.mark.parametrize(
        ("given", "url"),
        [
            (" https://api.example/ \n", "https://api.example"),
            ("https://API.example:8443/base/", "https://api.example:8443/base"),
            ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
            ("http://localhost", "http://localhost"),
            ("http://[::1]:9", "http://[::1]:9"),
            # Pasted from a manual or from the browser's address bar.
            ("https://api.example/v1", "https://api.example"),
            ("https://own.example/luml/V1/", "https://own.example/luml"),
            ("https://own.example//luml//", "https://own.example/luml"),
            ("https://api.example/docs#/default", "https://api.example"),
            ("https://api.example?y=1", "https://api.example"),
            ("https://own.example/some/page?tab=2", "https://own.example"),
            ("https://own.example/x/organizations/7/orbits", "https://own.example/x"),
            ("https://o.example/0199c455-21ee-74c6-b747-19a82f1a1e67/x", "https://o.example"),
            ("https://own.example/../x/./", "https://own.example/x"),
        ],
    )
    def test_normalised(self, given: str, url: str) -> None:
        assert read_address(given, allow_http=False).url == url

    @pytest.mark.parametrize(
        "given",
        [
            "",
            "api.example",
            "ftp://x",
            "https://",
            "https://u:p@x",
            "https://x\\y",
            "https://x:port",
        ],
    )
    def test_refused(self, given: str) -> None:
        with pytest.raises(ConfigurationError):
            read_address(given, allow_http=True)

    def test_http_needs_insisting(self) -> None:
        with pytest.raises(ConfigurationError, match="https"):
            DataForceClient("http://10.0.0.5", KEY)
        DataForceClient("http://10.0.0.5", KEY, allow_http=True).close()

    @pytest.mark.parametrize(
        ("given", "environment", "expected"),
        [
            ((None, None), {}, (DFS, "")),
            ((None, None), {"DFS_API_KEY": "d"}, (DFS, "d")),
            ((None, None), {"LUML_API_KEY": "l"}, (LUML, "l")),
            ((None, None), {"LUML_API_KEY": "l", "LUML_BASE_URL": "L"}, ("L", "l")),
            ((None, None), {"DFS_API_KEY": "d", "LUML_API_KEY": "l"}, (DFS, "d")),
            # The key of one family never goes to the other's server when that has its own key.
            (
                (None, None),
                {"DFS_API_KEY": "d", "LUML_API_KEY": "l", "LUML_BASE_URL": "L"},
                (DFS, "d"),
            ),
            ((None, None), {"DFS_API_KEY": "d", "LUML_BASE_URL": "L"}, ("L", "d")),
            (
                (None, None),
                {"DFS_BASE_URL": "D", "LUML_BASE_URL": "L", "LUML_API_KEY": "l"},
                ("D", "l"),
            ),
            ((None, "k"), {"DFS_API_KEY": "d", "LUML_API_KEY": "l"}, (DFS, "k")),
            ((None, "k"), {"LUML_BASE_URL": "L", "LUML_API_KEY": "l"}, ("L", "k")),
            (("U", None), {"DFS_BASE_URL": "D", "LUML_API_KEY": "l"}, ("U", "l")),
            (("U", "k"), {"DFS_BASE_URL": "D", "DFS_API_KEY": "d"}, ("U", "k")),
        ],
    )
    def test_variables(
        self,
        given: tuple[str | None, str | None],
        environment: dict[str, str],
        expected: tuple[str, str],
    ) -> None:
        assert from_environment(*given, environment) == expected

    def test_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("LUML_BASE_URL", "LUML_API_KEY"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv("DFS_API_KEY", raising=False)
        monkeypatch.delenv("DFS_BASE_URL", raising=False)
        with pytest.raises(ConfigurationError, match="DFS_API_KEY"):
            DataForceClient()
        monkeypatch.setenv("DFS_API_KEY", KEY)
        assert DataForceClient().base_url == "https://api.dataforce.studio"
        monkeypatch.setenv("DFS_BASE_URL", "https://own.example")
        assert DataForceClient().base_url == "https://own.example"
        monkeypatch.delenv("DFS_BASE_URL")
        monkeypatch.delenv("DFS_API_KEY")
        monkeypatch.setenv("LUML_API_KEY", KEY)
        assert DataForceClient().base_url == "https://api.luml.ai"
        for key in ("", "  ", "bad\nkey", "schlüssel"):
            with pytest.raises(ConfigurationError):
                DataForceClient(api_key=key)


class TestStorageUrls:
    HTTPS = read_address("https://api.example", allow_http=False)
    LOCAL = read_address("http://127.0.0.1:1", allow_http=False)

    @pytest.mark.parametrize(
        "url",
        [
            "file:///etc/passwd",
            "ftp://s.example/x",
            "javascript:alert(1)",
            "http://s.example/x",
            "https://user@s.example/x",
            "https://169.254.169.254/latest",
            "https://[fe80::1]/x",
            "https://[::ffff:169.254.169.254]/x",
            "https://127.0.0.1/x",
            "https://localhost/x",
            "https://0.0.0.0/x",
            "https://s.example/" + "x" * 9000,
            "https://s.example/a b",
            "https://s.example/\nHost: evil",
            "https://s.example:port/",
            "https:///x",
            "",
        ],
    )
    def test_refused(self, url: str) -> None:
        with pytest.raises(UnexpectedAnswerError) as raised:
            check_url(url, self.HTTPS)
        assert "example/" not in raised.value.detail

    @pytest.mark.parametrize("url", ["https://s.example/a?b", "https://52.1.2.3:9000/a?b"])
    def test_allowed(self, url: str) -> None:
        assert check_url(url, self.HTTPS).raw == b"/a?b"

    @pytest.mark.fault("S-07")
    @pytest.mark.parametrize("host", ["10.0.0.5", "192.168.1.4", "[fd00::1]"])
    def test_s07_private_storage_of_a_public_registry_wants_an_approval(self, host: str) -> None:
        url = f"https://{host}:9000/a?b"
        with pytest.raises(StorageAddressError) as raised:
            check_url(url, self.HTTPS)
        assert raised.value.host == host.strip("[]")
        assert check_url(url, self.HTTPS, {raised.value.host}).raw == b"/a?b"

    @pytest.mark.fault("S-07")
    @pytest.mark.parametrize(
        "registry", ["https://10.1.1.1", "https://registry.lan", "https://reg"]
    )
    def test_s07_private_storage_of_a_private_registry(self, registry: str) -> None:
        inside = read_address(registry, allow_http=False)
        assert check_url("https://10.0.0.5:9000/a?b", inside).host == "10.0.0.5"

    def test_local_storage_of_a_local_registry(self) -> None:
        checked = check_url("http://127.0.0.1:1/o/../a%2f?X=1#f", self.LOCAL)
        assert (checked.origin, checked.raw) == ("http://127.0.0.1:1", b"/o/../a%2f?X=1")
        assert "a%2f" not in repr(checked)
        with pytest.raises(UnexpectedAnswerError):
            check_url("http://169.254.169.254/x", self.LOCAL)


@pytest.mark.fault("X-10")
@pytest.mark.parametrize(
    "host",
    [
        "[::ffff:127.0.0.1]",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7F.1",
        "0177.0.0.1",
        "017700000001",
        "0",
        "[::]",
        "2852039166",
        "0xa9fea9fe",
        "169.254.43518",
        "[::ffff:a9fe:a9fe]",
        "[64:ff9b::a9fe:a9fe]",
        "127.0.0.1.",
        "[2002:a9fe:a9fe::1]",
        "[64:ff9b:1::7f00:1]",
        "[::ffff:0:7f00:1]",
        "[::7f00:1]",
        "100.100.100.200",
        "[fd00:ec2::254]",
        "[fd20:ce::254]",
        "168.63.129.16",
        "metadata.google.internal.",
        "METADATA",
        "localhost.",
        "a.localhost",
        "[fe80::1%25eth0]",
        "%31%32%37.0.0.1",
    ],
)
def test_addresses_are_judged_as_what_they_mean(host: str) -> None:
    for registry in ("https://api.example", "https://10.0.0.1"):
        store = Store(read_address(registry, allow_http=False))
        with pytest.raises(UnexpectedAnswerError) as raised:
            store.target(f"https://{host}/latest?X-Amz-Signature=a")
        assert not hasattr(raised.value, "host")


@pytest.mark.fault("X-10")
@pytest.mark.parametrize(
    "host",
    [
        "10.1",
        "167772161",
        "0x0a000001",
        "012.0.0.1",
        "[::ffff:10.0.0.1]",
        "[64:ff9b::a00:1]",
        "100.64.0.1",
        "100.127.255.255",
        "[fd12::1]",
        "[fec0::1]",
        "[2002:a00:1::]",
    ],
)
def test_private_addresses_want_an_approval_however_they_are_spelled(host: str) -> None:
    store = Store(read_address("https://api.example", allow_http=False))
    with pytest.raises(UnexpectedAnswerError) as raised:
        store.target(f"https://{host}/a")
    store.approved.add(raised.value.host)  # type: ignore[attr-defined]
    assert store.target(f"https://{host}/a").raw == b"/a"
