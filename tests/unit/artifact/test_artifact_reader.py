"""Artifacts opened for looking into: what we say equals what fnnx says, whatever a registry says."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fnnx.extras.reader import Reader
from support.artifacts import makers

from dfs_desktop.artifact import ArtifactError, read_contents
from dfs_desktop.artifact.archive.byte_source import BytesSource, CachedSource
from dfs_desktop.artifact.archive.folder_tree import Folder, folders_of
from dfs_desktop.artifact.artifact_kind import Kind
from dfs_desktop.artifact.artifact_reader import OpenArtifact
from dfs_desktop.artifact.documents.manifest import EffectiveManifest
from dfs_desktop.artifact.errors import UnreachableError
from dfs_desktop.artifact.preview import preview_source
from dfs_desktop.artifact.safety.code_risks import facts_of
from dfs_desktop.artifact.safety.pickle_imports import pickles_of


@pytest.fixture(scope="module")
def pyfunc_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return makers.make_pyfunc(tmp_path_factory.mktemp("made") / "a.luml", version="7")


@pytest.fixture
def pyfunc(pyfunc_path: Path) -> Iterator[OpenArtifact]:
    with OpenArtifact.local(pyfunc_path) as artifact:
        yield artifact


def opened(members: dict[str, bytes | str], **options: Any) -> OpenArtifact:
    return OpenArtifact.walk(BytesSource(makers.tar_of(members, **options), "a.fnnx"))


def test_the_documents_are_those_that_fnnx_reads(pyfunc: OpenArtifact, pyfunc_path: Path) -> None:
    reader = Reader(str(pyfunc_path))
    assert pyfunc.manifest().value == reader.manifest.model_dump()
    assert pyfunc.environment() == reader.env
    first = pyfunc.metadata()[0]
    assert first.payload == reader.metadata[0].payload
    assert (first.id, first.producer, list(first.tags)) == (
        reader.metadata[0].id, reader.metadata[0].producer, reader.metadata[0].producer_tags)  # fmt: skip
    assert first.extra == {"kept": [1]}


def test_a_sidecar_of_luml_that_fnnx_drops_is_shown(
    pyfunc: OpenArtifact, pyfunc_path: Path
) -> None:
    assert len(Reader(str(pyfunc_path)).metadata) == 1
    sidecar = pyfunc.metadata()[1]
    assert (sidecar.id, sidecar.tags, sidecar.document) == ("2", ("t",), "meta-a.json")
    assert pyfunc.findings() == []


def test_each_patch_tells_what_it_changed(pyfunc: OpenArtifact) -> None:
    effective = pyfunc.manifest()
    assert effective.value["version"] == "7"
    assert effective.base["version"] == "0"
    (change,) = effective.changes
    assert (change.patch, change.path) == ("manifest-a.patch.json", "/version")
    assert (change.before, change.after) == ("0", "7")


def test_changes_of_whole_objects_stay_short() -> None:
    patch = [{"op": "add", "path": "/inputs", "value": [{}] * 500},
             {"op": "add", "path": "/inputs/0", "value": {"a": 1}},
             {"op": "replace", "path": "/inputs", "value": []},
             {"op": "add", "path": "/x", "value": "y" * 100_000},
             {"op": "add", "path": "/z", "value": None}]  # fmt: skip
    members = {"manifest.json": "{}", "manifest-a.patch.json": json.dumps(patch)}
    changes = opened(members).manifest().changes
    assert [(each.before, each.after) for each in changes[:3]] == [
        (None, "a list of 500"),
        (None, "an object with 1 entry"),
        ("a list of 501", "an empty list"),
    ]
    assert len(changes[3].after) < 200
    assert changes[4].after == "null"


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (makers.make_pyfunc, Kind.PYFUNC),
        (makers.make_pipeline, Kind.PIPELINE),
        (makers.make_experiment, Kind.EXPERIMENT),
        (makers.make_dataset, Kind.DATASET),
    ],
)
def test_an_artifact_is_known_by_its_content(tmp_path: Path, make: Any, kind: Kind) -> None:
    path = make(tmp_path / "model.anything")
    with OpenArtifact.local(path) as artifact:
        assert artifact.kind is kind
        contents = read_contents(path)
        assert contents.manifest == artifact.manifest().value
        assert contents.index == makers.index_of(path.read_bytes())
        assert contents.index == {name: (m.offset, m.size) for name, m in artifact.index.items()}


def test_unknown_variants_and_other_archives_are_named() -> None:
    strange = opened({"manifest.json": '{"variant": "wasm"}', "ops.json": "[]"})
    assert strange.kind is Kind.UNKNOWN_VARIANT
    assert opened({"manifest.json": "{}", "x": "y"}).kind is Kind.OTHER
    assert opened({"manifest.json": "{}", "exp.db.zip": "y"}).kind is Kind.EXPERIMENT


def test_missing_documents_are_empty_and_a_missing_manifest_is_an_error() -> None:
    artifact = opened({"x": "y"})
    assert (artifact.dtypes(), artifact.ops(), artifact.variant(), artifact.environment()) == (
        {}, [], {}, {})  # fmt: skip
    assert artifact.metadata() == []
    with pytest.raises(ArtifactError, match="without a manifest"):
        artifact.manifest()


@pytest.mark.parametrize("name", ["dtypes.json", "ops.json", "variant_config.json", "env.json"])
def test_a_broken_document_is_named_and_harms_no_other(name: str) -> None:
    artifact = opened({"manifest.json": '{"variant": "pyfunc"}', name: '"neither"'})
    read = {"dtypes.json": artifact.dtypes, "ops.json": artifact.ops,
            "variant_config.json": artifact.variant, "env.json": artifact.environment}  # fmt: skip
    with pytest.raises(ArtifactError, match=name):
        read.pop(name)()
    assert all(not other() for other in read.values())
    assert artifact.manifest().value == {"variant": "pyfunc"}


def test_a_broken_sidecar_is_a_finding_once() -> None:
    meta = {"meta.json": '[{"id": "a", "payload": {"x": NaN}}, 7]', "meta-b.json": "{}"}
    artifact = opened({"manifest.json": "{}", **meta})
    for _ in range(2):
        assert [entry.id for entry in artifact.metadata()] == ["a", ""]
    assert artifact.metadata()[1].payload == 7
    (finding,) = artifact.findings()
    assert "meta-b.json" in finding.remedy


class Failing:
    """A source whose reads fail until `works` is set, as a connection's do."""

    name = "a.fnnx"
    works = False

    def __init__(self, data: bytes) -> None:
        self.data, self.size = data, len(data)

    def read(self, offset: int, length: int) -> bytes:
        if not self.works:
            raise ArtifactError("Reading was stopped", "Open the artifact again.")
        return self.data[offset : offset + length]


