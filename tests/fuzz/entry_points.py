"""Everything that the reader can be asked about a stranger's bytes, reached from one byte string."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable
from typing import Any

from support.artifacts.comparison_facts import comparison_facts

from dfs_desktop.artifact.archive.byte_source import BytesSource, CachedSource
from dfs_desktop.artifact.archive.folder_tree import folders_of
from dfs_desktop.artifact.artifact_reader import OpenArtifact
from dfs_desktop.artifact.card import find_cards, read_card
from dfs_desktop.artifact.code_snippet import request_snippet
from dfs_desktop.artifact.comparison.compare import compare
from dfs_desktop.artifact.documents.environment import (
    Machine,
    read_environment,
    to_conda,
    to_requirements,
    to_uv,
)
from dfs_desktop.artifact.documents.interface import read_interface
from dfs_desktop.artifact.documents.pipeline_graph import read_graph
from dfs_desktop.artifact.errors import ArtifactError
from dfs_desktop.artifact.experiment.attachments import members_called, read_attachments
from dfs_desktop.artifact.experiment.snapshot import Snapshot
from dfs_desktop.artifact.formats.weights import read_weights
from dfs_desktop.artifact.preflight import examine
from dfs_desktop.artifact.preview import preview_source
from dfs_desktop.artifact.safety.code_risks import facts_of
from dfs_desktop.artifact.safety.pickle_imports import read_pickle
from dfs_desktop.artifact.safety.written_tables import Form

BLOCK = 512
DOCUMENTS = ("manifest.json", "dtypes.json", "ops.json", "variant_config.json", "env.json",
             "meta.json", "meta-a.json", "manifest-a.patch.json")  # fmt: skip
MACHINE = Machine("linux", "x86_64", "cpu")


def read(data: bytes) -> None:
    """Read `data` in the way that its first byte chooses; ArtifactError is what it may raise."""
    if data:
        CHOICES[data[0] % len(CHOICES)](data[1:])


def archive(data: bytes) -> None:
    """A tar file, with the checksums of its headers put right."""
    everything(OpenArtifact.walk(BytesSource(mended(data), "a.fnnx")))


def documents(data: bytes) -> None:
    """The root documents, divided by NUL bytes, in an archive that is sound itself."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as target:
        for name, content in zip(DOCUMENTS, data.split(b"\0"), strict=False):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            target.addfile(info, io.BytesIO(content))
    everything(OpenArtifact.walk(BytesSource(buffer.getvalue(), "a.fnnx")))


def weights(data: bytes) -> None:
    """Weights in each of the formats."""
    for name in ("w.safetensors", "w.gguf", "w.npz", "w.npy"):
        tolerant(lambda name=name: read_weights(BytesSource(data, name)))  # type: ignore[misc]


def pickles(data: bytes) -> None:
    """A pickle, or what holds one."""
    read_pickle(BytesSource(data, "p.pkl"))


def zipped(data: bytes) -> None:
    """A zip file as a card and as an experiment."""
    artifact = OpenArtifact(
        BytesSource(data, "a.tar"), {"card.zip": [0, len(data)], "exp.db.zip": [0, len(data)]}, {}
    )
    tolerant(lambda: read_card(artifact, find_cards(artifact)[0]))
    with Snapshot(artifact.slice("exp.db.zip")) as snapshot:
        snapshot.parameters()
        snapshot.curves()
        snapshot.counts()


def database(data: bytes) -> None:
    """A database that is packed soundly: what is damaged is inside it."""
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        target.writestr("exp.db", data)
    zipped(buffer.getvalue())


def previews(data: bytes) -> None:
    """One member under names of several kinds."""
    for name in ("x", "x.csv", "x.json", "x.md", "x.tsv", "x.svg"):
        tolerant(lambda name=name: preview_source(BytesSource(data, name), 4096))  # type: ignore[misc]


def record(data: bytes) -> None:
    """A registry's index of a file that is there."""
    try:
        index = json.loads(data)
    except (ValueError, RecursionError):
        return
    source = CachedSource(BytesSource(bytes(4096), "a.fnnx"))
    everything(OpenArtifact(source, index, {"variant": "pyfunc"}))


CHOICES: tuple[Callable[[bytes], None], ...] = (
    archive, documents, weights, pickles, zipped, database, previews, record,
)  # fmt: skip


def everything(artifact: OpenArtifact) -> None:
    """All questions that a window asks of an artifact."""
    tolerant(lambda: about_manifest(artifact))
    tolerant(lambda: examine(artifact))
    tolerant(lambda: facts_of(artifact))
    tolerant(lambda: environments(artifact))
    tolerant(lambda: compared(artifact))
    for card in find_cards(artifact)[:2]:
        tolerant(lambda card=card: read_card(artifact, card))  # type: ignore[misc]
    for name in members_called(artifact, "attachments.tar")[:2]:
        tolerant(lambda name=name: read_attachments(artifact, name))  # type: ignore[misc]
    for name in members_called(artifact, "exp.db.zip")[:1]:
        tolerant(lambda name=name: Snapshot(artifact.slice(name)).close())  # type: ignore[misc]
    for member in artifact.members()[:5]:
        tolerant(lambda member=member: preview_source(artifact.slice(member.name)))  # type: ignore[misc]
    folders_of(artifact.members())
    artifact.findings()


def about_manifest(artifact: OpenArtifact) -> None:
    """Interface, graph and example of what the manifest declares."""
    manifest = artifact.manifest().value
    interface = read_interface(manifest, artifact.dtypes())
    request_snippet(interface, artifact.dtypes())
    read_graph(artifact.variant(), artifact.ops(), manifest)


def environments(artifact: OpenArtifact) -> None:
    """What is to be installed, in all forms."""
    environment = read_environment(artifact.environment())
    to_requirements(environment)
    to_requirements(environment, MACHINE)
    to_uv(environment, MACHINE)
    to_conda(environment, MACHINE)


def compared(artifact: OpenArtifact) -> None:
    """The artifact beside itself."""
    facts = comparison_facts(artifact)
    comparison = compare([facts, facts])
    comparison.written(Form.MARKDOWN, only_differences=False)
    comparison.written(Form.CSV, only_differences=False)


def tolerant(ask: Callable[[], Any]) -> None:
    """Ask; an ArtifactError is a good answer."""
    try:
        ask()
    except ArtifactError:
        return


def mended(data: bytes) -> bytes:
    """Every block that looks like a header gets its checksum right, so that mutations go deeper."""
    target = bytearray(data)
    for at in range(0, len(target) - BLOCK + 1, BLOCK):
        if target[at + 257 : at + 262] == b"ustar":
            target[at + 148 : at + 156] = b" " * 8
            target[at + 148 : at + 156] = b"%06o\0 " % sum(target[at : at + BLOCK])
    return bytes(target)
