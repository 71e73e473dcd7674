"""The metrics that a registry shows in its columns, found in the artifact's metadata."""

import math
import re
from collections.abc import Callable, Iterable
from typing import Any

from dfs_desktop.artifact.errors import ArtifactError
from dfs_desktop.artifact.names import shortened
from dfs_desktop.translation import tr

from .strict_json import check_sendable

META = "meta.json"
_SIDECAR = re.compile(r"meta-[^/]+\.json")

REGISTRY_METRICS = "dataforce.studio::registry_metrics:v1"
TABULAR_METRICS = (
    "falcon.beastbyte.ai::tabular_classification_metrics:v1",
    "falcon.beastbyte.ai::tabular_regression_metrics:v1",
)
TABULAR_MODELS = (
    "dataforce.studio::tabular_classification:v1",
    "dataforce.studio::tabular_regression:v1",
)


def metadata_names(names: Iterable[str]) -> list[str]:
    """The metadata documents among `names` in the order they count: meta.json, then sidecars."""
    found = {name for name in names if name == META or _SIDECAR.fullmatch(name)}
    return sorted(found, key=lambda name: (name != META, name.encode()))


def registry_metrics(
    manifest: dict[str, Any], documents: Iterable[list[Any]], check: Callable[[], None]
) -> dict[str, Any]:
    """The metrics by the rule that the web application uses, so that both fill the same columns.

    `documents` are the entries of each metadata document, in the order they count.
    A tabular model: `performance` of its tabular entry, the holdout or else cross-validation,
    without N_SAMPLES. Any other: the first entry tagged as registry metrics. Else nothing.
    """
    tabular: dict[str, Any] = {}
    registered: dict[str, Any] = {}
    for entries in documents:
        check()
        for entry in entries:
            tags = _tags(entry)
            if not tabular and any(tag in tags for tag in TABULAR_METRICS):
                tabular = _performance(_payload_metrics(entry))
            if not registered and REGISTRY_METRICS in tags:
                registered = _payload_metrics(entry)
    is_tabular = any(tag in _tags(manifest) for tag in TABULAR_MODELS)
    return (tabular if is_tabular else {}) or registered or tabular


def _tags(holder: Any) -> list[Any]:
    # Sidecars written by LUML say "tags" where the format says "producer_tags".
    if not isinstance(holder, dict):
        return []
    tags = holder.get("producer_tags", holder.get("tags"))
    return tags if isinstance(tags, list) else []


def _payload_metrics(entry: dict[str, Any]) -> dict[str, Any]:
    payload = entry.get("payload")
    metrics = payload.get("metrics") if isinstance(payload, dict) else None
    return metrics if isinstance(metrics, dict) else {}


def _performance(metrics: dict[str, Any]) -> dict[str, Any]:
    performance = metrics.get("performance")
    if not isinstance(performance, dict):
        return {}
    chosen = performance.get("eval_holdout") or performance.get("eval_cv")
    if not isinstance(chosen, dict):
        return {}
    return {name: value for name, value in chosen.items() if name != "N_SAMPLES"}


def check_metrics(metrics: dict[str, Any]) -> None:
    """Raise ArtifactError, naming the metric, when no registry could store them."""
    for name, value in metrics.items():
        if isinstance(value, float) and not math.isfinite(value):
            raise ArtifactError(
                tr("The metric “{name}” is not a finite number", name=shortened(name, 60)),
                tr(
                    "Its value is {value}, which no registry can store. Write null or a text "
                    "instead, and build the artifact again.",
                    value=value,
                ),
            )
    check_sendable(metrics, tr("The metrics"))
