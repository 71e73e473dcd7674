"""The colours of curves: told apart in light and dark, also by who sees no red or green."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from dfs_desktop.ui.theme import theme

_LIGHT = ("#3d55d9", "#c2410c", "#0f766e", "#a21caf", "#946200", "#0369a1", "#be123c", "#4d7c0f")
_DARK = ("#8095ff", "#fb923c", "#2dd4bf", "#e879f9", "#eab308", "#38bdf8", "#fb7185", "#a3e635")
_DASHES = (
    Qt.PenStyle.SolidLine,
    Qt.PenStyle.DashLine,
    Qt.PenStyle.DotLine,
    Qt.PenStyle.DashDotLine,
)


def series_color(number: int) -> QColor:
    """The colour of curve number so-and-so; they come round again after eight."""
    colors = _DARK if theme.current().dark() else _LIGHT
    return QColor(colors[number % len(colors)])


def series_dash(number: int, *, apart: bool = False) -> Qt.PenStyle:
    """When colours come round, the line changes, so that two curves never look the same.

    `apart`: neighbours have other lines, too, for who sees no colours, or prints.
    """
    return _DASHES[(number // len(_LIGHT) + (number if apart else 0)) % len(_DASHES)]