def test_a_failed_connection_is_no_finding_and_is_not_remembered(pyfunc_path: Path) -> None:
    data = pyfunc_path.read_bytes()
    for far in (Failing(data), CachedSource(failing := Failing(data))):
        artifact = OpenArtifact(far, makers.index_of(data))
        asks: list[Callable[[], Any]] = [
            artifact.manifest, artifact.metadata, artifact.metrics, artifact.environment,
            lambda artifact=artifact: facts_of(artifact),
            lambda artifact=artifact: pickles_of(artifact),
            lambda artifact=artifact: preview_source(artifact.slice("variant_artifacts/extra_files/w.npz")),
        ]  # fmt: skip
        for ask in asks:
            with pytest.raises(UnreachableError, match="Reading was stopped"):
                ask()
        assert artifact.findings() == []
        (far if isinstance(far, Failing) else failing).works = True
        for ask in asks:
            ask()
        assert len(artifact.metadata()) == 2


def test_members_are_read_whole_in_part_and_as_a_tree(pyfunc: OpenArtifact) -> None:
    name = "variant_artifacts/extra_modules/helpers_of_model/__init__.py"
    assert pyfunc.read(name) == b"ANSWER = 42\n"
    with pytest.raises(ArtifactError, match="too large"):
        pyfunc.read(name, 5)
    with pytest.raises(ArtifactError, match="no “nothing”"):
        pyfunc.read("nothing")
    names = [member.name for member in pyfunc.members()]
    assert names == sorted(names)
    tree = folders_of(pyfunc.members())
    assert tree.count == len(names)
    assert tree.size == sum(member.size for member in pyfunc.members())
    modules = tree.folders["variant_artifacts"].folders["extra_modules"]
    assert modules.path == "variant_artifacts/extra_modules/"
    assert [file for file, _ in modules.folders["helpers_of_model"].files] == ["__init__.py"]


