"""Laws of what makes very many rows quick: it finds what a look at each row would find."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from unit.workspace.test_workspace import artifact

from dfs_desktop.ui.artifact_table import row_differences
from dfs_desktop.workspace.listing.columns import metric_column
from dfs_desktop.workspace.listing.filtering.applied_filter import AppliedFilter
from dfs_desktop.workspace.listing.row import MOST_TEXT, Row

WORDS = ("", "bert", "Straße", "STRASSE v2", "ﬁne-tuned", "prod", "iİ", "a" * (MOST_TEXT + 9))
TEXTS = st.sampled_from(WORDS)
LINES = (
    "", "bert", "strasse", "fi", "prod", "tag:prod", "-tag:prod", "tag=prod", "name:bert", "file=x", "iİ",
    "prefix:str", "prefix=straße", "description:", "-bert", "bert tag:prod", "acc>0", "tag!=prod", "aaaa",
)  # fmt: skip
FILTERS = st.sampled_from(LINES)


@settings(max_examples=60)
@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), max_size=4), st.lists(FILTERS, max_size=3))
def test_rows_that_a_glance_at_their_texts_leaves_out_the_filter_leaves_out(
    texts: list[tuple[str, str, str]], filters: list[str]
) -> None:
    rows = [
        Row(artifact(name, id=f"{n}", tags=[tag], description=words, metrics={"acc": n}))
        for n, (name, tag, words) in enumerate(texts)
    ]
    applied = AppliedFilter()
    applied.text = " ".join(filters)
    applied.ask(frozenset({"acc"}), frozenset())
    test = applied.test or (lambda _row: True)
    assert applied.through(rows) == [row for row in rows if test(row)]


@given(st.lists(st.one_of(st.integers(), st.floats(), st.booleans(), st.text(), st.none())))
def test_keys_of_a_metric_are_the_same_for_all_rows_as_for_each(values: list[object]) -> None:
    rows = [Row(artifact("m", id=f"{n}", metrics={"acc": v})) for n, v in enumerate(values)]
    column = metric_column("acc")
    assert column.sort_keys(rows) == [column.sort_key(row) for row in rows]


@given(st.sets(st.integers(0, 60)), st.integers(0, 5))
def test_rows_without_some_are_those_between_their_ranges(gone: set[int], most: int) -> None:
    numbers = sorted(gone)
    found = row_differences.ranges(numbers, most)
    named = [number for first, end in found for number in range(first, end)]
    assert named == numbers[: len(named)]
    assert all(end < first for (_, end), (first, _) in pairwise(found))
    assert named == numbers or len(found) == most + 1
    rows = [Row(artifact("m", id=f"{n}")) for n in range(61)]
    left = row_differences.rest(rows, numbers, found)
    assert left == [row for number, row in enumerate(rows) if number not in gone]
