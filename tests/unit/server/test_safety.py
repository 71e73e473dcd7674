"""Who gets in: faults R-01 to R-04 and R-08, mostly with requests no client would send."""

from __future__ import annotations

import http.client
import itertools
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.registries.local import Room, raw

from dfs_desktop.server import Address, Rules

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
PATHS = ("/users/me/organizations", "/", "/nowhere", "/objects/test_file", "/openapi.json")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """A registry."""
    with Room(tmp_path / "registry") as made:
        yield made


def request(room: Room, method: str, path: str, **headers: str) -> http.client.HTTPResponse:
    """A request by http.client, with the key, and whatever headers (underscores for dashes)."""
    line = http.client.HTTPConnection("127.0.0.1", room.port, timeout=10)
    lines = {name.replace("_", "-"): value for name, value in headers.items()}
    line.request(method, path, headers={"authorization": f"Bearer {room.address.api_key}"} | lines)
    answer = line.getresponse()
    answer.read()
    line.close()
    return answer


@pytest.mark.fault("R-01")
def test_r01_foreign_host_is_refused_before_routing(room: Room) -> None:
    """DNS rebinding: the right address under a wrong name, on every method and path."""
    key = room.address.api_key
    for method, path in itertools.product(METHODS, PATHS):
        for host in ("evil.test", f"evil.test:{room.port}", "127.0.0.1", f"127.0.0.1:{room.port}.",
                     f"user@127.0.0.1:{room.port}", "", f"127.0.0.1:{room.port + 1}"):  # fmt: skip
            head = f"{method} {path} HTTP/1.1\nHost: {host}\nAuthorization: Bearer {key}\n"
            assert raw(room, head)[0] == 421, (method, path, host)


@pytest.mark.fault("R-01")
def test_r01_missing_or_repeated_host_is_refused(room: Room) -> None:
    """Also with an absolute address in the request line, which some servers prefer to Host."""
    good = f"127.0.0.1:{room.port}"
    assert raw(room, "GET / HTTP/1.0\n")[0] == 421
    assert raw(room, f"GET / HTTP/1.1\nHost: {good}\nHost: evil.test\n")[0] == 421
    absolute = f"GET http://{good}/ HTTP/1.1\nHost: evil.test\n"
    assert raw(room, absolute)[0] == 421


@pytest.mark.fault("R-01")
@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]", "LOCALHOST"])
def test_r01_own_names_are_taken(room: Room, name: str) -> None:
    """The names that lead here, and no others."""
    assert request(room, "GET", PATHS[0], host=f"{name}:{room.port}").status == 200


@pytest.mark.fault("R-02")
@pytest.mark.parametrize(
    "header",
    ["Origin: http://evil.test", "Origin: null", "Origin: http://127.0.0.1:{port}",
     "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site", "Sec-Fetch-Site: "],
)  # fmt: skip
def test_r02_web_pages_are_refused(room: Room, header: str) -> None:
    """Any Origin, and any Sec-Fetch-Site of a page, whatever the key; never a CORS header."""
    header = header.format(port=room.port)
    for method, path in itertools.product(METHODS, PATHS):
        head = (
            f"{method} {path} HTTP/1.1\nHost: 127.0.0.1:{room.port}\n{header}\n"
            f"Authorization: Bearer {room.address.api_key}\n"
        )
        status, text = raw(room, head)
        assert status == 403, (method, path)
        assert "access-control" not in text.lower()


@pytest.mark.fault("R-02")
def test_r02_typed_address_is_taken(room: Room) -> None:
    """What a browser sends for an address typed by hand is no attack, only unauthenticated."""
    assert request(room, "GET", PATHS[0], sec_fetch_site="none").status == 200


@pytest.mark.fault("R-02")
def test_r02_forms_cannot_write(room: Room) -> None:
    """The content types a form can send are refused, with the key too."""
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain", None):
        headers = {} if kind is None else {"content-type": kind}
        answer = room.api.post(room.artifacts, content=b'{"file_name": "a.b"}', headers=headers)
        assert answer.status_code == 415, kind
    kind = "Application/JSON; charset=utf-8"
    answer = room.api.post(room.artifacts, content=b"{}", headers={"content-type": kind})
    assert answer.status_code == 422
    assert room.json("GET", room.artifacts) == []


@pytest.mark.fault("R-02")
def test_r02_no_answer_carries_cors_headers(room: Room) -> None:
    """Not on success, not on refusals, not on preflights."""
    for method in ("GET", "OPTIONS", "DELETE"):
        answer = room.api.request(method, PATHS[0])
        assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.fault("R-03")
def test_r03_key_is_needed_and_changes_with_every_start(room: Room, tmp_path: Path) -> None:
    """Wrong, old, truncated, elsewhere: 401. The key has 256 random bits."""
    key = room.address.api_key
    assert re.fullmatch(r"dfs_[A-Za-z0-9_-]{43}", key)
    with Room(tmp_path / "other") as other:
        assert other.address.api_key != key
        wrong = ["", "Bearer", f"Basic {key}", key, f"Bearer {key[:-1]}",
                 f"Bearer {key}x", f"Bearer {other.address.api_key}", "Bearer ä"]  # fmt: skip
    for value in wrong:
        answer = room.web.get(PATHS[0], headers={"authorization": value.encode("latin-1")})
        assert (answer.status_code, answer.json()) == (401, {"detail": "Not authenticated"})
    assert room.web.get(f"{PATHS[0]}?api_key={key}&token={key}").status_code == 401
    assert room.web.get(PATHS[0], headers={"x-api-key": key}).status_code == 401
    assert room.web.get(PATHS[0], headers={"cookie": f"access_token={key}"}).status_code == 401


