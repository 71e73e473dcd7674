"""What a server, an account and a collection say to a file before it is sent; one finding for each no."""

from collections.abc import Iterator, Sequence
from typing import Any

from dfs_desktop.api.dialects.dataforce import Dialect
from dfs_desktop.artifact import extension, visible
from dfs_desktop.artifact.findings import Finding
from dfs_desktop.artifact.preflight import LARGE, SENT_IN_PARTS
from dfs_desktop.translation import later, tr
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.registry import collection_kinds
from dfs_desktop.workspace.session import Session

TYPES = ("model", "experiment", "dataset")
_MASTERS = ("owner", "admin")
_REFUSES = {
    "model": later("This collection takes {types}, and the file is a model"),
    "experiment": later("This collection takes {types}, and the file is an experiment"),
    "dataset": later("This collection takes {types}, and the file is a dataset"),
}
_UNUSUAL = {
    "model": later("This collection is for {types}, and the file is a model"),
    "experiment": later("This collection is for {types}, and the file is an experiment"),
    "dataset": later("This collection is for {types}, and the file is a dataset"),
}
_ELSEWHERE = {
    "model": later("Choose a collection that takes models."),
    "experiment": later("Choose a collection that takes experiments."),
    "dataset": later("Choose a collection that takes datasets."),
}


def role_in(session: Session) -> str:
    """The account's role in the open organization in small letters; "" when nobody told it."""
    organization = session.organization
    return (organization.role or "").lower() if organization is not None else ""


def accepted_by_server(name: str, size: int, dialect: Dialect) -> Iterator[Finding]:
    """What this generation of servers refuses."""
    if (ending := extension(name)) not in dialect.extensions:
        known = ", ".join(dialect.extensions)
        title = tr("This server takes no {ending} files", ending=visible(ending))
        remedy = tr("It takes {known}. Build the artifact with another ending.", known=known)
        yield Finding("error", title, remedy)
    if size > dialect.max_upload_size:
        most = quantities.size(dialect.max_upload_size)
        title = tr("This server takes files up to {most}", most=most)
        yield Finding("error", title, tr("Divide the artifact."))


def accepted_by_role(size: int, role: str, dialect: Dialect) -> Iterator[Finding]:
    """Large files go in parts, and newer servers give the addresses of parts to admins only."""
    if size > LARGE and dialect.guards_parts and role and role not in _MASTERS:
        remedy = tr(
            "Your role in the organization is {role}. Ask an organization admin to "
            "upload it, or to change your role.",
            role=visible(role),
        )
        title = tr("Orbit members cannot upload files over 500 MiB to this server")
        yield Finding("error", title, remedy)


def without_needless(
    findings: Sequence[Finding], role: str, dialect: Dialect | None
) -> list[Finding]:
    """The hint that parts want a role is for those whose role is not known."""
    known = dialect is not None and (bool(role) or not dialect.guards_parts)
    return [
        each
        for each in findings
        if not (known and each.level == "note" and each.title == tr(SENT_IN_PARTS))
    ]


def accepted_by_collection(
    manifest: dict[str, Any], collection_type: str, dialect: Dialect
) -> Iterator[Finding]:
    """Whether a collection of this type takes what the server will see the file as."""
    declared = manifest.get("artifact_type")
    # What is neither experiment nor dataset is sent as a model.
    kind = declared if isinstance(declared, str) and declared in TYPES else "model"
    allowed = TYPES if collection_type == "mixed" else tuple(collection_type.split("_"))
    if kind in allowed or not set(allowed) <= set(TYPES):
        return
    holds = collection_kinds.words(collection_type)
    if dialect.generation >= "E":  # the first with types of artifacts
        yield Finding("error", tr(_REFUSES[kind], types=holds), tr(_ELSEWHERE[kind]))
    else:
        remedy = tr("The server takes it; but people will look for it in another collection.")
        yield Finding("warning", tr(_UNUSUAL[kind], types=holds), remedy)
