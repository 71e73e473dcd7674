"""How to use the open registry from a notebook: the lines to copy, with the address filled in."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QPushButton, QWidget

from dfs_desktop.settings import LOCAL
from dfs_desktop.ui.widgets.dialogs import plain_label
from dfs_desktop.ui.widgets.layouts import row, sheet
from dfs_desktop.workspace.workspace import Workspace


def snippet(workspace: Workspace) -> str:
    """Python lines that open the place the window shows. The key of a server is never in them."""
    session = workspace.session
    local = workspace.local
    lines = ["from dfs_desktop.api import DataForceClient", "", "dfs = DataForceClient("]
    if session.profile.id == LOCAL and local is not None:
        lines += [f"    base_url={local.url!r},", f"    api_key={local.api_key!r},  # for this run"]
    else:
        lines += [f"    base_url={session.profile.base_url!r},", "    # api_key: from DFS_API_KEY"]
    place = session.place
    for name, value in (
        ("organization", place.organization),
        ("orbit", place.orbit),
        ("collection", place.collection),
    ):
        if value:
            lines.append(f"    {name}={value!r},")
    return "\n".join([*lines, ")", "", "for artifact in dfs.model_artifacts.list():",
                      "    print(artifact.model_name, artifact.metrics)", ""])  # fmt: skip


def code_box(name: str, code: str) -> QPlainTextEdit:
    """Lines of code that can be selected, not changed."""
    box = QPlainTextEdit(code)
    box.setAccessibleName(name)
    box.setReadOnly(True)
    box.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    box.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    return box


class PythonDialog(QDialog):
    """Shows the lines; the key of the local registry is only good while the window is open."""

    def __init__(self, parent: QWidget, workspace: Workspace) -> None:
        super().__init__(parent)
        self.setObjectName("pythonDialog")
        self.setWindowTitle("Use from Python")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        words = "The same registry from a notebook or a script"
        if workspace.session.profile.id == LOCAL:
            words += ", while this window is open"
        self.code = code_box("Python lines", snippet(workspace))
        close = QPushButton("Close")
        close.clicked.connect(self.close)
        copy = QPushButton("Copy")
        copy.setProperty("primary", True)
        copy.setDefault(True)
        copy.clicked.connect(self._copy)
        sheet(self, plain_label(words + ".", wrap=True), self.code, row(None, close, copy))
        em = self.fontMetrics().averageCharWidth()
        self.resize(em * 84, em * 40)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.code.toPlainText())
        self.close()
