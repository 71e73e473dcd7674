"""The attachments of an experiment: files in a tar file that is itself a member, read one by one."""

from collections.abc import Sequence

from dfs_desktop.artifact.archive.file_index import checked_index, last_of_each, walked
from dfs_desktop.artifact.archive.tar_walk import Member, by_name
from dfs_desktop.artifact.artifact_reader import OpenArtifact
from dfs_desktop.artifact.documents.strict_json import load
from dfs_desktop.artifact.errors import ArtifactError
from dfs_desktop.artifact.findings import Finding
from dfs_desktop.artifact.names import shortened
from dfs_desktop.translation import tr

TAR = "attachments.tar"
INDEX = "attachments.index.json"


def members_called(artifact: OpenArtifact, name: str) -> list[str]:
    """The members of this name in the root, and in a folder of meta_artifacts; nothing is read."""
    return [
        member.name
        for member in artifact.members()
        if member.name == name
        or (member.name.startswith("meta_artifacts/") and member.name.endswith(f"/{name}"))
    ]


def index_of(tar: str) -> str:
    """The name of the list beside an attachments.tar, which need not be there."""
    return tar.removesuffix(TAR) + INDEX


def read_attachments(
    artifact: OpenArtifact, tar: str = TAR
) -> tuple[list[Member], Sequence[Finding]]:
    """The files in this member, by the list beside it or else by its headers, and what is odd.

    They are sorted by name, and placed in the artifact's own file. ArtifactError when neither the
    list nor the tar file can be read.
    """
    inner, beside = artifact.slice(tar), index_of(tar)
    members: dict[str, Member] = {}
    findings: Sequence[Finding] = ()
    if beside in artifact:
        listed = load(artifact.read(beside), beside)
        if not isinstance(listed, dict):
            raise ArtifactError(
                tr("The attachments cannot be read"),
                tr("{file} is no JSON object. Write the snapshot again.", file=shortened(beside)),
            )
        members, findings = checked_index(listed, inner.size)
    elif inner.size:
        found, findings = walked(inner, lambda: None)
        members = last_of_each(found)
    start = artifact.member(tar).offset
    placed = [Member(each.name, start + each.offset, each.size) for each in members.values()]
    return by_name(placed), findings
