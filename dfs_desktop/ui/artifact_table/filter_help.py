"""What can be typed into the filter line, by examples, behind the “?” in it."""

from collections.abc import Sequence

from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QGridLayout, QWidget

from dfs_desktop.translation import later, tr
from dfs_desktop.ui.widgets.dialogs import FittedDialog, close_button, passing_dialog, resize_to
from dfs_desktop.ui.widgets.labels import headline, plain_label
from dfs_desktop.ui.widgets.layouts import row, sheet

# docs/filter.md has the same examples in its table.
EXAMPLES: tuple[tuple[str, str], ...] = (
    ("resnet", later("in the name, the file’s name, a tag, the description or the status")),
    ('"resnet 50"', later("with the blank in it")),
    ("accuracy > 0.9", later("a metric; also < <= >= = !=, and 0,9 or 90%")),
    ('"F1 macro" > 0.9', later("quotes hold a metric’s name together, whatever is in it")),
    ("size < 2 GB", later("kB, MB, GB, TB, and KiB, MiB, GiB, TiB")),
    ("tag:prod", later("prod is in a tag")),
    ('tag="prod"', later("a tag is prod, and nothing more")),
    ("-tag:prod", later("no tag has prod in it")),
    ('tag=""', later('there is no tag; tag!="" finds the others')),
    ('prefix="resnet50"', later("the name’s first word is resnet50; prefix:res begins so")),
    ('status:"upload failed"', later("also name: file: description: id: type: by: collection:")),
    ("have:yes", later("a verified copy is on this computer; have:no finds the others")),
    ("created > 2026-11-01", later("a day, today or yesterday")),
    ("tag:prod, accuracy > 0.9 and loss < 0.2", later("all of these at once")),
)
_TITLE = later("What can be typed here")


class FilterHelp(FittedDialog):
    """Examples, with what was not understood above them."""

    def __init__(self, parent: QWidget, notes: Sequence[str] = ()) -> None:
        super().__init__(parent.window())
        passing_dialog(self, "filterHelp", tr(_TITLE))
        said = [f"{note[:1].upper()}{note[1:]}." for note in notes]
        labels = [plain_label(each, wrap=True, waiting=True) for each in said]
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(6)
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        for number, (example, meaning) in enumerate(EXAMPLES):
            label = plain_label(example, selectable=True)
            label.setFont(fixed)
            grid.addWidget(label, number, 0)
            grid.addWidget(plain_label(tr(meaning), wrap=True, dim=True), number, 1)
        grid.setColumnStretch(1, 1)
        sheet(self, headline(tr(_TITLE)), *labels, grid, row(None, close_button(self)))
        resize_to(self, 122, 20)
