"""The fonts for other scripts are named behind the program's own one, where Qt finds them at once."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QFont, QFontDatabase, QFontInfo, QFontMetricsF, QTextLayout
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


def families_shown(sign: str, font: QFont) -> set[str]:
    if not QFontMetricsF(font).inFontUcs4(ord(sign)):
        return set()  # the box that stands for it has no name: to ask ends the process
    layout = QTextLayout(sign, font)
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


WITHOUT_FONTS = """
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QLabel
from dfs_desktop.ui.theme.fallback_fonts import SCRIPTS, find_families
qt = QApplication([])
for tenth in range(60):
    font = QFont(qt.font())
    font.setPointSizeF(8 + tenth / 10)
    qt.setFont(font)
    kept = []
    for _ in find_families(kept.append):
        pass
    QLabel(SCRIPTS).grab()
print(kept)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="fontconfig is told of one font")
def test_scripts_without_any_font_are_looked_for_in_peace(tmp_path: Path) -> None:
    """A minimal Debian with DejaVu alone ended with a segmentation fault, every fifth time."""
    found = sorted(Path("/usr/share/fonts").rglob("DejaVuSans.ttf"))
    if not found:
        pytest.skip("needs DejaVu Sans")
    (tmp_path / "fonts").mkdir()
    shutil.copy(found[0], tmp_path / "fonts")
    folders = f"<dir>{tmp_path}/fonts</dir><cachedir>{tmp_path}/cache</cachedir>"
    (tmp_path / "fonts.conf").write_text(f"<fontconfig>{folders}</fontconfig>")
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT_FONTS],
        env={**os.environ, "FONTCONFIG_FILE": str(tmp_path / "fonts.conf"),
             "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (ran.returncode, ran.stdout) == (0, "[['DejaVu Sans']]\n"), ran.stderr[-500:]
