"""Where the generations of the API differ in what they refuse, and in which words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Generation:
    """The words of one generation, and how strict it is."""

    artifact_id: str  # in addresses
    artifact_name: str  # in bodies
    artifact_unknown: str
    artifacts_limit: str
    collection_not_empty: str
    # Strict: an artifact is found only below its own collection, and removing what does not
    # exist is a 404. The servers of 2025 looked at the collection only when changing a record.
    strict: bool


DATAFORCE = Generation(
    artifact_id="model_artifact_id",
    artifact_name="model_name",
    artifact_unknown="Model Artifact model not found",
    artifacts_limit="Organization reached maximum number of model artifacts",
    collection_not_empty="Collection has models and cant be deleted",
    strict=False,
)
LUML = Generation(
    artifact_id="artifact_id",
    artifact_name="name",
    artifact_unknown="Artifact not found",
    artifacts_limit="Organization reached maximum number of artifacts",
    collection_not_empty="Collection has artifacts and cant be deleted",
    strict=True,
)
