"""A chart is zoomed, moved, drawn over each other, and leaves the window as picture, drawing and values."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator
from pathlib import Path

import pytest
import shiboken6
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QByteArray, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter, QWheelEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from dfs_desktop.artifact.experiment.curves import Curve
from dfs_desktop.ui.charts.chart_export import ChartExport, chart_svg, values_text
from dfs_desktop.ui.charts.line_chart import LineChart
from dfs_desktop.ui.charts.scale import Scale, scale_for
from dfs_desktop.ui.charts.series import Series, over_steps, over_time
from dfs_desktop.ui.theme import theme
from dfs_desktop.workspace.tasks import Tasks

Key, LEFT = Qt.Key, Qt.MouseButton.LeftButton


def ramp(name: str, count: int, times: float = 1.0) -> Series:
    return Series(name, tuple(map(float, range(count))), tuple(n * times for n in range(count)))


@pytest.fixture
def chart(qapp: QApplication) -> Iterator[LineChart]:
    theme.install(qapp)
    chart = LineChart()
    chart.resize(600, 300)
    chart.show_series([ramp("a", 101)])
    yield chart
    shiboken6.delete(chart)


def seen(chart: LineChart) -> tuple[float, float]:
    assert chart.curves.x is not None
    return chart.curves.x.low, chart.curves.x.high


def wheel(chart: LineChart, notches: int, place: float = 0.5) -> None:
    plot = chart._plot()
    at = QPointF(plot.left() + place * plot.width(), plot.center().y())
    chart.wheelEvent(
        QWheelEvent(
            at, at, QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )
    )  # fmt: skip


def test_the_wheel_zooms_where_the_pointer_is_and_back(chart: LineChart) -> None:
    wheel(chart, 3, 0.25)
    low, high = seen(chart)
    assert low + (high - low) * 0.25 == pytest.approx(25), "what is under the pointer stays"
    assert high - low == pytest.approx(100 * 0.8**3)
    assert chart.curves.y is not None
    assert chart.curves.y.high < 80, "the height follows what is seen"
    wheel(chart, -9)
    assert seen(chart) == (0, 100)
    assert chart.curves.zoom_x is chart.curves.zoom_y is None


def test_a_box_is_zoomed_into_and_a_double_click_shows_all(chart: LineChart) -> None:
    plot = chart._plot()

    def at(across: float, up: float) -> QPoint:
        return QPointF(
            plot.left() + across * plot.width(), plot.bottom() - up * plot.height()
        ).toPoint()

    QTest.mousePress(chart, LEFT, pos=at(0.2, 0.75))
    QTest.mouseMove(chart, at(0.3, 0.5))
    QTest.mouseMove(chart, at(0.4, 0.25))
    assert not chart.grab().isNull(), "the box is painted"
    QTest.mouseRelease(chart, LEFT, pos=at(0.4, 0.25))
    assert seen(chart) == pytest.approx((20, 40), abs=1)
    assert chart.curves.y is not None
    assert (chart.curves.y.low, chart.curves.y.high) == pytest.approx((20, 80), abs=4)
    QTest.mouseDClick(chart, LEFT, pos=at(0.5, 0.5))
    assert seen(chart) == (0, 100)
    QTest.mousePress(chart, LEFT, pos=at(0.2, 0.5))
    QTest.mouseMove(chart, at(0.6, 0.5))
    QTest.keyClick(chart, Key.Key_Escape)
    QTest.mouseRelease(chart, LEFT, pos=at(0.6, 0.5))
    assert seen(chart) == (0, 100), "Escape lets the box go"


def test_keys_zoom_move_read_and_show_all(chart: LineChart) -> None:
    QTest.keyClick(chart, Key.Key_Plus)
    QTest.keyClick(chart, Key.Key_Plus)
    width = 64
    assert seen(chart) == pytest.approx((18, 82))
    QTest.keyClick(chart, Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert seen(chart)[0] == pytest.approx(18 + 0.2 * width)
    for _ in range(9):
        QTest.keyClick(chart, Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert seen(chart) == pytest.approx((0, width)), "not beyond the ends"
    chart._read(64.0)
    QTest.keyClick(chart, Key.Key_Right)
    assert chart.readings()[0][1:3] == (65, 65)
    assert seen(chart)[1] > 65, "the view goes along with what is read"
    assert "step 65: a 65.00" in chart.accessibleDescription()
    assert "101 points, from 0.000 to 100" in chart.accessibleDescription()
    QTest.keyClick(chart, Key.Key_Minus)
    QTest.keyClick(chart, Key.Key_0)
    assert seen(chart) == (0, 100)


def test_a_line_that_is_hidden_leaves_the_view_and_another_axis_does_not(chart: LineChart) -> None:
    wheel(chart, 2)
    before = seen(chart)
    chart.show_series([ramp("a", 101), ramp("b", 101, 2)])
    assert seen(chart) == before
    chart.show_series([ramp("a", 11)], axis="time")
    assert seen(chart) == (0, 10)


def test_logarithmic_steps_show_what_is_above_zero(chart: LineChart) -> None:
    chart.set_log_x(True)
    assert seen(chart) == (1, 100)
    assert not chart.grab().isNull()
    wheel(chart, 2)
    low, high = seen(chart)
    assert 1 < low < high < 100
    chart.show_series([Series("a", (-2.0, -1.0), (1.0, 2.0))])
    chart.reset_zoom()
    assert not chart.grab().isNull()


@given(
    ends=st.tuples(st.floats(-1e300, 1e300), st.floats(-1e300, 1e300)),
    moves=st.lists(st.tuples(st.floats(-2, 3), st.floats(-2, 3)), max_size=12),
    log=st.booleans(),
)
def test_a_zoom_never_leaves_its_scale(
    ends: tuple[float, float], moves: list[tuple[float, float]], log: bool
) -> None:
    whole = scale_for([abs(end) or 1.0 for end in ends] if log else ends, log=log)
    assert whole is not None
    view: Scale | None = None
    for move in moves:
        view = whole.zoomed(view or whole, *move)
        if view is None:
            continue
        assert view.low < view.high
        for end in (view.low, view.high):
            place = whole.place(end)
            assert place is not None
            assert -1e-6 <= place <= 1 + 1e-6


def test_a_hundred_thousand_points_never_hold_the_window(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    theme.install(qapp)
    chart = LineChart()
    chart.resize(800, 300)
    values = tuple(math.sin(n / 50) + (n % 7) for n in range(100_000))
    curve = Series("a", tuple(map(float, range(100_000))), values)
    monkeypatch.setattr("dfs_desktop.ui.charts.line_chart.SLICE", 0.0)  # one step each time
    chart.show_series([curve])
    assert chart._soon.isActive(), "it is made in slices"
    steps = 0
    while chart._soon.isActive():
        chart._soon.stop()
        chart._go_on()
        steps += 1
    assert steps > 500
    assert chart.curves.y is not None
    assert chart.curves.y.high > max(values), "no peak is lost"
    assert not chart.grab().isNull()
    chart.close()


@pytest.fixture
def export(chart: LineChart, qapp: QApplication) -> ChartExport:
    def failed(error: BaseException, name: str) -> None:
        raise AssertionError(name) from error

    return ChartExport(chart, Tasks(failed), lambda: "loss", lambda _words: None)


def test_a_chart_is_saved_as_picture_drawing_and_values(
    chart: LineChart, export: ChartExport, tmp_path: Path
) -> None:
    gaps = Series("=cmd()", (0.0, 1.5), (math.nan, 1e-9))
    chart.show_series([ramp("a\u202e<b>", 3), gaps])
    said: list[str] = []
    export._say = said.append

    async def save() -> None:
        for ending in ("png", "svg", "csv"):
            await export.save_to(tmp_path / f"c.{ending}", ending)
        await export.save_to(tmp_path / "none" / "c.csv", "csv")
        await export._tasks.stop()

    asyncio.run(save())
    assert said[:3] == ["Saved as c.png", "Saved as c.svg", "Saved as c.csv"]
    assert said[3].startswith("Not saved")
    picture = QImage(str(tmp_path / "c.png"))
    assert picture.width() == 2 * chart.width(), "twice as sharp as the screen"
    drawing = QSvgRenderer(QByteArray((tmp_path / "c.svg").read_bytes()))
    assert drawing.isValid()
    image = QImage(300, 200, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    drawing.render(painter, QRectF(0, 0, 300, 200))
    painter.end()
    text = (tmp_path / "c.csv").read_text("utf-8-sig")
    head, *rows = text.splitlines()
    assert head.startswith("step,a")
    assert head.endswith(",'=cmd()"), "no name is a formula"
    assert "\u202e" not in text
    assert rows == ["0,0.0,nan", "1,1.0,", "1.5,,1e-09", "2,2.0,"]


def test_the_menu_and_ctrl_c_copy_a_picture(
    chart: LineChart, export: ChartExport, qapp: QApplication
) -> None:
    QGuiApplication.clipboard().clear()
    QTest.keyClick(chart, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert not QGuiApplication.clipboard().image().isNull()
    export._show_menu(QPoint(5, 5))
    (menu,) = chart.findChildren(QMenu)
    words = [action.text() for action in menu.actions() if action.text()]
    assert words[:2] == ["Copy as Picture", "Copy Values"]
    assert "Show All\t0" in words
    menu.close()
    chart.show_series([])
    assert chart_svg(chart) == b""


def test_gaps_of_a_training_are_gaps_and_runs_start_together() -> None:
    curve = Curve("loss", (0, 2), (1.0, 3.0), (10.0, 12.5), missing=(1,))
    shown = over_steps(curve)
    assert shown.xs == (0, 1, 2)
    assert math.isnan(shown.ys[1])
    assert over_time(curve, 10.0).xs == (0, 2.5)
    assert values_text([ramp("a", 1)], "step", "\t") == "step\ta\n0\t0.0\n"
