"""What can be asked of an artifact, each by the name of a function that only the reader calls.

The window names the function, the reader finds it in OPERATIONS, calls it with the opened artifacts
and the arguments, and its result, a value of the annotated type, comes back. What is returned is
bounded: it is laid out and painted by the window.
"""

import functools
import json
import typing
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from msgspec import Struct, structs

from dfs_desktop.artifact import ArtifactError, visible
from dfs_desktop.artifact.archive.byte_source import Slice, whole
from dfs_desktop.artifact.archive.tar_walk import Member
from dfs_desktop.artifact.artifact_kind import Kind
from dfs_desktop.artifact.artifact_reader import OpenArtifact
from dfs_desktop.artifact.card import Card, Page, find_cards, read_card
from dfs_desktop.artifact.code_snippet import request_snippet
from dfs_desktop.artifact.comparison.member_diff import differing_members, text_difference
from dfs_desktop.artifact.documents.dashboards import Dashboard, read_dashboard
from dfs_desktop.artifact.documents.environment import Environment, Machine, read_environment
from dfs_desktop.artifact.documents.graph_layout import Drawing, drawing_of
from dfs_desktop.artifact.documents.interface import Interface, read_interface
from dfs_desktop.artifact.documents.manifest import Change
from dfs_desktop.artifact.documents.metadata import Entry
from dfs_desktop.artifact.documents.pipeline_graph import Graph, pyfunc_class, read_graph
from dfs_desktop.artifact.findings import Finding
from dfs_desktop.artifact.formats.tensors import Weights
from dfs_desktop.artifact.formats.weights import has_weights, read_weights
from dfs_desktop.artifact.preflight import examine_file
from dfs_desktop.artifact.preview import preview_source
from dfs_desktop.artifact.safety.code_risks import Fact, facts_of
from dfs_desktop.artifact.safety.html_sanitizer import sanitize_html
from dfs_desktop.artifact.sections import sections_of
from dfs_desktop.typed_decoding import prepared

from . import comparison_sides, experiment_data, name_replacing
from .preview_data import PreviewData, plain_lines, view_of

Findings = list[tuple[str, str, str]]
MOST_MANIFEST = 1_000_000  # characters
MOST_FILES = 500  # with weights, from which one is chosen


class CardData(Struct, frozen=True):
    """All cards; the one that was asked for as it came, and the harmless text made of it."""

    cards: list[Card]
    card: Card
    page: Page
    text: str
    words: int
    cut: bool


class GraphData(Struct, frozen=True):
    """A pipeline with its drawing, or the configuration of another variant."""

    kind: Kind
    variant: str
    graph: Graph
    drawing: Drawing
    class_name: str
    configuration: dict[str, Any]


class Manifests(Struct, frozen=True):
    """The text that counts, the one without patches where there are some, and what these changed."""

    effective: str
    from_registry: bool
    original: str
    changes: tuple[Change, ...]
    summary: str


class WeightsData(Struct, frozen=True):
    """The files with weights, and the table of the one that is chosen."""

    files: list[tuple[str, int]]
    number: int
    weights: Weights | None
    problem: tuple[str, str] = ("", "")


class EnvironmentData(Struct, frozen=True):
    """What has to be installed, and the computer that it is judged for."""

    environment: Environment
    machine: Machine


class MetadataEntries(Struct, frozen=True):
    """The metadata, and what is wrong with its documents."""

    entries: list[Entry]
    findings: Findings


class LocalFacts(Struct, frozen=True):
    """What is known of a file on this computer after its small documents were read."""

    manifest: dict[str, Any]
    metrics: dict[str, Any]
    kind: str
    size: int
    count: int
    changed: float  # POSIX seconds
    findings: Findings


class Sendable(Struct, frozen=True):
    """What a registry is told of a file beside its bytes, and how many files are in it."""

    manifest: dict[str, Any]
    metrics: dict[str, Any]
    count: int


def sections(artifact: OpenArtifact) -> tuple[str, ...]:
    """The tabs that have something to say."""
    try:
        manifest = artifact.manifest().value
    except ArtifactError:
        manifest = {}  # the tabs say what is wrong; the files can be seen all the same
    return sections_of(artifact, manifest)


def listed_sections(artifact: OpenArtifact, manifest: dict[str, Any]) -> tuple[str, ...]:
    """The same for a record, by the manifest that is registered; no byte is read."""
    return sections_of(artifact, manifest)


def members(artifact: OpenArtifact) -> list[Member]:
    """All members, sorted by name; no byte is read of a record."""
    return artifact.members()


def card(artifact: OpenArtifact, number: int) -> CardData:
    cards = find_cards(artifact)
    chosen = cards[min(number, len(cards) - 1)]
    page = read_card(artifact, chosen)
    return CardData(cards, chosen, page, *sanitize_html(page.html))


def environment(artifact: OpenArtifact) -> EnvironmentData:
    return EnvironmentData(read_environment(artifact.environment()), Machine.this())


def graph(artifact: OpenArtifact) -> GraphData:
    """The steps of a pipeline and where they stand, or what runs instead."""
    manifest, variant = artifact.manifest().value, artifact.variant()
    found = read_graph(variant, artifact.ops(), manifest)
    ports = read_interface(manifest)
    names = [[port.name for port in group] for group in (ports.inputs, ports.outputs)]
    drawing = drawing_of(found, *names) if found.nodes else Drawing()
    named = manifest.get("variant")
    return GraphData(
        artifact.kind,
        named if isinstance(named, str) else "",
        found,
        drawing,
        pyfunc_class(variant),
        {} if found.nodes else variant,
    )


