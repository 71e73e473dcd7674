"""A chart outside the window: copied or saved as a picture, a drawing of lines, or its values."""

import csv
import io
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QPoint, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFontMetricsF, QGuiApplication, QImage, QPaintDevice, QPainter
from PySide6.QtWidgets import QMenu

from dfs_desktop.artifact import safe_name, visible
from dfs_desktop.artifact.safety.written_tables import guarded
from dfs_desktop.translation import later, tr
from dfs_desktop.ui.theme import theme
from dfs_desktop.ui.widgets.cell_painting import draw_text
from dfs_desktop.ui.widgets.dialogs import file_to_save, passing_menu, saved
from dfs_desktop.workspace.tasks import Tasks

from .line_chart import LineChart
from .plot_painter import PlotPainter, curve_pen
from .series import Series

_SHARPNESS = 2  # pixels of a picture for each of the window
_FILTERS = {
    "png": later("Picture (*.png)"),
    "svg": later("Drawing of lines (*.svg)"),
    "csv": later("Values for a spreadsheet (*.csv)"),
}


class ChartExport:
    """The chart's menu, and what it does."""

    def __init__(
        self, chart: LineChart, tasks: Tasks, name: Callable[[], str], say: Callable[[str], object]
    ) -> None:
        """`name`: what a file is called at first. `say` is told how it went."""
        self._chart, self._tasks, self._name, self._say = chart, tasks, name, say
        chart.copy_requested.connect(self.copy_picture)
        chart.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        chart.customContextMenuRequested.connect(self._show_menu)

    def fill(self, menu: QMenu) -> None:
        """Add what can be done with the chart."""
        menu.addAction(tr("Copy as Picture"), self.copy_picture).setObjectName("copyChart")
        menu.addAction(tr("Copy Values"), self._copy_values).setObjectName("copyChartValues")
        menu.addSeparator()
        for ending in _FILTERS:
            words = tr("Save as {format}…", format=ending.upper())
            action = menu.addAction(words, partial(self._ask_where, ending))
            action.setObjectName(f"saveChart_{ending}")

    def _show_menu(self, place: QPoint) -> None:
        menu = passing_menu(self._chart)
        self.fill(menu)
        menu.addSeparator()
        for words, key in ((tr("Zoom In\t+"), 1), (tr("Zoom Out\t-"), -1)):
            menu.addAction(words, partial(self._chart.zoom, key))
        menu.addAction(tr("Show All\t0"), self._chart.reset_zoom)
        menu.popup(self._chart.mapToGlobal(place))

    def copy_picture(self) -> None:
        if (image := chart_image(self._chart)) is None:
            self._say(tr("There is nothing to copy"))
        else:
            QGuiApplication.clipboard().setImage(image)
            self._say(tr("Copied as a picture"))

    def _copy_values(self) -> None:
        self._tasks.start(self._copy(), "copy the values of a chart")

    async def _copy(self) -> None:
        text = await self._tasks.in_thread(self._values(), "\t")
        QGuiApplication.clipboard().setText(text)
        self._say(tr("Copied the values"))

    def _values(self) -> Callable[[str], str]:
        chart = self._chart
        return partial(values_text, list(chart.curves.raw), chart.axis)

    def _ask_where(self, ending: str) -> None:
        self._tasks.start(self._save(ending), "save a chart")

    async def _save(self, ending: str) -> None:
        first = Path.home() / f"{safe_name(self._name(), 'chart')[:80]}.{ending}"
        title, kinds = tr("Save the chart"), [tr(_FILTERS[ending])]
        if path := await file_to_save(self._chart, title, first, kinds):
            await self.save_to(path, ending)

    async def save_to(self, path: Path, ending: str) -> None:
        """Write the chart to a file."""
        if ending == "csv":
            text = await self._tasks.in_thread(self._values(), ",")
            data = text.encode("utf-8-sig", "replace")  # without the mark a spreadsheet guesses
        else:
            data = (chart_png if ending == "png" else chart_svg)(self._chart)
        if not data:
            self._say(tr("There is nothing to save"))
            return
        self._say(await saved(self._tasks, path, lambda there: there.write_bytes(data)))


