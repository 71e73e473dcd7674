"""Whether a page that scrolls is behind a widget: the wheel is then the page's."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractScrollArea, QWidget


def page_scrolls(widget: QWidget) -> bool:
    """Whether one of those that hold the widget has more than it shows."""
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QAbstractScrollArea) and parent.verticalScrollBar().maximum():
            return True
        parent = parent.parentWidget()
    return False
