"""What a gap in a comparison says: that something is not there, or only that it was not read."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs

from dfs_desktop.artifact.comparison.table_rows import Row, Section


def known_rows(section: Section, unknown: Sequence[int]) -> Section:
    """The rows in which any side has a value; what is not known differs from nothing."""
    rows = [row for row in section.rows if any(value is not None for value in row.values)]
    if unknown:
        rows = [
            structs.replace(row, differs=False, note="") if _open(row, unknown) else row
            for row in rows
        ]
    return structs.replace(section, rows=tuple(rows))


def _open(row: Row, unknown: Sequence[int]) -> bool:
    """Whether a row differs only by gaps of which nobody knows what stands there."""
    known = [
        value for place, value in enumerate(row.values) if value is not None or place not in unknown
    ]
    return len(set(known)) < 2
