"""An experiment as the window shows it: parameters, curves, counts, and the attachments beside it."""

from msgspec import Struct

from dfs_desktop.artifact import ArtifactError
from dfs_desktop.artifact.archive.byte_source import MOST_WHOLE, whole
from dfs_desktop.artifact.archive.tar_walk import Member
from dfs_desktop.artifact.artifact_kind import EXPERIMENT
from dfs_desktop.artifact.artifact_reader import OpenArtifact
from dfs_desktop.artifact.experiment.attachments import (
    TAR,
    index_of,
    members_called,
    read_attachments,
)
from dfs_desktop.artifact.experiment.curves import Curve, Parameter
from dfs_desktop.artifact.experiment.records import Records, Span
from dfs_desktop.artifact.experiment.snapshot import Counts, Snapshot

NO_COUNTS = Counts(None, None, None, None, None)
Findings = list[tuple[str, str, str]]


class ExperimentData(Struct, frozen=True):
    """One snapshot as it was read. The attachments are placed in the artifact's own file."""

    names: tuple[str, ...]
    number: int
    parameters: list[Parameter]
    curves: list[Curve]
    counts: Counts
    attachments: list[Member]
    findings: Findings
    evaluations: Records = Records([], [])
    spans: list[Span] = []


def experiment(artifact: OpenArtifact, number: int) -> ExperimentData:
    """One snapshot, and the list of the attachments that belong to it."""
    names = tuple(members_called(artifact, EXPERIMENT))
    number = min(number, max(0, len(names) - 1))
    folder = names[number].rpartition("/")[0] if names else None
    tars = members_called(artifact, TAR)
    beside = [tar for tar in tars if folder is None or tar.rpartition("/")[0] == folder]
    artifact.expect([*names[number : number + 1], *map(index_of, beside[:1])])
    members: list[Member] = []
    findings: Findings = []
    if beside:
        try:
            members, odd = read_attachments(artifact, beside[0])
            findings = [(f.level, f.title, f.remedy) for f in odd]
        except ArtifactError as error:
            findings = [("warning", error.title, error.detail)]
    data = ExperimentData(names, number, [], [], NO_COUNTS, members, findings)
    if not names:
        return data
    source = whole(artifact.slice(names[number]), MOST_WHOLE)
    try:
        snapshot = Snapshot(source)
    except ArtifactError as error:
        if len(names) == 1 and not members:
            raise
        findings.insert(0, ("error", error.title, error.detail))  # the rest can be seen
        return data
    with snapshot:
        parameters, curves, counts = snapshot.parameters(), snapshot.curves(), snapshot.counts()
        evaluations = snapshot.evaluations() if counts.evals else Records([], [])
        spans = snapshot.spans() if counts.spans else []
        told = snapshot.findings()
    # Trackers of different ages have different tables; what is there speaks for itself.
    something = bool(parameters or curves or evaluations.rows or spans)
    absent = snapshot.absent if something else ()
    findings[:0] = [(f.level, f.title, f.remedy) for f in told if f not in absent]
    return ExperimentData(
        names, number, parameters, curves, counts, members, findings, evaluations, spans
    )


class CurveData(Struct, frozen=True):
    """The curves of an experiment, and what could not be read of them."""

    curves: list[Curve]
    findings: Findings


def experiment_curves(artifact: OpenArtifact) -> CurveData:
    """The curves of the first snapshot; none when there is no snapshot."""
    if not (names := members_called(artifact, EXPERIMENT)):
        return CurveData([], [])
    with Snapshot(whole(artifact.slice(names[0]), MOST_WHOLE)) as snapshot:
        curves = snapshot.curves()
        return CurveData(curves, [(f.level, f.title, f.remedy) for f in snapshot.findings()])
