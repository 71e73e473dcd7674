"""Light and dark: one palette, one small style sheet, following the system or the person's choice."""

from typing import Literal

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette, QPen
from PySide6.QtWidgets import QApplication

from . import icon_files

Mode = Literal["system", "light", "dark"]
Contrast = Literal["system", "high", "usual"]
Role = QPalette.ColorRole

_ROLES = {
    Role.Window: "window",
    Role.WindowText: "text",
    Role.Base: "base",
    Role.AlternateBase: "alternate",
    Role.Text: "text",
    Role.PlaceholderText: "dim",
    Role.Button: "button",
    Role.ButtonText: "text",
    Role.ToolTipBase: "base",
    Role.ToolTipText: "text",
    Role.Highlight: "selection",
    Role.HighlightedText: "onSelection",
    Role.Accent: "accent",
    Role.Link: "accent",
    Role.BrightText: "failed",
    Role.Light: "base",
    Role.Midlight: "hover",
    Role.Mid: "line",
    Role.Dark: "line",
    Role.Shadow: "line",
}

_SHEET = """
QToolTip {{ color: {text}; background: {base}; border: 1px solid {line}; padding: 4px; }}
QMainWindow::separator {{ background: {line}; }}
QToolBar {{ background: {window}; border: none; border-bottom: 1px solid {line};
    padding: 4px 8px; spacing: 4px; }}
QToolButton {{ background: transparent; border: 1px solid transparent; border-radius: 6px;
    padding: 3px; }}
QToolBar QToolButton {{ padding: 4px 8px; }}
QToolButton#removeTagButton {{ padding: 1px; border-radius: 4px; }}
QToolButton#moreTabsButton {{ margin-bottom: 2px; }}
QToolButton:hover {{ background: {hover}; border-radius: 6px; }}
QToolButton:pressed, QToolButton:checked {{ background: {line}; border-radius: 6px; }}
QToolButton:focus {{ border: 1px solid {accent}; border-radius: 6px; }}
QSplitter::handle {{ background: {line}; }}
QSplitter::handle:horizontal {{ width: 1px; }}
QStatusBar {{ background: {window}; border-top: 1px solid {line}; color: {dim}; }}
QStatusBar::item {{ border: none; }}
QHeaderView {{ background: {base}; qproperty-textElideMode: ElideRight; }}
QHeaderView::section {{ background: {base}; color: {dim}; border: none;
    border-bottom: 1px solid {line}; padding: 4px 8px; font-weight: 500; }}
QHeaderView::section:hover {{ background: {hover}; }}
QTableView, QListView, QTreeView {{ background: {base}; alternate-background-color: {alternate};
    border: none; outline: none; selection-background-color: {selection};
    selection-color: {onSelection}; }}
QTableView::item {{ padding: 0 5px; border: none; }}
QTreeView::item {{ padding: 3px 8px 3px 0; }}
QListView::item {{ border-radius: 6px; padding: 4px 8px; }}
QListView::item:hover {{ background: {hover}; }}
QListView::item:selected {{ background: {selection}; color: {onSelection}; }}
QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QAbstractSpinBox {{ background: {base}; color: {text};
    border: 1px solid {line}; border-radius: 6px; padding: 4px 8px;
    selection-background-color: {accent}; selection-color: {onAccent};
    placeholder-text-color: {dim}; }}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:focus, QAbstractSpinBox:focus {{
    border: 1px solid {accent}; }}
QAbstractSpinBox {{ padding: 2px 0 2px 6px; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ border: none; width: 20px; }}
QAbstractSpinBox::up-arrow {{ image: url("{arrow-up}"); width: 10px; height: 10px; }}
QAbstractSpinBox::down-arrow {{ image: url("{arrow}"); width: 10px; height: 10px; }}
QAbstractSpinBox:disabled {{ color: {dim}; background: {window}; }}
QLineEdit[quiet="true"], QPlainTextEdit[quiet="true"] {{ background: transparent;
    border: 1px solid transparent; padding: 4px 4px; }}
QLineEdit[quiet="true"]:hover, QPlainTextEdit[quiet="true"]:hover {{ border-color: {line}; }}
QLineEdit[quiet="true"]:focus, QPlainTextEdit[quiet="true"]:focus {{ background: {base};
    border-color: {accent}; }}
QComboBox::drop-down {{ border: none; width: 22px; }}
QComboBox::down-arrow {{ image: url("{arrow}"); width: 12px; height: 12px; }}
QTextEdit[quiet="true"] {{ background: transparent; border: 1px solid transparent; }}
QTextEdit[quiet="true"]:focus {{ border-color: {accent}; }}
QComboBox QAbstractItemView {{ border: 1px solid {line}; padding: 4px; outline: none;
    selection-background-color: {selection}; selection-color: {onSelection}; }}
QComboBox {{ selection-background-color: {selection}; selection-color: {onSelection}; }}
QPushButton {{ background: {button}; color: {text}; border: 1px solid {line};
    border-radius: 6px; padding: 5px 14px; min-height: 1.2em; outline: none; }}
QPushButton:hover {{ background: {hover}; }}
QPushButton:focus {{ border: 1px solid {accent}; }}
QPushButton:disabled {{ color: {dim}; background: {window}; }}
QPushButton[primary="true"] {{ background: {accent}; color: {onAccent}; border-color: {accent}; }}
QPushButton[primary="true"]:focus {{ border: 2px solid {text}; padding: 4px 13px; }}
QPushButton[primary="true"]:disabled {{ background: {line}; color: {dim}; border-color: {line}; }}
QPushButton[quiet="true"], QPushButton[link="true"] {{ background: transparent;
    border: 1px solid transparent; }}
QPushButton[quiet="true"] {{ text-align: left; padding: 5px 8px; }}
QPushButton[quiet="true"]:checked {{ background: {selection}; }}
QPushButton[quiet="true"]:disabled {{ color: {text}; }}
QPushButton[quiet="true"]:focus, QPushButton[link="true"]:focus {{ border: 1px solid {accent}; }}
QPushButton[link="true"] {{ color: {accent}; padding: 3px 2px;
    text-align: left; }}
QAbstractScrollArea::corner {{ background: transparent; border: none; }}
QPushButton[quiet="true"]:hover {{ background: {hover}; }}
QPushButton[link="true"]:hover {{ text-decoration: underline; }}
QPushButton[link="true"]:disabled {{ color: {dim}; text-decoration: none; }}
QTabWidget::pane {{ border: none; border-top: 1px solid {line}; }}
QTabBar {{ qproperty-drawBase: 0; outline: none; }}
QTabBar::tab {{ background: transparent; color: {dim}; padding: 7px 10px; border: none;
    border-bottom: 2px solid transparent; }}
QTabBar::tab:selected {{ color: {text}; border-bottom: 2px solid {accent}; }}
QTabBar::tab:hover {{ color: {text}; }}
QTabBar::tab:focus {{ border: 1px solid {accent}; border-bottom-width: 2px;
    padding: 6px 9px 7px 9px; }}
QTabBar[compact="true"]::tab {{ padding: 4px 5px; }}
QTabBar[compact="true"]::tab:focus {{ padding: 3px 4px 4px 4px; }}
QProgressBar {{ background: {line}; border: none; border-radius: 3px; max-height: 6px;
    min-height: 6px; text-align: center; }}
QProgressBar::chunk {{ background: {accent}; border-radius: 3px; }}
QCheckBox::indicator, QTableView::indicator, QListView::indicator {{ width: 14px; height: 14px;
    border: 1px solid {dim}; border-radius: 4px; background: {base}; }}
QCheckBox::indicator:focus {{ border-color: {accent}; }}
QListView::indicator:checked, QCheckBox::indicator:checked {{ background: {accent};
    border-color: {accent}; image: url("{check}"); }}
QCheckBox::indicator:checked:focus {{ border: 2px solid {text}; width: 12px; height: 12px; }}
QRadioButton::indicator {{ width: 14px; height: 14px; border: 1px solid {dim}; border-radius: 8px;
    background: {base}; }}
QRadioButton::indicator:checked {{ width: 6px; height: 6px; border: 5px solid {accent}; }}
QRadioButton::indicator:focus {{ border-color: {accent}; }}
QRadioButton::indicator:checked:focus {{ border-color: {text}; }}
QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {line}; }}
QSlider::handle:horizontal {{ width: 12px; margin: -5px 0; border: 1px solid {dim};
    border-radius: 7px; background: {base}; }}
QSlider::handle:horizontal:focus {{ border: 2px solid {accent}; width: 10px; }}
QMenu {{ background: {base}; border: 1px solid {line}; padding: 4px; }}
QMenu::item {{ padding: 4px 24px 4px 12px; border-radius: 4px; }}
QMenu::item:selected {{ background: {selection}; color: {onSelection}; }}
QMenu::item:disabled {{ color: {dim}; }}
QMenu::separator {{ height: 1px; background: {line}; margin: 3px 8px; }}
QMenuBar {{ background: {window}; }}
QMenuBar::item {{ padding: 4px 8px; border-radius: 4px; }}
QMenuBar::item:selected {{ background: {hover}; }}
QScrollBar:vertical {{ background: transparent; width: 11px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 11px; margin: 0; }}
QScrollBar::handle {{ background: {line}; border-radius: 4px; margin: 2px; min-height: 28px;
    min-width: 28px; }}
QScrollBar::handle:hover {{ background: {dim}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QLabel[dim="true"] {{ color: {dim}; }}
QLabel[heading="true"] {{ color: {dim}; font-weight: 600; }}
QLabel[failed="true"] {{ color: {failed}; }}
QLabel[waiting="true"] {{ color: {waiting}; }}
QLabel[good="true"] {{ color: {good}; }}
QFrame[card="true"] {{ background: {base}; border: 1px solid {line}; border-radius: 8px; }}
QFrame[pane="true"] {{ background: {window}; border: none; }}
QFrame[sheet="true"] {{ background: {base}; border: none; }}
QDialog#gotoBox {{ background: {base}; border: 1px solid {line}; }}
QFrame[underline="true"] {{ background: {window}; border: none;
    border-bottom: 1px solid {line}; }}
QFrame[topline="true"] {{ border: none; border-top: 1px solid {line}; }}
"""

