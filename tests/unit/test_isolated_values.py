"""Values in lines from right to left: their signs of order are neither quoted nor marked as foreign."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfs_desktop import translation
from dfs_desktop.artifact import visible
from dfs_desktop.translation import tr

FIRST, LAST = "\u2068", "\u2069"


@pytest.fixture(autouse=True)
def arabic(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translation, "_used", list(translation._used))
    monkeypatch.setenv(translation.VARIABLE, "en")
    translation.use("ar")


def test_a_quoted_value_keeps_its_quotes_and_no_code_points_are_written_out() -> None:
    assert tr("no such text {id!r} here", id="a'b") == f'no such text {FIRST}"a\'b"{LAST} here'


def test_a_message_is_shown_as_it_is_and_a_deceiving_one_is_not() -> None:
    told = tr("no such text {a} here {b}", a="model", b="x")
    assert visible(told) == told
    assert visible(tr("no such text {a} here", a=f"m{LAST}odel")).count("⟨U+20") == 3
    translation.use("en")
    assert visible(told).count("⟨U+20") == 4, "where we put none, they are foreign"


@given(st.text(alphabet=f"ab{FIRST}{LAST}", max_size=12))
def test_what_is_left_unmarked_ends_every_isolation_that_it_begins(text: str) -> None:
    depths, depth = [0], 0
    for sign in visible(text):
        depth += {FIRST: 1, LAST: -1}.get(sign, 0)
        depths.append(depth)
    assert (min(depths), depths[-1]) == (0, 0)
