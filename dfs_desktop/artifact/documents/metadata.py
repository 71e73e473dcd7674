"""Metadata entries, of meta.json and of sidecars, and the metrics among them that a registry shows."""

import math
import re
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from dfs_desktop.artifact.errors import ArtifactError
from dfs_desktop.artifact.names import shortened
from dfs_desktop.translation import tr

from .json_values import mapping, text, texts
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
_OWN_KEYS = {"id", "producer", "producer_version", "producer_tags", "tags", "payload"}


class Entry(msgspec.Struct, frozen=True):
    """One entry; `extra` keeps the keys that the format does not know."""

    id: str
    producer: str
    producer_version: str
    tags: tuple[str, ...]
    payload: Any
    document: str
    extra: dict[str, Any]


def metadata_names(names: Iterable[str]) -> list[str]:
    """The metadata documents among `names` in the order they count: meta.json, then sidecars."""
    found = {name for name in names if name == META or _SIDECAR.fullmatch(name)}
    return sorted(found, key=lambda name: (name != META, name.encode()))


def read_entries(value: list[Any], document: str) -> list[Entry]:
    """The entries of one document.

    What is no object is kept as the payload of an entry without an id.
    """
    return [_entry(each, document) for each in value]


def tags_of(holder: Any) -> tuple[str, ...]:
    """The tags of a manifest or an entry: LUML's own sidecars say `tags` for `producer_tags`."""
    given = mapping(holder)
    return texts(given.get("producer_tags", given.get("tags")))


def _entry(value: Any, document: str) -> Entry:
    if not isinstance(value, dict):
        return Entry("", "", "", (), value, document, {})
    return Entry(
        id=text(value.get("id")),
        producer=text(value.get("producer")),
        producer_version=text(value.get("producer_version")),
        tags=tags_of(value),
        payload=value.get("payload"),
        document=document,
        extra={key: each for key, each in value.items() if key not in _OWN_KEYS},
    )


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
            tags = tags_of(entry)
            if not tabular and any(tag in tags for tag in TABULAR_METRICS):
                tabular = _performance(_metrics(entry))
            if not registered and REGISTRY_METRICS in tags:
                registered = _metrics(entry)
    is_tabular = any(tag in tags_of(manifest) for tag in TABULAR_MODELS)
    return (tabular if is_tabular else {}) or registered or tabular


def _metrics(entry: dict[str, Any]) -> dict[str, Any]:
    return mapping(mapping(entry.get("payload")).get("metrics"))


def _performance(metrics: dict[str, Any]) -> dict[str, Any]:
    performance = mapping(metrics.get("performance"))
    chosen = mapping(performance.get("eval_holdout") or performance.get("eval_cv"))
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
