"""Asks where the registry on this computer goes, and shows the plan before anything moves."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.translation import tr, trn
from dfs_desktop.ui.platform.timers import single_shot
from dfs_desktop.ui.widgets.dialogs import (
    enlarge,
    plain_label,
    primary_button,
    resize_to,
    secondary_button,
)
from dfs_desktop.ui.widgets.layouts import row, sheet
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.moving.pairing import Source
from dfs_desktop.workspace.moving.planner import MovePlan
from dfs_desktop.workspace.moving.registry_mover import RegistryMover
from dfs_desktop.workspace.notices import from_error

from .plan_tree import PlanTree
from .target_boxes import Start, TargetBoxes

SOON = 150  # milliseconds that a choice stands before its server is asked


class MoveRegistryDialog(QDialog):
    """Accepted, the move has begun. `server_wanted`: another server is to be added first."""

    server_wanted = Signal()

    def __init__(
        self, parent: QWidget | None, mover: RegistryMover, start: Start, first: str = ""
    ) -> None:
        """`first`: the id of the server to begin with."""
        super().__init__(parent)
        self.setObjectName("moveRegistryDialog")
        self.setWindowTitle(tr("Move this registry to a server"))
        self._mover, self._start = mover, start
        self._sources: Sequence[Source] = ()
        self.plan: MovePlan | None = None
        self._step = 0
        heading = plain_label(tr("Move this registry to a server"))
        enlarge(heading, 1.1)
        self._words = plain_label(
            tr("Everything in the registry on this computer is copied, each file checked by its "
            "SHA-256. Nothing is deleted here."),
            dim=True, wrap=True,
        )  # fmt: skip
        self.boxes = TargetBoxes(mover.planner.destinations, start, first)
        self.tree = PlanTree()
        self._note = named(plain_label(dim=True, wrap=True), "moveNote")
        self._go = primary_button(tr("Move"), "moveButton", self._begin)
        cancel = secondary_button(tr("Cancel"), self.reject)
        foot = row((self._note, 1), cancel, self._go, spacing=8)
        sheet(self, heading, self._words, self.boxes, (self.tree, 1), foot)
        resize_to(self, 118, 34)
        self._soon = single_shot(self, SOON, self._make_plan)
        self.boxes.changed.connect(self._look_again)
        self.boxes.server_wanted.connect(self.server_wanted)
        self.finished.connect(lambda _code: self._leave())
        self._say(tr("Reading what this registry holds…"))
        self._start(self._survey(), "read the registry on this computer")
        self.boxes.server.setFocus()

    async def _survey(self) -> None:
        try:
            sources = await self._mover.planner.survey()
        except Exception as error:  # noqa: BLE001  shown here
            self._say_error(error)
            return
        if self._step >= 0:
            self._sources = sources
            self.tree.show_sources(sources)
            self._say("")
            self.boxes.begin(sources)

    def _look_again(self) -> None:
        self._step += 1
        if self.plan is not None:
            self.plan = None
            self.tree.show_sources(self._sources)
        self._show_button()
        if self.boxes.into is not None:
            self._say(tr("Asking what the target takes…"))
            self._soon.start()
        else:
            self._say("")

    def _make_plan(self) -> None:
        into, step = self.boxes.into, self._step
        if into is None:
            return

        async def work() -> None:
            try:
                plan = await self._mover.planner.plan(self._sources, into)
            except Exception as error:  # noqa: BLE001  shown here; another target may answer
                if step == self._step:
                    self._say_error(error)
                return
            if step == self._step:
                self.plan = plan
                self.tree.show_lines(plan.lines)
                self._show_button()
                self._say(_summary(plan))

        self._start(work(), "ask what the target takes")

    def _show_button(self) -> None:
        plan = self.plan
        going = len(plan.going) if plan is not None else 0
        words = tr("Move")
        if going:
            words = trn("Move {amount} Artifact", "Move {amount} Artifacts", going)
        elif plan is not None and plan.worth:
            words = tr("Make the Collections")
        self._go.setText(words)
        self._go.setEnabled(plan is not None and plan.worth)

    def _begin(self) -> None:
        if (plan := self.plan) is None or not self._go.isEnabled():
            return
        self._go.setEnabled(False)
        self.boxes.setEnabled(False)
        self._say(tr("Making the collections…"))

        async def work() -> None:
            try:
                await self._mover.begin(plan)
            except Exception as error:  # noqa: BLE001  shown here; the dialog stays
                self.boxes.setEnabled(True)
                self._look_again()  # what was made until then is found
                self._say_error(error)
                return
            self.accept()

        self._start(work(), "move the registry")

    def _say(self, text: str) -> None:
        self._note.setText(text)

    def _say_error(self, error: Exception) -> None:
        self._say(visible(from_error(error, "").detail))

    def _leave(self) -> None:
        """Nothing that is still asked for is shown any more."""
        self._step = -1_000_000
        self._soon.stop()
        self.boxes.leave()


def _summary(plan: MovePlan) -> str:
    present = sum(len(line.present) for line in plan.lines)
    refused = sum(len(line.refused) for line in plan.lines)
    size = quantities.size(sum(quantities.possible(e.artifact.size) or 0 for e in plan.going))
    parts = [tr("{size} pass through this computer.", size=size)] if plan.going else []
    if present:
        parts.append(
            trn(
                "{amount} artifact is there already.",
                "{amount} artifacts are there already.",
                present,
            )
        )
    if refused:
        parts.append(trn("{amount} artifact cannot go.", "{amount} artifacts cannot go.", refused))
    if not plan.worth and not refused:
        parts.append(tr("Nothing is missing there."))
    return " ".join(parts)
