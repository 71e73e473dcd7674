"""The facts of an open artifact that a comparison takes, all parts of it read at once."""

from dfs_desktop.artifact.artifact_reader import OpenArtifact
from dfs_desktop.artifact.comparison.compare import Facts
from dfs_desktop.artifact.documents.environment import read_environment
from dfs_desktop.artifact.documents.interface import read_interface
from dfs_desktop.artifact.documents.pipeline_graph import pyfunc_class


def comparison_facts(artifact: OpenArtifact, name: str = "") -> Facts:
    """Read everything that a comparison shows; ArtifactError for what is damaged."""
    manifest = artifact.manifest().value
    return Facts(
        name=name or artifact.name,
        manifest=manifest,
        interface=read_interface(manifest, artifact.dtypes()),
        environment=read_environment(artifact.environment()),
        metrics=artifact.metrics(),
        index={member.name: member.size for member in artifact.members()},
        metadata=tuple(
            (each.id, ", ".join(each.tags) or each.producer) for each in artifact.metadata()
        ),
        pyfunc=pyfunc_class(artifact.variant()),
    )
