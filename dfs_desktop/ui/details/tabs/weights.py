"""The tab of the weights: the tensors of a file by its header alone, however large it is."""

from collections.abc import Iterator

from dfs_desktop.artifact import visible
from dfs_desktop.translation import tr
from dfs_desktop.ui.details.detail_page import DetailPage
from dfs_desktop.ui.preview.tensor_table import TensorTable
from dfs_desktop.ui.widgets.labels import plain_label
from dfs_desktop.ui.widgets.layouts import Part
from dfs_desktop.workers.reader import operations
from dfs_desktop.workspace import quantities


class WeightsPage(DetailPage):
    """With several files, the largest one first."""

    key = "weights"
    operation = staticmethod(operations.weights)
    several = True
    margins = (0, 4, 8, 0)

    def make(self) -> Iterator[Part]:
        self.files = self.chooser(tr("File with weights"))
        yield self.files
        self.problem = plain_label(wrap=True, failed=True)
        yield self.problem
        self.tensors = TensorTable()
        yield self.tensors, 1
        yield None

    def fill(self, found: operations.WeightsData) -> None:
        titles = [f"{visible(name)} — {quantities.size(size)}" for name, size in found.files]
        self.show_choices(titles, found.number)
        self.tensors.setVisible(found.weights is not None)
        self.problem.setText(visible(" — ".join(part for part in found.problem if part)))
        self.problem.setVisible(found.weights is None)
        if found.weights is not None:
            self.tensors.show_weights(found.weights)