def chart_image(chart: LineChart) -> QImage | None:
    """The chart with the names of its curves, sharp enough to be printed; None for nothing."""
    size = _size_of(chart)
    image = QImage((size * _SHARPNESS).toSize(), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(_SHARPNESS)
    image.fill(theme.current().color("base"))
    return image if _paint(chart, image, size) else None


def chart_png(chart: LineChart) -> bytes:
    image, buffer = chart_image(chart), QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return bytes(buffer.data().data()) if image is not None and image.save(buffer, "PNG") else b""  # type: ignore[call-overload]  # Qt takes text


def chart_svg(chart: LineChart) -> bytes:
    from PySide6.QtSvg import QSvgGenerator  # here: few save, and the library is large

    buffer, generator, size = QBuffer(), QSvgGenerator(), _size_of(chart)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator.setOutputDevice(buffer)
    generator.setSize(size.toSize())
    generator.setViewBox(QRectF(QPointF(), size))
    generator.setTitle(visible(chart.accessibleName()))
    return bytes(buffer.data().data()) if _paint(chart, generator, size) else b""


def _size_of(chart: LineChart) -> QSizeF:
    """With room for the names below the chart."""
    size = QSizeF(chart.size().expandedTo(chart.sizeHint()))
    places = _legend(chart, size.width())
    lines = places[-1][1] + 1 if places else 0
    return QSizeF(size.width(), size.height() + lines * chart.fontMetrics().height() * 1.4 + 12)


def _legend(chart: LineChart, width: float) -> list[tuple[float, int, float]]:
    """For each curve where its name stands: from the left, in which line, how wide."""
    metrics = QFontMetricsF(chart.font())
    places: list[tuple[float, int, float]] = []
    left, line = 12.0, 0
    for each in chart.curves.raw:
        wide = min(width - 24, metrics.horizontalAdvance(visible(each.name)[:500]) + 48)
        if left + wide > width - 12 and left > 12:
            left, line = 12.0, line + 1
        places.append((left, line, wide))
        left += wide
    return places


def _paint(chart: LineChart, device: QPaintDevice, size: QSizeF) -> bool:
    chart.finish()
    if (plot := chart.plot()) is None:
        return False
    painter = QPainter(device)
    places = _legend(chart, size.width())
    line = chart.fontMetrics().height() * 1.4
    top = size.height() - (places[-1][1] + 1 if places else 0) * line - 6
    PlotPainter(painter, plot, QSizeF(size.width(), top - 6), chart.font()).draw()
    for number, each, (left, row, wide) in zip(plot.numbers, chart.curves.raw, places, strict=True):
        middle = top + (row + 0.5) * line
        painter.setPen(curve_pen(number, apart=plot.apart))
        painter.drawLine(QPointF(left, middle), QPointF(left + 22, middle))
        box = QRectF(left + 28, top + row * line, wide - 36, line)
        draw_text(painter, box, visible(each.name), "text")
    painter.end()
    return True


def values_text(curves: Sequence[Series], axis: str, divider: str) -> str:
    """All points of the curves, a row for each place on the axis; what is no number stays so."""
    rows: dict[float, list[str]] = {}
    for number, each in enumerate(curves):
        for x, y in zip(each.xs, each.ys, strict=True):
            rows.setdefault(x, [""] * len(curves))[number] = repr(y)
    written = io.StringIO()
    writer = csv.writer(written, delimiter=divider, lineterminator="\n")
    writer.writerow([axis, *(guarded(visible(each.name)) for each in curves)])
    for x in sorted(rows):
        writer.writerow([repr(int(x)) if x.is_integer() and abs(x) < 1e15 else repr(x), *rows[x]])
    return written.getvalue()
