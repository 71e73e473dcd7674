"""What is better in each metric: as the person chose, else as its name says."""

from typing import Literal

from dfs_desktop.artifact.comparison.metric_direction import better
from dfs_desktop.artifact.names import ONE_LINE
from dfs_desktop.translation import later, tr
from dfs_desktop.workspace.state import AppState

Direction = Literal[-1, 0, 1]
MOST_CHOSEN = 2000
_CHOSEN = {
    1: later("higher is better (chosen)"),
    -1: later("lower is better (chosen)"),
    0: later("neither higher nor lower is better (chosen)"),
}
_GUESSED = {
    1: later("higher is better (by its name)"),
    -1: later("lower is better (by its name)"),
    0: "",
}


class MetricDirections:
    """Kept per name, for all places: “loss” is not another thing in the next collection."""

    def __init__(self, state: AppState) -> None:
        self._settings, self._listing = state.settings, state.listing
        self._listing.direction = self.of

    def of(self, metric: str) -> int:
        """1: more is better, -1: less is, 0: nobody knows, or neither."""
        chosen = self._settings.metric_directions.get(metric)
        return better(metric) if chosen is None else chosen

    def chosen(self, metric: str) -> Direction | None:
        """None: it is guessed."""
        return self._settings.metric_directions.get(metric)

    def words(self, metric: str) -> str:
        """For a hint at the column's head."""
        direction = self.of(metric)
        return tr(_GUESSED[direction] if self.chosen(metric) is None else _CHOSEN[direction])

    def choose(self, metric: str, direction: Direction | None) -> None:
        """None: to be guessed again."""
        chosen = self._settings.metric_directions
        chosen.pop(metric, None)
        if direction is not None and len(metric) <= ONE_LINE:
            chosen[metric] = direction
        for name in list(chosen)[:-MOST_CHOSEN]:
            del chosen[name]
        self._listing.columns_changed.emit()  # heads and numbers are painted anew
