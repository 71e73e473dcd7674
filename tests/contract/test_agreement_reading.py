"""One reader near and far: a registered artifact by ranged requests says what its local file says."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.artifacts import makers
from support.artifacts.comparison_facts import comparison_facts

from dfs_desktop.api import DataForceClient, RangeSource
from dfs_desktop.artifact.archive.byte_source import CachedSource, read_exactly
from dfs_desktop.artifact.artifact_reader import OpenArtifact
from dfs_desktop.artifact.card import find_cards, read_card
from dfs_desktop.artifact.code_snippet import Address, Library, python_snippet
from dfs_desktop.artifact.comparison.compare import compare
from dfs_desktop.artifact.documents.environment import read_environment
from dfs_desktop.artifact.documents.interface import read_interface
from dfs_desktop.artifact.experiment.attachments import members_called, read_attachments
from dfs_desktop.artifact.experiment.snapshot import Snapshot
from dfs_desktop.artifact.formats.weights import has_weights, read_weights
from dfs_desktop.artifact.preview import preview_source
from dfs_desktop.artifact.safety.code_risks import facts_of
from dfs_desktop.server import LocalRegistry


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DataForceClient]:
    registry = LocalRegistry(tmp_path / "registry")
    address = registry.start()
    monkeypatch.setenv("DFS_API_KEY", address.api_key)
    try:
        with DataForceClient(address.url, address.api_key) as found:
            yield found
    finally:
        registry.stop()


def experiment(artifact: OpenArtifact) -> Any:
    with Snapshot(artifact.slice(members_called(artifact, "exp.db.zip")[0])) as snapshot:
        return snapshot.parameters(), snapshot.curves(), snapshot.counts()


def attachments(artifact: OpenArtifact) -> Any:
    members, findings = read_attachments(artifact, members_called(artifact, "attachments.tar")[0])
    read = [read_exactly(artifact.source, each.offset, each.size) for each in members]
    return members, tuple(findings), read


LOOKS: list[Callable[[OpenArtifact], Any]] = [
    lambda artifact: (artifact.kind, artifact.members(), artifact.manifest(), artifact.metadata()),
    lambda artifact: read_interface(artifact.manifest().value, artifact.dtypes()),
    lambda artifact: read_environment(artifact.environment()),
    lambda artifact: [read_card(artifact, card) for card in find_cards(artifact)],
    lambda artifact: [
        read_weights(artifact.slice(each.name))
        for each in artifact.members()
        if has_weights(each.name)
    ],
    lambda artifact: [preview_source(artifact.slice(member.name)) for member in artifact.members()],
    experiment,
    attachments,
    facts_of,
]


def test_a_registered_artifact_says_what_its_file_says(
    tmp_path: Path, client: DataForceClient
) -> None:
    path = makers.make_pyfunc(tmp_path / "model.luml", version="3")
    model = client.model_artifacts.upload(str(path), "searcher")
    far = client.transfers.source(client.model_artifacts.get(model.id) or model)
    assert isinstance(far, RangeSource)
    cached = CachedSource(far)
    remote = OpenArtifact(cached, model.file_index, model.manifest)
    remote.manifest(), remote.metadata(), remote.environment()
    assert cached.requests == 1
    with OpenArtifact.local(path) as local:
        for look in LOOKS:
            assert look(remote) == look(local)
        both = compare([comparison_facts(each, "a") for each in (local, remote)])
        assert all(not section.shown(only_differences=True) for section in both.sections)
    assert cached.fetched < 3 * path.stat().st_size


def test_the_snippet_fetches_the_artifact(
    tmp_path: Path, client: DataForceClient, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    path = makers.make_pipeline(tmp_path / "model.fnnx")
    model = client.model_artifacts.upload(str(path), "steps")
    organization = client.organizations.list()[0]
    orbit = client.orbits.list()[0]
    collection = client.collections.list()[-1]
    place = Address(client.base_url, organization.id, orbit.id, model.collection_id or collection.id,
                    model.id, "copy.fnnx")  # fmt: skip
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    namespace: dict[str, Any] = {}
    exec(python_snippet(place, Library(sys.executable, "")), namespace)
    namespace["dfs"].close()
    assert (folder / "copy.fnnx").read_bytes() == path.read_bytes()
    assert "steps" in capsys.readouterr().out
