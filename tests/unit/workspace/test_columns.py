"""Columns of the table: which metrics have one, and where they stand."""

from __future__ import annotations

from unit.workspace.test_workspace import artifact

from dfs_desktop.workspace.listing.columns import MOST_METRICS, Tally, columns_for
from dfs_desktop.workspace.listing.listing import Listing
from dfs_desktop.workspace.listing.row import Row


def test_columns_one_per_metric_the_commonest_first() -> None:
    rows = [
        Row(artifact("a", metrics={"f1": 1.0, "nested": {"x": 1}})),
        Row(artifact("b", metrics={"f1": 0.5, "acc": 0.1})),
    ]
    keys = [column.key for column in columns_for(rows, Tally(rows).commonest())]
    first = keys.index("metric:f1")
    assert keys[first + 1] == "metric:acc"
    assert keys.index("name") < keys.index("tags") < first
    assert first + 1 < keys.index("size") < keys.index("file")


def test_a_new_row_moves_no_column_of_a_metric() -> None:
    listing = Listing()
    listing.replace([artifact("a", metrics={"f1": 1, "acc": 1}), artifact("b", metrics={"f1": 2})])
    before = [column.metric for column in listing.columns if column.metric]
    assert before == ["f1", "acc"], "the commonest first, when the list is read"
    for name in ("c", "d", "e"):
        listing.put(artifact(name, metrics={"acc": 1, "auc": 1}))
    assert [column.metric for column in listing.columns if column.metric] == [*before, "auc"]
    listing.remove("id-a", "id-b")
    assert [column.metric for column in listing.columns if column.metric] == ["acc", "auc"]


def test_a_record_with_a_million_metrics_makes_few_columns() -> None:
    row = Row(artifact("a", metrics={f"m{n}": n for n in range(5000)}))
    found = columns_for([row], Tally([row]).commonest())
    assert len([column for column in found if column.metric]) == MOST_METRICS
