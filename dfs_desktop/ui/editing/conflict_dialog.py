"""Two values of one field, that of the person and that on the server, side by side to choose from."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QDialog, QFrame, QRadioButton, QVBoxLayout, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.translation import later, tr, trn
from dfs_desktop.ui.widgets.dialogs import link_button, primary_button, secondary_button
from dfs_desktop.ui.widgets.elided_label import ElidedLabel
from dfs_desktop.ui.widgets.labels import headline, plain_label
from dfs_desktop.ui.widgets.layouts import LEFT, TOP, column, row, scrolling, set_margins, sheet
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workspace.editing.changes import Change, Conflict, Value
from dfs_desktop.workspace.inspection.excerpts import IN_LABEL

MOST_SHOWN = 30  # the others come when these are decided
MINE, THEIRS, BOTH = "mine", "theirs", "both"
_WORDS = {MINE: later("Yours"), THEIRS: later("On the server now"), BOTH: later("Both together")}

_TITLES = {
    "model_name": later("The name of “{name}”"),
    "description": later("The description of “{name}”"),
    "tags": later("The tags of “{name}”"),
}


def chosen(conflict: Conflict, choice: str) -> Change | None:
    """What a choice means: the change to make, None for none."""
    if choice == MINE:
        return conflict.mine()
    return conflict.both() if choice == BOTH else None


def _words(value: Value) -> str:
    if isinstance(value, tuple):
        return visible(", ".join(value), limit=IN_LABEL) or tr("No tags")
    return visible(value, multiline=True, limit=IN_LABEL) or tr("Empty")


class _Question(QFrame):
    """One field of one record: a column for each value, with a button on top."""

    decided = Signal()

    def __init__(self, conflict: Conflict) -> None:
        super().__init__()
        self.setProperty("card", True)
        self.conflict = conflict
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QRadioButton] = {}
        values = {MINE: conflict.change.value, THEIRS: conflict.theirs}
        if conflict.change.field == "tags":
            values[BOTH] = conflict.both().value
        columns = row(spacing=16)
        for choice, value in values.items():
            button = named(QRadioButton(tr(_WORDS[choice])), f"choose_{choice}")
            self._group.addButton(button)
            self.buttons[choice] = button
            columns.addLayout(self._side(button, value), 1)
        # Together nothing of either is lost; between two texts nobody but the person can choose.
        if BOTH in self.buttons:
            self.buttons[BOTH].setChecked(True)
        self._group.buttonToggled.connect(lambda *_: self.decided.emit())
        words = tr(_TITLES[conflict.change.field], name=visible(conflict.change.name))
        title = ElidedLabel(words, heading=True)
        column(title, columns, of=self, margins=(12, 8, 12, 10), spacing=6)

    @staticmethod
    def _side(button: QRadioButton, value: Value) -> QVBoxLayout:
        text = plain_label(_words(value), wrap=True, selectable=True, dim=not value)
        set_margins(text, 22, 0, 0, 0)
        button.setAccessibleDescription(_words(value)[:300])
        return column((button, LEFT), (text, TOP), None, spacing=4)

    @property
    def choice(self) -> str:
        return next((key for key, button in self.buttons.items() if button.isChecked()), "")

    def choose(self, choice: str) -> None:
        fallback = MINE if choice == BOTH else choice
        self.buttons.get(choice, self.buttons[fallback]).setChecked(True)


class ConflictDialog(QDialog):
    """Nothing is sent before *Apply*; *Decide later* leaves the server's values as they are."""

    def __init__(self, parent: QWidget, conflicts: list[Conflict]) -> None:
        super().__init__(parent)
        self.setObjectName("conflictDialog")
        self.setWindowTitle(tr("Changed by somebody else"))
        many, left = len(conflicts), len(conflicts) - MOST_SHOWN
        said = trn(
            "It was changed on the server meanwhile",
            "{amount} values were changed on the server meanwhile",
            many,
        )
        heading = headline(said, wrap=True)
        words = tr(
            "Since you read it, somebody else has changed the same. Nothing is overwritten yet."
        )
        self.questions = [_Question(conflict) for conflict in conflicts[:MOST_SHOWN]]
        body = QWidget()
        column(*self.questions, None, of=body, spacing=8)
        area = scrolling(body)
        self._apply = primary_button(tr("Apply"), "applyChoicesButton", self.accept)
        later = secondary_button(tr("Decide later"), self.reject)
        more = trn("{amount} more after these", "{amount} more after these", left)
        rest = plain_label(more if left > 0 else "", dim=True)
        about = plain_label(words, wrap=True, dim=True)
        foot = row((rest, 1), later, self._apply, spacing=8)
        sheet(self, heading, about, self._for_all(many), (area, 1), foot)
        for question in self.questions:
            question.decided.connect(self._allow)
        self._allow()
        em, line = self.fontMetrics().averageCharWidth(), self.fontMetrics().height()
        room = self.screen().availableSize() * 0.9
        wanted = body.sizeHint().height() + line * 12
        self.resize(min(em * 100, room.width()), min(wanted, line * 36, room.height()))

    def _for_all(self, many: int) -> QWidget:
        line = QWidget(visible=many > 1)
        kinds = [MINE, THEIRS]
        if any(BOTH in question.buttons for question in self.questions):
            kinds.append(BOTH)
        links = [
            link_button(tr(_WORDS[kind]), partial(self.choose_all, kind), name=f"all_{kind}")
            for kind in kinds
        ]
        row(plain_label(tr("For all:"), dim=True), *links, None, of=line, spacing=12)
        return line

    def choose_all(self, choice: str) -> None:
        for question in self.questions:
            question.choose(choice)

    def choices(self) -> list[tuple[Conflict, Change | None]]:
        """What was decided, in the order shown."""
        return [(each.conflict, chosen(each.conflict, each.choice)) for each in self.questions]

    def _allow(self) -> None:
        self._apply.setEnabled(all(question.choice for question in self.questions))
