"""Which server addresses, keys and storage URLs are used, and which are refused."""

from __future__ import annotations

import pytest
from api_stage import KEY

from dfs_desktop.api import ConfigurationError, DataForceClient, UnexpectedAnswerError
from dfs_desktop.api.address import read_address
from dfs_desktop.api.storage.urls import check_url


class TestAddresses:
    @pytest.mark.parametrize(
        ("given", "url"),
        [
            (" https://api.example/ \n", "https://api.example"),
            ("https://API.example:8443/base/", "https://api.example:8443/base"),
            ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
            ("http://localhost", "http://localhost"),
            ("http://[::1]:9", "http://[::1]:9"),
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
            "https://x?y=1",
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

    def test_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("DFS_API_KEY", raising=False)
        monkeypatch.delenv("DFS_BASE_URL", raising=False)
        with pytest.raises(ConfigurationError, match="DFS_API_KEY"):
            DataForceClient()
        monkeypatch.setenv("DFS_API_KEY", KEY)
        assert DataForceClient().base_url == "https://api.dataforce.studio"
        monkeypatch.setenv("DFS_BASE_URL", "https://own.example")
        assert DataForceClient().base_url == "https://own.example"
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

    @pytest.mark.parametrize("url", ["https://s.example/a?b", "https://10.0.0.5:9000/a?b"])
    def test_allowed(self, url: str) -> None:
        assert check_url(url, self.HTTPS).raw == b"/a?b"

    def test_local_storage_of_a_local_registry(self) -> None:
        checked = check_url("http://127.0.0.1:1/o/../a%2f?X=1#f", self.LOCAL)
        assert (checked.origin, checked.raw) == ("http://127.0.0.1:1", b"/o/../a%2f?X=1")
        assert "a%2f" not in repr(checked)
        with pytest.raises(UnexpectedAnswerError):
            check_url("http://169.254.169.254/x", self.LOCAL)
