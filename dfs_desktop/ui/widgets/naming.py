"""What a widget is called: in style sheets and tests, by a screen reader, and under the pointer."""

import html
from typing import TypeVar

from PySide6.QtWidgets import QComboBox, QWidget

from dfs_desktop.artifact import visible

LONGEST = 2000  # characters; a tooltip larger than the screen helps nobody
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


def tooltip(text: str) -> str:
    """Foreign text as a tooltip, in which Qt would read HTML and fetch what it names: escaped, line
    breaks kept, control characters made visible."""
    if not text:
        return ""
    if len(text) > LONGEST:
        text = text[:LONGEST] + "…"
    shown = html.escape(visible(text, multiline=True)).replace("\n", "<br>")
    return f"<qt>{shown}</qt>"


def explain(widget: QWidget, text: str) -> None:
    """A tooltip, and the same to be heard: Qt would have its tags read aloud."""
    widget.setToolTip(tooltip(text))
    spoken = visible(text[:LONGEST], multiline=True).replace("\n", ", ")
    widget.setAccessibleDescription(spoken)