def interface(artifact: OpenArtifact) -> Interface:
    return read_interface(artifact.manifest().value, artifact.dtypes())


def manifest(artifact: OpenArtifact) -> Manifests:
    found = artifact.manifest()
    return Manifests(
        written_manifest(found.value),
        found.from_registry,
        written_manifest(found.base) if found.changes else "",
        found.changes,
        manifest_summary(found.value),
    )


def written_manifest(value: dict[str, Any]) -> str:
    return plain_lines(json.dumps(value, indent=2, ensure_ascii=False)[:MOST_MANIFEST])


def manifest_summary(value: dict[str, Any]) -> str:
    """What it is, in one line."""
    keys = ("artifact_type", "variant", "producer_name", "producer_version")
    words = [value.get(key) for key in keys]
    return " · ".join(visible(str(word)[:80]) for word in words if word)


def dashboard(artifact: OpenArtifact) -> Dashboard:
    """A forecast, or a prompt graph, as its metadata tells it."""
    return read_dashboard(artifact.metadata())


def metadata(artifact: OpenArtifact) -> MetadataEntries:
    """Every entry of meta.json and its sidecars."""
    entries = artifact.metadata()
    told: Findings = [
        (f.level, f.title, f.remedy) for f in artifact.findings() if ".json" in f.remedy
    ]
    return MetadataEntries(entries, told)


def safety(artifact: OpenArtifact) -> list[Fact]:
    return facts_of(artifact)


def weights(artifact: OpenArtifact, number: int) -> WeightsData:
    """The tensors of one file, the largest file first."""
    found = [(each.name, each.size) for each in artifact.members() if has_weights(each.name)]
    files = sorted(found[:MOST_FILES], key=lambda file: -file[1])
    number = min(number, len(files) - 1)
    source = whole(artifact.slice(files[number][0]))
    try:
        return WeightsData(files, number, read_weights(source))
    except ArtifactError as error:  # of one file: the others can still be chosen
        if len(files) == 1:
            raise
        return WeightsData(files, number, None, (error.title, error.detail))


def preview(artifact: OpenArtifact, member: Member) -> PreviewData:
    """The beginning of a member, or of a file inside one, made fit to be shown."""
    part = Slice(artifact.source, member.offset, member.size, member.name)
    found = view_of(preview_source(whole(part)))
    kept: Any = found.preview
    if found.view not in ("markdown", "html"):
        kept = structs.replace(kept, text="")
    return structs.replace(found, preview=structs.replace(kept, image=b""))


def local_facts(artifact: OpenArtifact) -> LocalFacts:
    """The facts of a file on this computer; what cannot be read is told as a finding."""
    findings: Findings = []
    value: dict[str, Any] = {}
    metrics: dict[str, Any] = {}
    kind = "archive"
    try:
        value, kind = artifact.manifest().value, artifact.kind.value
        metrics = artifact.metrics()
    except ArtifactError as error:
        findings.append(("warning", error.title, error.detail))
    findings += [(f.level, f.title, f.remedy) for f in artifact.findings()]
    fingerprint = getattr(artifact.source, "fingerprint", None)
    changed = fingerprint.mtime_ns / 1e9 if fingerprint is not None else 0.0
    size = artifact.source.size
    return LocalFacts(value, metrics, kind, size, len(artifact.index), changed, findings)


def request_sample(artifact: OpenArtifact) -> str:
    """A sample body by the schemas inside the file."""
    dtypes = artifact.dtypes()
    return request_snippet(read_interface(artifact.manifest().value, dtypes), dtypes)


def sendable(artifact: OpenArtifact) -> Sendable:
    """Manifest and metrics of a file that is to be uploaded; ArtifactError when none takes them."""
    artifact.check_sendable()
    return Sendable(artifact.manifest().value, artifact.metrics(), len(artifact.index))


def problems(artifact: OpenArtifact) -> list[Finding]:
    """What is wrong or worth knowing about a file that is to be uploaded."""
    return examine_file(artifact)


Operation = Callable[..., Any]
OPERATIONS: dict[str, Operation] = {
    each.__name__: each
    for each in (
        sections, listed_sections, members, card, environment, experiment_data.experiment,
        experiment_data.experiment_curves, graph,
        interface, manifest, dashboard, metadata, safety, weights, preview, local_facts,
        request_sample, sendable, problems,
        comparison_sides.side_files, comparison_sides.side_metrics, comparison_sides.side_interface,
        comparison_sides.side_environment, comparison_sides.side_metadata,
        differing_members, text_difference, name_replacing.replaced_names,
    )
}  # fmt: skip


@functools.cache
def _hints(operation: Operation) -> dict[str, Any]:
    return typing.get_type_hints(operation)


def result_of(operation: Operation) -> Any:
    """The type of what an operation gives."""
    return _hints(operation)["return"]


def arguments_of(operation: Operation, artifacts: int, values: Sequence[Any]) -> list[Any]:
    """The values as what the operation takes behind so many artifacts."""
    kinds = list(_hints(operation).values())[artifacts:-1]  # in their order, the result's last
    return [
        msgspec.convert(value, prepared(kind)) for kind, value in zip(kinds, values, strict=True)
    ]
