"""Rows that say the same stay, and what is counted beside them is what counting anew would give."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from datetime import date, datetime
from itertools import pairwise
from types import SimpleNamespace

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.workspace.test_workspace import artifact

from dfs_desktop.api import ModelArtifact, ModelArtifactStatus
from dfs_desktop.workspace.listing import row as row_module
from dfs_desktop.workspace.listing.columns import MOST_COMPANY, Tally, columns_for
from dfs_desktop.workspace.listing.filtering import record_filter
from dfs_desktop.workspace.listing.filtering.filter_values import same_day
from dfs_desktop.workspace.listing.listing import Listing
from dfs_desktop.workspace.listing.new_rows import MANY
from dfs_desktop.workspace.listing.row import Row
from dfs_desktop.workspace.listing.sorted_rows import FEW, Order
from dfs_desktop.workspace.registry import artifact_pages
from dfs_desktop.workspace.registry.artifact_pages import ArtifactPages
from dfs_desktop.workspace.workspace import Workspace

NAMES = st.sampled_from(["acc", "f1", "loss", "note", "nested"])
VALUES = st.one_of(st.integers(0, 3), st.just(0.5), st.just("text"), st.just([1]), st.none())
RECORDS = st.dictionaries(
    st.sampled_from("abcdefgh"),
    st.tuples(st.dictionaries(NAMES, VALUES, max_size=4), st.integers(0, 4)),
)


def made(records: dict[str, tuple[dict[str, object], int]]) -> list[ModelArtifact]:
    return [
        artifact(
            f"model {key}", id=key, metrics=metrics, created_at=f"2026-01-0{day + 1}T00:00:00Z"
        )
        for key, (metrics, day) in records.items()
    ]


def shown(listing: Listing) -> list[str]:
    return [row.key for row in listing.visible]


@given(
    st.lists(
        st.tuples(st.sampled_from(["replace", "extend", "put", "remove"]), RECORDS), max_size=5
    ),
    st.sampled_from(["name", "metric:acc", "metric:note", "created", "status", "gone"]),
    st.sampled_from(["", "acc>0", "model -a"]),
    st.booleans(),
    st.sampled_from([None, "put", "strike"]),
)
def test_after_any_changes_columns_and_order_are_those_of_a_list_read_anew(
    steps: list[tuple[str, dict[str, tuple[dict[str, object], int]]]],
    column: str,
    text: str,
    descending: bool,
    meanwhile: str | None,
) -> None:
    listing, deleted = Listing(), set[str]()
    listing.sort(column, descending=descending)
    listing.filter(text)
    for what, records in steps:
        if what in {"replace", "extend"}:
            page = made(records) + made(records)[:1]  # one record comes twice
            asyncio.run(listing.make_ready(page))
            if meanwhile == "put" and page:
                listing.put(artifact("newer", id=page[0].id))
            elif meanwhile == "strike":
                listing.strike(records)
            (listing.replace if what == "replace" else listing.extend)(page)
        elif what == "put":
            for each in made(records):
                listing.put(each)
        else:
            listing.remove(*records)
            deleted |= records.keys()
        fresh = Listing()
        fresh.sort(column, descending=descending)
        fresh.filter(text)
        fresh.going = listing.going
        fresh.replace(listing.artifacts())
        assert shown(listing) == shown(fresh)
        assert not deleted.intersection(shown(listing))
        assert {column.key for column in listing.columns} == {c.key for c in fresh.columns}
        assert listing.metric_names == fresh.metric_names


def test_many_at_once_are_put_in_the_same_order_as_one_by_one() -> None:
    records = made({f"{n:04}": ({"acc": n}, n % 5) for n in range(3 * FEW)})
    at_once, one_by_one = Listing(), Listing()
    at_once.extend(records)
    for each in records:
        one_by_one.put(each)
    assert shown(at_once) == shown(one_by_one)


@given(st.lists(st.one_of(st.none(), st.datetimes())), st.booleans())
def test_rows_are_shown_by_the_time_of_their_creation_those_without_one_last(
    times: list[datetime | None], descending: bool
) -> None:
    listing = Listing()
    listing.sort("created", descending=descending)
    listing.replace(
        artifact("m", id=f"{n:03}", created_at=each and each.isoformat())
        for n, each in enumerate(times)
    )
    known = sorted(((each, f"{n:03}") for n, each in enumerate(times) if each), reverse=descending)
    unknown = sorted((f"{n:03}" for n, each in enumerate(times) if not each), reverse=descending)
    assert shown(listing) == [key for _, key in known] + unknown


TAGS = st.lists(st.one_of(st.none(), st.sampled_from(["a", "B", "b2", "b10"])), max_size=30)


@given(TAGS, TAGS, st.booleans())
def test_by_tags_which_many_share_rows_stand_as_if_each_were_compared(
    first: list[str | None], second: list[str | None], descending: bool
) -> None:
    rows: list[Row] = []
    for tags in (first, second):
        row_module.ordered_key.cache_clear()  # the same, and yet other objects: of very many it is so
        for tag in tags:
            key = f"{len(rows):02}"
            rows.append(Row(artifact("m", id=key, tags=[tag] if tag else [], created_at=None)))
            rows[-1].prepare()
    column = next(each for each in columns_for((), ()) if each.key == "tags")
    known = sorted((row for row in rows if row.tags_key), key=lambda row: (row.tags_key, row.place))
    missing = [row for row in rows if not row.tags_key]
    wanted = known[::-1] + missing[::-1] if descending else known + missing
    assert Order(rows, column).rows(descending=descending) == wanted


STEPS = st.lists(
    st.tuples(st.sampled_from(["extend", "put", "remove", "settle", "replace"]), RECORDS),
    max_size=5,
)


@given(RECORDS, STEPS)
def test_what_is_done_together_ends_as_what_is_done_one_by_one(
    before: dict[str, tuple[dict[str, object], int]],
    steps: list[tuple[str, dict[str, tuple[dict[str, object], int]]]],
) -> None:
    def act(listing: Listing) -> None:
        for what, records in steps:
            if what == "extend":
                listing.extend(made(records))
            elif what == "replace":
                listing.replace(made(records))
            elif what == "remove":
                listing.remove(*records)
            for each in made(records) if what == "put" else ():
                listing.put(each)
            for number, each in enumerate(made(records) if what == "settle" else ()):
                listing.settle(each.id, each if number % 2 else None)

    together, one_by_one = Listing(), Listing()
    for listing in (together, one_by_one):
        listing.replace(made(before))
    told: list[int] = []
    together.rows_changed.connect(lambda: told.append(1))
    with together.together(), together.together():
        act(together)
        assert not told
    act(one_by_one)
    assert len(told) <= 1
    assert shown(together) == shown(one_by_one)
    assert together.metric_names == one_by_one.metric_names
    assert len(together) == len(one_by_one)


def test_a_thousand_uploads_into_very_many_rows_are_shown_in_a_moment() -> None:
    listing = Listing()
    listing.replace([artifact(f"m{n}", id=f"id{n}") for n in range(20_000)])
    shows: list[int] = []
    listing.rows_changed.connect(lambda: shows.append(len(listing.visible)))
    with listing.together():
        for n in range(1000):
            listing.put(artifact(f"new{n}", id=f"job:{n}"))
    assert shows == [21_000]


def test_columns_stay_while_the_rows_that_their_numbers_are_told_apart_from_do() -> None:
    listing = Listing()
    listing.replace([artifact(f"m{n}", metrics={"acc": n / 7}) for n in range(MOST_COMPANY)])
    before = listing.columns
    listing.put(artifact("one more", metrics={"acc": 1}))
    listing.remove("id-one more")
    assert listing.columns is before, "nothing is found anew for the next cell that is painted"
    listing.put(artifact("m0", metrics={"acc": 1}))
    assert listing.columns is not before


@pytest.mark.parametrize("pages", [[11], [1, 1, 9], [2, 2, 2, 2, 3], [0], [1, 10]])
def test_very_many_records_come_into_the_list_in_pieces(
    pages: list[int], workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = [artifact(f"m{n:02}") for n in range(sum(pages))]
    left = list(records)

    async def told(**_asked: object) -> AsyncIterator[list[ModelArtifact]]:
        for count in pages:
            yield [left.pop(0) for _ in range(count)]

    steps: list[int] = [0]
    listing, own = workspace.listing, ArtifactPages(workspace.state, workspace.queue)
    listing.rows_changed.connect(lambda: steps.append(len(listing.visible)))
    monkeypatch.setattr(artifact_pages, "MOST_NEW", 4)
    client = SimpleNamespace(model_artifacts=SimpleNamespace(pages=told))
    monkeypatch.setattr(workspace.session, "client", SimpleNamespace(at=lambda *_place: client))
    asyncio.run(own.read(workspace.session, lambda: True))
    assert {*listing.artifacts()} == {*records}
    assert not workspace.session.partial
    assert max(now - then for then, now in pairwise(steps)) <= 4


def test_very_many_rows_are_not_searched_for_garbage() -> None:
    listing, frozen = Listing(), gc.get_freeze_count()
    records = [artifact(f"m{n}") for n in range(MANY)]
    assert gc.isenabled()
    asyncio.run(listing.make_ready(records[:5]))
    assert gc.get_freeze_count() <= frozen, "of few rows nothing is felt"  # others may have gone
    asyncio.run(listing.make_ready(records))
    assert gc.get_freeze_count() > frozen + MANY
    assert gc.isenabled()


def test_a_refresh_that_tells_nothing_new_keeps_the_rows_and_decodes_no_manifest() -> None:
    def told(count: int) -> list[ModelArtifact]:
        manifest = msgspec.Raw(b'{"variant": "pyfunc"}')
        each = [artifact(f"m{n}", id=str(n), metrics={"acc": n}) for n in range(5)]
        return [
            msgspec.structs.replace(one, manifest=manifest, size=count if one.id == "3" else 1)
            for one in each
        ]

    listing = Listing()
    listing.replace(told(1))
    before = list(listing.visible)
    listing.replace(told(1))
    assert all(one is other for one, other in zip(before, listing.visible, strict=True))
    slot = msgspec.structs.astuple(before[0].artifact)
    assert any(type(value) is msgspec.Raw for value in slot)
    listing.replace(told(2))
    assert [
        row.key for row, old in zip(listing.visible, before, strict=True) if row is not old
    ] == ["3"]


@settings(deadline=None)
@given(
    RECORDS,
    st.sets(st.sampled_from("abcdefgh")),
    st.sampled_from(["", "acc>0", "deleted", "model a"]),
)
def test_what_is_counted_of_the_rows_is_what_counting_each_would_give(
    records: dict[str, tuple[dict[str, object], int]], going: set[str], text: str
) -> None:
    listing = Listing()
    listing.replace(
        msgspec.structs.replace(one, status=ModelArtifactStatus.UPLOAD_FAILED)
        if one.id in "ab"
        else one
        for one in made(records)
    )
    listing.strike(going)
    listing.filter(text)
    rows = listing.visible
    assert listing.shown() == (sum(r.is_artifact for r in rows), sum(r.going for r in rows))


@given(
    st.datetimes(timezones=st.timezones()),
    st.sampled_from([">", "<", ">=", "<=", "=", "!="]),
    st.integers(-4, 4),
)
def test_a_day_is_asked_for_as_the_calendar_of_the_person_has_it(
    moment: datetime, sign: str, days: int
) -> None:
    day = min(max(moment.date().toordinal() + days, 1), date.max.toordinal())
    listing = Listing()
    listing.replace([artifact("one", created_at=moment.isoformat())])
    listing.filter(f"created{sign}{date.fromordinal(day)}")
    (row,) = listing._rows.values()
    holds = record_filter._HOLDS[sign]
    expected = row.created and holds(same_day(row.created, date.fromordinal(day)), 0)
    assert bool(listing.visible) == bool(expected)


def test_a_status_that_changes_in_place_is_found_by_the_filter() -> None:
    listing = Listing()
    records = [artifact("one", id="1"), artifact("two", id="2")]
    asyncio.run(listing.make_ready(records))
    listing.replace(records)
    listing.strike(["1"])
    listing.filter("deleted")
    assert shown(listing) == ["1"]
    listing.unstrike(["1"])
    listing.filter("deleted")
    assert shown(listing) == []


def test_a_record_with_a_million_metrics_costs_the_tally_only_what_it_may_show() -> None:
    hostile = artifact("hostile", metrics={f"m{n}": n for n in range(200_000)})
    listing = Listing()
    listing.replace([hostile])
    assert len(Tally(listing.visible).names()) <= 1000


@pytest.mark.parametrize("sign", [":", "=", "!="])
@pytest.mark.parametrize("name", ["short", "long " * 50_000])
def test_a_field_is_asked_whatever_the_length_of_the_texts_before_it(name: str, sign: str) -> None:
    listing = Listing()
    listing.replace(
        [artifact(name, id="1", tags=["Größe"]), artifact(name, id="2", description="GRÖSSE")]
    )
    listing.filter(f"tag{sign}grösse")
    assert shown(listing) == (["2"] if sign == "!=" else ["1"])
    listing.filter(f"description{sign}größe")
    assert shown(listing) == (["1"] if sign == "!=" else ["2"])


@given(st.lists(st.sampled_from(["", "prod", "Prod", "v2", "v10", "nlp"]), max_size=40))
def test_tags_that_many_rows_share_are_sorted_as_each_by_itself(tags: list[str]) -> None:
    listing = Listing()
    listing.replace(
        [artifact(str(n), id=f"{n:02d}", tags=[t] if t else []) for n, t in enumerate(tags)]
    )
    listing.sort("tags", descending=False)
    column = next(c for c in listing.columns if c.key == "tags")
    keys = [column.sort_key(row) for row in listing.visible]
    found = [(key, row.place) for key, row in zip(keys, listing.visible, strict=True) if key]
    assert found == sorted(found)
    assert keys == [key for key in keys if key] + [None] * tags.count("")
