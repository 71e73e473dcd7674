"""The tensors of a weights file as a table, with the sums and the notes that the file brings."""

from collections.abc import Sequence

from PySide6.QtWidgets import QLineEdit, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.artifact.formats.tensors import Tensor, Weights
from dfs_desktop.number_text import number_text, short_text
from dfs_desktop.translation import tr, trn
from dfs_desktop.ui.widgets.labels import plain_label, say
from dfs_desktop.ui.widgets.layouts import column, set_margins
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workspace import quantities

from .json_tree import JsonTree
from .text_table import Lazily, RowsTable

MOST_NOTES = 200


def parameter_count(number: int) -> str:
    """`6.74 billion`, `1.2 million`, `832`."""
    if number >= 10**12:
        return tr("{number} trillion", number=short_text(number / 10**12, 3))
    if number >= 10**9:
        return tr("{number} billion", number=short_text(number / 10**9, 3))
    if number >= 10**6:
        return tr("{number} million", number=short_text(number / 10**6, 3))
    return number_text(number)


def _parameters(number: int, words: str) -> str:
    return trn("{number} parameter", "{number} parameters", number, number=words)


class TensorTable(QWidget):
    """A line of sums, a search, the table, and the file's own notes below."""

    def __init__(self) -> None:
        super().__init__()
        self.summary = plain_label(dim=True, wrap=True)
        set_margins(self.summary, 5, 4, 8, 0)
        self.remark = plain_label(wrap=True)
        set_margins(self.remark, 5, 0, 8, 0)
        self.search = named(QLineEdit(clearButtonEnabled=True), reads=tr("Find tensors"))
        self.search.setPlaceholderText(tr("Find tensors by name or type"))
        self.search.textChanged.connect(self._filter)
        titles = [tr("Tensor"), tr("Type"), tr("Shape"), tr("Size")]
        self.table = RowsTable(tr("Tensors"), titles, right=(3,))
        self.notes = JsonTree(tr("Notes of the file"))
        parts = (self.summary, self.remark, self.search, (self.table, 3), (self.notes, 1))
        column(*parts, of=self, spacing=4)
        self._tensors: tuple[Tensor, ...] = ()

    def show_weights(self, weights: Weights) -> None:
        """Show this file's table."""
        self._tensors = weights.tensors
        types = sorted({tensor.dtype for tensor in weights.tensors})
        parts = [
            weights.format,
            _parameters(weights.parameters, parameter_count(weights.parameters)),
            quantities.count(len(weights.tensors), "tensor"),
            quantities.size(weights.size) if weights.size else "",
            ", ".join(types[:4]) + (", …" if len(types) > 4 else ""),
        ]
        self.summary.setText(" · ".join(part for part in parts if part))
        self.summary.setToolTip(_parameters(weights.parameters, number_text(weights.parameters)))
        say(self.remark, visible(weights.remark))
        self.search.setVisible(len(weights.tensors) > 20)
        self.search.clear()
        self._filter("")
        notes = dict(list(weights.metadata.items())[:MOST_NOTES])
        self.notes.setVisible(bool(notes))
        self.notes.show_value(notes)

    def _filter(self, words: str) -> None:
        words = words.casefold().strip()
        found: Sequence[Tensor] = self._tensors
        if words:
            found = [
                each
                for each in found
                if words in each.name.casefold() or words == each.dtype.casefold()
            ]
        self.table.show_rows(Lazily(found, _line))


def _line(tensor: Tensor) -> Sequence[str]:
    shape = " × ".join(map(str, tensor.shape)) or tr("scalar")
    return tensor.name, tensor.dtype, shape, quantities.size(tensor.size) if tensor.size else ""
