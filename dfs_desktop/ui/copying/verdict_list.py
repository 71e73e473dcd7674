"""The artifacts of a copy as a list: what the target says to each, the gravest first."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QListView

from dfs_desktop.artifact import visible
from dfs_desktop.artifact.names import isolated
from dfs_desktop.translation import tr
from dfs_desktop.ui.theme import icon_files, theme
from dfs_desktop.ui.widgets.cut_text_tooltips import Index
from dfs_desktop.ui.widgets.guarded_painting import guarded
from dfs_desktop.ui.widgets.naming import named, tooltip
from dfs_desktop.ui.widgets.row_tables import TitledRows
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.copies.plan import Verdict

Role = Qt.ItemDataRole
_LEVELS = {"error": 0, "warning": 2, "note": 3}
_LOOKS = {0: ("error", "failed"), 1: ("check", "dim"), 2: ("warning", "waiting")}


def _gravity(verdict: Verdict) -> int:
    if verdict.refused:
        return 0
    if verdict.twin:
        return 1
    return min((_LEVELS[each.level] for each in verdict.findings), default=4)


def words(verdict: Verdict) -> str:
    """What is said of it; empty when nothing speaks against it."""
    if errors := [each.title for each in verdict.findings if each.level == "error"]:
        return errors[0]
    if verdict.twin:
        twin = visible(verdict.twin)[:60]
        return tr("The same bytes are there already, as “{name}”", name=twin)
    return verdict.findings[0].title if verdict.findings else ""


class _Verdicts(TitledRows[Verdict]):
    """Thousands of artifacts cost nothing until they are scrolled to."""

    @guarded()
    def data(self, index: Index, role: int = Role.DisplayRole) -> object:
        if not index.isValid():
            return None
        verdict = self.rows[index.row()]
        artifact, said = verdict.artifact, words(verdict)
        name = isolated(visible(artifact.display_name)[:200])
        if role in {Role.DisplayRole, Role.AccessibleTextRole}:
            return f"{name} – {said or quantities.size(artifact.size)}"
        if role == Role.ToolTipRole:
            found = [f"{each.title}. {each.remedy}" for each in verdict.findings]
            return tooltip("\n".join([name, *([said] if verdict.twin else []), *found]))
        icon, color = _LOOKS.get(_gravity(verdict), ("artifact", "dim"))
        if role == Role.DecorationRole:
            return icon_files.icons.get(icon, theme.current().color(color).name())
        if role == Role.ForegroundRole and verdict.refused:
            return QColor(theme.current().color("failed"))
        return None


class VerdictList(QListView):
    """Shows verdicts; choosing among them is done in the table of the window."""

    def __init__(self) -> None:
        super().__init__(uniformItemSizes=True)
        named(self, "copyVerdicts", reads=tr("Artifacts"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._model = _Verdicts([""], self)
        self.setModel(self._model)

    def show_verdicts(self, verdicts: Sequence[Verdict]) -> None:
        self._model.show_rows(sorted(verdicts, key=_gravity))

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.averageCharWidth() * 60, metrics.height() * 24)
