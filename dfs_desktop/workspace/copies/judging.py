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
from dfs_desktop.workspace.uploads import server_rules

from .destinations import Target
from .plan import CopyPlan, Verdict

# SHA-256 of what is at the target, and its name there.
Present = Mapping[str, str]


def judge(
    plan: CopyPlan, target: Target, dialect: Dialect, present: Present, free: int | None
) -> list[Verdict]:
    """A verdict for each artifact. `free`: bytes on the disk that the files pass through."""
    there, where = (target.profile.id, target.collection.id), visible(target.collection.name)
    title = tr("It is in “{where}” already", where=where)
    stays = Finding("error", title, tr("Choose another collection."))
    verdicts = []
    for each in plan.artifacts:
        if plan.move and (plan.origin.profile, each.collection_id) == there:
            verdicts.append(Verdict(each, (stays,)))
            continue
        findings = tuple(_findings(each, target, dialect, free))
        verdicts.append(Verdict(each, findings, present.get(each.sha256, "")))
    return verdicts


def _findings(
    artifact: ModelArtifact, target: Target, dialect: Dialect, free: int | None
) -> Iterator[Finding]:
    if refused := orbit_refusal(target.orbit, "create"):
        yield Finding("error", tr("The target takes nothing from you"), refused)
    nothing = why_no_file(artifact)
    if nothing:
        yield Finding("error", tr("It has no file to copy"), nothing)
    yield from server_rules.accepted_by_server(artifact.file_name, artifact.size, dialect)
    role = (target.organization.role or "").lower()
    yield from server_rules.accepted_by_role(artifact.size, role, dialect)
    typed = artifact.type in server_rules.TYPES
    manifest = {"artifact_type": artifact.type} if typed else artifact.manifest
    yield from server_rules.accepted_by_collection(manifest, target.collection.type, dialect)
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
