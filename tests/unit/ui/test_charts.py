"""Charts painted into pictures: curves in their colours, scales, smoothing, and what is read from them."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from dfs_desktop.ui.charts.colors import series_color, series_dash
from dfs_desktop.ui.charts.line_chart import LineChart
from dfs_desktop.ui.charts.metric_bars import MetricBars
from dfs_desktop.ui.charts.scale import Scale, exact_scale, scale_for, tick_text
from dfs_desktop.ui.charts.series import Band, Series, banding, described, nearest, seen, smoothing
from dfs_desktop.ui.preview.metric_curves import duration, first_shown
from dfs_desktop.ui.theme import theme

NAN = math.nan


@pytest.fixture(params=["light", "dark"])
def mode(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[str]:
    """Both themes, the system's afterwards."""
    theme.install(qapp).use(request.param)
    yield request.param
    theme.current().use("system")


def picture(widget: QWidget, width: int = 400, height: int = 240, ratio: float = 1.0) -> QImage:
    """The widget as it paints itself on a screen of this pixel ratio."""
    widget.resize(width, height)
    image = QImage(round(width * ratio), round(height * ratio), QImage.Format.Format_ARGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(theme.current().color("base"))
    widget.render(image, QPoint())
    return image


def places(image: QImage, color: QColor, *, within: int = 24) -> list[tuple[int, int]]:
    """Where (in device-independent pixels) this very colour is, give or take ``within``."""
    ratio = image.devicePixelRatio()
    pixels = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), -1, 4)
    wanted = np.array([color.blue(), color.green(), color.red()], dtype=int)
    near = np.abs(pixels[:, :, :3].astype(int) - wanted).sum(axis=2) < within
    return [(round(int(x) / ratio), round(int(y) / ratio)) for y, x in np.argwhere(near)]


def smoothed(values: list[float], weight: float) -> list[float]:
    return [value for piece in smoothing(values, weight) for value in piece]


def ramp(name: str, values: list[float]) -> Series:
    return Series(name, tuple(map(float, range(len(values)))), tuple(values))


def test_a_rising_and_a_falling_curve_are_where_they_should_be(mode: str) -> None:
    chart = LineChart()
    chart.show_series([ramp("up", [0, 1, 2]), ramp("down", [2, 1, 0])])
    chart.finish()
    image = picture(chart)
    up, down = places(image, series_color(0)), places(image, series_color(1))
    assert len(up) > 100
    assert len(down) > 100
    assert min(up)[1] > max(up)[1], "the y axis points down in a picture"
    assert min(down)[1] < max(down)[1]
    spoken = chart.accessibleDescription()
    assert "up: 3 points, from 0 to 2" in spoken
    assert "down" in spoken


def test_every_screen_shows_the_same_curve(mode: str) -> None:
    chart = LineChart()
    chart.show_series([ramp("a", [1, 4, 2, 8])])
    boxes = []
    for ratio in (1.0, 2.0):
        found = places(picture(chart, ratio=ratio), series_color(0))
        xs, ys = [x for x, _ in found], [y for _, y in found]
        boxes.append((min(xs), max(xs), min(ys), max(ys)))
    assert all(abs(a - b) <= 3 for a, b in zip(*boxes, strict=True)), boxes


def test_text_of_the_axes_is_readable_on_its_ground(mode: str) -> None:
    colors = theme.current()
    for name in ("text", "dim"):
        assert _contrast(colors.color(name), colors.color("base")) >= 4.5
    for number in range(8):
        assert _contrast(series_color(number), colors.color("base")) >= 3


def test_high_contrast_follows_the_person_and_every_word_stands_out(mode: str) -> None:
    colors = theme.current()
    changed: list[bool] = []
    heard = colors.changed.connect(lambda: changed.append(colors.high_contrast()))
    assert not colors.high_contrast()
    colors.use_contrast("high")
    assert colors.high_contrast()
    assert colors.dark() is (mode == "dark")
    grounds = ("window", "base", "alternate", "selection", "hover", "button")
    for name in ("text", "dim", "accent", "failed", "waiting", "good"):
        for ground in grounds if name in {"text", "dim"} else ("window", "base"):
            assert _contrast(colors.color(name), colors.color(ground)) >= 7, (name, ground)
    for name, ground in (("onSelection", "selection"), ("onAccent", "accent")):
        assert _contrast(colors.color(name), colors.color(ground)) >= 7
    assert _contrast(colors.color("line"), colors.color("base")) >= 4.5, "what borders show"
    for number in range(8):
        assert _contrast(series_color(number), colors.color("base")) >= 3
    colors.use_contrast("usual")
    assert changed == [True, False]
    colors.use_contrast("system")
    colors.changed.disconnect(heard)


def _contrast(one: QColor, other: QColor) -> float:
    """The contrast ratio of WCAG."""
    light = sorted((_luminance(one), _luminance(other)))
    return (light[1] + 0.05) / (light[0] + 0.05)


