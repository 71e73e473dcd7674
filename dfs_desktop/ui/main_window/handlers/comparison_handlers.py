"""What leads to a comparison: the selected rows, or a chosen file beside one of them."""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from dfs_desktop.api import ModelArtifact
from dfs_desktop.artifact import visible
from dfs_desktop.transfers.job import is_provisional
from dfs_desktop.translation import tr
from dfs_desktop.ui.details.pane import MOST_COMPARED
from dfs_desktop.ui.local_file.opener import choose_artifacts
from dfs_desktop.workspace.notices import from_error
from dfs_desktop.workspace.workspace import Workspace

from .window_parts import Handlers, WindowParts


class ComparisonHandlers(Handlers):
    """Opens windows of comparison. Their modules are imported when the first one is opened."""

    def __init__(self, parts: WindowParts, workspace: Workspace) -> None:
        super().__init__(parts)
        self._workspace = workspace
        self._actions.connect(compare=self.compare, compare_file=self._compare_with_a_file)
        self._allow_after(
            self._table.selection_changed, workspace.listing.rows_changed, workspace.session_changed
        )

    def _chosen(self) -> list[ModelArtifact]:
        """The selected records, of very many the first; uploads that have none yet are left out."""
        chosen = (a for a in self._table.artifacts() if not is_provisional(a.id))
        return list(islice(chosen, MOST_COMPARED + 1))

    def allow(self) -> None:
        """Two or more can be compared; one can be compared with a file."""
        count = len(self._chosen())
        session = self._workspace.session
        # Rows of last time have neither manifests nor lists of files.
        connected = session.client is not None and not session.remembered
        some = tr("Select 2 to {most} artifacts to compare them", most=MOST_COMPARED)
        self._actions.allow("compare", connected, "" if 2 <= count <= MOST_COMPARED else some)
        one = tr("Select one artifact to compare it with a file")
        self._actions.allow("compare_file", connected, "" if count == 1 else one)

    def compare(self) -> None:
        """The selected rows side by side."""
        chosen = self._chosen()
        if 2 <= len(chosen) <= MOST_COMPARED:
            self._show(chosen)

    def _compare_with_a_file(self) -> None:
        """Ask for a file and put it beside the selected record."""
        chosen = self._chosen()
        if len(chosen) == 1:
            self._workspace.tasks.start(self._choose_file(chosen[0]), "choose a file")

    async def _choose_file(self, artifact: ModelArtifact) -> None:
        title = tr("Compare “{name}” with a file", name=artifact_name(artifact))
        if paths := await choose_artifacts(self._window, title, self._workspace.settings):
            self._show([artifact], paths[0])

    def _show(self, artifacts: Sequence[ModelArtifact], path: Path | None = None) -> None:
        self._workspace.tasks.start(self._open(artifacts, path), "compare")

    async def _open(self, artifacts: Sequence[ModelArtifact], path: Path | None) -> None:
        from dfs_desktop.ui.comparison.window import CompareWindow
        from dfs_desktop.workspace.comparison.comparison import Comparison
        from dfs_desktop.workspace.comparison.sides import file_side, record_side, told_apart

        sides = [record_side(artifact) for artifact in artifacts]
        if path is not None:
            try:
                sides.append(await self._workspace.tasks.in_thread(file_side, path))
            except OSError as error:
                self._workspace.notify(from_error(error, tr("The file cannot be compared")))
                return
        found = Comparison(self._workspace.state, self._workspace.reader, told_apart(sides))
        CompareWindow(self._window, found, self._workspace.tasks).show()

    def compare_with(self, artifact: ModelArtifact, path: Path) -> None:
        """A record beside a file."""
        self._show([artifact], path)


def artifact_name(artifact: ModelArtifact) -> str:
    return visible(artifact.display_name)
