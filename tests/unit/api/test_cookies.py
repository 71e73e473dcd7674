"""What a registry sets as cookies it hears again, and nobody else does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.registries.client_faces import FACES, SAMPLE, through
from support.registries.scripted import Handler, Stage

from dfs_desktop.api.http.cookies import LONGEST, MOST, Cookies


class Balanced(Handler):
    """A load balancer that tells its clients apart by a cookie; the store behind it sets one too."""

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.server.heard.append((self.path, self.headers.get("Cookie", "")))  # type: ignore[attr-defined]
        mark = "store" if self.path.startswith("/objects/") else "machine-2"
        super().answer(status, body, **headers, Set_Cookie=f"LB={mark}; Path=/; HttpOnly")


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage(handler=Balanced)
    stage.heard = []  # type: ignore[attr-defined]
    yield stage
    stage.close()


@pytest.mark.parametrize("face", FACES)
def test_a_load_balancers_cookie_comes_back_and_goes_to_no_store(stage: Stage, face: str) -> None:
    def work(client: Any) -> Any:
        return client.model_artifacts.upload(str(SAMPLE), "n")

    for _ in range(2):  # each client begins without
        stage.heard.clear()  # type: ignore[attr-defined]
        through(face, work, **stage.options)
        (_, first), *others = stage.heard  # type: ignore[attr-defined]
        assert first == ""
        to_store = {heard for path, heard in others if path.startswith("/objects/")}
        to_registry = {heard for path, heard in others if not path.startswith("/objects/")}
        assert (to_store, to_registry) == ({""}, {"LB=machine-2"})


def kept(*lines: str, at: str = "/v1/a", host: str = "api.example.com", path: str = "/v1/b") -> str:
    cookies = Cookies(host, encrypted=True)
    cookies.learn(list(lines), at)
    return cookies.header(path)


@pytest.mark.parametrize(
    ("line", "sent"),
    [
        ("a=1", "a=1"),
        ('a="1 2"; Expires=Wed, 21 Oct 2099 07:28:00 GMT', 'a="1 2"'),
        ("a=1; Max-Age=60; Expires=Wed, 21 Oct 2015 07:28:00 GMT", "a=1"),
        ("a=1; Path=/; Secure; HttpOnly; SameSite=None; Partitioned", "a=1"),
        ("a=1; Domain=example.com", "a=1"),
        ("a=1; Domain=.API.example.com", "a=1"),
        ("a=1; Domain=other.com", ""),
        ("a=1; Domain=xapi.example.com", ""),
        ("a=1; Domain=i.example.com", ""),
        ("a=1; Path=/v2", ""),
        ("a=1; Path=/v", ""),
        ("a=1; Max-Age=0", ""),
        ("a=1; Expires=Wed, 21 Oct 2015 07:28:00 GMT", ""),
        ("a=1; Max-Age=nonsense; Expires=nonsense", "a=1"),
        ("a", "a="),
        ("=1", ""),
        ("a b=1", ""),
        ("a=ä", ""),
        ("a=" + "x" * LONGEST, ""),
    ],
)
def test_what_a_line_says_decides_whether_it_is_sent(line: str, sent: str) -> None:
    assert kept(line) == sent


def test_a_cookie_is_replaced_removed_and_ordered_by_its_path() -> None:
    assert kept("a=1", "a=2") == "a=2"
    assert kept("a=1; Path=/", "a=1; Path=/; Max-Age=0") == ""
    assert kept("a=1; Path=/", "b=2; Path=/v1") == "b=2; a=1"
    plain = Cookies("api.example.com", encrypted=False)
    plain.learn(["a=1; Secure", "b=2"], "/")
    assert plain.header("/x?y=/z") == "b=2"


def test_the_number_of_cookies_is_bounded_and_the_newest_stay() -> None:
    cookies = Cookies("api.example.com", encrypted=True)
    for number in range(3 * MOST):
        cookies.learn([f"c{number}=1"], "/")
    names = [each.partition("=")[0] for each in cookies.header("/").split("; ")]
    assert names == [f"c{number}" for number in range(2 * MOST, 3 * MOST)]


@given(st.lists(st.text(), max_size=5), st.text(), st.text())
def test_no_line_of_a_server_is_a_fault_or_a_header_of_its_own(
    lines: list[str], at: str, path: str
) -> None:
    sent = kept(*lines, at=at, path=path)
    assert sent.isascii()
    assert not sent or sent.isprintable()


@given(
    st.from_regex(r"[A-Za-z0-9_-]{1,20}", fullmatch=True),
    st.from_regex(r"[!-:<-~]{0,50}", fullmatch=True),
)
def test_names_and_values_come_back_as_they_were_set(name: str, value: str) -> None:
    assert kept(f"{name}={value}; Path=/") == f"{name}={value}"
