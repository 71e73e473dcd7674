"""All transfers, of this run and of earlier ones that had not ended. Opens above the status line."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QSizePolicy, QStackedWidget, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.transfers.job import Job, Kind, State
from dfs_desktop.transfers.queue import Queue
from dfs_desktop.translation import later, tr
from dfs_desktop.ui.platform.timers import RefreshTimer, single_shot
from dfs_desktop.ui.widgets.dialogs import passing_menu
from dfs_desktop.ui.widgets.labels import plain_label
from dfs_desktop.ui.widgets.layouts import column
from dfs_desktop.workspace.state import AppState
from dfs_desktop.workspace.transfers import actions, progress_text
from dfs_desktop.workspace.transfers.actions import Verb, turn, verbs
from dfs_desktop.workspace.transfers.job_problem import why
from dfs_desktop.workspace.transfers.limits import TransferLimits
from dfs_desktop.workspace.transfers.transfers import Transfers

from .actions import Reveal, TransferActions
from .delegate import TransferPainter
from .header import TransfersHead
from .list_view import TransfersList
from .model import TransfersModel

EMPTY = later(
    "No transfers yet. Drop model files on the window, or double-click an artifact to fetch it."
)
# What Enter does, the first that fits.
_DEFAULTS = (Verb.OPEN, Verb.APPROVE, Verb.RETRY, Verb.RESUME)


class TransfersView(QWidget):
    """Keeps the timer going while anything moves; `summary_changed` brings the status line's text."""

    summary_changed = Signal(str)

    def __init__(
        self,
        state: AppState,
        queue: Queue,
        transfers: Transfers,
        limits: TransferLimits,
        refresh_timer: RefreshTimer,
        reveal: Reveal,
    ) -> None:
        super().__init__(accessibleName=tr("Transfers"))
        self.setObjectName("transfersView")
        self._state, self._queue, self._refresh_timer = state, queue, refresh_timer
        self.transfer_actions = TransferActions(state, queue, transfers, reveal)
        self._summary = ""
        # A thousand files that are added at once are counted once.
        self._soon = single_shot(self, 0, self._settle)
        self._collections: dict[str, str] = {}  # names by id
        self._waiting: list[float] | None = None  # positions; None: others than before
        self._model = TransfersModel(self._place, self._turn, self)
        self.head = TransfersHead(state, limits)
        key = Qt.Key
        self._list = TransfersList(
            {
                key.Key_Space: self._toggle,
                key.Key_Delete: self.cancel_selected,
                key.Key_Return: self.do_default,
                key.Key_Enter: self.do_default,
            },
            {
                key.Key_Up: partial(self.move_selected, to_front=True),
                key.Key_Down: partial(self.move_selected, to_front=False),
            },
        )
        self._pages = QStackedWidget()
        self._arrange()
        self._connect()
        self._name_places()
        for job in queue.jobs:
            self._model.hear(job)
        self.destroyed.connect(transfers.job_changed.connect(self._hear))
        self.destroyed.connect(state.session_changed.connect(self._name_places))
        refresh_timer.tick.connect(self._beat)
        self._settle()

    def _arrange(self) -> None:
        self._list.setModel(self._model)
        empty = plain_label(tr(EMPTY), dim=True, wrap=True)
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        empty.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._pages.addWidget(empty)
        self._pages.addWidget(self._list)
        column(self.head, (self._pages, 1), of=self, spacing=0)
        self.setFocusProxy(self._list)

    def _connect(self) -> None:
        view, head = self._list, self.head
        painter = TransferPainter(view, self._model)
        painter.pressed.connect(lambda row, verb: self.do(verb, [self._model.entry(row).job]))
        view.setItemDelegate(painter)
        view.doubleClicked.connect(lambda _index: self.do_default())
        view.customContextMenuRequested.connect(self._open_menu)
        head.pause.clicked.connect(lambda: self.transfer_actions.pause_all(self))
        head.resume.clicked.connect(self.transfer_actions.resume_all)
        head.clear.clicked.connect(self.clear_finished)

    def summary(self) -> str:
        """The running transfers in a few words for the status line; empty when none runs."""
        states = self._model.states
        if not (alive := sum(states[state] for state in State if not state.ended)):
            return ""
        if alive == 1:
            (one,) = self._model.live()
            return progress_text.brief(one.shot, one.job.kind, one.job.title)
        return progress_text.together(alive, states[State.PAUSED], self._model.speed())

    def selected(self) -> list[Job]:
        return [self._model.entry(row).job for row in self._list.rows()]

    def select(self, job: Job) -> None:
        """Bring a transfer into sight."""
        if (row := self._model.row(job)) is not None:
            flag = self._list.selectionModel().SelectionFlag.ClearAndSelect
            self._list.selectionModel().setCurrentIndex(self._model.index(row), flag)

    def do(self, verb: Verb, jobs: list[Job]) -> None:
        self.transfer_actions.do(verb, jobs, self)
        self._model.keep(self._queue.jobs)
        self._settle()

    def do_default(self) -> None:
        """Enter and double-click: see the file of a download, or go on with what stands still."""
        jobs = self.selected()
        fit = (verb for verb in _DEFAULTS if any(verb in verbs(job) for job in jobs))
        if (verb := next(fit, None)) is not None:
            self.do(verb, jobs)

    def cancel_selected(self) -> None:
        """Delete: cancel what lives; what has ended already leaves the list."""
        jobs = self.selected()
        if alive := [job for job in jobs if Verb.REMOVE not in verbs(job)]:
            self.transfer_actions.give_up(alive, self)
        else:
            self.do(Verb.REMOVE, jobs)

    def move_selected(self, *, to_front: bool) -> None:
        self.transfer_actions.move(self.selected(), to_front=to_front)

    def show_log(self) -> None:
        """What happened to the selected transfers, and when."""
        if jobs := self.selected():
            self.transfer_actions.show_log(jobs, self)

    def clear_finished(self) -> None:
        self._queue.clear_ended()
        self._model.keep(self._queue.jobs)
        self._settle()

    def _name_places(self) -> None:
        """The session is another one: its collections rarely are, and thousands go there."""
        names = {each.id: each.name for each in self._state.session.collections}
        if names != self._collections:
            self._collections = names
            self._model.name_places(self._collection)

    def _place(self, job: Job) -> str:
        """Direction and place in words, as far as they are known."""
        if job.kind is Kind.DOWNLOAD:
            return tr("Download to {folder}", folder=visible(str(job.path.parent)))
        if known := self._collection(job):
            return known
        profiles = {profile.id: profile.name for profile in self._state.profiles()}
        elsewhere = job.profile != self._state.session.profile.id
        server = profiles.get(job.profile, "") if elsewhere else ""
        file, server = visible(job.path.name), visible(server)
        if job.word == "copy":
            words = tr("Copy of {file} to {server}", file=file, server=server)
            return words if server else tr("Copy of {file}", file=file)
        words = tr("Upload of {file} to {server}", file=file, server=server)
        return words if server else tr("Upload of {file}", file=file)

    def _collection(self, job: Job) -> str:
        """The collection that an upload goes to; empty until its name has come from the server."""
        name = self._collections.get(job.collection_id, "")
        if not name or job.kind is not Kind.UPLOAD:
            return ""
        if job.word == "copy":
            return tr("Copy to “{name}”", name=visible(name))
        return tr("Upload to “{name}”", name=visible(name))

    def _turn(self, job: Job) -> str:
        if self._waiting is None:
            jobs = (each for each in self._queue.jobs if each.state is State.WAITING)
            self._waiting = sorted(each.position for each in jobs)
        return turn(job, self._waiting)

    def _hear(self, job: Job) -> None:
        self._waiting = None
        if self._model.row(job) is None and job not in self._queue.jobs:
            return  # its last word comes when it has been taken out of the list already
        self._model.hear(job)
        self._list.viewport().update()  # others may have moved up, or down, in the queue
        if not self._soon.isActive():
            self._soon.start()

    def _beat(self) -> None:
        self._model.beat()
        self._settle()

    def _settle(self) -> None:
        self._model.arrange()
        states = self._model.states
        self._refresh_timer.keep(any(states[state] for state in State if state.busy), self)
        self._pages.setCurrentIndex(1 if self._model.rowCount() else 0)
        self.head.show_state(states)
        if (summary := self.summary()) != self._summary:
            self._summary = summary
            self.summary_changed.emit(summary)

    def _toggle(self) -> None:
        """Space: pause or go on; of a file that has arrived, a quick look."""
        jobs = self.selected()
        if len(jobs) == 1 and Verb.LOOK in verbs(jobs[0]):
            self._state.quick_look_requested.emit(jobs[0].path)
        else:
            self.transfer_actions.toggle(jobs, self)

    def _open_menu(self, point: QPoint) -> None:
        if self._list.indexAt(point).isValid():
            self.menu().popup(self._list.viewport().mapToGlobal(point))

    def menu(self) -> QMenu:
        """Everything that can be done with the selected transfers, now or not."""
        jobs = self.selected()
        possible = {verb for job in jobs for verb in verbs(job)}
        menu = passing_menu(self, "transfersMenu")

        def add(text: str, run: Callable[[], object], on: bool, keys: str = "") -> None:
            action = QAction(text, menu, enabled=on, shortcut=QKeySequence(keys))
            action.triggered.connect(lambda _checked=False: run())
            menu.addAction(action)

        def add_verb(verb: Verb, keys: str = "") -> None:
            add(tr(verb.value), partial(self.do, verb, jobs), verb in possible, keys)

        add_verb(Verb.PAUSE, "Space")
        add_verb(Verb.RESUME, "Space")
        add_verb(Verb.APPROVE)
        add_verb(Verb.RETRY)
        menu.addSeparator()
        movable = any(actions.can_move(job) for job in jobs)
        add(tr("Move to front"), partial(self.move_selected, to_front=True), movable, "Ctrl+Up")
        add(tr("Move to back"), partial(self.move_selected, to_front=False), movable, "Ctrl+Down")
        menu.addSeparator()
        add_verb(Verb.OPEN, "Return")
        add_verb(Verb.LOOK)
        add_verb(Verb.COPY_PATH)
        add(tr("Log…"), self.show_log, bool(jobs))
        wrong = any(why(job) for job in jobs)
        add(tr("Copy what went wrong"), partial(self.transfer_actions.copy, jobs), wrong)
        menu.addSeparator()
        ended = {Verb.CANCEL, Verb.DISCARD} & possible
        word = tr("Discard…") if ended == {Verb.DISCARD} else tr("Cancel…")
        add(word, partial(self.transfer_actions.give_up, jobs, self), bool(ended), "Del")
        add_verb(Verb.REMOVE)
        add(tr("Clear finished"), self.clear_finished, True)
        return menu
