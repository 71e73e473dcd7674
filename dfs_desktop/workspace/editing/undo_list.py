"""What can be taken back and done again in this session, for each server on its own.

Ctrl+Z takes back the latest step of the server that is open, Ctrl+Shift+Z does it again, and the
Edit menu names both.
"""

import inspect
from collections.abc import Awaitable, Callable

from msgspec import Struct, field

from dfs_desktop.translation import tr
from dfs_desktop.workspace.events import Event
from dfs_desktop.workspace.notices import Action
from dfs_desktop.workspace.state import AppState

MOST_STEPS = 100

# May be awaitable. False: it was not done, and the step stays where it was.
Act = Callable[[], object]


class Step(Struct, eq=False):
    """One thing that was done. `text` follows the word “Undo” in the menu, and “Redo” later."""

    text: str
    undo: Act
    redo: Act | None = None  # None: it is over once it was taken back
    server: str = ""


class _Steps(Struct):
    """Of one server: what was done, and what of it was taken back, the latest last."""

    done: list[Step] = field(default_factory=list)
    undone: list[Step] = field(default_factory=list)


class UndoList:
    """The steps in the order in which they were done."""

    def __init__(self, state: AppState) -> None:
        self.changed: Event[[]] = Event()
        self._state = state
        self._servers: dict[str, _Steps] = {}
        state.session_changed.connect(self.changed.emit)

    def _of(self, server: str) -> _Steps:
        return self._servers.setdefault(server, _Steps())

    @property
    def _here(self) -> _Steps:
        return self._of(self._state.session.profile.id)

    @property
    def latest(self) -> Step | None:
        """What `undo` would take back; None when there is nothing, or it is too late for it."""
        done = self._here.done
        return done[-1] if done and done[-1].text else None

    @property
    def latest_undone(self) -> Step | None:
        """What `redo` would do again."""
        undone = self._here.undone
        return undone[-1] if undone else None

    def push(
        self, text: str, undo: Act, redo: Act | None = None, *, server: str | None = None
    ) -> Step:
        """Something was just done: what takes it back, and what does it again.

        `server` is the id of the profile at which it was done; that of the open one by default.
        """
        here = self._state.session.profile.id if server is None else server
        step = Step(text, undo, redo, here)
        steps = self._of(here)
        steps.done = [*steps.done, step][-MOST_STEPS:]
        steps.undone.clear()
        self.changed.emit()
        return step

    def remove(self, step: Step) -> None:
        """It did not come about, or its time is over."""
        for steps in (self._of(step.server).done, self._of(step.server).undone):
            if step in steps:
                steps.remove(step)
                self.changed.emit()

    def expire(self, step: Step, say: Callable[[], object]) -> None:
        """It cannot be taken back any more; `say` tells so, once, to a person who still asks."""
        steps = self._of(step.server)
        if step in steps.undone:
            self.remove(step)
        elif step in steps.done:
            steps.done[steps.done.index(step)] = Step("", say, server=step.server)
            self.changed.emit()

    def undo(self) -> bool:
        """Take the latest step back, or have it said why that is too late. False without any."""
        done = self._here.done
        return bool(done) and self.take_back(done[-1])

    def redo(self) -> bool:
        """Do again what was taken back last. False without any."""
        if (step := self.latest_undone) is None or step.redo is None:
            return False
        steps = self._of(step.server)
        steps.undone.remove(step)
        steps.done.append(step)
        self._run(step.redo, back=lambda: self._move(step, steps.done, steps.undone))
        return True

    def offer(self, step: Step) -> Action:
        """The button of a notice that takes this step back; it goes when that is done elsewhere."""
        return Action(tr("Undo"), lambda: self.take_back(step), of=step)

    def take_back(self, step: Step) -> bool:
        """Take this step back, which need not be the latest one. False when it was already."""
        steps = self._of(step.server)
        if step not in steps.done:
            return False
        steps.done.remove(step)
        self._state.notices.spent.emit(step)
        if step.redo is not None:
            steps.undone.append(step)
        self._run(step.undo, back=lambda: self._move(step, steps.undone, steps.done))
        return True

    def _move(self, step: Step, source: list[Step], target: list[Step]) -> None:
        if step in source:
            source.remove(step)
        if step not in target:
            target.append(step)
        self.changed.emit()

    def _run(self, act: Act, back: Callable[[], None]) -> None:
        self.changed.emit()
        result = act()
        if inspect.isawaitable(result):
            self._state.tasks.start(self._wait(result, back), "undo the step")
        elif result is False:
            back()

    async def _wait(self, result: Awaitable[object], back: Callable[[], None]) -> None:
        try:
            done = await result
        except BaseException:
            back()
            raise
        if done is False:
            back()
