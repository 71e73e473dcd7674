"""A page of the preferences: rows of a name and what is chosen, under headings."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLayout, QPushButton, QWidget

from dfs_desktop.ui.widgets.dialogs import fill_box, secondary_button
from dfs_desktop.ui.widgets.labels import enlarge, plain_label
from dfs_desktop.ui.widgets.naming import named


class Page(QWidget):
    """`fill` shows what is chosen now."""

    key = title = ""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName(f"preferences{self.key}")
        self.form = QFormLayout(self, horizontalSpacing=12, verticalSpacing=10)
        self.form.setContentsMargins(8, 16, 8, 8)
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)

    def fill(self) -> None:
        """Show what is chosen."""

    def head(self, text: str) -> None:
        """Begin a part of the page."""
        label = plain_label(text)
        enlarge(label, 1.05)
        if self.form.rowCount():
            self.form.addRow(plain_label())
        self.form.addRow(label)

    def row(self, name: str, field: QWidget | QLayout, buddy: QWidget | None = None) -> None:
        """A field beside its name, which a screen reader says of it; a button's name is its own."""
        label = plain_label(name, dim=True)
        widget = buddy or (field if isinstance(field, QWidget) else None)
        if widget is not None:
            label.setBuddy(widget)
            if isinstance(widget, QPushButton):
                widget.setAccessibleDescription(name)
            else:
                widget.setAccessibleName(widget.accessibleName() or name)
        self.form.addRow(label, field)

    def tick(self, text: str, name: str, use: Callable[[bool], object]) -> QCheckBox:
        """What is so or not; `use` hears it."""
        box = named(QCheckBox(text), name)
        box.toggled.connect(use)
        self.form.addRow(box)
        return box

    def note(self, text: str) -> None:
        """What is to be known of the fields above."""
        self.form.addRow(plain_label(text, dim=True, wrap=True))


def choice(
    name: str, choices: Iterable[tuple[str, str]], use: Callable[[str], object]
) -> QComboBox:
    """One of several: a value and the words for it each; `use` hears what the person chose."""
    box = named(QComboBox(), name)
    fill_box(box, choices)
    box.activated.connect(lambda _row: use(str(box.currentData())))
    return box


def choose(box: QComboBox, value: str) -> None:
    """Show what is chosen."""
    box.setCurrentIndex(max(0, box.findData(value)))


def check(box: QCheckBox, on: bool) -> None:
    """Show what is chosen, and tell nobody."""
    with QSignalBlocker(box):
        box.setChecked(on)


def box_of(action: QAction, text: str) -> QCheckBox:
    """The choice that an action with a tick makes, as a box."""
    box = named(QCheckBox(text), f"box_{action.objectName()}")
    box.setChecked(action.isChecked())
    box.clicked.connect(lambda _on: action.trigger())
    action.toggled.connect(box.setChecked)
    return box


def button_of(action: QAction, text: str = "") -> QPushButton:
    """A button for what an action of the main window does."""
    name = f"button_{action.objectName()}"
    button = secondary_button(text or action.text(), action.trigger, name=name)
    return named(button, tip=action.toolTip())
