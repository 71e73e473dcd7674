"""Whether an artifact will work where it is sent: found out before a byte leaves this computer."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from dfs_desktop.artifact.archive.file_fingerprint import AnyPath
from dfs_desktop.artifact.archive.system_files import is_companion
from dfs_desktop.artifact.documents.environment import read_environment
from dfs_desktop.artifact.documents.interface import read_interface
from dfs_desktop.artifact.documents.pipeline_graph import Graph, read_graph
from dfs_desktop.artifact.formats.weights import has_weights, read_weights
from dfs_desktop.artifact.safety.code_risks import PYFUNC
from dfs_desktop.number_text import number_text
from dfs_desktop.translation import later, tr, trn

from .artifact_kind import EXPERIMENT, Kind
from .artifact_reader import ROOT_FILES, OpenArtifact
from .errors import ArtifactError
from .findings import Finding, Level
from .names import check_registered_name, shortened

LARGE = 500 * 1024 * 1024  # above, uploads go in parts, which wants another role
SENT_IN_PARTS = later("The file is sent in parts, since it has more than 500 MiB")
LARGEST = 5 * 1000**4  # the servers' own limit
_OPTIONAL = ("dtypes.json", "env.json", "meta.json")
_KEYS = ("producer_name", "producer_version", "producer_tags", "inputs", "outputs",
         "dynamic_attributes", "env_vars")  # fmt: skip
_ORDER = {"error": 0, "warning": 1, "note": 2}

Findings = Iterator[Finding]


def preflight(path: AnyPath) -> list[Finding]:
    """What is wrong or worth knowing about the file at `path`, errors first.

    An archive that cannot be read at all is one error. OSError when the file cannot be opened.
    """
    try:
        with OpenArtifact.local(path) as artifact:
            return examine_file(artifact)
    except ArtifactError as error:
        return unreadable(Path(path).name, error)


def examine_file(artifact: OpenArtifact) -> list[Finding]:
    """The same for a file that is open already."""
    return _sorted([*_file_name(artifact.name), *examine(artifact)])


def unreadable(name: str, error: ArtifactError) -> list[Finding]:
    """What there is to say about a file of this name that cannot be opened at all."""
    return [*_file_name(name), _failed(error)]


def examine(artifact: OpenArtifact) -> list[Finding]:
    """The same for an artifact that is open already; its file name is not looked at."""
    findings = [*_sizes(artifact), *_repeated(artifact), *_companions(artifact)]
    try:
        artifact.manifest()
    except ArtifactError as error:
        return _sorted([*findings, *artifact.findings(), _failed(error)])
    try:
        artifact.check_sendable()
    except ArtifactError as error:
        findings.append(_failed(error))
    told: list[Finding] = []
    for check in _CHECKS:
        try:
            told += check(artifact)
        except ArtifactError as error:
            told.append(_failed(error))
    refused = {(each.title, each.remedy) for each in findings}
    # What the content lacks makes a model that does not run, and still a file that can be kept.
    findings += [
        msgspec.structs.replace(each, overridable=each.level == "error")
        for each in told
        if (each.title, each.remedy) not in refused
    ]
    return _sorted(findings)


def _sorted(findings: list[Finding]) -> list[Finding]:
    return sorted(dict.fromkeys(findings), key=lambda each: _ORDER[each.level])


def _failed(error: ArtifactError, level: Level = "error") -> Finding:
    return Finding(level, error.title, error.detail)


def _file_name(name: str) -> Findings:
    try:
        check_registered_name(name)
    except ArtifactError as error:
        yield _failed(error)


def _sizes(artifact: OpenArtifact) -> Findings:
    if (size := artifact.source.size) > LARGEST:
        remedy = tr("Registries take no more. Divide the artifact.")
        yield Finding("error", tr("The file is larger than 5 TB"), remedy)
    elif size > LARGE:
        remedy = tr(
            "Servers give the addresses of parts to owners and admins of the organization "
            "only. Ask one of them when the upload is refused."
        )
        yield Finding("note", tr(SENT_IN_PARTS), remedy)


def _repeated(artifact: OpenArtifact) -> Findings:
    counts = Counter(member.name for member in artifact.archive_order)
    remedy = tr("The last one counts, but some readers take the first. Build the archive anew.")
    for name in sorted(name for name, count in counts.items() if count > 1)[:20]:
        title = trn(
            "“{name}” is in the archive {amount} time",
            "“{name}” is in the archive {amount} times",
            counts[name],
            name=shortened(name),
        )
        yield Finding("warning", title, remedy)


def _companions(artifact: OpenArtifact) -> Findings:
    """Files of the operating system, which every finder passes by."""
    found = [name for name in artifact.index if is_companion(name)]
    if not found:
        return
    name, more = shortened(found[0], 60), len(found) - 1
    title = tr(
        "“{name}” is a companion file of an operating system, not part of the model", name=name
    )
    if more:
        title = trn(
            "“{name}” and {amount} more are companion files of an operating system, not part of "
            "the model",
            "“{name}” and {amount} more are companion files of an operating system, not part of "
            "the model",
            more,
            amount=number_text(more),
            name=name,
        )
    yield Finding(
        "note",
        title,
        tr(
            "They are sent along and do no harm. To leave them out build it again: "
            "COPYFILE_DISABLE=1 tar --exclude='._*' --exclude=__MACOSX --exclude=.DS_Store "
            "--exclude=Thumbs.db --exclude=desktop.ini."
        ),
    )


def _structure(artifact: OpenArtifact) -> Findings:
    if artifact.kind is Kind.EXPERIMENT:
        if EXPERIMENT not in artifact:
            title = tr("The experiment has no {file}", file=EXPERIMENT)
            yield Finding("error", title, tr("Write it again."))
        return
    if artifact.kind is Kind.DATASET:
        return
    for name in ROOT_FILES:
        if name in artifact:
            continue
        # What does not claim to be an fnnx package may be stored as it is.
        level: Level = "warning" if artifact.kind is Kind.OTHER else "error"
        remedy = tr("Without it nothing can run the model. Build the artifact again.")
        if name in _OPTIONAL:
            level = "warning"
            remedy = tr("Readers take it for empty. Build with a newer fnnx to have it.")
        yield Finding(level, tr("The file {name} is missing", name=name), remedy)
    if artifact.kind is Kind.UNKNOWN_VARIANT:
        variant = shortened(str(artifact.manifest().value.get("variant")), 60)
        title = tr("The variant “{variant}” is not known", variant=variant)
        yield Finding("warning", title, tr("Runtimes of today know pipeline and pyfunc."))


def _documents(artifact: OpenArtifact) -> Findings:
    """Every document can be read."""
    reads: tuple[Callable[[], object], ...] = (
        artifact.dtypes, artifact.ops, artifact.variant, artifact.environment, artifact.metadata,
    )  # fmt: skip
    for read in reads:
        try:
            read()
        except ArtifactError as error:
            yield _failed(error)
    yield from artifact.findings()


def _graph(artifact: OpenArtifact) -> Findings:
    if artifact.kind is not Kind.PIPELINE:
        return
    graph = read_graph(artifact.variant(), artifact.ops(), artifact.manifest().value)
    yield from graph.findings
    yield from _op_files(artifact, graph)
    made = {edge.value for edge in graph.edges if edge.target is None}
    for port in read_interface(artifact.manifest().value).outputs:
        if port.name not in made:
            title = tr("Nothing makes the output “{name}”", name=shortened(port.name))
            yield Finding("error", title, tr("Correct the names in variant_config.json."))
    if not graph.nodes:
        yield Finding("error", tr("The pipeline has no steps"), tr("Build the model again."))


def _op_files(artifact: OpenArtifact, graph: Graph) -> Findings:
    names = [each.name for each in artifact.members() if not is_companion(each.name)]
    for op in graph.ops[:100]:
        if op.onnx is None or not re.fullmatch(r"[A-Za-z0-9_]+", op.id):
            continue
        model = f"{op.folder}model.onnx"
        files = [name for name in names if name.startswith(op.folder)]
        fault = ""
        if model not in files:
            fault = later("The file {name} is missing")
        elif artifact.member(model).size == 0:
            fault = later("The file {name} is empty")
        elif op.onnx.has_external_data and len(files) < 2:
            fault = later("The weights of {name} should lie beside it, and do not")
        if fault:
            remedy = tr("The op cannot run without it. Build the artifact again.")
            yield Finding("error", tr(fault, name=shortened(model)), remedy)


def _weights(artifact: OpenArtifact) -> Findings:
    """Headers of weights tell sizes; a file that was cut off, or padded, does not have them."""
    names = [each.name for each in artifact.members() if has_weights(each.name)]
    for name in names[:200]:
        try:
            found = read_weights(artifact.slice(name))
        except ArtifactError as error:
            yield _failed(error, "warning")
        else:
            if found.cut_off:
                title = tr("{name} is cut off", name=shortened(name))
                yield Finding("warning", title, found.remark)


def _pyfunc(artifact: OpenArtifact) -> Findings:
    if artifact.kind is not Kind.PYFUNC:
        return
    if PYFUNC not in artifact:
        title = tr("The file {name} is missing", name=PYFUNC)
        yield Finding("error", title, tr("Build the artifact again."))
    if not artifact.variant().get("pyfunc_classname"):
        title = tr("variant_config.json names no class")
        yield Finding("error", title, tr("Build the artifact again."))


def _interface(artifact: OpenArtifact) -> Findings:
    if artifact.kind not in (Kind.PIPELINE, Kind.PYFUNC, Kind.UNKNOWN_VARIANT):
        return
    manifest = artifact.manifest().value
    interface = read_interface(manifest, artifact.dtypes())
    yield from interface.findings
    for port in (*interface.inputs, *interface.outputs):
        if artifact.kind is Kind.PIPELINE and port.content_type == "JSON":
            title = tr("The port “{name}” is JSON", name=shortened(port.name))
            yield Finding("error", title, tr("Pipelines take and give NDJSON only."))
    for key in _KEYS:
        if key not in manifest:
            remedy = tr("Build the artifact with a newer fnnx.")
            yield Finding("error", tr("The manifest has no {key}", key=key), remedy)


def _environment(artifact: OpenArtifact) -> Findings:
    yield from read_environment(artifact.environment()).findings


def _manifest_place(artifact: OpenArtifact) -> Findings:
    order = [each for each in artifact.archive_order[:1000] if not is_companion(each.name)]
    if order and order[0].name != "manifest.json":
        remedy = tr("Everything works, but far-away readers are quicker when it is.")
        yield Finding("note", tr("manifest.json is not the first file"), remedy)


_CHECKS = (
    _structure, _documents, _graph, _pyfunc, _interface, _environment, _weights, _manifest_place,
)  # fmt: skip
