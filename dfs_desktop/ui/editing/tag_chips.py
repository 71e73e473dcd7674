"""Tags of a selection as chips: on all, on some with their number, on none; a click is the next of it."""

import itertools
from collections.abc import Callable, Iterable

from PySide6.QtCore import QRectF, QSize, QStringListModel, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QCompleter, QSizePolicy, QToolTip, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.translation import tr, trn
from dfs_desktop.ui.theme import theme
from dfs_desktop.ui.widgets.cell_painting import draw_icon, draw_text
from dfs_desktop.ui.widgets.fields.tag_edit import TagLine
from dfs_desktop.ui.widgets.guarded_painting import guarded
from dfs_desktop.ui.widgets.layouts import FlowLayout
from dfs_desktop.ui.widgets.naming import explain, named
from dfs_desktop.ui.widgets.right_to_left_painting import mirrored
from dfs_desktop.ui.widgets.text_lines import elided
from dfs_desktop.workspace.editing.selection import Summary
from dfs_desktop.workspace.editing.tags import TagChanges, other_spelling, typed_tags

MOST_CHIPS = 40
_SHOWN = 100  # characters of a tag
_WIDEST = 24  # letters of a chip


class _Chip(QAbstractButton):
    """One tag: its mark, its words, and how many of the records have it."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("tagChip")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.tag = self._count = ""
        self._state = "some"

    def show_tag(self, tag: str, on: int, many: int, changes: TagChanges) -> None:
        self.tag = tag
        words = visible(tag[:_SHOWN]) or "“”"
        if tag in changes.added:
            self._state, self._count = "added", f"+{many - on}"
            will = trn("will be put on all {amount}", "will be put on all {amount}", many)
        elif tag in changes.removed:
            self._state, self._count = "removed", f"−{on}"
            will = trn("will be taken from {amount}", "will be taken from {amount}", on)
        elif on == many:
            self._state, self._count = "all", tr("all")
            will = trn("on all {amount}", "on all {amount}", many)
        else:
            self._state, self._count = "some", tr("{on} of {many}", on=on, many=many)
            will = tr("on {on} of {many}", on=on, many=many)
        self.setText(words)
        self.setAccessibleName(tr("Tag {tag}, {state}", tag=words, state=will))
        explain(self, "\n".join([words, tr("Click: on all, on none, as it is")]))
        self.updateGeometry()
        self.update()

    def _label(self) -> str:
        room = self.fontMetrics().averageCharWidth() * _WIDEST
        return elided(self.fontMetrics(), self.text(), Qt.TextElideMode.ElideRight, room)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        words = metrics.horizontalAdvance(f"{self._label()}  {self._count}")
        return QSize(words + metrics.height() + 22, round(metrics.height() * 1.6))

    @guarded()
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors, state = theme.current(), self._state
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(colors.color("accent" if self.hasFocus() or state == "added" else "line"))
        painter.setBrush(
            colors.color("hover") if state == "all" or self.underMouse() else Qt.BrushStyle.NoBrush
        )
        painter.drawRoundedRect(frame, 6, 6)
        side = round(self.fontMetrics().height() * 0.8)
        mark = {"added": "plus", "removed": "close", "all": "check"}.get(state, "tag")
        color = {"added": "accent", "removed": "failed"}.get(state, "dim")
        area = self.rect().adjusted(7, 0, -8, 0)
        font = self.font()
        font.setStrikeOut(state == "removed")
        label = self._label()
        with mirrored(painter, self.rect(), self.layoutDirection()):
            draw_icon(painter, mark, color, area, side)
            area.adjust(side + 6, 0, 0, 0)
            painter.setFont(font)
            draw_text(painter, area, label, "dim" if state == "removed" else "text")
            painter.setFont(self.font())
            area.adjust(self.fontMetrics().horizontalAdvance(f"{label}  "), 0, 0, 0)
            draw_text(painter, area, self._count, color)


class TagChips(QWidget):
    """`changed`: something else is wanted. `confirmed`: Enter with nothing more typed, to apply it."""

    changed = Signal()
    confirmed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.changes = TagChanges()
        self._summary = Summary()
        self._known: Callable[[], Iterable[str]] = tuple
        self._chips: list[_Chip] = []
        self.line = named(TagLine(), "manyTagLine", reads=tr("Add a tag to all selected artifacts"))
        self.line.setPlaceholderText(tr("Add a tag to all"))
        self.line.setMinimumWidth(self.fontMetrics().averageCharWidth() * 18)
        self._offers = QStringListModel(self)
        completer = QCompleter(self._offers, self, filterMode=Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.line.setCompleter(completer)
        self.line.textEdited.connect(self._typed)
        self.line.entered.connect(self._enter)
        self._flow = FlowLayout(self, 5)
        self._flow.setContentsMargins(0, 0, 0, 0)
        self._flow.addWidget(self.line)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_known(self, known: Callable[[], Iterable[str]]) -> None:
        """Tags to offer while typing, asked for when somebody types."""
        self._known = known

    def show_summary(self, summary: Summary) -> None:
        self._summary = summary
        self._show()

    def shown_tags(self) -> list[str]:
        """The tags of the records, then those that are new."""
        tags = self._summary.ordered(MOST_CHIPS)
        return [*tags, *(tag for tag in self.changes.added if tag not in tags)]

    def remove_others(self) -> None:
        """All tags but those that were added: the selection is to have these and no others."""
        for tag in self._summary.tags.keys() - self.changes.added.keys():
            self.changes.remove(tag)
        self._change()

    def reset(self) -> None:
        self.changes.clear()
        self.line.clear()
        self._change()

    def take_typed(self) -> None:
        """What stands typed is meant as well."""
        tags = typed_tags(self.line.text())
        self.line.clear()
        for tag in tags:
            self._add(tag)

    def _add(self, tag: str) -> None:
        """A spelling that is there already is meant, whatever its capitals."""
        known = (*self._summary.tags, *self.changes.added)
        same = other_spelling(known, [tag]) or tag
        if same != tag:
            place = self.line.mapToGlobal(self.line.rect().bottomLeft())
            QToolTip.showText(place, tr("“{name}” is there already", name=visible(same)))
        self.changes.add(same)
        self._change()

    def _typed(self, text: str) -> None:
        self._offers.setStringList(list(self._known()))
        if text.endswith(",") and text.count('"') % 2 == 0:
            self.take_typed()

    def _enter(self) -> None:
        if self.line.text().strip():
            self.take_typed()
        else:
            self.confirmed.emit()

    def _cycle(self, chip: _Chip) -> None:
        self.changes.cycle(chip.tag, self._summary.tags[chip.tag], self._summary.many)
        self._change()

    def _change(self) -> None:
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        """Chips are used again for other tags: a selection that moves makes no new widgets."""
        shown = self.shown_tags()
        while len(self._chips) < len(shown):
            chip = _Chip()
            chip.clicked.connect(lambda _checked=False, chip=chip: self._cycle(chip))
            self._flow.insert(len(self._chips), chip)
            self._chips.append(chip)
        for number, chip in enumerate(self._chips):
            chip.setVisible(number < len(shown))
            if number < len(shown):
                tag = shown[number]
                chip.show_tag(tag, self._summary.tags[tag], self._summary.many, self.changes)
        for before, after in itertools.pairwise([*self._chips, self.line]):
            self.setTabOrder(before, after)
        self._flow.invalidate()
        self.updateGeometry()
