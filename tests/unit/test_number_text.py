"""Numbers read the same everywhere: different values differently, whole ones whole, typed as shown."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfs_desktop import number_text as numbers
from dfs_desktop.api import ModelArtifact
from dfs_desktop.artifact.comparison.compare import Facts, compare
from dfs_desktop.artifact.documents.interface import read_interface
from dfs_desktop.artifact.safety.written_tables import Form
from dfs_desktop.number_text import exact_text, number_text, number_texts, typed_number
from dfs_desktop.ui.charts.scale import Scale, exact_scale, scale_for, tick_text
from dfs_desktop.workspace.listing.listing import Listing

FINITE = st.floats(allow_nan=False, allow_infinity=False)
ANY = st.one_of(FINITE, st.integers(-(10**25), 10**25), st.floats(0, 1), st.floats(1e3, 1e6))


@pytest.fixture
def point() -> Iterator[None]:
    yield
    numbers.use_decimal_point(".")


@pytest.mark.fault("RL-30")
@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12_345_678, "12 345 678"), (3_000_000_000, "3 000 000 000"), (1024, "1024"),
        (24000.5, "24 000.5"), (24000.4, "24 000.4"), (12345678.0, "12 345 678"),
        (0.95, "0.9500"), (0.99999991, "0.9999999"), (333.02568, "333.03"), (1.0, "1.000"),
        (-3.5, "-3.500"),
        (1e-4, "0.0001000"), (9.5e-5, "9.500e-05"), (1e15, "1.000e+15"), (0.0, "0.000"),
        (999_999_999_999_999, "999 999 999 999 999"), (math.inf, "inf"),
    ],
)  # fmt: skip
def test_a_number_is_short_and_true(value: float, text: str) -> None:
    assert number_text(value) == text.replace(" ", numbers.GROUP)


@pytest.mark.fault("RL-30")
@given(st.lists(ANY, min_size=1, max_size=12))
def test_different_values_of_a_column_read_differently(values: list[float]) -> None:
    different = list(dict.fromkeys(values))
    assert len(set(number_texts(different))) == len(different)


@pytest.mark.fault("RL-30")
def test_a_column_has_as_many_digits_as_its_values_need() -> None:
    assert number_texts([0.91, 0.9187]) == ["0.9100", "0.9187"]
    assert number_texts([0.12345678, 0.12345699, 0.5]) == ["0.1234568", "0.1234570", "0.5000000"]
    noisy = number_texts([0.95, 0.9500000000000001, 0.3])
    assert noisy[0] != noisy[1]
    assert noisy[2] == "0.3000", "the noise of two is not the others' burden"


@pytest.mark.fault("RL-30")
def test_the_table_and_the_comparison_tell_values_apart() -> None:
    listing = Listing()
    listing.replace(
        ModelArtifact(id=str(n), model_name="m", file_name="f", metrics={"auc": value})
        for n, value in enumerate((0.99999991, 0.99999994, 0.99999996))
    )
    column = next(each for each in listing.columns if each.title == "auc")
    assert len({column.text(row) for row in listing.visible}) == 3
    sides = [{"p": 12345678.0, "auc": 0.99999991}, {"p": 12345679.0, "auc": 0.99999994}]
    facts = [Facts("a", {}, read_interface({}), metrics=each) for each in sides]
    section = next(each for each in compare(facts).sections if each.title == "Metrics")
    assert all(row.differs for row in section.rows)
    assert section.rows[1].best == (1,)
    assert "0.99999994" in compare(facts).written(Form.CSV), "no digit is left out of an export"


@pytest.mark.fault("RL-30")
def test_equal_numbers_of_two_kinds_do_not_differ() -> None:
    facts = [Facts("a", {}, read_interface({}), metrics={"n": each}) for each in (1000, 1000.0)]
    section = next(each for each in compare(facts).sections if each.title == "Metrics")
    assert not section.rows[0].differs


def _check(scale: Scale | None, wanted: int) -> None:
    assert scale is not None
    ticks = scale.ticks(wanted)
    texts = [tick_text(tick, ticks) for tick in ticks]
    assert len(ticks) >= 2
    assert len(set(texts)) == len(texts)
    for tick, text in zip(ticks, texts, strict=True):
        assert float(text.replace(numbers.GROUP, "")) == tick, (
            "what is written is where the line is"
        )
        place = scale.place(tick)
        assert place is not None
        assert -1e-9 <= place <= 1 + 1e-9


@pytest.mark.fault("RL-30")
@given(st.floats(-300, 300), st.floats(-300, 300), st.booleans(), st.booleans(), st.integers(2, 12))
def test_ticks_differ_and_are_true_from_the_smallest_to_the_largest(
    one: float, two: float, below: bool, near: bool, wanted: int
) -> None:
    low = 10**one
    high = low * (1 + 10 ** (two / 20 - 10)) if near else 10**two
    values = [-low if below else low, high]
    _check(scale_for(values), wanted)
    _check(exact_scale(values), wanted)
    _check(scale_for([low, high], log=True), wanted)


@pytest.mark.fault("RL-30")
@pytest.mark.parametrize("low", [1_000_000, 12_345_600, 3_000_000_000, 10**17])
def test_an_axis_of_steps_has_whole_ticks(low: int) -> None:
    scale = exact_scale([low, low + 900])
    assert scale is not None
    ticks = scale.ticks(6)
    assert all("e" not in tick_text(tick, ticks) for tick in ticks if tick < 1e15)
    _check(scale, 6)


@pytest.mark.fault("RL-34")
@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2.5", 2.5), ("2,5", 2.5), ("−3", -3), ("12 345 678", 12345678), ("1e5", 1e5),
        ("٢٫٥", 2.5), ("۱۲", 12), (",5", 0.5), ("1.234,5", None), ("1,234,567", None),
        ("", None), ("abc", None), ("1" * 1000, None), ("--1", None),
    ],
)  # fmt: skip
def test_comma_and_point_are_understood_and_no_thousands_sign(
    text: str, number: float | None
) -> None:
    assert typed_number(text.replace(" ", numbers.GROUP)) == number


@pytest.mark.fault("RL-34")
@given(ANY, st.sampled_from(".,"))
def test_what_is_shown_exactly_can_be_typed(value: float, sign: str) -> None:
    numbers.use_decimal_point(sign)
    try:
        assert typed_number(exact_text(value)) == value
    finally:
        numbers.use_decimal_point(".")


@pytest.mark.fault("RL-34")
@pytest.mark.usefixtures("point")
def test_a_foreign_decimal_sign_is_none_of_ours() -> None:
    numbers.use_decimal_point("٫")
    assert number_text(0.5) == "0.5000"
    numbers.use_decimal_point(",")
    assert number_text(12345.5) == f"12{numbers.GROUP}345,5"
    assert exact_text(1.5e-7) == "1,5e-07"


@pytest.mark.fault("RL-34")
def test_no_sentence_groups_its_counts_by_a_sign_of_its_own() -> None:
    sources = Path(numbers.__file__).parent.rglob("*.py")
    assert [path.name for path in sources if ":,}" in path.read_text(encoding="utf-8")] == []
