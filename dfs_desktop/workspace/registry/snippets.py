"""Lines to copy for one artifact: how to fetch it, and what to send to a deployment of it."""

from __future__ import annotations

from dfs_desktop.api import ModelArtifact, Scope
from dfs_desktop.api.dialects.generations import dialect_for
from dfs_desktop.artifact.code_snippet import Address, request_snippet
from dfs_desktop.artifact.documents.interface import read_interface
from dfs_desktop.settings import LOCAL
from dfs_desktop.workspace.inspection.inspector import Inspector
from dfs_desktop.workspace.session import Session

from .clients import LocalServer


def address(session: Session, local: LocalServer | None, artifact: ModelArtifact) -> Address:
    """Where an artifact of the open orbit stands; the route is that of this server's generation."""
    at_home = session.profile.id == LOCAL and local is not None
    url = local.url if at_home and local is not None else session.profile.base_url
    place = Scope(
        session.place.organization,
        session.place.orbit,
        artifact.collection_id or session.place.collection,
    )
    generation = session.client.generation if session.client is not None else None
    # Nothing is sent: the dialect only tells what it would ask for.
    route = dialect_for(generation).download_url(place, artifact.id).path if generation else ""
    return Address(
        url, place.organization, place.orbit, place.collection, artifact.id,
        artifact.file_name, route,
    )  # fmt: skip


def has_request(artifact: ModelArtifact) -> bool:
    """Whether there is anything to send to a deployment."""
    return bool(read_interface(artifact.manifest).inputs)


def quick_request(artifact: ModelArtifact) -> str:
    """A sample body, when the record alone tells all of it; "" when the file has to be read."""
    interface = read_interface(artifact.manifest)
    plain = all(port.content_type == "NDJSON" and port.container == "Array"
                for port in interface.inputs)  # fmt: skip
    return request_snippet(interface) if plain else ""


async def read_request(inspector: Inspector, artifact: ModelArtifact) -> str:
    """A sample body by the schemas inside the file, read by range; ArtifactError."""
    from dfs_desktop.workers.reader import operations

    return await inspector.look_beside(artifact).read(operations.request_sample)
