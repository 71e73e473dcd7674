"""Tooltips show text as it is, although Qt would read HTML in them and fetch what it names."""

import html

from PySide6.QtWidgets import QWidget

from dfs_desktop.artifact import visible

LONGEST = 2000  # characters; a tooltip larger than the screen helps nobody


def tooltip(text: str) -> str:
    """Foreign text as a tooltip: escaped, line breaks kept, control characters made visible."""
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
