"""What every dialog looks like, whatever is in it: no gaps, no width by foreign names, one text size."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontDatabase, QFontMetrics
from PySide6.QtWidgets import QApplication, QLabel, QStyleOptionViewItem, QWidget
from pytestqt.qtbot import QtBot

import dfs_desktop.ui
from dfs_desktop import translation
from dfs_desktop.artifact.names import isolated
from dfs_desktop.ui.preview.text_table import RowsTable
from dfs_desktop.ui.theme.fallback_fonts import use_families
from dfs_desktop.ui.widgets.dialogs import Question, choice_box
from dfs_desktop.ui.widgets.empty_state import EmptyState
from dfs_desktop.ui.widgets.labels import plain_label
from dfs_desktop.ui.widgets.layouts import row
from dfs_desktop.ui.widgets.properties_dialog import PropertiesDialog

pytestmark = pytest.mark.usefixtures("light")


@pytest.mark.parametrize("words", [3, 8, 11, 14, 40, 200])
def test_a_question_is_as_high_as_its_words(qtbot: QtBot, words: int) -> None:
    question = Question(None, "Clear it " * (words // 3), "word " * words, ["Keep it", "Clear it"])
    qtbot.addWidget(question)
    question.show()
    qtbot.waitExposed(question)
    labels = question.findChildren(QLabel)
    assert len(labels) == 2
    for label in labels:
        assert label.height() == label.heightForWidth(label.width()), "no gap, nothing cut"


def test_a_form_leaves_no_gaps_between_its_fields(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    form = PropertiesDialog(parent, "New track", "Create the track")
    form.add_words("Stages", ["staging", "production"], "At each stage is one version at most.")
    form.add_text("")
    form.add_words("Tags", [])
    form.show()
    qtbot.waitExposed(form)
    shown = [form.form.itemAt(n, form.form.ItemRole.FieldRole) for n in range(5)]
    fields = [each.geometry() for each in shown]
    gaps = {b.top() - a.bottom() for a, b in itertools.pairwise(fields)}
    assert max(gaps) - min(gaps) <= 3
    stop, places = form.name, []
    while not places or stop is not form.name:
        if stop.isVisible() and stop.focusPolicy() & Qt.FocusPolicy.TabFocus:
            bottom = stop.mapTo(form, stop.rect().bottomLeft()).y()
            places.append(
                sum(field.top() <= bottom for field in fields) + (bottom > fields[-1].bottom())
            )
        stop = stop.nextInFocusChain()
    assert places == [1, 2, 2, 2, 4, 5, 6, 6], "by Tab from field to field, then to the buttons"
    chips = shown[1].widget()
    assert fields[1].height() == chips.heightForWidth(fields[1].width()), "in a wide font two lines"
    assert fields[2].height() < 2 * form.fontMetrics().height()


def test_an_empty_place_cuts_no_words_where_it_is_small(qtbot: QtBot) -> None:
    empty = EmptyState("artifact", "word " * 60)
    qtbot.addWidget(empty)
    empty.say("artifact", "word " * 60, "A heading of some words", "Choose files…")
    empty.resize(180, 160)
    empty.show()
    qtbot.waitExposed(empty)
    for label in (empty.heading, empty.text):
        assert label.height() >= label.heightForWidth(label.width())


def test_a_foreign_name_does_not_make_a_choice_wider(qtbot: QtBot) -> None:
    box = choice_box("box", "Track")
    qtbot.addWidget(box)
    before = box.sizeHint().width()
    box.addItems(["Release", "name " * 200, "模型" * 100])
    box.setCurrentIndex(1)
    assert box.sizeHint().width() == before


def test_families_of_other_scripts_leave_letters_as_wide_as_they_were(qapp: QApplication) -> None:
    """“Sans Serif” stands for another font, and gave way to the first family that was named."""
    font = QApplication.font()
    plain = QApplication.font()
    plain.setFamilies(["Sans Serif"])
    QApplication.setFont(plain)
    fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
    substitutes = QFont.substitutes(fixed)
    QFont.removeSubstitutions(fixed)

    def widths() -> list[int]:
        code = QFontMetrics(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        return [
            QFontMetrics(QApplication.font()).averageCharWidth(),
            code.horizontalAdvance("i" * 20),
            code.horizontalAdvance("m" * 20),
        ]

    try:
        before = widths()
        use_families(QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese)[:3])
        assert widths() == before
    finally:
        QApplication.setFont(font)
        QFont.removeSubstitutions(fixed)
        QFont.insertSubstitutions(fixed, substitutes)


def test_what_follows_a_name_from_right_to_left_stays_behind_it() -> None:
    assert isolated("resnet 5") == "resnet 5"
    assert isolated("模型") == "模型"
    assert isolated("شبكة") == "\u2068شبكة\u2069"


@pytest.mark.parametrize("chosen", [False, True], ids=["read", "selected"])
def test_a_latin_text_stands_where_the_lines_begin(
    monkeypatch: pytest.MonkeyPatch, chosen: bool
) -> None:
    monkeypatch.setattr(translation, "_used", list(translation._used))
    monkeypatch.setenv(translation.VARIABLE, "en")
    translation.use("ar")
    label = plain_label("||||", wrap=True)
    if chosen:
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.resize(400, 40)
    seen = label.grab().toImage()
    ground = seen.pixelColor(2, 2)
    columns = [x for x in range(400) if any(seen.pixelColor(x, y) != ground for y in range(40))]
    assert columns
    assert min(columns) > 300


def test_a_cell_keeps_the_order_of_its_signs(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translation, "_used", list(translation._used))
    monkeypatch.setenv(translation.VARIABLE, "en")
    table = RowsTable("Packages", ["Version"])
    qtbot.addWidget(table)
    table.show_rows([["==2.0.1"]])
    for language, shown in (("en", "==2.0.1"), ("ar", "\u2068==2.0.1\u2069")):
        translation.use(language)
        option = QStyleOptionViewItem()
        table.itemDelegate().initStyleOption(option, table.model().index(0, 0))
        assert option.text == shown


def test_margins_are_where_lines_begin_and_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translation, "_used", list(translation._used))
    monkeypatch.setenv(translation.VARIABLE, "en")
    found = []
    for language in ("en", "ar"):
        translation.use(language)
        margins = row(margins=(5, 1, 20, 2)).contentsMargins()
        found.append((margins.left(), margins.top(), margins.right(), margins.bottom()))
    assert found == [(5, 1, 20, 2), (20, 1, 5, 2)]
    set_by_hand = re.compile(r"setContentsMargins\((?!(\w+), \w+, \1, \w+\))")
    sources = sorted(Path(dfs_desktop.ui.__file__).parent.rglob("*.py"))
    by_hand = [each.name for each in sources if set_by_hand.search(each.read_text("utf-8"))]
    assert by_hand == ["layouts.py"], "the others say it to set_margins"