def test_a_tree_has_a_limit_of_depth_and_of_folders() -> None:
    index = {"/".join("abcdefghij" * 8) + "/file": [0, 1]}
    index |= {f"f{number}/" + "/".join(str(number)) * 1 + "/x": [0, 1] for number in range(9000)}
    tree = folders_of(OpenArtifact(BytesSource(bytes(10), "a"), index).members())
    folder, depth = tree, 0
    while folder.folders.get("abcdefghij"[depth % 10]):
        folder, depth = folder.folders["abcdefghij"[depth % 10]], depth + 1
    assert depth == 64
    assert folder.files[0][0].endswith("/file")

    def folders(of: Folder) -> int:
        return len(of.folders) + sum(folders(each) for each in of.folders.values())

    assert folders(tree) == 20_000
    assert tree.count == 9001
    assert tree.files


def test_all_documents_together_have_a_limit() -> None:
    text = b'{"a": "' + b"x" * 15_000_000 + b'"}'
    members: dict[str, bytes | str] = {"manifest.json": "{}"}
    members |= {f"meta-{number}.json": b"[" + text + b"]" for number in range(5)}
    artifact = opened(members)
    assert len(artifact.metadata()) == 4
    assert "all documents together" in artifact.findings()[0].remedy


@pytest.mark.fault("D-24")
def test_d24_the_index_of_a_registry_is_believed_only_where_it_can_be_true() -> None:
    data = makers.tar_of({"manifest.json": '{"variant": "pyfunc"}', "w": b"12345"})
    true = makers.index_of(data)
    lies: dict[Any, Any] = {
        "negative": [-1, 5], "size": [0, -5], "end": [len(data) - 2, 3], "far": [2**80, 1],
        "one": [1], "three": [1, 2, 3], "text": "ab", "floats": [1.0, 2.0], "bools": [True, False],
        "none": None, "../up": [0, 1], "/root": [0, 1], "C:\\x": [0, 1], "nul\0": [0, 1],
        "\ud800": [0, 1], "": [0, 1], "n" * 5000: [0, 1], 7: [0, 1], "object": {"0": 1},
    }  # fmt: skip
    empty = {"empty": [512, 0], "header": [0, 512]}
    artifact = OpenArtifact(BytesSource(data, "a.fnnx"), {**lies, **true, **empty})
    assert set(artifact.index) == {*true, *empty}
    assert artifact.read("empty") == b""
    assert artifact.read("header").startswith(b"manifest.json")
    assert artifact.manifest().value == {"variant": "pyfunc"}
    findings = artifact.findings()
    assert len(findings) == len(lies)
    assert all(each.title.isprintable() for each in findings)


@pytest.mark.fault("D-24")
def test_d24_too_many_entries_and_findings_are_cut() -> None:
    source = BytesSource(bytes(1024), "a.fnnx")
    with pytest.raises(ArtifactError, match="100\u202f000"):
        OpenArtifact(source, {str(number): [0, 0] for number in range(100_001)})
    with pytest.raises(ArtifactError, match="no list of files"):
        OpenArtifact(source, [1])  # type: ignore[arg-type]
    artifact = OpenArtifact(source, {str(number): [0, -1] for number in range(1000)})
    assert len(artifact.findings()) == 21
    assert artifact.findings()[-1].title.startswith("980 more")


def test_the_registered_manifest_stands_in_where_the_archive_has_none() -> None:
    source = BytesSource(bytes(1024), "a.fnnx")
    registered = {"variant": "pyfunc", "name": "kept"}
    artifact = OpenArtifact(source, {"ops.json": [0, 0]}, registered)
    assert artifact.manifest() == EffectiveManifest(registered, registered, from_registry=True)
    assert artifact.kind is Kind.PYFUNC
