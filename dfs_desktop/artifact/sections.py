"""Which views an artifact has something to show in, by the names of its members and its manifest."""

from typing import Any

from dfs_desktop.artifact.documents.dashboards import has_dashboard
from dfs_desktop.artifact.documents.metadata import META, metadata_names
from dfs_desktop.artifact.experiment.attachments import TAR, members_called
from dfs_desktop.artifact.formats.weights import has_weights

from .artifact_kind import EXPERIMENT
from .artifact_reader import OpenArtifact
from .card import find_cards

_TRIFLE = 4  # bytes: `{}` and `[]` with a line break say nothing
_PORTS = ("inputs", "outputs", "dynamic_attributes", "env_vars")


def sections_of(artifact: OpenArtifact, manifest: dict[str, Any]) -> tuple[str, ...]:
    """The views by their keys, in the order in which they are offered."""
    index = artifact.index

    def says(*names: str) -> bool:
        return any(name in index and index[name].size > _TRIFLE for name in names)

    metadata = says(META) or any(name != META for name in metadata_names(index))
    present = {
        "overview": True,
        "dashboard": metadata and has_dashboard(manifest),
        "interface": any(manifest.get(each) for each in _PORTS),
        "graph": says("ops.json", "variant_config.json"),
        "environment": says("env.json"),
        "files": bool(index),
        "card": bool(find_cards(artifact)),
        "experiment": any(members_called(artifact, each) for each in (EXPERIMENT, TAR)),
        "weights": any(map(has_weights, index)),
        "safety": bool(index),
        "metadata": metadata,
        "manifest": True,
    }
    return tuple(key for key, there in present.items() if there)
