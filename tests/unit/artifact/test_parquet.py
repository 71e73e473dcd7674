"""Parquet tables: their first rows where pyarrow is installed, else how to get it."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dfs_desktop.artifact.archive.byte_source import BytesSource
from dfs_desktop.artifact.errors import ArtifactError
from dfs_desktop.artifact.formats.parquet_file import parquet_table
from dfs_desktop.artifact.preview import preview_source


def test_without_its_library_the_preview_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    found = preview_source(BytesSource(b"PAR1" + bytes(100) + b"PAR1", "data.parquet"))
    assert found.kind == "binary"
    assert "pip install pyarrow" in found.note
    assert "pandas.read_parquet" in found.note


@settings(deadline=None)  # the library takes a second to be imported
@given(st.binary(max_size=200))
def test_what_only_seems_to_be_parquet_is_no_fault_of_ours(data: bytes) -> None:
    with pytest.raises(ArtifactError):
        parquet_table(BytesSource(b"PAR1" + data, "data.parquet"))


def test_the_first_rows_are_shown_with_how_many_there_are() -> None:
    pa = pytest.importorskip("pyarrow", reason="an optional library of 170 MB")
    parquet = pytest.importorskip("pyarrow.parquet")

    sink = pa.BufferOutputStream()
    rows = {"n": list(range(5000)), "word": ["a\u202eb", None] * 2500, "list": [[1, 2]] * 5000}
    parquet.write_table(pa.table(rows), sink, row_group_size=1000)
    found = preview_source(BytesSource(sink.getvalue().to_pybytes(), "data.parquet"))
    assert (found.kind, found.language, found.cut) == ("csv", "parquet", True)
    assert found.rows[:3] == (
        ("n", "word", "list"),
        ("0", "a\u202eb", "[1, 2]"),
        ("1", "", "[1, 2]"),
    )
    assert len(found.rows) == 201
    assert found.note == "The first 200 of 5000 rows."
