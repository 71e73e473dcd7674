"""Rows are grouped by tag or by how their names begin; a count is what the filter then shows."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dfs_desktop.api import ModelArtifact
from dfs_desktop.settings import Settings, SettingsFile
from dfs_desktop.workspace.listing.filtering.filter_parser import parse
from dfs_desktop.workspace.listing.grouping import (
    MOST_GROUPS,
    Count,
    is_group,
    term_of,
    with_term,
)
from dfs_desktop.workspace.listing.listing import Listing
from dfs_desktop.workspace.listing.row import Row, prefix
from dfs_desktop.workspace.state import AppState
from dfs_desktop.workspace.views.groups import Groups

TEXTS = st.text(st.sampled_from('aA bBßİ1-_"“,;=é\n'), max_size=6)


def rows(listing: Listing, *artifacts: tuple[str, list[str]]) -> None:
    listing.replace(
        ModelArtifact(
            id=f"id{n}", model_name=name, file_name=f"{n}.fnnx", tags=tags,
            created_at="2026-11-20T12:00:00Z", metrics={"acc": n / 10},
        )
        for n, (name, tags) in enumerate(artifacts)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("resnet50 v3", "resnet50"), ("bert-base-uncased", "bert"), ("run12", "run"),
        ("model_2024_01", "model"), ("2024-01-05 run", "2024"), ("-x-y", "-x"), ("12", "12"),
        ("Müller/a", "Müller"), ("---", "---"), ("a", "a"), ("v1.2", "v1"), ("train:3", "train"),
    ],
)  # fmt: skip
def test_a_prefix_is_what_people_would_group_by(name: str, wanted: str) -> None:
    assert prefix(Row(ModelArtifact(id="1", model_name=name, file_name="x"))) == wanted


def test_a_prefix_of_a_hostile_name_is_found_in_time() -> None:
    began = time.perf_counter()
    for name in ("1" * 10**6, "-" * 10**6, "a1" * 10**6, " a" * 10**6):
        prefix(Row(ModelArtifact(id="1", model_name=name, file_name="x")))
    assert time.perf_counter() - began < 5


@given(
    st.lists(st.tuples(TEXTS, st.lists(TEXTS, max_size=4)), max_size=6),
    st.sampled_from(["tag", "prefix"]),
    st.sampled_from(["", "a", "acc < 0.3", '-tag:"b"', "0.1 <= acc < 0.4"]),
)
@example([("x", ["ß", "SS", "ss"])], "tag", "")
@example([("x", []), ("x", [""])], "tag", "")
def test_a_count_is_what_the_filter_shows(
    artifacts: list[tuple[str, list[str]]], field: str, rest: str
) -> None:
    listing = Listing()
    rows(listing, *artifacts)
    listing.filter(rest)
    count = Count(field)
    for _ in count.over(listing.by_time, listing.applied.test):
        pass
    groups, left_out = count.groups()
    assert (count.all, left_out) == (len(listing.visible), 0)
    for group in groups:
        term = term_of(field, group.text)
        listing.filter(with_term(rest, parse(rest, {"acc"}), field, term, {"acc"}))
        assert len(listing.visible) == group.count > 0
        assert [part.term for part in listing.applied.parts if is_group(part.term, field)] == [term]


@given(
    st.one_of(
        st.text(max_size=20),
        st.lists(
            st.sampled_from(
                ["a", "and", "tag=x", 'tag="x y"', "acc>0.5", "-tag=z", ",", "or", "0.1<acc<0.9"]
            )
        ).map(" ".join),
    ),
    st.one_of(st.none(), TEXTS),
)
@example("@&", "")
@example("a&, b", "x")
def test_the_rest_of_the_line_stays_as_it_is_read(line: str, text: str | None) -> None:
    before = parse(line, {"acc"})
    term = None if text is None else term_of("tag", text)
    new = parse(with_term(line, before, "tag", term, {"acc"}), {"acc"})
    others = [part.term for part in before if not is_group(part.term, "tag")]
    # What holds for all rows may be written in another form.
    plain = [t for t in others if getattr(t, "value", None) != ""]
    found = [part.term for part in new if getattr(part.term, "value", None) != ""]
    assert found == [*plain, *([term] if term and term.value else [])]
    assert term is None or term in [part.term for part in new]


@pytest.mark.parametrize(
    ("line", "text", "wanted"),
    [
        ("", "prod", 'tag="prod"'),
        ("resnet", "prod", 'resnet, tag="prod"'),
        ('resnet, tag="prod"', None, "resnet"),
        ('tag="prod", accuracy > 0.9', "so excited", 'accuracy > 0.9, tag="so excited"'),
        ('tag="prod"', "", 'tag=""'),
    ],
)
def test_people_read_what_is_written_for_them(line: str, text: str | None, wanted: str) -> None:
    term = None if text is None else term_of("tag", text)
    assert with_term(line, parse(line, {"accuracy"}), "tag", term, {"accuracy"}) == wanted


@pytest.fixture
def state(tmp_path_factory: pytest.TempPathFactory) -> AppState:
    folder = tmp_path_factory.mktemp("settings")
    return AppState(SettingsFile(folder / "settings.json"), Settings())


async def until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not done():
        assert time.monotonic() < end
        await asyncio.sleep(0.01)


def test_groups_follow_the_rows_and_the_filter(state: AppState) -> None:
    async def act() -> None:
        listing = state.listing
        rows(listing, *[(f"{'ab'[n % 2]}-{n}", ["Prod", "prod"][n % 3 :][:1]) for n in range(30)])
        groups = Groups(state)
        groups.filter_wanted.connect(listing.filter)

        def told() -> dict[str, int]:
            return {group.text: group.count for group in groups.groups}

        assert groups.field == ""
        groups.by("tag")
        await until(lambda: told() == {"Prod": 20, "": 10} and groups.all == 30)
        groups.choose("prod")
        assert (listing.applied.text, groups.chosen) == ('tag="Prod"', "prod")
        assert len(listing.visible) == 20
        listing.filter(listing.applied.text + ", acc < 1")
        await until(lambda: told() == {"Prod": 7, "": 3} and groups.all == 10)
        assert groups.chosen == "prod"
        groups.choose("")
        assert (listing.applied.text, len(listing.visible)) == ('acc < 1, tag=""', 3)
        listing.remove("id2")
        await until(lambda: told() == {"Prod": 7, "": 2})
        groups.by("prefix")
        assert (listing.applied.text, groups.chosen) == ("acc < 1", None)
        await until(lambda: told() == {"a": 4, "b": 5})
        listing.filter("")
        await until(lambda: told() == {"a": 14, "b": 15})
        assert Groups(state).field == "prefix", "it is kept"
        groups.by("")
        assert groups.groups == []
        await state.tasks.stop()

    asyncio.run(act())


def test_very_many_groups_are_bounded_and_told(state: AppState) -> None:
    async def act() -> None:
        many = MOST_GROUPS + 500
        rows(
            state.listing,
            *[("x", [f"t{n}", "all", "t7"]) for n in range(many)],
            ("y", ["z" * 5000]),
        )
        groups = Groups(state)
        groups.by("tag")
        await until(lambda: bool(groups.groups))
        assert len(groups.groups) == MOST_GROUPS
        assert groups.left_out == many + 2 - MOST_GROUPS
        assert {"all", "t7"} <= {group.text for group in groups.groups}
        await state.tasks.stop()

    asyncio.run(act())
