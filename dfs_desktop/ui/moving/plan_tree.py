"""The plan of a move as a tree: a line for each collection, below it what does not go, and why."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem

from dfs_desktop.api import ModelArtifact
from dfs_desktop.artifact import visible
from dfs_desktop.translation import tr, trn
from dfs_desktop.ui.theme import theme
from dfs_desktop.ui.theme.icon_files import icons
from dfs_desktop.ui.widgets.naming import named, tooltip
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.copies.destinations import BETWEEN
from dfs_desktop.workspace.copies.plan import Verdict
from dfs_desktop.workspace.moving.pairing import Source
from dfs_desktop.workspace.moving.planner import Line

MOST_CHILDREN = 100  # the report has all


class PlanTree(QTreeWidget):
    """Collections of the registry on the left, where they go in the middle, how much on the right."""

    def __init__(self) -> None:
        super().__init__()
        named(self, "movePlan", reads=tr("What goes where"))
        self.setHeaderLabels([tr("From this computer"), tr("To"), tr("Artifacts")])
        self.setUniformRowHeights(True)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        em = self.fontMetrics().averageCharWidth()
        for number, width in enumerate((34, 40)):
            self.header().resizeSection(number, em * width)

    def show_sources(self, sources: Sequence[Source]) -> None:
        """What the registry holds, while nobody has said where it goes."""
        self.clear()
        for each in sources:
            self._add(each.where, "", _sum(each.artifacts))

    def show_lines(self, lines: Sequence[Line]) -> None:
        self.clear()
        for line in lines:
            target = line.pair.target
            place = BETWEEN.join(visible(each.name) for each in (target.orbit, target.collection))
            if not target.collection.id:
                place = tr("{place} (new)", place=place)
            item = self._add(line.pair.source.where, place, _amount(line))
            if line.pair.refusal:
                self._mark(item, line.pair.refusal)
            told = [(each, _why(each)) for each in line.refused]
            told += [(each, tr("The same bytes are there already")) for each in line.present]
            for verdict, why in told[:MOST_CHILDREN]:
                artifact = verdict.artifact
                name = visible(artifact.display_name)[:200]
                child = QTreeWidgetItem(item, [name, why, quantities.size(artifact.size)])
                child.setToolTip(1, tooltip("\n".join([why, *_remedies(verdict)])))
                if verdict.refused:
                    self._mark(child, "")
                else:
                    child.setIcon(0, icons.get("check", theme.current().color("dim").name()))
            if (rest := len(told) - MOST_CHILDREN) > 0:
                words = trn(
                    "and {amount} more, which the report names",
                    "and {amount} more, which the report names",
                    rest,
                )
                QTreeWidgetItem(item, [words])
            item.setExpanded(bool(line.refused))

    def _add(self, source: str, target: str, amount: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem(self, [source, target, amount])
        item.setIcon(0, icons.get("collection"))
        for number, text in enumerate((source, target, amount)):
            item.setToolTip(number, tooltip(text))
        return item

    def _mark(self, item: QTreeWidgetItem, why: str) -> None:
        failed = theme.current().color("failed")
        item.setIcon(0, icons.get("error", failed.name()))
        item.setForeground(1, QColor(failed))
        if why:
            item.setText(1, why)
            item.setToolTip(1, tooltip(why))


def _sum(artifacts: Sequence[ModelArtifact]) -> str:
    size = sum(quantities.possible(each.size) or 0 for each in artifacts)
    return f"{quantities.count(len(artifacts), 'artifact')}, {quantities.size(size)}"


def _amount(line: Line) -> str:
    parts = [_sum([each.artifact for each in line.going])] if line.going else []
    if line.present:
        many = len(line.present)
        parts.append(trn("{amount} there already", "{amount} there already", many))
    if line.refused:
        parts.append(trn("{amount} cannot go", "{amount} cannot go", len(line.refused)))
    return " · ".join(parts) or tr("empty")


def _why(verdict: Verdict) -> str:
    return next(each.title for each in verdict.findings if each.level == "error")


def _remedies(verdict: Verdict) -> list[str]:
    return [each.remedy for each in verdict.findings if each.remedy]
