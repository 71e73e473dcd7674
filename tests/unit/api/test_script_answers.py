"""What a proxy script answers becomes a list of ways, as browsers read it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfs_desktop.api.http.proxy import proxy_script
from dfs_desktop.api.http.proxy.proxy_address import SCRIPT
from dfs_desktop.api.http.proxy.proxy_address import Proxy as NamedProxy
from dfs_desktop.api.http.proxy.proxy_script import read_answer

WHERE = "http://a.example/p.pac"


@pytest.mark.parametrize(
    ("answer", "ways"),
    [
        ("", [None]),
        (" ; ", [None]),
        ("DIRECT", [None]),
        ("direct;", [None]),
        ("PROXY a:3128", ["http://a:3128"]),
        ("proxy a", ["http://a"]),
        ("HTTPS a:443 ; HTTP b:1;\n SOCKS c:1080; SOCKS5\td:9;DIRECT",
         ["https://a", "http://b:1", "socks5h://c:1080", "socks5h://d:9", None]),
        ("PROXY http://a:3128/", ["http://a:3128"]),
        ("PROXY [::1]:3128, DIRECT", ["http://[::1]:3128", None]),
        ("SOCKS4 a:1; PROXY a:99999; PROXY; BLA b; PROXY c:1; PROXY c:1", ["http://c:1"]),
        ("SOCKS4 a:1", []),
        ("nothing of use", []),
    ],
)  # fmt: skip
def test_answers_of_scripts_are_read_as_leniently_as_browsers_do(
    answer: str, ways: list[str | None]
) -> None:
    found = read_answer(answer, WHERE)
    assert [each and str(each.url) for each in found] == ways
    assert all(each is None or WHERE in each.shown for each in found)


_kinds = st.sampled_from(["PROXY", "HTTP", "HTTPS", "SOCKS", "SOCKS5"])
_entries = st.lists(
    st.none()
    | st.tuples(_kinds, st.from_regex(r"[a-z]{1,8}", fullmatch=True), st.integers(1, 65535)),
    min_size=1,
    max_size=proxy_script.MOST_WAYS,
    unique=True,
)


@given(_entries, st.sampled_from([";", "; ", " ;\r\n", ";;"]), st.booleans())
def test_what_is_written_as_an_answer_is_read_as_it_was_meant(
    entries: list[tuple[str, str, int] | None], between: str, small: bool
) -> None:
    words = ["DIRECT" if each is None else f"{each[0]} {each[1]}:{each[2]}" for each in entries]
    written = between.join(words)
    found = read_answer(written.lower() if small else written, WHERE)
    kinds = {
        "PROXY": "http",
        "HTTP": "http",
        "HTTPS": "https",
        "SOCKS": "socks5h",
        "SOCKS5": "socks5h",
    }
    meant = [
        each and NamedProxy(kinds[each[0]], each[1], each[2], SCRIPT, script=WHERE)
        for each in entries
    ]
    assert list(found) == list(dict.fromkeys(meant))


@given(st.text())
def test_no_answer_of_a_script_is_a_fault_of_the_program(answer: str) -> None:
    assert len(read_answer(answer, WHERE)) <= proxy_script.MOST_WAYS
