"""Windows stand whole inside the screen, on small ones and after a larger one is gone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from dfs_desktop.ui.help.key_sheet import KeySheet
from dfs_desktop.ui.platform.screen_fit import fitted
from dfs_desktop.ui.widgets.dialogs import Question

numbers = st.integers(-3000, 3000)
sizes = st.integers(1, 4000)
rectangles = st.builds(QRect, numbers, numbers, sizes, sizes)


@pytest.mark.fault("RL-46")
@given(rectangles, rectangles)
def test_what_is_fitted_lies_inside_and_what_lies_inside_stays(frame: QRect, free: QRect) -> None:
    found = fitted(frame, free)
    assert free.contains(found)
    assert found.size() == frame.size().boundedTo(free.size())
    if free.contains(frame):
        assert found == frame


def test_all_words_of_a_question_are_seen_on_a_small_screen(qtbot: QtBot) -> None:
    """By itself a dialog takes two thirds of the screen, and its text is cut at both ends."""
    lines = QApplication.primaryScreen().availableGeometry().height() * 3 // 4
    question = Question(None, "Delete?", "", ["Keep", "Delete"])
    qtbot.addWidget(question)
    many = lines // question.fontMetrics().height()
    question = Question(None, "Delete?", "\n".join(["a model"] * many), ["Keep", "Delete"])
    qtbot.addWidget(question)
    question.open()
    for label in question.findChildren(QLabel):
        assert label.height() >= label.heightForWidth(label.width())


def test_what_stands_beside_the_work_is_no_higher_than_the_screen(
    qtbot: QtBot, request: pytest.FixtureRequest
) -> None:
    """Where no window manager brings it to the front, nothing fits it to the screen later."""
    usual, large = QApplication.font(), QApplication.font()
    large.setPointSize(60)
    QApplication.setFont(large)
    request.addfinalizer(lambda: QApplication.setFont(usual))
    parent = QWidget()
    qtbot.addWidget(parent)
    free = parent.screen().availableGeometry().height()
    assert parent.fontMetrics().height() * 36 > free
    assert KeySheet(parent, []).height() < free
