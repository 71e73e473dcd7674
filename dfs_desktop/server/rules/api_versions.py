"""Where the generations of the API differ in names, words, rights and strictness."""

from dataclasses import dataclass
from typing import Any

_ALL = ["list", "read", "create", "update", "delete"]
_ORBIT_OWNER: dict[str, list[str]] = {
    "orbit": ["create", "update", "delete", "list", "read"],
    "orbit_user": ["list", "create", "update", "delete", "read"],
    "collection": [*_ALL, "deploy"],
    "satellite": ["create", "list", "read", "update", "delete"],
    "orbit_secret": _ALL,
    "deployment": _ALL,
}


@dataclass(frozen=True, slots=True)
class Generation:
    """The words of one generation, and how strict it is."""

    prefix: str
    artifacts: str  # in addresses
    artifact_id: str  # in addresses
    # In bodies and records
    artifact_name: str
    metrics: str
    collection_type: str
    collection_total: str
    orbit_total: str
    orbit_permissions: dict[str, list[str]]
    # In refusals
    artifact_unknown: str
    artifacts_limit: str
    collection_not_empty: str
    # Strict: an artifact is found only below its own collection, removing what does not exist is
    # a 404, and changing a bucket secret writes every field. The servers of 2025 looked at the
    # collection only when changing a record.
    strict: bool

    def columns(self, body: dict[str, Any]) -> dict[str, Any]:
        """A body by the columns of the tables."""
        names = {self.artifact_name: "name", self.metrics: "metrics", self.collection_type: "type"}
        return {names.get(name, name): value for name, value in body.items()}


DATAFORCE = Generation(
    prefix="",
    artifacts="model_artifacts",
    artifact_id="model_artifact_id",
    artifact_name="model_name",
    metrics="metrics",
    collection_type="collection_type",
    collection_total="total_models",
    orbit_total="total_model_artifacts",
    orbit_permissions={**_ORBIT_OWNER, "model": [*_ALL, "deploy"]},
    artifact_unknown="Model Artifact model not found",
    artifacts_limit="Organization reached maximum number of model artifacts",
    collection_not_empty="Collection has models and cant be deleted",
    strict=False,
)
# Since 2026 models are one kind of artifact, and tracks were added.
LUML = Generation(
    prefix="/v1",
    artifacts="artifacts",
    artifact_id="artifact_id",
    artifact_name="name",
    metrics="extra_values",
    collection_type="type",
    collection_total="total_artifacts",
    orbit_total="total_artifacts",
    orbit_permissions={**_ORBIT_OWNER, "artifact": [*_ALL, "deploy"], "track": _ALL},
    artifact_unknown="Artifact not found",
    artifacts_limit="Organization reached maximum number of artifacts",
    collection_not_empty="Collection has artifacts and cant be deleted",
    strict=True,
)
