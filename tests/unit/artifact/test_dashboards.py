"""Forecasts and prompt graphs are read from whatever form their metadata has, and never fail."""

import json
import math
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dfs_desktop.artifact.documents.dashboards import (
    FORECAST,
    Dashboard,
    has_dashboard,
    read_dashboard,
)
from dfs_desktop.artifact.documents.metadata import read_entries

DAYS = ["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04"]


def dashboard(kind: str, payload: Any) -> Dashboard:
    tag = f"dataforce.studio::{kind}:v1"
    return read_dashboard(read_entries([{"tags": [tag], "payload": payload}], "meta.json"))


def seen(found: Dashboard) -> dict[str, dict[str, float]]:
    """The curves with the names of their places."""
    return {
        each.name: {
            found.axis[at]: value for at, value in zip(each.places, each.values, strict=True)
        }
        for each in found.curves
    }


@pytest.mark.parametrize(
    "payload",
    [
        {"dates": DAYS, "actual": [1, 2, None, None], "forecast": [None, None, 3.5, 4]},
        [{"ds": d, "actual": a, "forecast": f}
         for d, a, f in zip(DAYS, (1, 2, None, None), (None, None, 3.5, 4), strict=True)],
        {"chart": {"actual": {"x": DAYS[:2], "y": [1, 2]}, "forecast": {"x": DAYS[2:], "y": [3.5, 4]}}},
        {"actual": [{"date": DAYS[1], "value": 2}, {"date": DAYS[0], "value": 1}],
         "forecast": [{"date": DAYS[2], "value": 3.5}, {"date": DAYS[3], "value": 4}]},
    ],
)  # fmt: skip
def test_a_forecast_joins_what_was_and_what_will_be_on_one_axis(payload: Any) -> None:
    found = dashboard("forecasting_chart", payload)
    assert found.axis == DAYS
    curves = {name.rpartition(" ")[2]: points for name, points in seen(found).items()}
    known = {
        name: {day: value for day, value in points.items() if math.isfinite(value)}
        for name, points in curves.items()
    }
    assert known == {
        "actual": {DAYS[0]: 1, DAYS[1]: 2},
        "forecast": {DAYS[2]: 3.5, DAYS[3]: 4},
    }


def test_numbers_are_an_axis_in_their_order_and_metrics_are_found_in_both_forms() -> None:
    found = dashboard("forecasting_chart", {"x": [1, 10, 2], "y": [5, 7, 6]})
    assert (found.axis, found.curves[0].values) == (["1", "2", "10"], [5, 6, 7])
    for payload in ({"metrics": {"mape": 0.1}}, {"mape": 0.1}):
        assert dashboard("forecasting_metrics", payload).metrics == {"mape": 0.1}


@pytest.mark.parametrize(
    "edge",
    [
        {"source": "a", "target": "b"},
        {"sourceNode": "a", "sourceField": "f1", "targetNode": "b", "targetField": "f2"},
        {"from": {"node": "a", "port": 1}, "to": {"node": "b"}},
    ],
)
def test_a_prompt_graph_is_drawn_along_its_edges(edge: dict[str, Any]) -> None:
    nodes = [
        {"id": "b", "data": {"label": "Answer", "type": "processor"}},
        {"id": "a", "type": "input", "data": {"label": "Question"}},
    ]
    found = dashboard("graph_fe_def", {"nodes": nodes, "edges": [edge, {"source": "gone"}, 3]})
    boxes = {box.title: (box.detail, box.layer) for box in found.drawing.boxes}
    assert boxes == {"Question": ("input", 0), "Answer": ("processor", 1)}
    assert len(found.drawing.lines) == 1
    chosen = next(box.step for box in found.drawing.boxes if box.title == "Answer")
    assert found.steps[chosen or 0] == nodes[0]


def test_only_a_manifest_that_says_so_has_a_dashboard() -> None:
    assert has_dashboard({"producer_tags": ["x", FORECAST]})
    assert has_dashboard({"tags": [FORECAST]})
    assert not has_dashboard({"producer_tags": ["dataforce.studio::tabular_regression:v1"]})
    assert not has_dashboard({"producer_tags": FORECAST})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["x", "y", "nodes", "edges", "id", "source", "target", "data", "ds", "a"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=25,
)


@given(JSON, st.sampled_from(["forecasting_chart", "forecasting_metrics", "graph_fe_def"]))
@example([{}, {"x": 0, "y": {"x": None, "y": None, "nodes": 0, "ds": False}}], "forecasting_chart")
def test_no_payload_fails_and_every_value_has_a_place(payload: Any, kind: str) -> None:
    found = dashboard(kind, payload)
    assert all(0 <= at < len(found.axis) for each in found.curves for at in each.places)
    assert all(each.places == sorted(set(each.places)) for each in found.curves)
    assert json.dumps(found.axis)


def test_a_loop_and_a_thousand_nodes_are_drawn() -> None:
    ids = [str(number) for number in range(2000)]
    edges = [{"source": a, "target": b} for a, b in zip(ids, [*ids[1:], ids[0]], strict=True)]
    found = dashboard("graph_fe_def", {"nodes": [{"id": each} for each in ids], "edges": edges})
    assert len(found.steps) == 1000
    assert found.drawing.boxes
