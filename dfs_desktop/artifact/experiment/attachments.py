"""The attachments of an experiment: files in a tar file that is itself a member, read one by one."""

from collections.abc import Callable

from dfs_desktop.artifact.archive.byte_source import Slice, read_exactly
from dfs_desktop.artifact.archive.file_index import checked_index, last_of_each, walked
from dfs_desktop.artifact.archive.folder_tree import Folder, folders_of
from dfs_desktop.artifact.archive.tar_walk import Member, by_name
from dfs_desktop.artifact.artifact_reader import OpenArtifact
from dfs_desktop.artifact.documents.strict_json import load
from dfs_desktop.artifact.errors import ArtifactError
from dfs_desktop.artifact.findings import Finding
from dfs_desktop.artifact.names import shortened
from dfs_desktop.number_text import number_text

TAR = "attachments.tar"
INDEX = "attachments.index.json"


def find_attachments(artifact: OpenArtifact) -> list[str]:
    """The members that hold attachments; nothing is read."""
    return [
        member.name
        for member in artifact.members()
        if member.name == TAR
        or (member.name.startswith("meta_artifacts/") and member.name.endswith(f"/{TAR}"))
    ]


def index_of(tar: str) -> str:
    """The name of the list beside an attachments.tar, which need not be there."""
    return tar.removesuffix(TAR) + INDEX


class Attachments:
    """The files of one attachments.tar, found by the index beside it or else by its headers."""

    def __init__(self, artifact: OpenArtifact, member: str = TAR) -> None:
        """Read the index; ArtifactError when neither that nor the tar file can be read."""
        self._tar = artifact.slice(member)
        self.findings: tuple[Finding, ...] = ()
        beside = index_of(member)
        if beside in artifact:
            listed = load(artifact.read(beside), beside)
            if not isinstance(listed, dict):
                raise ArtifactError(
                    "The attachments cannot be read",
                    f"{shortened(beside)} is no JSON object. Write the snapshot again.",
                )
            self._members, self.findings = checked_index(listed, self._tar.size)
        elif self._tar.size:
            members, findings = walked(self._tar, _go_on)
            self._members, self.findings = last_of_each(members), tuple(findings)
        else:
            self._members = {}

    def members(self) -> list[Member]:
        """All attachments, sorted by name; offsets are inside the tar file."""
        return by_name(self._members.values())

    def tree(self) -> Folder:
        """All attachments as folders within folders."""
        return folders_of(self.members())

    def slice(self, name: str) -> Slice:
        """One attachment as a source of its own, as `preview_source` takes it."""
        found = self._members.get(name)
        if found is None:
            raise ArtifactError("No such attachment", f"There is no “{shortened(name)}”.")
        return Slice(self._tar, found.offset, found.size, name)

    def read(self, name: str, limit: int) -> bytes:
        """A whole attachment; ArtifactError when it is larger than `limit` bytes."""
        source = self.slice(name)
        if source.size > limit:
            raise ArtifactError(
                "The attachment is too large",
                f"“{shortened(name)}” has {number_text(source.size)} bytes; "
                f"{number_text(limit)} are allowed.",
            )
        return read_exactly(source, 0, source.size)

    def head(self, name: str, count: int) -> bytes:
        """The first `count` bytes of an attachment, or all that it has."""
        source = self.slice(name)
        return read_exactly(source, 0, min(count, source.size))


_go_on: Callable[[], None] = lambda: None  # noqa: E731 - no wish to stop
