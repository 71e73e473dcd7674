"""Lines to copy for one artifact: how to fetch it, and what to send to a deployment of it."""

import importlib.metadata
import json
import shlex
import sys
from pathlib import Path

import dfs_desktop
from dfs_desktop.api import ModelArtifact, Scope
from dfs_desktop.api.dialects.server_dialect import dialect_for
from dfs_desktop.artifact.code_snippet import Address, Library, request_snippet
from dfs_desktop.artifact.documents.interface import read_interface
from dfs_desktop.settings import LOCAL
from dfs_desktop.workspace.inspection.inspector import Inspector
from dfs_desktop.workspace.session import Place, Session

from .clients import LocalServer


def address(
    session: Session, local: LocalServer | None, key: str, artifact: ModelArtifact | None = None
) -> Address:
    """The open place, or where one of its artifacts stands, by the route of this server's generation.

    `key`: the lasting one of the local registry; that of a server is never in what is copied.
    """
    at_home = session.profile.id == LOCAL and local is not None
    url = local.url if at_home and local is not None else session.profile.base_url
    place = session.place
    if artifact is not None and artifact.collection_id:
        place = Place(place.organization, place.orbit, artifact.collection_id)
    generation = session.client.generation if session.client is not None else None
    route = ""
    if generation and artifact is not None:
        # Nothing is sent: the dialect only tells what it would ask for.
        scope = Scope(place.organization, place.orbit, place.collection)
        route = dialect_for(generation).download_url(scope, artifact.id).path
    return Address(
        url, place.organization, place.orbit, place.collection,
        artifact.id if artifact else "", artifact.file_name if artifact else "", route,
        key if at_home else "", session.profile.allow_http and url.startswith("http:"),
    )  # fmt: skip


def library() -> Library:
    """The Python that runs the program, unless it is bundled, and what the program came from."""
    bundled = getattr(sys, "frozen", False)
    return Library("" if bundled else sys.executable, _source())


def _source() -> str:
    """What pip is to be told: the folder or address that this program was installed from."""
    folder = Path(dfs_desktop.__file__).parents[1]
    if (folder / "pyproject.toml").is_file():
        return shlex.quote(str(folder))
    try:
        told = importlib.metadata.distribution("dfs-desktop").read_text("direct_url.json")
        origin = json.loads(told or "{}")
        url = origin.get("url", "")
        commit = origin.get("vcs_info", {}).get("commit_id", "")
    except (importlib.metadata.PackageNotFoundError, ValueError, AttributeError):
        url = commit = ""
    if url:
        return shlex.quote(f"git+{url}@{commit}" if commit else url)
    return f"dfs-desktop=={dfs_desktop.__version__}"


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
