"""Reads one side of a comparison piece by piece; what cannot be read is a gap with a reason."""

from __future__ import annotations

import enum
from collections.abc import Callable

from msgspec import Struct, structs

from dfs_desktop import disk_errors
from dfs_desktop.api import AsyncDataForceClient, ModelArtifactStatus, RangeSource
from dfs_desktop.artifact import ArtifactError, Fingerprint, hash_file
from dfs_desktop.artifact.compare import Facts
from dfs_desktop.artifact.environment import read_environment
from dfs_desktop.artifact.graph import pyfunc_class
from dfs_desktop.artifact.interface import Interface, read_interface
from dfs_desktop.artifact.opened import OpenArtifact
from dfs_desktop.artifact.source import CachedSource
from dfs_desktop.workspace.sides import Side

NOT_UPLOADED = "it has not been uploaded"
UNREACHABLE = "The stored file cannot be read"  # the title of errors on the way to the storage


class Part(enum.Enum):
    """What is read of a side, in this order."""

    FILES = "files"
    METRICS = "metrics"
    INTERFACE = "interface"
    ENVIRONMENT = "environment"
    METADATA = "metadata"


class Problem(Struct, frozen=True):
    """Why a part of one side is missing; `again` tells whether another try can help."""

    text: str
    again: bool = True


class Trouble(Struct, frozen=True):
    """A part of one side that could not be read, said in one sentence."""

    side: int
    part: Part
    text: str
    again: bool


class Stopped(Exception):  # noqa: N818  nothing went wrong
    """Nobody waits for the answer any more."""


class SideReader:
    """What is known of one side. The `read` methods block and belong on a worker thread."""

    def __init__(
        self, side: Side, client: AsyncDataForceClient | None, check: Callable[[], None]
    ) -> None:
        self.side = side
        self.opened: OpenArtifact | None = None
        self.pending: set[Part] = set(Part)
        self.problems: dict[Part, Problem] = {}
        self._check = check
        self._source: RangeSource | None = None
        self.facts = Facts(side.name, {}, Interface())
        if side.artifact is not None:
            self.pending.discard(Part.METRICS)
            self.facts = structs.replace(self.facts, metrics=side.artifact.metrics)
            if side.artifact.status is not ModelArtifactStatus.UPLOADED:
                self.pending.clear()
                self.problems[Part.FILES] = Problem(NOT_UPLOADED, again=False)
            elif client is not None:
                self._source = client.transfers.source(side.artifact)

    def know_more(self) -> None:
        """Take what the record knows without a request. Decodes its manifest and index: slow for
        records with many files."""
        artifact = self.side.artifact
        if artifact is not None:
            self.facts = structs.replace(
                self.facts,
                manifest=artifact.manifest,
                interface=read_interface(artifact.manifest),
                index={name: size for name, (_, size) in artifact.file_index.items()},
            )

    def read(self, part: Part) -> None:
        """Read one part; a failure is kept in `problems`."""
        if part not in self.pending:
            return
        try:
            self._check()
            self._read(part)
        except (ArtifactError, OSError) as error:
            self._check()  # what fails because it was stopped is no problem
            self.problems[part] = self._problem(error)
            if part is Part.FILES:
                self.pending.clear()  # the one reason is enough
        self.pending.discard(part)

    def again(self, part: Part) -> None:
        """Forget a problem, so that the part is read anew."""
        if self.problems.pop(part, None) is not None:
            self.pending.add(part)
            if part is Part.FILES:
                self.pending |= set(Part) - {Part.METRICS if self.side.artifact else part}

    def _read(self, part: Part) -> None:
        if part is Part.FILES:
            if self.opened is not None:
                self.opened.close()
            self.opened = self._open()
            index = {member.name: member.size for member in self.opened.members()}
            self.facts = structs.replace(self.facts, index=index)
            return
        opened = self.opened
        if opened is None:
            return
        if part is Part.METRICS:
            self.facts = structs.replace(self.facts, metrics=opened.metrics())
        elif part is Part.INTERFACE:
            manifest = opened.manifest().value
            interface = read_interface(manifest, opened.dtypes())
            pyfunc = pyfunc_class(opened.variant())
            self.facts = structs.replace(
                self.facts, manifest=manifest, interface=interface, pyfunc=pyfunc
            )
        elif part is Part.ENVIRONMENT:
            environment = read_environment(opened.environment())
            self.facts = structs.replace(self.facts, environment=environment)
        else:
            entries = opened.metadata()
            found = tuple((each.id, ", ".join(each.tags) or each.producer) for each in entries)
            self.facts = structs.replace(self.facts, metadata=found)

    def _open(self) -> OpenArtifact:
        artifact = self.side.artifact
        if self.side.path is not None:
            return OpenArtifact.local(self.side.path, check=self._check)
        if artifact is None or self._source is None:
            raise ArtifactError("Not connected", "Connect to the server, then compare again.")
        source = CachedSource(self._source)
        return OpenArtifact(source, artifact.file_index, artifact.manifest, check=self._check)

    def knows(self, part: Part) -> bool:
        """Whether a gap in this part is a gap in the artifact, and not in what was read of it."""
        if part is Part.FILES:
            return bool(self.facts.index)
        if part is Part.METRICS and self.side.artifact is not None:
            return True
        unopened = self.opened is None and part not in self.pending
        return part not in self.pending and part not in self.problems and not unopened

    def trouble(self, number: int, part: Part) -> Trouble:
        """The problem of this part in one sentence; `number` is the place of this side."""
        problem, what = self.problems[part], "file" if part is Part.FILES else part.value
        verb = "cannot be compared" if problem.text == NOT_UPLOADED else "could not be read"
        text = f"The {what} of “{self.side.name}” {verb}: {problem.text}"
        return Trouble(number, part, text, problem.again)

    def hash(self) -> None:
        """Compute the SHA-256 of a local file; it stays empty when the file cannot be read."""
        path = self.side.path
        if path is None or self.side.sha256:
            return
        try:
            found = hash_file(
                path,
                fingerprint=Fingerprint.of(path),
                advance=lambda _count: None,
                check=self._check,
            )
        except (ArtifactError, OSError) as error:
            self.problems[Part.FILES] = self._problem(error)
            return
        self.side = structs.replace(self.side, sha256=found)

    def _problem(self, error: ArtifactError | OSError) -> Problem:
        """What is written wrongly in a stored file stays so; the way to it may be free again."""
        if isinstance(error, OSError):
            return Problem(disk_errors.explain(error, "The file cannot be read"))
        again = self.side.path is not None or error.title == UNREACHABLE
        return Problem(error.detail or error.title, again)

    def close(self) -> None:
        """End the reads under way and give files back."""
        if self._source is not None:
            self._source.close()
        if self.opened is not None:
            self.opened.close()
