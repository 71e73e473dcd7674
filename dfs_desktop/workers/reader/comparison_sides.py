"""What the reader finds of one side of a comparison."""

from typing import Any

from msgspec import Struct

from dfs_desktop.artifact.artifact_reader import OpenArtifact
from dfs_desktop.artifact.documents.environment import Environment, read_environment
from dfs_desktop.artifact.documents.interface import Interface, read_interface
from dfs_desktop.artifact.documents.pipeline_graph import pyfunc_class


class SideInterface(Struct, frozen=True):
    """What runs, and what it takes and makes."""

    manifest: dict[str, Any]
    interface: Interface
    pyfunc: str


def side_files(artifact: OpenArtifact) -> dict[str, int]:
    return {member.name: member.size for member in artifact.members()}


def side_metrics(artifact: OpenArtifact) -> dict[str, Any]:
    return artifact.metrics()


def side_interface(artifact: OpenArtifact) -> SideInterface:
    manifest = artifact.manifest().value
    interface = read_interface(manifest, artifact.dtypes())
    return SideInterface(manifest, interface, pyfunc_class(artifact.variant()))


def side_environment(artifact: OpenArtifact) -> Environment:
    return read_environment(artifact.environment())


def side_metadata(artifact: OpenArtifact) -> tuple[tuple[str, str], ...]:
    """The ids of the entries, and what each is."""
    return tuple((each.id, ", ".join(each.tags) or each.producer) for each in artifact.metadata())
