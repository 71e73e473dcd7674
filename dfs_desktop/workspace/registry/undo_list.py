"""What can be taken back in this session: Ctrl+Z takes the latest step, and the Edit menu names it."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from dfs_desktop.workspace.events import Event

MOST_STEPS = 100


class Step(Struct, frozen=True, eq=False):
    """One thing that was done. `text` follows the word “Undo” in the menu: “Rename”, “Delete”."""

    text: str
    run: Callable[[], object]


class UndoList:
    """The steps in the order in which they were done; whoever adds one removes it when it is over."""

    def __init__(self) -> None:
        self.changed: Event[[]] = Event()
        self._steps: list[Step] = []

    @property
    def latest(self) -> Step | None:
        """What `undo` would take back; None when there is nothing, or it is too late for it."""
        step = self._steps[-1] if self._steps else None
        return step if step is not None and step.text else None

    def add(self, step: Step) -> None:
        self._steps = [*self._steps, step][-MOST_STEPS:]
        self.changed.emit()

    def remove(self, step: Step) -> None:
        """It was taken back by its own button, or its time is over."""
        if step in self._steps:
            self._steps.remove(step)
            self.changed.emit()

    def expire(self, step: Step, say: Callable[[], object]) -> None:
        """It cannot be taken back any more; `say` tells so, once, to a person who still asks."""
        if step in self._steps:
            self._steps[self._steps.index(step)] = Step("", say)
            self.changed.emit()

    def undo(self) -> bool:
        """Take the latest step back, or have it said why that is too late. False without any."""
        step = self._steps[-1] if self._steps else None
        if step is None:
            return False
        self.remove(step)
        step.run()
        return True
