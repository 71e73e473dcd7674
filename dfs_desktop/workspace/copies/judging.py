"""What the target says to each artifact that is to be copied: found out before a byte moves."""

from collections.abc import Iterator, Mapping

from dfs_desktop.api import ModelArtifact
from dfs_desktop.api.dialects.dataforce import Dialect
from dfs_desktop.artifact import ArtifactError, check_registered_name, visible
from dfs_desktop.artifact.findings import Finding
from dfs_desktop.translation import tr
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.downloads.downloads import why_no_file
from dfs_desktop.workspace.registry.permissions import orbit_refusal
from dfs_desktop.workspace.uploads.server_rules import (
    TYPES,
    accepted_by_collection,
    accepted_by_role,
    accepted_by_server,
)

from .destinations import Target
from .plan import CopyPlan, Verdict

# SHA-256 of what is at the target, and its name there.
Present = Mapping[str, str]


def judge(
    plan: CopyPlan, target: Target, dialect: Dialect, present: Present, free: int | None
) -> list[Verdict]:
    """A verdict for each artifact. `free`: bytes on the disk that the files pass through."""
    return [_judge(plan, each, target, dialect, present, free) for each in plan.artifacts]


def _judge(
    plan: CopyPlan,
    artifact: ModelArtifact,
    target: Target,
    dialect: Dialect,
    present: Present,
    free: int | None,
) -> Verdict:
    there = (target.profile.id, target.collection.id)
    if plan.move and (plan.origin.profile, artifact.collection_id) == there:
        where = visible(target.collection.name)
        stays = Finding(
            "error", tr("It is in “{where}” already", where=where), tr("Choose another collection.")
        )
        return Verdict(artifact, (stays,))
    findings = tuple(_findings(artifact, target, dialect, free))
    return Verdict(artifact, findings, present.get(artifact.sha256, ""))


def _findings(
    artifact: ModelArtifact, target: Target, dialect: Dialect, free: int | None
) -> Iterator[Finding]:
    if refused := orbit_refusal(target.orbit, "create"):
        yield Finding("error", tr("The target takes nothing from you"), refused)
    nothing = why_no_file(artifact)
    if nothing:
        yield Finding("error", tr("It has no file to copy"), nothing)
    yield from accepted_by_server(artifact.file_name, artifact.size, dialect)
    role = (target.organization.role or "").lower()
    yield from accepted_by_role(artifact.size, role, dialect)
    manifest = {"artifact_type": artifact.type} if artifact.type in TYPES else artifact.manifest
    yield from accepted_by_collection(manifest, target.collection.type, dialect)
    try:
        check_registered_name(artifact.file_name)
    except ArtifactError as error:
        yield Finding("error", error.title, error.detail)
    if not artifact.sha256 and not nothing:
        remedy = tr("The copy gets one; whether the bytes are the original ones cannot be checked.")
        yield Finding("warning", tr("Its record holds no SHA-256"), remedy)
    if free is not None and artifact.size > free:
        size, left = quantities.size(artifact.size), quantities.size(free)
        title = tr("This computer has too little room for the file to pass through")
        remedy = tr("It has {size}; {free} are free. Free some space.", size=size, free=left)
        yield Finding("error", title, remedy)
