"""The metric curves of compared experiments over each other, one line for each run."""

from msgspec import structs
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from dfs_desktop.artifact import ArtifactError, visible
from dfs_desktop.artifact.experiment.curves import Curve
from dfs_desktop.number_text import path_key
from dfs_desktop.translation import series, tr
from dfs_desktop.ui.preview.metric_curves import CurvePanel, first_shown
from dfs_desktop.ui.theme.icon_files import icons
from dfs_desktop.ui.widgets.dialogs import choice_box, fill_box, link_button
from dfs_desktop.ui.widgets.labels import plain_label
from dfs_desktop.ui.widgets.layouts import column, row
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workspace.comparison.comparison import Comparison
from dfs_desktop.workspace.comparison.side_reader import Stopped
from dfs_desktop.workspace.tasks import Tasks

MOST_METRICS = 1000


class RunCurves(QFrame):
    """Reads the curves of each side once it is opened; a side without curves is named."""

    closed = Signal()

    def __init__(self, comparison: Comparison, tasks: Tasks) -> None:
        super().__init__()
        self.setObjectName("runCurves")
        self.setProperty("topline", True)
        self._comparison, self._tasks = comparison, tasks
        self._found: dict[str, list[Curve]] = {}  # by the key of the side
        self._asked: set[str] = set()
        self._problems: dict[str, str] = {}
        self.choice = choice_box("runMetric", tr("Metric"), 24)
        self.choice.activated.connect(lambda _n: self._draw(keep=True))
        self.state = named(plain_label(tr("Reading…"), dim=True, wrap=True), "runCurvesState")
        close = link_button(tr("Close"), self.closed.emit, name="closeCurvesButton")
        icons.dress(close, "close")
        self.panel = CurvePanel(tasks, runs=True)
        self.panel.hide()
        self.choice.hide()
        head = row(self.choice, (self.state, 1), close, spacing=8)
        column(head, (self.panel, 1), of=self, margins=(12, 6, 12, 8), spacing=4)

    def read(self) -> None:
        """Ask for what has not been asked for; `show_now` of the window calls it as sides open."""
        for side in self._comparison.sides:
            if side.key not in self._asked:
                self._asked.add(side.key)
                self._tasks.start(self._read(side.key, side.name), "read the curves")

    async def _read(self, key: str, name: str) -> None:
        sides = self._comparison.sides
        number = next(n for n, side in enumerate(sides) if side.key == key)
        try:
            found = await self._comparison.curves(number)
        except Stopped:
            return  # the window is gone
        except ArtifactError as error:
            self._problems[key] = tr("“{name}”: {problem}", name=name, problem=error.title)
            found = None
        else:
            parts = self._comparison.unread_parts("Files")
            unread = [each.text for each in parts if each.side == number]
            if found is None and not unread:
                self._asked.discard(key)  # it is not open yet
                return
            self._problems.update((key, text) for text in unread[: found is None])
        self._found[key] = found.curves if found is not None else []
        self._offer()

    def _offer(self) -> None:
        before = self.choice.currentData()
        names = {curve.name for curves in self._found.values() for curve in curves}
        ordered = sorted(names, key=path_key)[:MOST_METRICS]
        first = ordered[min(first_shown(ordered))] if ordered else ""
        wanted = before if before in names else first
        fill_box(self.choice, [(name, name[:100]) for name in ordered], wanted)
        self.choice.setVisible(bool(ordered))
        self._draw(keep=before in names)

    def _draw(self, *, keep: bool) -> None:
        """Every side has its line, also one that has no such curve: colours stay the same."""
        metric, curves, without = self.choice.currentData(), [], []
        for side in self._comparison.sides:
            known = self._found.get(side.key)
            found = next((each for each in known or () if each.name == metric), None)
            if found is None and known is not None and side.key not in self._problems:
                without.append(side.name)
            curves.append(structs.replace(found or Curve("", (), (), ()), name=side.name))
        self.panel.show_curves(curves, keep=keep)
        reading = len(self._found) < len(curves)
        said = [tr("Reading…")] if reading else []
        if metric is None:
            said += [] if reading else [tr("None of them has curves of metrics")]
        elif without:
            names = series(tr("“{name}”", name=name) for name in without[:8])
            said.append(tr("Without this metric: {names}", names=names))
        self.panel.setVisible(metric is not None)
        self.state.setText(visible(". ".join([*said, *self._problems.values()])))
