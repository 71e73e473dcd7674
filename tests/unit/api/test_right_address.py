"""W-03: the right address is told where another one is meant, and suggested where that is sure."""

from __future__ import annotations

import urllib.parse
from typing import Any

import httpx
import pytest
from support.registries.client_faces import FACES, through
from support.registries.scripted import KEY
from unit.api.test_detection import Everywhere

from dfs_desktop.api import ConfigurationError, DataForceError
from dfs_desktop.api.http.address import read_address


@pytest.mark.fault("W-03")
class TestTheRightAddress:
    """Told where another one is meant, and suggested where that is sure."""

    @staticmethod
    def told(address: str, server: Any, face: str = "sync") -> Any:
        with pytest.raises(DataForceError) as raised:
            through(
                face,
                lambda client: client.organizations.list(),
                base_url=address,
                api_key=KEY,
                allow_http=True,
                transport=server,
            )
        return raised.value

    @pytest.mark.parametrize(
        ("address", "to", "suggested"),
        [
            ("http://dfs.example", "https://dfs.example{}", "https://dfs.example"),
            ("http://dfs.example:80/api", "https://dfs.example/api{}", "https://dfs.example/api"),
            ("http://dfs.example", "https://www.dfs.example{}", "https://www.dfs.example"),
            ("http://dfs.example:8080", "https://dfs.example:8443{}", "https://dfs.example:8443"),
            ("https://old.example", "https://new.example/base{}", "https://new.example/base"),
            ("http://dfs.example", "http://other.example{}", ""),  # never to plain http
            ("http://dfs.example", "https://dfs.example/login?next={}", "https://dfs.example"),
            ("http://dfs.example", "/login", ""),
            ("http://dfs.example", "", ""),
            ("http://dfs.example", "ftp://dfs.example{}", ""),
            ("http://dfs.example", "javascript:alert(1)", ""),
        ],
    )
    @pytest.mark.parametrize("status", [301, 302, 307, 308])
    def test_redirects(self, address: str, to: str, suggested: str, status: int) -> None:
        prefix = urllib.parse.urlsplit(address).path

        def send_on(request: httpx.Request) -> httpx.Response:
            where = to.format(request.url.path.removeprefix(prefix))
            return httpx.Response(status, headers={"Location": where})

        error = self.told(address, httpx.MockTransport(send_on))
        assert "sends us elsewhere" in error.detail
        assert getattr(error, "suggested", "") == suggested

    @pytest.mark.parametrize(
        "page",
        [
            "<h1>400 Bad Request</h1>The plain HTTP request was sent to HTTPS port",  # nginx
            "Client sent an HTTP request to an HTTPS server.\n",  # Go: MinIO, Caddy, Traefik
            "You're speaking plain HTTP to an SSL-enabled server port.",  # Apache
        ],
    )
    def test_http_at_a_port_that_takes_https(self, page: str) -> None:
        error = self.told("http://dfs.example:8443", Everywhere(httpx.Response(400, text=page)))
        assert error.suggested == "https://dfs.example:8443"

    @pytest.mark.parametrize("face", FACES)
    @pytest.mark.parametrize("port", [None, 9])
    def test_a_missing_port_is_thought_of(self, face: str, port: int | None) -> None:
        address = "http://127.0.0.1" if port is None else f"http://127.0.0.1:{port}"
        refusal = httpx.ConnectError("refused")
        refusal.__cause__ = ConnectionRefusedError(111, "refused")
        error = self.told(address, Everywhere(refusal), face)
        assert f"refuses connections at port {port or 80}" in error.detail
        assert ("may need its port" in error.detail) is (port is None)

    @pytest.mark.parametrize(
        "given", ['"https://a.example"', "<https://a.example/>", "“https://a.example”"]
    )
    def test_an_address_may_be_copied_with_its_quotes(self, given: str) -> None:
        assert read_address(given, allow_http=False).url == "https://a.example"

    @pytest.mark.parametrize("port", [0, 65536, 70000])
    def test_a_port_that_does_not_exist_is_told(self, port: int) -> None:
        with pytest.raises(ConfigurationError, match="up to 65535"):
            read_address(f"https://a.example:{port}", allow_http=False)

    @pytest.mark.parametrize(
        "given",
        [
            "https://a.example,https://b.example",
            "https://a.example https://b.example",
            "https://a.example/my registry",
            "https://a.example;",
            "https://{host}",
            "https://<host>:9000",
            "https://",
        ],
    )
    def test_what_is_not_one_address_is_refused_as_what_it_is(self, given: str) -> None:
        with pytest.raises(ConfigurationError, match="has to look like") as raised:
            read_address(given, allow_http=False)
        assert "in front" not in raised.value.detail

    @pytest.mark.parametrize("host", ["bücher.example", "a_b.example", "[::1]", "例え.テスト"])
    def test_hosts_of_every_kind_are_taken(self, host: str) -> None:
        assert read_address(f"https://{host}:9000", allow_http=False).url == f"https://{host}:9000"
