"""Checksums of parts: the same whatever the blocks were, and they tell which parts were damaged."""

from __future__ import annotations

from itertools import pairwise
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from dfs_desktop.artifact.archive import part_sums
from dfs_desktop.artifact.archive.part_sums import PartSums, differing, fit, sound

SMALL = 64  # bytes of a part here


def _sums(data: bytes, cuts: list[int] = []) -> bytes:  # noqa: B006
    sums = PartSums()
    places = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    for start, end in pairwise(places):
        sums.update(data[start:end])
    return sums.finish()


@given(
    st.binary(max_size=1000),
    st.lists(st.integers(0, 999)),
    st.lists(st.integers(0, 999), min_size=1, max_size=5),
)
def test_the_checksums_do_not_depend_on_the_blocks_and_find_exactly_the_damaged_parts(
    data: bytes, cuts: list[int], hits: list[int]
) -> None:
    with patch.object(part_sums, "PART", SMALL):
        sums = _sums(data)
        assert _sums(data, cuts) == sums
        assert fit(sums, len(data)) is bool(data)
        damaged = bytearray(data)
        hit = {place for place in hits if place < len(data)}
        for place in hit:
            damaged[place] ^= 0x40
        wrong = {place // SMALL for place in hit}
        assert differing(sums, _sums(bytes(damaged))) == len(wrong)
        for number, start in enumerate(range(0, len(data), SMALL)):
            assert sound(sums, number, damaged[start : start + SMALL]) is (number not in wrong)


def test_parts_that_only_one_of_two_files_has_count_as_different() -> None:
    with patch.object(part_sums, "PART", SMALL):
        whole = bytes(10 * SMALL)
        assert differing(_sums(whole), _sums(whole[: 7 * SMALL])) == 3
        assert not fit(_sums(whole[:-1]) + b"1234", len(whole))
