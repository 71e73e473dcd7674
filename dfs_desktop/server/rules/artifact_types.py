"""Which type an artifact has, by its manifest and its file index, and where it may lie."""

from typing import Any

from dfs_desktop.server.http.answers import Refusal

TYPES = ("model", "experiment", "dataset")
# The files of an FNNX package. A manifest of the classic form says no type itself.
_MODEL_FILES = frozenset(
    ("dtypes.json", "env.json", "manifest.json", "meta.json", "ops.json", "variant_config.json")
)
_ALLOWED = {
    "model": ("model",),
    "dataset": ("dataset",),
    "experiment": ("experiment",),
    "model_dataset": ("model", "dataset"),
    "dataset_experiment": ("dataset", "experiment"),
    "model_experiment": ("model", "experiment"),
    "mixed": TYPES,
}
COLLECTION_TYPES = tuple(_ALLOWED)


def type_of(manifest: dict[str, Any], file_index: dict[str, Any], stated: str | None) -> str:
    """The type of a new artifact, or a refusal."""
    kind = manifest.get("artifact_type")
    if kind is None and file_index.keys() >= _MODEL_FILES:
        kind = "model"
    if kind not in TYPES:
        raise Refusal(400, "Could not define artifact type.")
    if stated not in (None, kind):
        raise Refusal(400, "Artifact's real type does not match the type you specified.")
    return str(kind)


def require_fit(kind: str, collection_type: str) -> None:
    """Refuse an artifact in a collection of other things."""
    if kind not in _ALLOWED.get(collection_type, TYPES):
        raise Refusal(400, "Artifact type is not allowed for this collection type")


def type_of_2025(manifest: dict[str, Any]) -> str:
    """What an artifact counts as whose maker knew no types: these servers refused nothing."""
    kind = manifest.get("artifact_type")
    return kind if kind in TYPES else "model"