@pytest.mark.fault("R-03")
def test_r03_object_urls_fit_one_method_and_one_object(room: Room) -> None:
    """Every change of method, object, time or lifetime breaks the signature."""
    record = room.upload(b"content")
    url = room.download_url(record["id"])
    other = room.download_url(room.upload(b"other")["id"])
    path = url.partition("?")[0]
    changed = {
        "other object": other.partition("?")[0] + "?" + url.partition("?")[2],
        "longer life": url.replace("X-Amz-Expires=43200", "X-Amz-Expires=99999999"),
        "later": re.sub(r"X-Amz-Date=\d{4}", "X-Amz-Date=2999", url),
        "more": url + "&uploadId=x",
        "repeated": url + "&X-Amz-Expires=43200",
        "two signatures": url + "&X-Amz-Signature=" + "0" * 64,
        "strange signature": re.sub("X-Amz-Signature=.*", "X-Amz-Signature=%C3%A4", url),
    }
    for what, address in changed.items():
        answer = room.web.get(address)
        assert answer.status_code == 403, what
        assert "SignatureDoesNotMatch" in answer.text, what
    for bare in (path, path + "?", path + "?X-Amz-Date=1", path + "?%ff=%ff&&&"):
        answer = room.web.get(bare)
        assert (answer.status_code, "AccessDenied" in answer.text) == (403, True), bare
    for method in ("HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"):
        assert room.web.request(method, url).status_code == 403, method
    assert room.web.get(url).content == b"content"


@pytest.mark.fault("R-03")
def test_r03_object_urls_expire(tmp_path: Path) -> None:
    """An old URL says "expired", in the words by which clients know to ask for a new one."""
    with Room(tmp_path / "registry", Rules(url_lifetime=-1)) as room:
        answer = room.web.get(room.download_url(room.create()["model"]["id"]))
    assert answer.status_code == 403
    assert "<Code>AccessDenied</Code>" in answer.text
    assert "expired" in answer.text


@pytest.mark.fault("R-03")
def test_r03_key_of_the_api_opens_no_object(room: Room) -> None:
    """And the other way round: clients do not send the key to storage addresses."""
    record = room.upload(b"content")
    bare = room.download_url(record["id"]).partition("?")[0]
    assert room.api.get(bare).status_code == 403


TRAVERSALS = (
    "../registry.sqlite3", "..%2fregistry.sqlite3", "%2e%2e/%2e%2e/etc/passwd", "%00", "a" * 5000,
    "/etc/passwd", "..\\registry.sqlite3", "%5c..%5clock", ".",
)  # fmt: skip


@pytest.mark.fault("R-04")
def test_r04_object_names_are_never_paths(room: Room) -> None:
    """Raw traversal, encoded or not, NUL, long: no signature, no way in."""
    for method, name in itertools.product(("GET", "PUT", "DELETE"), TRAVERSALS):
        head = f"{method} /objects/{name} HTTP/1.1\nHost: 127.0.0.1:{room.port}\n"
        status, text = raw(room, head + "Content-Length: 0\n")
        assert status in (400, 403), text[:200]
        assert "SQLite" not in text


@pytest.mark.fault("R-04")
def test_r04_link_in_the_store_is_not_followed(room: Room, tmp_path: Path) -> None:
    """Somebody replaced a stored file by a link: nothing behind it is served."""
    secret = tmp_path / "secret"
    secret.write_text("private")
    record = room.upload(b"content")
    blob = next(path for path in (room.folder / "objects").rglob("*") if path.is_file())
    blob.unlink()
    blob.symlink_to(secret)
    answer = room.download(record["id"])
    assert answer.status_code == 404
    assert "private" not in answer.text


@pytest.mark.fault("R-08")
def test_r08_listens_on_loopback_only(room: Room) -> None:
    """Not on the addresses by which other machines reach this one."""
    assert room.address.url == f"http://127.0.0.1:{room.port}"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing; tells the outward address
            outward = probe.getsockname()[0]
        except OSError:
            pytest.skip("this machine has no network address besides loopback")
    with pytest.raises(OSError, match=r"refused|timed out|unreachable"):
        socket.create_connection((outward, room.port), timeout=5)


@pytest.mark.fault("R-08")
def test_r08_proxy_variables_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a proxy set, requests reach the registry, and the registry asks no proxy either."""
    with socket.create_server(("127.0.0.1", 0)) as trap:
        trap.settimeout(0.2)
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{trap.getsockname()[1]}")
        with Room(tmp_path / "registry") as room:
            record = room.upload(b"content")
            assert room.download(record["id"]).content == b"content"
        with pytest.raises(TimeoutError):
            trap.accept()


def test_secrets_stay_out_of_texts(room: Room) -> None:
    """The key is in no repr, the keys of a bucket in no 422, addresses in no answer to strangers."""
    assert room.address.api_key not in repr(room.address)
    assert repr(Address("http://x", "dfs_secret")) == "Address(url='http://x', api_key='dfs_...')"
    path = f"/organizations/{room.organization}/bucket-secrets"
    body = {"endpoint": "x", "secret_key": "hush", "access_key": ["hush"]}
    answer = room.api.post(path, json=body)
    assert answer.status_code == 422
    assert "hush" not in answer.text
