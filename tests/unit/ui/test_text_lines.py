"""Cells are painted from lines that were laid out before, and stand where Qt itself would draw them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QImage, QPainter
from PySide6.QtWidgets import QApplication, QStyleOptionButton, QWidget
from pytestqt.qtbot import QtBot
from unit.workspace.test_workspace import artifact

from dfs_desktop.artifact.names import shortened
from dfs_desktop.ui.artifact_table.view import TableView
from dfs_desktop.ui.platform.timers import RefreshTimer
from dfs_desktop.ui.theme import theme
from dfs_desktop.ui.widgets import text_lines
from dfs_desktop.ui.widgets.elided_label import ElidedLink
from dfs_desktop.ui.widgets.text_lines import TextLines, elided
from dfs_desktop.workspace.listing.listing import Listing

AREA = QRect(10, 4, 180, 30)


def ink(draw: Callable[[QPainter], object]) -> tuple[int, int, int, int]:
    """The edges of what was drawn: left, right, top, bottom."""
    image = QImage(220, 40, QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setPen(Qt.GlobalColor.black)
    draw(painter)
    painter.end()
    stride, pixels = image.bytesPerLine(), bytes(image.constBits())
    spots = [divmod(n, stride) for n, value in enumerate(pixels) if value < 200]
    dark = [(x, y) for y, x in spots if x < image.width()]
    if not dark:
        return (0, 0, 0, 0)
    xs, ys = zip(*dark, strict=True)
    return min(xs), max(xs), min(ys), max(ys)


signs = st.sampled_from("abc xyz0123<&>.\u0645\u0631\u6a21")


@given(
    st.text(signs, min_size=1, max_size=60).map(str.strip).filter(bool),
    st.booleans(),
    st.booleans(),
)
@example("0000000000.\u0e23\u6a21000000000000", True, False)
def test_a_line_stands_where_qt_would_draw_it(
    qapp: QApplication, text: str, middle: bool, right: bool
) -> None:
    font = QFont()
    lines = TextLines(font)
    mode = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
    short = elided(QFontMetrics(font), text, mode, AREA.width())
    assert QFontMetrics(font).horizontalAdvance(short) <= AREA.width() + 1
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    flags = side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine

    def plainly(painter: QPainter) -> None:
        painter.setFont(font)
        painter.drawText(AREA, flags, short)

    def prepared(painter: QPainter) -> None:
        lines.draw(painter, AREA, text, middle=middle, right=right)

    found = ink(prepared)
    assert all(abs(a - b) <= 2 for a, b in zip(ink(plainly), found, strict=True))
    assert ink(prepared) == found, "a second time from what is kept"


@given(st.floats(0, 1e9).map(lambda number: f"{number:.4f}"), st.integers(0, 180))
def test_a_number_is_drawn_whole_or_as_dots(qapp: QApplication, text: str, room: int) -> None:
    lines = TextLines(QFont())
    area = QRect(AREA.left(), AREA.top(), room, AREA.height())

    def drawn(text: str, *, whole: bool) -> tuple[int, int, int, int]:
        return ink(lambda painter: lines.draw(painter, area, text, right=True, whole=whole))

    shown = text if QFontMetrics(lines.font).horizontalAdvance(text) < room else "…"
    if abs(lines.width(text) - room) > 2:  # what just fits is as good as what just does not
        assert drawn(text, whole=True) == drawn(shown, whole=False)


@pytest.mark.parametrize("text", ["model", "\u0645\u0631\u062d.fnnx", "\u6a21 a"])
def test_a_struck_line_is_struck_from_end_to_end(qapp: QApplication, text: str) -> None:
    lines = TextLines(QFont())
    plain = ink(lambda painter: lines.draw(painter, AREA, text))
    struck = ink(lambda painter: lines.draw(painter, AREA, text, struck=True))
    assert struck[0] <= plain[0]
    assert struck[1] >= plain[1]
    spaces = ink(lambda painter: lines.draw(painter, AREA, " " * 20, struck=True))
    assert spaces[1] - spaces[0] > 20


def test_what_is_kept_is_bounded(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_lines, "MOST", 10)
    lines = TextLines(QFont())
    assert all(lines.width(f"text {n}") > 0 for n in range(100))
    assert len(lines._lines) <= 10


def test_a_cell_that_is_seen_again_is_not_measured_again(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    theme.install(qapp)
    room, listing = QWidget(), Listing()
    table = TableView(listing, RefreshTimer(room), room)
    listing.replace([artifact(f"{n}", tags=["a", "b"], metrics={"f1": n / 7}) for n in range(7)])
    table.grab()
    made: list[str] = []
    monkeypatch.setattr(text_lines, "QStaticText", made.append)
    table.grab()
    assert made == []
    table.table.detach()
    room.deleteLater()


def test_what_was_shortened_before_is_cut_with_one_ellipsis(qapp: QApplication) -> None:
    metrics, middle = QFontMetrics(QFont()), Qt.TextElideMode.ElideMiddle
    words = f"v3 of “{shortened('A very long name ' * 10, 60)}” (production)"
    widths = range(metrics.horizontalAdvance("v3 of"), metrics.horizontalAdvance(words))
    assert any("……" in metrics.elidedText(words, middle, room) for room in widths)
    assert not any("……" in elided(metrics, words, middle, room) for room in widths)


def test_the_two_ellipses_of_a_chinese_name_stay(qapp: QApplication) -> None:
    words = f"模型……{'a' * 40}"
    assert elided(QFontMetrics(QFont()), words, Qt.TextElideMode.ElideRight, 120).count("…") == 3


def test_a_link_with_a_long_name_is_cut_once(qtbot: QtBot) -> None:
    words = f"v3 of “{'A very long name ' * 10}” (production)"
    link = ElidedLink(words, lambda: None)
    qtbot.addWidget(link)
    link.resize(300, 30)
    option = QStyleOptionButton()
    link.initStyleOption(option)
    assert option.text.count("…") == 1
    assert option.text.endswith("(production)")
