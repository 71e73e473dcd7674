"""The plan of names for what is saved: no two alike on any disk, each valid, clean ones untouched."""

from __future__ import annotations

import unicodedata
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfs_desktop.artifact import safe_name
from dfs_desktop.artifact.disk_names import (
    UsedNames,
    collision_key,
    free_name,
    name_limit,
    plan_names,
)

PIECES = ["a", "A", "_", ":", "?", ".", " ", "é", "e\u0301", "ß", "SS", "ı", "I", "\u200b", "con",
          "x" * 90, "名" * 40, ".bin", " (1)", "\\", "\udce9", "ﬁ", "Σ", "ς", "\u1e9e", "👍🏽"]  # fmt: skip
names = st.lists(st.sampled_from(PIECES), max_size=6).map("".join)
paths = st.lists(names, min_size=1, max_size=3).map("/".join)
limits = st.sampled_from([48, 143, 200])


def every_level(places: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The files and the folders that lead to them; a folder is mentioned once."""
    folders = {folder for place in places for folder in accumulate((p,) for p in place[:-1])}
    return [*folders, *places]


@pytest.mark.fault("RL-03")
@given(st.lists(paths, max_size=12), limits)
def test_no_two_planned_names_are_one_for_any_disk(raw: list[str], limit: int) -> None:
    places = plan_names(raw, limit)
    folded = [
        tuple(unicodedata.normalize("NFC", part.casefold()) for part in place)
        for place in every_level(places)
    ]
    assert len(places) == len(raw)
    assert len(set(folded)) == len(folded)


@pytest.mark.fault("RL-03")
@given(st.lists(paths, max_size=8), limits)
def test_every_planned_name_is_valid_within_the_limit_and_planned_again_the_same(
    raw: list[str], limit: int
) -> None:
    places = plan_names(raw, limit)
    for part in {part for place in places for part in place}:
        assert 0 < len(part.encode()) <= limit
        assert safe_name(part, limit=limit) == part
    assert plan_names(["/".join(place) for place in places], limit) == places


@given(st.lists(names, max_size=12), st.lists(names, max_size=6))
def test_what_a_folder_has_already_is_never_planned(raw: list[str], there: list[str]) -> None:
    places = plan_names(raw, taken=lambda folder: [] if folder else there)
    keys = {collision_key(name) for name in there}
    assert not [place for place in places if collision_key(place[0]) in keys]


@given(names)
def test_names_that_fold_to_the_same_have_the_same_key(name: str) -> None:
    folded = unicodedata.normalize("NFC", name.casefold())
    assert collision_key(folded) == collision_key(name)
    assert collision_key(unicodedata.normalize("NFD", name)) == collision_key(name)


@pytest.mark.fault("RL-03")
@pytest.mark.parametrize(
    ("raw", "planned"),
    [
        (["a:b", "a?b", "a_b"], ["a_b (1)", "a_b (2)", "a_b"]),
        (["é", "e\u0301"], ["é", "é (1)"]),
        (["x.", "x", "x "], ["x (1)", "x", "x (2)"]),
        (["m:", "m_/z"], ["m_ (1)", "m_/z"]),
        (["k:/w", "k_/w", "k:/v"], ["k_ (1)/w", "k_/w", "k_ (1)/v"]),
        (["con", "_con"], ["_con (1)", "_con"]),
        (["Data/x", "data/x"], ["Data/x", "data (1)/x"]),
        (["a", "A", "a (1)"], ["a", "A (2)", "a (1)"]),
        (["a", "a/b", "a"], ["a", "a (1)/b", "a (2)"]),
        (["./a//b", "a/b"], ["a/b", "a/b (1)"]),
        (["../up", "", "/"], ["folder/up", "file", "file (1)"]),
    ],
)
def test_clean_names_stay_and_the_others_are_numbered(raw: list[str], planned: list[str]) -> None:
    assert ["/".join(place) for place in plan_names(raw)] == planned


def test_a_path_of_half_a_million_folders_and_a_crowd_of_one_name_are_planned_soon() -> None:
    (deep,) = plan_names(["a/" * 500_000 + "b"])
    assert len(deep) < 100
    assert len(set(plan_names(["x:"] * 20_000))) == 20_000


def test_the_limit_is_the_one_of_the_nearest_folder_that_exists(tmp_path: Path) -> None:
    assert name_limit(tmp_path / "not" / "there") == name_limit(tmp_path)
    assert 48 <= name_limit(tmp_path) <= 200


def test_a_free_name_minds_case_composition_links_and_what_is_planned(tmp_path: Path) -> None:
    (tmp_path / "Model.fnnx").write_bytes(b"")
    (tmp_path / "model (1).fnnx").symlink_to(tmp_path / "nowhere")
    assert free_name(tmp_path, "model.fnnx") == "model (2).fnnx"
    assert free_name(tmp_path, "model.fnnx", ["MODEL (2).FNNX"]) == "model (3).fnnx"
    assert free_name(tmp_path / "new", "model.fnnx") == "model.fnnx"


def test_a_number_fits_into_a_short_name() -> None:
    used = UsedNames(limit=48)
    first, second = used.add("n" * 44 + ".bin"), used.add("n" * 44 + ".bin")
    assert (len(first), second) == (48, "n" * 40 + " (1).bin")
