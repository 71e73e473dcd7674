"""Edits of many records: tags of a selection, names by a pattern, and what meets a change of others."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfs_desktop.api import ModelArtifact
from dfs_desktop.workers.process import supervisor
from dfs_desktop.workers.reader.caller import Reader
from dfs_desktop.workspace.editing import rename_pattern
from dfs_desktop.workspace.editing.changes import merged_tags
from dfs_desktop.workspace.editing.rename_pattern import (
    Pattern,
    PatternError,
    Renaming,
    expand,
    plan,
)
from dfs_desktop.workspace.editing.selection import Summary
from dfs_desktop.workspace.editing.tags import TagChanges

TAGS = st.lists(st.sampled_from("abcdefg"), unique=True, max_size=5).map(tuple)


def record(number: int, name: str = "", **fields: object) -> ModelArtifact:
    values = {"file_name": f"file{number}.fnnx", "model_name": name, **fields}
    return ModelArtifact(id=f"id{number}", collection_id="c", **values)  # type: ignore[arg-type]


@given(TAGS, TAGS, TAGS)
def test_tags_of_two_people_come_together(
    before: tuple[str, ...], mine: tuple[str, ...], theirs: tuple[str, ...]
) -> None:
    assert merged_tags(before, mine, before) == mine
    assert merged_tags(before, before, theirs) == theirs
    together = set(merged_tags(before, mine, theirs))
    assert together >= set(mine) - set(before), "what I added is there"
    assert not together & (set(before) - set(mine)), "what I removed is not"
    assert together >= set(theirs) - set(before), "what they added is there"


@given(TAGS, TAGS, TAGS)
def test_what_added_and_removed_tags_is_taken_back_without_touching_those_of_others(
    before: tuple[str, ...], mine: tuple[str, ...], others: tuple[str, ...]
) -> None:
    added = tuple(tag for tag in others if tag not in before and tag not in mine)
    back = merged_tags(mine, before, mine + added)
    assert set(back) == set(before) | set(added)


@given(st.lists(TAGS, min_size=1, max_size=6), st.sampled_from("abcdefg"))
def test_a_click_on_a_tag_goes_to_all_to_none_and_back(
    tagged: list[tuple[str, ...]], tag: str
) -> None:
    records = [record(n, tags=list(tags)) for n, tags in enumerate(tagged)]
    summary = Summary()
    summary.add(records)
    on, many, wishes = summary.tags[tag], len(records), TagChanges()
    seen: list[int] = []
    for _ in range(2 + (0 < on < many)):
        seen.append(sum(tag in wishes.become(each) for each in records))
        for each in records:
            assert set(wishes.become(each)) - {tag} == set(each.tags or ()) - {tag}
        wishes.cycle(tag, on, many)
    assert sorted(set(seen)) == sorted({on, 0, many} if on in {0, many} else {on, many, 0})
    assert not wishes


def planned(
    artifacts: Sequence[ModelArtifact], pattern: Pattern, others: Sequence[ModelArtifact] = ()
) -> list[Renaming]:
    (found,) = asyncio.run(planned_one_by_one(artifacts, pattern, others=others))
    assert not isinstance(found, PatternError), found
    return found


async def planned_one_by_one(
    artifacts: Sequence[ModelArtifact], *patterns: Pattern, others: Sequence[ModelArtifact] = ()
) -> list[list[Renaming] | PatternError]:
    reader, found = Reader(), []
    try:
        for pattern in patterns:
            try:
                found.append(await plan(artifacts, others or artifacts, pattern, reader))
            except PatternError as error:
                found.append(error)
    finally:
        reader.close()
    return found


NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)


@given(st.lists(NAMES, max_size=5), st.text(max_size=3), NAMES)
def test_a_text_is_replaced_as_it_stands(names: list[str], find: str, by: str) -> None:
    records = [record(n, name) for n, name in enumerate(names)]
    literal = by.replace("{", "{{").replace("}", "}}")
    found = planned(records, Pattern(find, literal, match_case=True))
    for each in found:
        wanted = each.before.replace(find, by) if find else by
        assert each.problem or each.name == (wanted.strip() if wanted != each.before else wanted)
    fit = [each.name for each in found if not each.problem and each.changed]
    assert len(set(fit)) == len(fit), "no two that are fit have the same name"


def test_placeholders_stand_for_values_of_the_record() -> None:
    made = record(
        7, "resnet", metrics={"accuracy": 0.25, "a:b": 3}, created_at="2026-03-04T12:00:00Z"
    )
    day = datetime(2026, 3, 4, 12, tzinfo=UTC).astimezone().date()  # where the test runs
    text = "{name}-{n:3}-{file}-{date}-{metric:accuracy}-{metric:a:b}-{{x}}"
    assert expand(text, made, 5) == f"resnet-005-file7-{day}-0.25-3-{{x}}"
    for wrong in ("{nam}", "{n:abc}", "{", "}", "{}", "{metric:}", "{n:999999999}"):
        with pytest.raises(PatternError):
            expand(wrong, made, 1)


def test_a_name_that_cannot_be_used_says_why() -> None:
    records = [record(1, "one"), record(2, "two", metrics={"loss": 1.0}), record(3, "three")]
    problems = {
        "same": "Another one has this name",
        " ": "The name would be empty",
        "x" * 256: "Longer than 255 characters",
        "{n}\n": "",
        "a\x07{n}": "It holds a control character",
        "{metric:loss}": "It has no metric “loss”",
    }
    for text, problem in problems.items():
        assert planned(records, Pattern("", text))[0].problem == problem, text
    other = [*records, record(4, "taken1")]
    taken = planned(records, Pattern("", "taken{n}"), other)
    assert [each.problem for each in taken] == ["Another one has this name", "", ""]
    assert not any(each.problem for each in planned(records, Pattern("o", "{n}")))


def test_a_regular_expression_is_tried_where_it_can_be_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rename_pattern, "_SECONDS", 0.5)
    monkeypatch.setattr(supervisor, "SILENCE", 1.0)
    records = [record(1, "net-12"), record(2, r"a\b-7"), record(3, "a" * 40 + "!")]
    right, unclosed, no_group, endless = asyncio.run(
        planned_one_by_one(
            records,
            Pattern(r"(.*)-(\d+)", r"\2 of \1 {name}", regex=True),
            Pattern("(", "", regex=True),
            Pattern("n", r"\9", regex=True),
            Pattern("(a+)+$", "x", regex=True),
        )
    )
    assert isinstance(right, list)
    assert [each.name for each in right[:2]] == ["12 of net net-12", r"7 of a\b a\b-7"]
    for wrong in (unclosed, no_group):
        assert "not understood" in str(wrong)
    assert "too long" in str(endless)
