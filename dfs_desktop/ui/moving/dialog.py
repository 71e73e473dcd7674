"""Asks where the registry on this computer goes, and shows the plan before anything moves."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.translation import sentences, tr, trn
from dfs_desktop.ui.platform.timers import single_shot
from dfs_desktop.ui.widgets.dialogs import primary_button, resize_to, secondary_button
from dfs_desktop.ui.widgets.labels import headline, plain_label
from dfs_desktop.ui.widgets.layouts import row, sheet
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.latest_answer import LatestAnswer, Start
from dfs_desktop.workspace.moving.pairing import Source
from dfs_desktop.workspace.moving.planner import MovePlan
from dfs_desktop.workspace.moving.registry_mover import RegistryMover
from dfs_desktop.workspace.notices import from_error

from .plan_tree import PlanTree
from .target_boxes import TargetBoxes

SOON = 150  # milliseconds that a choice stands before its server is asked


class MoveRegistryDialog(QDialog):
    """Accepted, the move has begun. `server_wanted`: another server is to be added first."""

    server_wanted = Signal()

    def __init__(
        self, parent: QWidget | None, mover: RegistryMover, start: Start, first: str
    ) -> None:
        """`first`: the id of the server to begin with."""
        super().__init__(parent)
        self.setObjectName("moveRegistryDialog")
        self.setWindowTitle(tr("Move this registry to a server"))
        self._mover = mover
        self._reading, self._asking = LatestAnswer(start), LatestAnswer(start)
        self._sources: Sequence[Source] = ()
        self.plan: MovePlan | None = None
        heading = headline(tr("Move this registry to a server"))
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
        survey, name = mover.planner.survey, "read the registry on this computer"
        self._reading.hear(survey, self._show_sources, self._say_error, name)
        self.boxes.server.setFocus()

    def _show_sources(self, sources: Sequence[Source]) -> None:
        self._sources = sources
        self.tree.show_sources(sources)
        self._say("")
        self.boxes.begin(sources)

    def _look_again(self) -> None:
        self._asking.forget()
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
        if (into := self.boxes.into) is not None:
            ask = partial(self._mover.planner.plan, self._sources, into)
            self._asking.hear(ask, self._show_plan, self._say_error, "ask what the target takes")

    def _show_plan(self, plan: MovePlan) -> None:
        self.plan = plan
        self.tree.show_lines(plan.lines)
        self._show_button()
        self._say(_summary(plan))

    def _show_button(self) -> None:
        plan = self.plan
        words = tr("Move")
        if plan is not None and plan.going:
            words = trn("Move {amount} Artifact", "Move {amount} Artifacts", len(plan.going))
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
        begin = partial(self._mover.begin, plan)
        self._reading.hear(begin, lambda _begun: self.accept(), self._stay, "move the registry")

    def _stay(self, error: Exception) -> None:
        """It could not begin."""
        self.boxes.setEnabled(True)
        self._look_again()  # what was made until then is found
        self._say_error(error)

    def _say(self, text: str) -> None:
        self._note.setText(text)

    def _say_error(self, error: Exception) -> None:
        self._say(visible(from_error(error, "").detail))

    def _leave(self) -> None:
        """Nothing that is still asked for is shown any more."""
        self._reading.forget()
        self._asking.forget()
        self._soon.stop()
        self.boxes.leave()


def _summary(plan: MovePlan) -> str:
    present = sum(len(line.present) for line in plan.lines)
    refused = sum(len(line.refused) for line in plan.lines)
    size = quantities.size(sum(quantities.possible(e.artifact.size) or 0 for e in plan.going))
    passing = tr("{size} pass through this computer.", size=size)
    there = trn(
        "{amount} artifact is there already.", "{amount} artifacts are there already.", present
    )
    staying = trn("{amount} artifact cannot go.", "{amount} artifacts cannot go.", refused)
    return sentences(
        passing if plan.going else "",
        there if present else "",
        staying if refused else "",
        tr("Nothing is missing there.") if not plan.worth and not refused else "",
    )