# What has the focus is seen from afar.
_HIGH = """
QToolButton:focus, QPushButton:focus, QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus,
QComboBox:focus, QPushButton[quiet="true"]:focus, QPushButton[link="true"]:focus {{
    border: 2px solid {accent}; }}
QCheckBox::indicator, QTableView::indicator, QListView::indicator {{ border: 2px solid {text}; }}
QPushButton[link="true"] {{ text-decoration: underline; }}
QLineEdit, QPlainTextEdit, QTextEdit {{ placeholder-text-color: {line}; }}
"""


class Theme(QObject):
    """Applies the colours. `changed` tells painters that draw by themselves to draw again."""

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._mode: Mode = "system"
        self._contrast: Contrast = "system"
        self._tokens = icon_files.theme_tokens()
        self.colors: dict[str, str] = self._tokens["light"]
        self._read: dict[str, QColor] = {}  # of these, so that none is read for each cell
        self._pens: dict[str, QPen] = {}
        app.setStyle("Fusion")
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._apply)
        if hasattr(hints, "accessibility"):  # since Qt 6.10; before it nobody tells of contrast
            hints.accessibility().contrastPreferenceChanged.connect(self._apply)
        self._apply()

    def use(self, mode: Mode) -> None:
        self._mode = mode
        self._apply()

    def use_contrast(self, contrast: Contrast) -> None:
        """Follow the system's wish for more contrast, or the person's."""
        self._contrast = contrast
        self._apply()

    def high_contrast(self) -> bool:
        """Whether everything stands out."""
        if self._contrast != "system":
            return self._contrast == "high"
        hints = QGuiApplication.styleHints()
        if not hasattr(hints, "accessibility"):
            return False
        return hints.accessibility().contrastPreference() is Qt.ContrastPreference.HighContrast

    def color(self, name: str) -> QColor:
        """A token: text, dim, line, accent, waiting, failed, good ..."""
        if (color := self._read.get(name)) is None:
            color = self._read[name] = QColor(self.colors[name])
        return QColor(color)

    def pen(self, name: str) -> QPen:
        """What a painter draws with in this colour: one for all, not to be changed."""
        if (pen := self._pens.get(name)) is None:
            pen = self._pens[name] = QPen(self.color(name))
        return pen

    def dark(self) -> bool:
        if self._mode != "system":
            return self._mode == "dark"
        return QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark

    def _apply(self, *_scheme: object) -> None:
        mode, high = "dark" if self.dark() else "light", self.high_contrast()
        colors = self._tokens[f"{mode}-contrast" if high else mode]
        self.colors, self._read, self._pens = colors, {}, {}
        palette = QPalette()
        for role, name in _ROLES.items():
            palette.setColor(role, QColor(colors[name]))
        for role in (Role.WindowText, Role.Text, Role.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(colors["dim"]))
        self._app.setPalette(palette)
        marks = {name: icon_files.sheet_mark(name, mode) for name in ("check", "arrow", "arrow-up")}
        sheet = _SHEET + _HIGH if high else _SHEET
        self._app.setStyleSheet(sheet.format(**colors, **marks))
        icon_files.icons.recolour(colors["text"], colors["dim"], shiboken6.isValid)
        self.changed.emit()


_theme: list[Theme] = []


def install(app: QApplication) -> Theme:
    """Make the theme of the application (once) and return it."""
    if not _theme or not shiboken6.isValid(_theme[0]):
        _theme[:] = [Theme(app)]
    return _theme[0]


def current() -> Theme:
    """The installed theme."""
    return _theme[0]
