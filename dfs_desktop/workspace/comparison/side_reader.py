"""Reads one side of a comparison piece by piece; what cannot be read is a gap with a reason."""

import enum
import os
from collections.abc import Callable

from msgspec import Struct, structs

from dfs_desktop import disk_errors
from dfs_desktop.api import AsyncDataForceClient, ModelArtifactStatus
from dfs_desktop.artifact import ArtifactError
from dfs_desktop.artifact.comparison.compare import Facts
from dfs_desktop.artifact.documents.interface import Interface, read_interface
from dfs_desktop.translation import later, tr
from dfs_desktop.workers.process.failures import OverstayError
from dfs_desktop.workers.reader import comparison_sides
from dfs_desktop.workers.reader.caller import Artifact, Reader
from dfs_desktop.workspace.inspection.inspector import add_record, hash_of_file

from .sides import Side

# The title of errors on the way to the storage.
UNREACHABLE = later("The stored file cannot be read")


class Part(enum.Enum):
    """What is read of a side, in this order."""

    FILES = "files"
    METRICS = "metrics"
    INTERFACE = "interface"
    ENVIRONMENT = "environment"
    METADATA = "metadata"


class ReadError(Struct, frozen=True):
    """Why a part of one side is missing; `again` tells whether another try can help."""

    text: str
    again: bool = True


NOT_UPLOADED = ReadError(later("it has not been uploaded"), again=False)
_UNREAD = {
    Part.FILES: later("The file of “{name}” could not be read: {reason}"),
    Part.METRICS: later("The metrics of “{name}” could not be read: {reason}"),
    Part.INTERFACE: later("The interface of “{name}” could not be read: {reason}"),
    Part.ENVIRONMENT: later("The environment of “{name}” could not be read: {reason}"),
    Part.METADATA: later("The metadata of “{name}” could not be read: {reason}"),
}


class UnreadPart(Struct, frozen=True):
    """A part of one side that could not be read, said in one sentence."""

    side: int
    part: Part
    text: str
    again: bool


class Stopped(Exception):  # noqa: N818  nothing went wrong
    """Nobody waits for the answer any more."""


class SideReader:
    """What is known of one side."""

    def __init__(
        self,
        side: Side,
        reader: Reader,
        client: AsyncDataForceClient | None,
        check: Callable[[], None],
    ) -> None:
        self.side, self._reader, self._client = side, reader, client
        self.opened: Artifact | None = None
        self.pending: set[Part] = set(Part)
        self.problems: dict[Part, ReadError] = {}
        self._check = check
        self.facts = Facts(side.name, {}, Interface())
        if side.artifact is not None:
            self.pending.discard(Part.METRICS)
            self.facts = structs.replace(self.facts, metrics=side.artifact.metrics)
            if side.artifact.status is not ModelArtifactStatus.UPLOADED:
                self.pending.clear()
                self.problems[Part.FILES] = NOT_UPLOADED

    def know_more(self) -> None:
        """Take what the record knows without a request. Decodes its manifest and index: slow for
        records with many files."""
        if (artifact := self.side.artifact) is not None:
            self.facts = structs.replace(
                self.facts,
                manifest=artifact.manifest,
                interface=read_interface(artifact.manifest),
                index={name: size for name, (_, size) in artifact.file_index.items()},
            )

    async def read(self, part: Part) -> None:
        """Read one part; a failure is kept in `problems`."""
        if part not in self.pending:
            return
        try:
            self._check()
            await self._read(part)
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

    async def _read(self, part: Part) -> None:
        if part is Part.FILES:
            self.close()
            opened = self._add()
            try:
                index = await self._reader.look(comparison_sides.side_files, opened)
            except BaseException:
                self._reader.forget(opened)
                raise
            self.opened = opened
            self.facts = structs.replace(self.facts, index=index)
            return
        if self.opened is None:
            return
        look, opened = self._reader.look, self.opened
        if part is Part.METRICS:
            metrics = await look(comparison_sides.side_metrics, opened)
            self.facts = structs.replace(self.facts, metrics=metrics)
        elif part is Part.INTERFACE:
            found = await look(comparison_sides.side_interface, opened)
            self.facts = structs.replace(
                self.facts, manifest=found.manifest, interface=found.interface, pyfunc=found.pyfunc
            )
        elif part is Part.ENVIRONMENT:
            environment = await look(comparison_sides.side_environment, opened)
            self.facts = structs.replace(self.facts, environment=environment)
        else:
            metadata = await look(comparison_sides.side_metadata, opened)
            self.facts = structs.replace(self.facts, metadata=metadata)

    def _add(self) -> Artifact:
        """The side as the reader is to open it."""
        artifact, client = self.side.artifact, self._client
        if self.side.path is not None:
            return self._reader.add(path=os.fsencode(self.side.path))
        if artifact is None or client is None:
            raise ArtifactError(
                tr("Not connected"), tr("Connect to the server, then compare again.")
            )
        return add_record(self._reader, artifact, lambda: client.transfers)

    def knows(self, part: Part) -> bool:
        """Whether a gap in this part is a gap in the artifact, and not in what was read of it."""
        if part is Part.FILES:
            return bool(self.facts.index)
        if part is Part.METRICS and self.side.artifact is not None:
            return True
        unopened = self.opened is None and part not in self.pending
        return part not in self.pending and part not in self.problems and not unopened

    def unread_part(self, number: int, part: Part) -> UnreadPart:
        """The problem of this part in one sentence; `number` is the place of this side."""
        problem, name = self.problems[part], self.side.name
        text = tr(_UNREAD[part], name=name, reason=tr(problem.text))
        if problem is NOT_UPLOADED:
            text = tr(
                "The file of “{name}” cannot be compared: it has not been uploaded", name=name
            )
        return UnreadPart(number, part, text, problem.again)

    def hash(self) -> None:
        """Compute the SHA-256 of a local file; it stays empty when the file cannot be read."""
        if (path := self.side.path) is None or self.side.sha256:
            return
        try:
            found = hash_of_file(path, self._check)
        except (ArtifactError, OSError) as error:
            self.problems[Part.FILES] = self._problem(error)
            return
        self.side = structs.replace(self.side, sha256=found)

    def _problem(self, error: ArtifactError | OSError) -> ReadError:
        """What is written wrongly in a stored file stays so; the way to it may be free again."""
        if isinstance(error, OSError):
            return ReadError(disk_errors.explain(error, tr("The file cannot be read")))
        passing = error.title == tr(UNREACHABLE) or isinstance(error, OverstayError)
        again = self.side.path is not None or passing
        return ReadError(error.detail or error.title, again)

    def close(self) -> None:
        """End the reads under way and give files back."""
        opened, self.opened = self.opened, None
        if opened is not None:
            self._reader.forget(opened)
