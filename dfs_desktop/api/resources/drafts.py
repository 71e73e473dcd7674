"""Between the documented arguments of the artifact methods and what the flows work with."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

import msgspec

from dfs_desktop.api.protocol.upload_plan import Created, Draft
from dfs_desktop.api.types import ModelArtifact


def draft(
    file_name: str,
    metrics: dict[str, Any],
    manifest: dict[str, Any],
    file_hash: str,
    file_index: Mapping[str, tuple[int, int]],
    size: int,
    model_name: str | None,
    description: str | None,
    tags: list[str] | None,
) -> Draft:
    """A new record; without a model name it is called like its file (the server insists on one)."""
    return Draft(
        file_name=file_name,
        model_name=PurePath(file_name).stem if model_name is None else model_name,
        metrics=metrics,
        manifest=manifest,
        file_hash=file_hash,
        file_index=file_index,
        size=size,
        description=description,
        tags=tags,
    )


def created_answer(created: Created) -> dict[str, str | ModelArtifact]:
    """The documented dictionary for a creation."""
    plan = created.plan
    if plan.complete_url is None:
        return {"url": plan.parts[0].url if plan.parts else "", "model": created.artifact}
    parts = msgspec.json.encode(plan.parts).decode()
    return {"url": plan.complete_url, "parts": parts, "model": created.artifact}


def given(**changes: Any) -> dict[str, Any]:
    """What is not None, enumerations as their text."""
    return {
        name: value.value if isinstance(value, enum.Enum) else value
        for name, value in changes.items()
        if value is not None
    }
