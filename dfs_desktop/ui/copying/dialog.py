"""Asks where artifacts are copied or moved to, and says beforehand what the target does not take."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QCheckBox, QDialog, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.translation import sentences, tr, trn
from dfs_desktop.ui.platform.timers import single_shot
from dfs_desktop.ui.widgets.dialogs import primary_button, resize_to, secondary_button
from dfs_desktop.ui.widgets.elided_label import ElidedLabel
from dfs_desktop.ui.widgets.labels import enlarge, plain_label
from dfs_desktop.ui.widgets.layouts import column, row, sheet
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.copies.copies import Copies
from dfs_desktop.workspace.copies.destinations import Target
from dfs_desktop.workspace.copies.plan import CopyPlan, Verdict
from dfs_desktop.workspace.latest_answer import LatestAnswer, Start
from dfs_desktop.workspace.notices import from_error

from .destination_chooser import DestinationChooser
from .verdict_list import VerdictList

SOON = 150  # milliseconds that a choice stands before its server is asked


class CopyDialog(QDialog):
    """Accepted, `target` and `verdicts` say what goes where, and `again` what of it goes twice."""

    def __init__(
        self,
        parent: QWidget | None,
        copies: Copies,
        plan: CopyPlan,
        start: Start,
        target: Target | None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("copyDialog")
        self._copies, self._plan, self._start = copies, plan, start
        self._asking = LatestAnswer(start)
        self.target: Target | None = None
        self.verdicts: Sequence[Verdict] = ()
        self._judged = False
        title, heading = _titles(plan)
        self._heading = enlarge(ElidedLabel(heading))
        self.setWindowTitle(title)
        self.chooser = DestinationChooser(copies.destinations, start, plan, target)
        self._list = VerdictList()
        self._list.show_verdicts([Verdict(each) for each in plan.artifacts])
        self.twice = named(QCheckBox(tr("Copy again what is there already")), "copyAgainBox")
        self.twice.toggled.connect(lambda _on: self._count())
        self.twice.hide()
        self._note = named(plain_label(dim=True, wrap=True), "copyNote")
        self._go = primary_button("", "copyButton", self._accept)
        self._cancel = secondary_button(tr("Cancel"), self.reject)
        self._arrange()
        self._soon = single_shot(self, SOON, self._judge)
        self.chooser.changed.connect(self._look_again)
        self.finished.connect(lambda _code: self._leave())
        self.chooser.name.setFocus()
        self._look_again()

    def _arrange(self) -> None:
        left = QWidget()
        column(plain_label(tr("To"), heading=True), (self.chooser, 1), of=left, spacing=4)
        right = QWidget()
        column(
            plain_label(tr("From {where}", where=self._plan.origin.where), dim=True, wrap=True),
            (self._list, 1), self.twice, of=right, spacing=4,
        )  # fmt: skip
        foot = row((self._note, 1), self._cancel, self._go, spacing=8)
        sheet(self, self._heading, (row((left, 2), (right, 3), spacing=16), 1), foot)
        resize_to(self, 128, 34)

    @property
    def again(self) -> bool:
        """Whether what is at the target already is copied a second time."""
        return self.twice.isChecked()

    def _look_again(self) -> None:
        self._asking.forget()
        self.target = self.chooser.target
        if self._judged:
            self._judged, self.verdicts = False, ()
            self._list.show_verdicts([Verdict(each) for each in self._plan.artifacts])
        self._soon.start()
        self._count()

    def _judge(self) -> None:
        if (target := self.chooser.target) is not None:
            judge = partial(self._copies.judge, self._plan, target)
            self._asking.hear(judge, self._show, self._say_error, "ask what the target takes")

    def _show(self, found: Sequence[Verdict]) -> None:
        self._judged, self.verdicts = True, found
        self._list.show_verdicts(found)
        self._count()

    def _say_error(self, error: Exception) -> None:
        self._note.setText(visible(from_error(error, "").detail))

    def _count(self) -> None:
        plan, twins = self._plan, sum(bool(each.twin) for each in self.verdicts)
        self.twice.setVisible(self._judged and bool(twins))
        going = [each for each in self.verdicts if each.goes(again=self.again)]
        ready = self._judged and self.target is not None
        self._go.setText(_words(len(going), move=plan.move) if ready and going else plan.verb)
        self._go.setEnabled(bool(ready and going))
        if self.target is None:
            self._note.setText("")
        elif not self._judged:
            self._note.setText(tr("Asking what the target takes…"))
        else:
            self._note.setText(self._said(going, twins))

    def _said(self, going: Sequence[Verdict], twins: int) -> str:
        refused = sum(each.refused for each in self.verdicts)
        not_there = trn(
            "{amount} artifact cannot go there.", "{amount} artifacts cannot go there.", refused
        )
        there = trn(
            "{amount} artifact is there already.", "{amount} artifacts are there already.", twins
        )
        size = quantities.size(sum(quantities.possible(each.artifact.size) or 0 for each in going))
        passing = tr("{size} pass through this computer, each checked by its SHA-256.", size=size)
        deleted = tr("The originals are deleted when the copies are proven.")
        return sentences(
            not_there if refused else "",
            there if twins and not self.again else "",
            passing if going else "",
            deleted if going and self._plan.move else "",
        )

    def _accept(self) -> None:
        if not self._go.isEnabled():
            return
        if not self.chooser.new_name:
            self.accept()
            return
        self._go.setEnabled(False)

        async def work() -> None:
            try:
                self.target = await self.chooser.make_collection()
            except Exception as error:  # noqa: BLE001  shown here; the dialog stays
                self._go.setEnabled(True)
                self._say_error(error)
                return
            self.accept()

        self._start(work(), "create the collection")

    def _leave(self) -> None:
        """Nothing that is still asked for is shown any more."""
        self._asking.forget()
        self._soon.stop()
        self.chooser.leave()


def _words(amount: int, *, move: bool) -> str:
    if move:
        return trn("Move {amount} artifact", "Move {amount} artifacts", amount)
    return trn("Copy {amount} artifact", "Copy {amount} artifacts", amount)


def _titles(plan: CopyPlan) -> tuple[str, str]:
    """What the window's title and its heading say."""
    if (many := len(plan.artifacts)) > 1:
        heading = trn("Copy {amount} artifact to…", "Copy {amount} artifacts to…", many)
        if plan.move:
            heading = trn("Move {amount} artifact to…", "Move {amount} artifacts to…", many)
        return _words(many, move=plan.move), heading
    artifact = plan.artifacts[0]
    name = visible(artifact.display_name)[:60]
    if plan.move:
        return tr("Move “{name}”", name=name), tr("Move “{name}” to…", name=name)
    return tr("Copy “{name}”", name=name), tr("Copy “{name}” to…", name=name)
