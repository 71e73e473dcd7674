"""The fonts for other scripts are named behind the program's own one, where Qt finds them at once."""

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QFont, QFontDatabase, QFontInfo, QTextLayout
from PySide6.QtWidgets import QApplication, QLabel

from dfs_desktop.ui.theme.fallback_fonts import SCRIPTS, find_families, use_families


@pytest.fixture
def own_font(qapp: QApplication) -> Iterator[QFont]:
    fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
    font, substitutes = QApplication.font(), QFont.substitutes(fixed)
    own = QFont(font)
    own.setFamilies(font.families()[:1])
    QApplication.setFont(own)
    yield own
    QApplication.setFont(font)
    QFont.removeSubstitutions(fixed)
    QFont.insertSubstitutions(fixed, substitutes)


def families_shown(text: str, font: QFont) -> set[str]:
    layout = QTextLayout(text, font)
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    return {run.rawFont().familyName() for run in layout.glyphRuns() if all(run.glyphIndexes())}


@pytest.mark.fault("X-03")
def test_the_families_of_other_scripts_are_found_and_named_behind_the_own_one(
    own_font: QFont,
) -> None:
    before = {sign: families_shown(sign, own_font) for sign in SCRIPTS}
    kept: list[str] = []
    for _ in find_families(kept.extend):
        pass
    assert set(kept) == set().union(*before.values())
    for _ in range(2):
        use_families([*kept, "", "No Such Font"])
        families = QLabel("模型").font().families()
        assert families[:1] == [QFontInfo(own_font).family()], "“Sans Serif” is no family"
        assert families[1:] == [each for each in kept if each not in families[:1]]
    assert {sign: families_shown(sign, QLabel().font()) for sign in SCRIPTS} == before
