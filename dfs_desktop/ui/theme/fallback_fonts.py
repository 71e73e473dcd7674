"""The fonts in which names, tags and cards of other scripts are shown, found before they are needed."""

from collections.abc import Callable, Iterable, Iterator

from PySide6.QtGui import QFont, QFontDatabase, QFontInfo, QFontMetricsF, QTextLayout
from PySide6.QtWidgets import QApplication

SCRIPTS = "漢한あ😀עأไक"


def use_families(fallback: Iterable[str]) -> None:
    """Name these families behind the program's own one, before any widget has taken its font.

    Qt looks for a font anew for each sign that the own one lacks, through all that are installed: a
    page of 20,000 Chinese signs takes it most of a second, in which the window stands still. In the
    families that are named it looks first, which takes a fiftieth of that.
    """
    font = QApplication.font()
    there = [each for each in fallback if QFontDatabase.hasFamily(each)]
    # A name that stands for another font, as “Sans Serif” does, would give way to the named ones:
    # their letters are up to twice as wide, and all that is measured in letters with them.
    own = QFontInfo(font).family()
    named = [each if QFontDatabase.hasFamily(each) else own for each in font.families()]
    families = list(dict.fromkeys([*named, *there]))
    if there and families != font.families():
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        letters = [] if QFontDatabase.hasFamily(fixed.family()) else [QFontInfo(fixed).family()]
        QFont.insertSubstitutions(fixed.family(), [*letters, *there])
        font.setFamilies(families)
        QApplication.setFont(font)


def find_families(keep: Callable[[list[str]], None]) -> Iterator[None]:
    """Tell which families show the other scripts, for the next start; load them for this one.

    To be walked with a pause after each step, each of which takes some 20 ms at most.
    """
    font = QApplication.font()
    families: list[str] = []
    for sign in SCRIPTS:
        families += [each for each in _families_of(sign, font) if each not in families]
        yield
    keep(families)
    font.setWeight(QFont.Weight.Medium)
    for sign in SCRIPTS:
        yield
        QFontMetricsF(font).horizontalAdvance(sign)


def _families_of(sign: str, font: QFont) -> list[str]:
    """The families in which Qt shows this sign; none when no font has it.

    What Qt draws for a sign without a font is a box, whose font may not be asked: that ends the process.
    """
    if not QFontMetricsF(font).inFontUcs4(ord(sign)):
        return []
    layout = QTextLayout(sign, font)
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    return [run.rawFont().familyName() for run in layout.glyphRuns() if all(run.glyphIndexes())]
