"""What LUML's own tools write of forecasts and prompt graphs, made ready to be drawn.

Their payloads have no published form: what looks like curves, metrics, nodes and edges is taken for
that, whatever the names are, and the rest stays in the metadata.
"""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from .forecast_curves import ForecastCurve, forecast_curves
from .graph_layout import Drawing
from .json_values import mapping
from .metadata import Entry, tags_of
from .prompt_graph import prompt_graph

FORECAST, PROMPTS = "dataforce.studio::forecasting:v1", "dataforce.studio::prompt_optimization:v1"
_METRICS, _CHART, _GRAPH = "forecasting_metrics:v1", "forecasting_chart:v1", "graph_fe_def:v1"


class Dashboard(Struct, frozen=True):
    """``axis`` names the places of the curves; ``steps`` are the nodes of the prompt graph as they
    stand, by their number."""

    metrics: dict[str, Any] = {}
    curves: list[ForecastCurve] = []
    axis: list[str] = []
    drawing: Drawing = Drawing()
    steps: list[dict[str, Any]] = []

    def __bool__(self) -> bool:
        return bool(self.metrics or self.curves or self.steps)


def has_dashboard(manifest: dict[str, Any]) -> bool:
    """Whether a manifest says that there is one, beyond the metrics of tabular models."""
    return not {FORECAST, PROMPTS}.isdisjoint(tags_of(manifest))


def read_dashboard(entries: Iterable[Entry]) -> Dashboard:
    """What the entries have of it; the first one of each kind counts. Never fails."""
    found: dict[str, Any] = {}
    for entry in entries:
        for kind in (_METRICS, _CHART, _GRAPH):
            if any(tag == kind or tag.endswith(f"::{kind}") for tag in entry.tags):
                found.setdefault(kind, entry.payload)
    metrics = mapping(found.get(_METRICS))
    curves, axis = forecast_curves(found.get(_CHART))
    drawing, steps = prompt_graph(mapping(found.get(_GRAPH)))
    return Dashboard(mapping(metrics.get("metrics")) or metrics, curves, axis, drawing, steps)
