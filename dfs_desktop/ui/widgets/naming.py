"""What a widget is called: in style sheets and tests, by a screen reader, and under the pointer."""

from typing import TypeVar

from PySide6.QtWidgets import QComboBox, QWidget

W = TypeVar("W", bound=QWidget)


def named(widget: W, name: str = "", *, reads: str = "", tip: str = "") -> W:
    """The widget with its object name, the name that is read aloud, and its tooltip, in our own words:
    foreign ones go through `explain`."""
    if name:
        widget.setObjectName(name)
    if reads:
        widget.setAccessibleName(reads)
        if isinstance(widget, QComboBox):  # on Linux Qt says what is chosen in place of its name
            widget.setAccessibleDescription(reads)
    if tip:
        widget.setToolTip(tip)
    return widget