def _luminance(color: QColor) -> float:
    parts = [color.redF(), color.greenF(), color.blueF()]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_the_pointer_reads_values_and_leaving_forgets_them(qapp: QApplication) -> None:
    theme.install(qapp)
    chart = LineChart()
    chart.show_series([ramp("a", [10, 20, 30]), ramp("b", [1, NAN, 3])])
    chart.resize(400, 240)
    plot = chart._plot()
    point = QPointF(plot.right() - 2, plot.center().y())
    event = QMouseEvent(
        QMouseEvent.Type.MouseMove, point, point, Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    chart.mouseMoveEvent(event)
    assert [(name, x, y) for name, x, y, _ in chart.readings()] == [("a", 2, 30), ("b", 2, 3)]
    with_box = picture(chart)
    chart._read(None)
    assert chart.readings() == []
    assert picture(chart) != with_box


def test_the_arrow_keys_read_values_too(qapp: QApplication) -> None:
    theme.install(qapp)
    chart = LineChart()
    chart.show_series([ramp("a", [10, 20, 30])])
    for key, value in ((Qt.Key.Key_Right, 10), (Qt.Key.Key_Right, 20), (Qt.Key.Key_Left, 10)):
        QTest.keyClick(chart, key)
        assert chart.readings()[0][2] == value


def test_a_logarithmic_scale_makes_a_line_of_an_exponential(mode: str) -> None:
    chart = LineChart()
    chart.show_series([ramp("loss", [10.0**-n for n in range(6)])])
    chart.set_log(True)
    found = places(picture(chart), series_color(0))
    (x0, y0), (x1, y1) = min(found), max(found)
    for x, y in found:
        straight = y0 + (y1 - y0) * (x - x0) / (x1 - x0)
        assert abs(y - straight) < 4


def test_what_a_logarithmic_scale_cannot_show_is_said(mode: str) -> None:
    chart = LineChart()
    chart.show_series([ramp("a", [-1, 0, -3])])
    chart.set_log(True)
    assert places(picture(chart), series_color(0)) == []
    # Thin letters have few pixels of the very colour: what is nearer to it than to the paper counts.
    assert len(places(picture(chart), theme.current().color("dim"), within=200)) > 10


@pytest.mark.parametrize(
    "values",
    [[], [NAN], [math.inf, -math.inf], [5.0], [0.0, 0.0], [1e308, -1e308], [5e-324, 1e-323],
     [1e300] * 3, [NAN, 1.0, NAN, 2.0]],
)  # fmt: skip
@pytest.mark.parametrize("log", [False, True])
def test_no_values_break_a_chart(qapp: QApplication, values: list[float], log: bool) -> None:
    theme.install(qapp)
    chart = LineChart()
    chart.show_series([ramp("a", values)])
    chart.set_log(log)
    chart.set_smoothing(0.9)
    chart._read(0.0)
    picture(chart, 120, 90)
    bars = MetricBars()
    bars.show_metrics({f"{n}": value for n, value in enumerate(values)})
    picture(bars, 120, 90)
    bars.close()


def test_smoothing_is_a_moving_average_without_a_pull_to_zero() -> None:
    assert smoothed([5.0] * 4, 0.9) == pytest.approx([5.0] * 4)
    assert smoothed([1.0, 2.0], 0.0) == [1.0, 2.0]
    assert smoothed([0.0, 1.0], 0.5)[1] == pytest.approx(2 / 3)
    gap = smoothed([1.0, NAN, 1.0], 0.5)
    assert math.isnan(gap[1])
    assert gap[2] == pytest.approx(1.0)
    noisy = [n % 2 for n in range(100)]
    assert max(smoothed(noisy, 0.9)[50:]) < 0.6


def test_a_long_curve_keeps_its_peaks() -> None:
    values = [0.0] * 50_000
    values[31_234], values[40_001] = 9.0, -9.0
    curve, x = ramp("a", values), Scale(0, 49_999)
    assert seen(curve, x, 500) is None, "more points than pixels"
    band = banded(curve, x, 500)
    assert band.columns == list(range(500))
    assert band.highs[312] == max(band.highs) == 9.0
    assert band.lows[400] == min(band.lows) == -9.0
    part = seen(curve, Scale(31_230, 31_240), 500)
    assert part is not None
    assert part.xs == tuple(range(31_229, 31_242)), "one more at each side"
    assert seen(ramp("b", [1, 2]), None, 500) == ramp("b", [1, 2])


def banded(curve: Series, x: Scale, columns: int) -> Band:
    band = Band(curve.name, [], [], [], columns)
    assert all(step is None for step in banding(curve, x, columns, band))
    return band


@given(
    points=st.dictionaries(
        st.integers(0, 400),
        st.one_of(st.floats(-9, 9), st.just(NAN), st.just(math.inf)),
        min_size=2,
    ),
    columns=st.integers(1, 60),
    ends=st.tuples(st.integers(0, 200), st.integers(201, 400)),
)
def test_a_band_has_all_that_its_curve_has(
    points: dict[int, float], columns: int, ends: tuple[int, int]
) -> None:
    curve = Series("a", tuple(map(float, sorted(points))), tuple(points[x] for x in sorted(points)))
    band = banded(curve, Scale(*map(float, ends)), columns)
    assert band.columns == sorted(set(band.columns))
    spans = dict(zip(band.columns, zip(band.lows, band.highs, strict=True), strict=True))
    assert all(low <= high for low, high in spans.values())
    for x, y in zip(curve.xs, curve.ys, strict=True):
        if ends[0] <= x <= ends[1] and math.isfinite(y):
            place = (x - ends[0]) / (ends[1] - ends[0]) * columns
            near = [spans[n] for n in (int(place) - 1, int(place)) if n in spans]
            assert any(low <= y <= high for low, high in near)


def test_scales_and_their_round_values() -> None:
    scale = scale_for([0.0, 97.0])
    assert scale is not None
    ticks = scale.ticks(5)
    assert 0 in ticks
    assert 3 <= len(ticks) <= 7
    assert all(tick % 5 == 0 for tick in ticks)
    log = scale_for([1e-4, 1.0], log=True)
    assert log is not None
    assert all(math.log10(tick) == pytest.approx(round(math.log10(tick))) for tick in log.ticks(5))
    assert log.value(log.place(0.01) or 0.0) == pytest.approx(0.01)
    assert log.place(0.0) is None
    assert Scale(0, 10).place(NAN) is None
    assert scale_for([]) is None
    assert exact_scale([3.0, 9.0]) == Scale(3, 9)
    assert exact_scale([3.0]) == Scale(2.5, 3.5)


@pytest.mark.parametrize(
    ("value", "ticks", "text"),
    [(0.25, [0, 0.25, 0.5], "0.25"), (2, [0, 1, 2], "2"), (0.5, [0, 0.5, 1], "0.5"),
     (2e7, [0, 2e7], "20\u202f000\u202f000"), (2e15, [0, 2e15], "2e+15"),
     (0, [0, 1], "0"), (1e-5, [1e-5, 2e-5], "1e-05")],
)  # fmt: skip
def test_ticks_have_as_many_digits_as_they_need(
    value: float, ticks: list[float], text: str
) -> None:
    assert tick_text(value, ticks) == text


def test_words_for_those_who_hear_the_chart() -> None:
    assert described(ramp("a", [1, 3, 2])) == "a: 3 points, from 1 to 2, lowest 1, highest 3"
    assert described(ramp("a", [NAN])) == "a: no values"
    assert nearest(ramp("a", []), 1) is None
    assert nearest(ramp("a", [1, 2, 3]), 1.4) == 1
    assert duration(4.5) == "4.5 s"
    assert duration(75) == "1:15"
    assert duration(3723) == "1:02:03"


def test_curves_that_share_a_scale_are_shown_first() -> None:
    names = ["grad_norm", "learning_rate", "train/loss", "val/accuracy", "val/loss"]
    assert first_shown(names) == {2, 4}
    assert first_shown(["accuracy", "loss"]) == {1}
    assert first_shown(["a"]) == {0}
    assert first_shown([]) == set()
    assert len(first_shown([f"fold{n}/loss" for n in range(9)])) == 4


def test_two_curves_never_look_the_same(qapp: QApplication) -> None:
    theme.install(qapp)
    looks = {(series_color(n).name(), series_dash(n)) for n in range(32)}
    assert len(looks) == 32


def test_bars_are_as_long_as_their_values(mode: str) -> None:
    bars = MetricBars()
    bars.show_metrics({"half": 0.5, "whole": 1.0, "more": 1.5, "none": NAN})
    image = picture(bars, 400, bars.sizeHint().height())
    accent = theme.current().color("accent")
    rows: dict[int, list[int]] = {}
    for x, y in places(image, accent):
        rows.setdefault(y // bars._line(), []).append(x)
    length = {row: max(xs) - min(xs) for row, xs in rows.items()}
    assert set(rows) == {0, 1}, "what is above one, or no number, has no bar"
    assert length[1] == pytest.approx(2 * length[0], rel=0.1)
    assert "whole 1.000" in bars.accessibleDescription()
    bars.close()


def test_names_of_strangers_are_shown_as_they_are(qapp: QApplication) -> None:
    theme.install(qapp)
    chart, bars = LineChart(), MetricBars()
    chart.show_series([ramp("<b>\u202eevil", [1, 2])])
    chart.finish()
    bars.show_metrics({"<b>\u202eevil": 1.0})
    for widget in (chart, bars):
        assert "\u202e" not in widget.accessibleDescription()
        assert "<b>" in widget.accessibleDescription()
    bars.close()
    chart._read(1.0)
    picture(chart)
