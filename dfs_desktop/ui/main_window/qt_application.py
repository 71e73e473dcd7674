"""Qt, as this program uses it: its name, its icon, its numbers, and where it writes what it has to say."""

import logging

from PySide6.QtCore import QLibraryInfo, QLocale, QMessageLogContext, Qt, QtMsgType, QTranslator
from PySide6.QtWidgets import QApplication

from dfs_desktop import __version__
from dfs_desktop.number_text import use_decimal_point
from dfs_desktop.translation import PSEUDO, language, right_to_left
from dfs_desktop.ui.platform.screen_fit import ScreenFit
from dfs_desktop.ui.theme.icon_files import application_icon

APPLICATION_ID = "org.dfsdesktop.DFSDesktop"  # the name of the desktop entry

_QT_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def hear_qt(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    """What Qt has to say goes to the log, not to the terminal of the person."""
    logging.getLogger("qt").log(_QT_LEVELS.get(kind, logging.WARNING), "%s", text)


def _use_one_kind_of_digits() -> None:
    """Numbers of ours and those that Qt writes have the same digits and the same decimal sign.

    The texts of the program have Latin digits; a locale with others lends none of its signs.
    """
    if QLocale().zeroDigit() != "0" or QLocale().decimalPoint() not in {".", ","}:
        QLocale.setDefault(QLocale(QLocale.Language.English))
    use_decimal_point(QLocale().decimalPoint())


def speak(qt: QApplication) -> None:
    """Qt's own buttons and menus in the language of our texts; lines begin where it begins them."""
    for before in qt.findChildren(QTranslator):
        qt.removeTranslator(before)
        before.deleteLater()
    way = Qt.LayoutDirection
    qt.setLayoutDirection(way.RightToLeft if right_to_left() else way.LeftToRight)
    if language() in {"en", PSEUDO}:
        return
    words, folder = QTranslator(qt), QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if words.load(f"qtbase_{language()}", folder):
        qt.installTranslator(words)


def make_qt(arguments: list[str]) -> QApplication:
    """The QApplication with its name, icon and locale."""
    existing = QApplication.instance()
    qt = existing if isinstance(existing, QApplication) else QApplication(arguments)
    qt.setApplicationName("dfs-desktop")
    qt.setApplicationDisplayName("DFS Desktop")
    qt.setApplicationVersion(__version__)
    qt.setDesktopFileName(APPLICATION_ID)
    qt.setWindowIcon(application_icon())
    qt.setQuitOnLastWindowClosed(False)
    if qt.findChild(ScreenFit) is None:
        ScreenFit(qt)
    _use_one_kind_of_digits()
    speak(qt)
    return qt
