"""A comparison of artifacts: what is known comes at once, the rest is read beside the window."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, TypeVar

from msgspec import structs

from dfs_desktop.artifact import ArtifactError
from dfs_desktop.artifact.comparison.compare import Comparison as Tables
from dfs_desktop.artifact.comparison.compare import compare
from dfs_desktop.artifact.comparison.comparison_export import Row, Section
from dfs_desktop.artifact.comparison.compatibility import Compatibility
from dfs_desktop.artifact.comparison.member_diff import differing_members, text_difference
from dfs_desktop.artifact.safety.written_tables import Form
from dfs_desktop.translation import later, tr
from dfs_desktop.workers.process.daemon_threads import DaemonThreadPool
from dfs_desktop.workers.reader.caller import Artifact, Reader
from dfs_desktop.workers.reader.experiment_data import CurveData, experiment_curves
from dfs_desktop.workspace.events import Event
from dfs_desktop.workspace.state import AppState

from .content_equality import ContentEquality, Equality, by_bytes, by_facts, by_index, comparing
from .side_reader import Part, SideReader, Stopped, UnreadPart
from .sides import Side, identity, known_rows

ALL_BYTES = 24 * 3600.0  # seconds of computing that comparing all bytes may take
T = TypeVar("T")

# The parts that a section is made of, in the order in which sections are shown. Their titles, and
# the notes of rows, are keys: they are translated where they are shown.
SECTIONS: dict[str, Part | None] = {
    later("Facts"): None,
    later("Metrics"): Part.METRICS,
    later("Interface"): Part.INTERFACE,
    later("Environment"): Part.ENVIRONMENT,
    later("Manifest"): Part.INTERFACE,
    later("Metadata"): Part.METADATA,
    later("Files"): Part.FILES,
}


class Comparison:
    """Two or more sides, the first of which the others are measured by. Lives on the loop's thread.

    `changed` tells that something arrived; `close` ends all reading.
    """

    def __init__(self, state: AppState, reader: Reader, sides: Sequence[Side]) -> None:
        self.changed: Event[[]] = Event()
        self._state, self._reader = state, reader
        self._closed = False
        self._threads = DaemonThreadPool(2, "dfs-compare")
        self._comparing = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        client = state.session.here() if state.session.client is not None else None
        self._readers = [SideReader(side, reader, client, self._check) for side in sides]
        self._collections = {each.id: each.name for each in state.session.collections}
        self._equality: dict[tuple[str, str], ContentEquality] = {}
        self.better = state.listing.direction  # 1: more is better, -1: less, 0: nobody knows
        self.tables = compare([reader.facts for reader in self._readers], self.better)
        self.listed = False  # whether what needs no request but some work is there

    # What is known

    @property
    def sides(self) -> tuple[Side, ...]:
        """The columns from left to right."""
        return tuple(reader.side for reader in self._readers)

    def sections(self) -> tuple[Section, ...]:
        """The rows known now, in the order in which they are shown."""
        found = {section.title: section for section in self.tables.sections}
        found["Facts"] = identity(self.sides, self._collections)
        files = found["Files"]
        found["Files"] = Section(files.title, self._marked(files.rows), files.summary)
        return tuple(known_rows(found[title], self.unknown(title)) for title in SECTIONS)

    def unknown(self, title: str) -> tuple[int, ...]:
        """The sides of which this section was not read (yet): their gaps say nothing."""
        part = SECTIONS[title]
        return tuple(
            number
            for number, reader in enumerate(self._readers)
            if part is not None and not reader.knows(part)
        )

    def _marked(self, rows: tuple[Row, ...]) -> tuple[Row, ...]:
        """Files that were found to differ although their sizes are equal."""
        differing = {name for each in self.equalities() for name in each.differing}
        if not differing:
            return rows
        return tuple(
            structs.replace(row, differs=True, note=later("other bytes"))
            if row.label in differing and not row.differs
            else row
            for row in rows
        )

    def reading(self, title: str) -> bool:
        """Whether something of this section is still on its way."""
        if (part := SECTIONS[title]) is None:
            return False
        return not self.listed or any(part in reader.pending for reader in self._readers)

    def unread_parts(self, title: str) -> list[UnreadPart]:
        """What of this section could not be read."""
        part = SECTIONS[title]
        if part is None or title == "Manifest":  # told beside the interface already
            return []
        return [
            reader.unread_part(number, part)
            for number, reader in enumerate(self._readers)
            if part in reader.problems
        ]

    def verdicts(self) -> list[Compatibility | None]:
        """Whether each side but the first can stand in for the first; None: not known (yet)."""
        found: list[Compatibility | None] = []
        known = [_judgeable(reader) for reader in self._readers]
        for number, verdict in enumerate(self.tables.verdicts, 1):
            both = self.listed and known[0] and known[number]
            found.append(verdict if both else None)
        return found

    def equalities(self) -> list[ContentEquality]:
        """How alike each side but the first is to the first."""
        first = self._readers[0].side
        return [
            self._equality.get((first.key, reader.side.key), comparing())
            for reader in self._readers[1:]
        ]

    def same_environment(self, number: int) -> bool:
        """Whether this side asks for the same environment as the first, as far as both are known."""
        old, new = self._readers[0].facts.environment, self._readers[number].facts.environment
        if old is None or new is None:
            return True
        wanted = [
            (each.python_version, sorted(package.text for package in each.packages))
            for each in (old, new)
        ]
        return wanted[0] == wanted[1]

    # What can be done

    def start(self) -> None:
        """Begin to read."""
        self._begin(self._guard(), "end the comparison with the program")
        self._begin(self._read_all(), "compare")

    def again(self, part: Part) -> None:
        """Read anew what could not be read of this part."""
        for reader in self._readers:
            reader.again(part)
        if part is Part.FILES:
            self._equality.clear()
        self.changed.emit()
        self._begin(self._read_all(), "compare")

    def measure_by(self, number: int) -> None:
        """Put this side first."""
        self._begin(self._measure_by(self._readers[number]), "compare")

    def read_bytes(self, number: int) -> None:
        """Compare all bytes of this side with those of the first, however many there are."""
        self._begin(self._judge(number, asked=True), "compare the bytes")

    async def difference(self, name: str, number: int) -> list[str]:
        """A unified diff of a text file inside the first and this side; ArtifactError."""
        self._check()
        old, new = self._readers[0].opened, self._readers[number].opened
        if old is None or new is None:
            raise ArtifactError(
                tr("Not read yet"), tr("Wait until the artifacts have been opened.")
            )
        return await self._look(text_difference, old, new, arguments=(name,))

    async def curves(self, number: int) -> CurveData | None:
        """The metric curves of one side's experiment; None before it has been opened. ArtifactError."""
        self._check()
        opened = self._readers[number].opened
        return None if opened is None else await self._look(experiment_curves, opened)

    def written(self, form: Form, *, only_differences: bool) -> str:
        """The rows as tables."""
        names = tuple(side.name for side in self.sides)
        tables = Tables(names, self.sections(), self.tables.verdicts)
        return tables.written(form, only_differences=only_differences)

    def close(self) -> None:
        """Stop reading; nothing changes any more."""
        if self._closed:
            return
        self._closed = True
        self.changed = Event()
        for reader in self._readers:
            reader.close()
        for task in self._tasks:
            task.cancel()
        self._threads.shutdown(wait=False, cancel_futures=True)

    # How it is done

    def _check(self) -> None:
        if self._closed:
            raise Stopped

    def _begin(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = None if self._closed else self._state.tasks.start(self._quietly(work), name)
        if task is None:
            work.close()
            return
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _quietly(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Stopped:
            return
        except asyncio.CancelledError:
            self.close()  # the program ends
            raise

    def _in_thread(self, work: Callable[..., T], *arguments: Any) -> Awaitable[T]:
        return asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)

    async def _read_all(self) -> None:
        if not self.listed:
            for reader in self._readers:
                await self._in_thread(reader.know_more)
            self.listed = True
        await self._arrived()
        await asyncio.gather(*(self._read_side(reader) for reader in self._readers))
        await self._judge_all()

    async def _read_side(self, reader: SideReader) -> None:
        for part in Part:
            if part in reader.pending:
                await reader.read(part)
                await self._arrived()

    async def _measure_by(self, first: SideReader) -> None:
        """Order and tables change together: between them a column would show what is not its own."""
        async with self._comparing:
            order = [first, *(reader for reader in self._readers if reader is not first)]
            await self._compare(order)
        await self._judge_all()

    async def _arrived(self) -> None:
        async with self._comparing:
            await self._compare(self._readers)

    async def _compare(self, order: list[SideReader]) -> None:
        """One after the other: of two at once the older might be the last to end, and would hide
        what had arrived in between."""
        facts = [reader.facts for reader in order]
        self.tables = await self._in_thread(compare, facts, self.better)
        self._readers = order
        self.changed.emit()

    async def _judge_all(self) -> None:
        if any(Part.FILES in reader.pending for reader in self._readers):
            return  # who reads them goes on with this
        for number in range(1, len(self._readers)):
            await self._judge(number)

    async def _guard(self) -> None:
        """Wait to be cancelled: when the program ends, nobody else would close this."""
        await asyncio.get_running_loop().create_future()

    async def _judge(self, number: int, *, asked: bool = False) -> None:
        """Find out how alike one side is to the first, at the lowest price."""
        first, other = self._readers[0], self._readers[number]
        pair = (first.side.key, other.side.key)
        if pair in self._equality and not asked:
            return
        if first.side.size == other.side.size and not (first.side.sha256 and other.side.sha256):
            await self._in_thread(first.hash)
            await self._in_thread(other.hash)
        found = by_facts(first.side, other.side)
        if found is None:
            found = by_index(first.facts.index, other.facts.index)
            if found.kind is Equality.SAME_LIST and (found.cheap or asked):
                self._equality[pair] = comparing()
                self.changed.emit()
                found = await self._compare_bytes(first, other, found)
        self._equality[pair] = found
        self.changed.emit()

    async def _look(
        self, operation: Callable[..., T], *opened: Artifact, seconds: float = 0.0, **arguments: Any
    ) -> T:
        self._check()
        try:
            found = await self._reader.look(operation, *opened, seconds=seconds, **arguments)
        finally:
            self._check()
        return found

    async def _compare_bytes(
        self, first: SideReader, other: SideReader, listed: ContentEquality
    ) -> ContentEquality:
        if first.opened is None or other.opened is None:
            return listed
        try:
            return by_bytes(
                await self._look(differing_members, first.opened, other.opened, seconds=ALL_BYTES)
            )
        except ArtifactError as error:
            text = tr("The bytes could not be compared. {detail}", detail=error.detail)
            return structs.replace(listed, text=text)


def _judgeable(reader: SideReader) -> bool:
    """Whether the interface of a side was read to its end, and is one at all."""
    interface = reader.facts.interface
    ends = Part.INTERFACE not in reader.pending and Part.INTERFACE not in reader.problems
    return ends and bool(interface.inputs or interface.outputs)
