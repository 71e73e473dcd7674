"""The fourth tab: the registered manifest as text, to be read, searched and copied."""

from __future__ import annotations

import json

from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from dfs_desktop.api import ModelArtifact
from dfs_desktop.ui.dialogs import link_button, plain_label

_MOST = 2_000_000


class ManifestTab(QWidget):
    """What the server keeps of the manifest; it drops keys that it does not know."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        row = QHBoxLayout()
        row.setContentsMargins(5, 0, 8, 0)
        self._summary = plain_label(dim=True)
        row.addWidget(self._summary, 1)
        copy = link_button("Copy")
        copy.setAccessibleName("Copy the manifest")
        copy.clicked.connect(self._copy)
        row.addWidget(copy)
        layout.addLayout(row)
        self.text = QPlainTextEdit()
        self.text.setObjectName("manifestText")
        self.text.setAccessibleName("Manifest")
        self.text.setReadOnly(True)
        self.text.setProperty("quiet", True)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        layout.addWidget(self.text, 1)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())

    def show_artifact(self, artifact: ModelArtifact) -> None:
        manifest = artifact.manifest
        written = json.dumps(manifest, indent=2, ensure_ascii=False)[:_MOST]
        if self.text.toPlainText() != written:
            self.text.setPlainText(written)
        known = [
            manifest.get("variant"),
            manifest.get("producer_name"),
            manifest.get("producer_version"),
        ]
        words = [str(word)[:80] for word in known if word]
        self._summary.setText(" · ".join(words))
