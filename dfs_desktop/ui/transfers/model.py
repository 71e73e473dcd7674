"""The transfers as a list: what runs, what stands, what waits in its turn, what has ended, newest first.
A beat touches only those that move."""

from collections import Counter
from collections.abc import Callable

from msgspec import Struct
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt

from dfs_desktop.artifact import visible
from dfs_desktop.transfers.job import Job, Snapshot, State
from dfs_desktop.ui.widgets.cut_text_tooltips import Index
from dfs_desktop.ui.widgets.guarded_painting import guarded
from dfs_desktop.ui.widgets.naming import tooltip
from dfs_desktop.ui.widgets.row_tables import NOWHERE
from dfs_desktop.workspace.transfers import progress_text
from dfs_desktop.workspace.transfers.actions import Verb, verbs

Words = Callable[[Job], str]
BUTTONS = 3  # the most that a row has
_MOVING = (State.RUNNING, State.RETRYING)
# What is shown above what; the rest has ended.
_SECTIONS = {
    State.RUNNING: 0, State.RETRYING: 0, State.ATTENTION: 1, State.FAILED: 1, State.WAITING: 2,
    State.PAUSED: 3,
}  # fmt: skip


class Entry(Struct):
    """One transfer as it is shown: what it was a beat ago, and where it goes."""

    job: Job
    place: str
    shot: Snapshot
    turn: Words

    @property
    def title(self) -> str:
        return visible(self.job.title)

    @property
    def text(self) -> str:
        words = progress_text.sentence(self.shot, self.job)
        turn = self.turn(self.job)
        return f"{words} · {turn}" if turn else words

    @property
    def buttons(self) -> tuple[Verb, ...]:
        """The verbs that have a button in the row, the rest is in the menu."""
        shown = [verb for verb in verbs(self.job) if verb is not Verb.REMOVE]
        return tuple(shown[:BUTTONS])


def _place_of(entry: Entry) -> tuple[int, float]:
    """Those of a section are in the order in which they run; what has ended, the other way round."""
    section = _SECTIONS.get(entry.shot.state, 4)
    return section, entry.job.position if section < 4 else -entry.job.number


class TransfersModel(QAbstractListModel):
    """Shows its entries backwards, so that numbers stay valid while new ones come to the top, until
    `arrange` puts them where they belong."""

    def __init__(self, place: Words, turn: Words, parent: QObject) -> None:
        super().__init__(parent)
        self._place, self._turn = place, turn
        self._entries: list[Entry] = []
        self._positions: dict[Job, int] = {}
        self.states: Counter[State] = Counter()  # how many are shown in which
        self._live: set[Job] = set()
        self._moving: set[Job] = set()
        self._arranged = True
        self.beats = 0

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._entries)

    def entry(self, row: int) -> Entry:
        return self._entries[len(self._entries) - 1 - row]

    def row(self, job: Job) -> int | None:
        """Where a transfer is in the list."""
        position = self._positions.get(job)
        return None if position is None else len(self._entries) - 1 - position

    def live(self) -> list[Entry]:
        """The transfers that have not ended, as they are shown, in no order."""
        return [self._entries[self._positions[job]] for job in self._live]

    def speed(self) -> float:
        """Bytes that all together move in a second."""
        moving = (self._entries[self._positions[job]] for job in self._moving)
        return sum(entry.shot.speed or 0.0 for entry in moving)

    @guarded()
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        entry = self.entry(index.row())
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{entry.title}, {entry.place}, {entry.text}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(f"{entry.job.title}\n{entry.place}\n{entry.job.path}\n{entry.text}")
        return None

    def hear(self, job: Job) -> None:
        """A transfer was added or changed its state."""
        if job not in self._positions:
            self.beginInsertRows(QModelIndex(), 0, 0)
            self._positions[job] = len(self._entries)
            entry = Entry(job, self._place(job), job.snapshot(), self._turn)
            self._entries.append(entry)
            self._count(job, entry.shot.state)
            self.endInsertRows()
        else:
            self._look(job)
        self._arranged = False  # its state or its turn may be another one

    def name_places(self, known: Words) -> None:
        """Take over the places whose names have become known: transfers of an earlier run are
        there before the server has answered. An empty text leaves a place as it is."""
        for entry in self._entries:
            entry.place = known(entry.job) or entry.place
        if self._entries:
            self.dataChanged.emit(self.index(0), self.index(len(self._entries) - 1))

    def beat(self) -> None:
        """Look at everything that moves; the others are heard of."""
        self.beats += 1
        for job in [*self._moving]:
            self._look(job)

    def arrange(self) -> None:
        """Move each to its section; what is selected or current stays so."""
        if self._arranged:
            return
        self._arranged = True
        ordered = sorted(self._entries, key=_place_of, reverse=True)
        if ordered == self._entries:
            return
        self.layoutAboutToBeChanged.emit()
        kept = [(index, self.entry(index.row()).job) for index in self.persistentIndexList()]
        self._entries = ordered
        self._positions = {entry.job: number for number, entry in enumerate(ordered)}
        for index, job in kept:
            self.changePersistentIndex(index, self.index(len(ordered) - 1 - self._positions[job]))
        self.layoutChanged.emit()

    def _look(self, job: Job) -> None:
        position = self._positions[job]
        entry, shot = self._entries[position], job.snapshot()
        if shot.state is not entry.shot.state:
            self.states[entry.shot.state] -= 1
            self._count(job, shot.state)
            self._arranged = False
        if shot != entry.shot or progress_text.wanders(shot):
            entry.shot = shot
            index = self.index(len(self._entries) - 1 - position)
            self.dataChanged.emit(index, index)

    def _count(self, job: Job, state: State) -> None:
        self.states[state] += 1
        for jobs, among in ((self._live, not state.ended), (self._moving, state in _MOVING)):
            (jobs.add if among else jobs.discard)(job)

    def keep(self, jobs: list[Job]) -> None:
        """Forget the transfers that are not among these: they were taken out of the queue."""
        left = set(jobs)
        if all(entry.job in left for entry in self._entries):
            return
        self.beginResetModel()
        self._entries = [entry for entry in self._entries if entry.job in left]
        self._positions = {entry.job: number for number, entry in enumerate(self._entries)}
        self.states = Counter(entry.shot.state for entry in self._entries)
        self._live &= left
        self._moving &= left
        self.endResetModel()
