"""What an artifact is, by its manifest and the names of its members."""

from collections.abc import Container
from enum import StrEnum
from typing import Any

EXPERIMENT = "exp.db.zip"


class Kind(StrEnum):
    """What an artifact is, by its content; its extension says nothing."""

    PIPELINE = "pipeline"
    PYFUNC = "pyfunc"
    UNKNOWN_VARIANT = "unknown variant"
    EXPERIMENT = "experiment"
    DATASET = "dataset"
    OTHER = "other"


def kind_of(manifest: dict[str, Any], members: Container[str]) -> Kind:
    """Return the kind of the artifact that has this effective manifest and these members."""
    if (declared := manifest.get("artifact_type")) in ("experiment", "dataset"):
        return Kind(declared)
    variant = manifest.get("variant")
    if isinstance(variant, str) and ("ops.json" in members or "variant_config.json" in members):
        return Kind(variant) if variant in ("pipeline", "pyfunc") else Kind.UNKNOWN_VARIANT
    return Kind.EXPERIMENT if EXPERIMENT in members else Kind.OTHER
