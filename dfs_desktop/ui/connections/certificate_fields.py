"""The fields of the certificate that a server may want to see: its files, and the password of its key."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFileDialog, QFormLayout, QLineEdit, QWidget

from dfs_desktop.settings import Profile
from dfs_desktop.translation import tr
from dfs_desktop.ui.widgets.dialogs import secondary_button
from dfs_desktop.ui.widgets.labels import plain_label
from dfs_desktop.ui.widgets.layouts import column, row, set_margins
from dfs_desktop.ui.widgets.naming import named


class CertificateFields(QWidget):
    """Out of sight until they are wanted. `edited` follows each change."""

    edited = Signal()

    def __init__(self, profile: Profile | None) -> None:
        super().__init__()
        self._kept = profile is not None and bool(profile.certificate)
        words = tr("This server wants a certificate from me")
        self.wanted = named(QCheckBox(words), "wantsCertificateBox")
        self.wanted.setChecked(self._kept)
        path = QLineEdit(profile.certificate if profile else "")
        self.certificate = named(path, "certificateEdit", reads=tr("Certificate"))
        path = QLineEdit(profile.certificate_key_file if profile else "")
        self.key = named(path, "certificateKeyEdit", reads=tr("Key of the certificate"))
        self.key.setPlaceholderText(tr("Leave empty if it is in the same file"))
        hidden = QLineEdit(echoMode=QLineEdit.EchoMode.Password)
        self.password = named(hidden, "certificatePasswordEdit", reads=tr("Password of the key"))
        none, keep = tr("Leave empty if it has none"), tr("Leave empty to keep the stored one")
        self.password.setPlaceholderText(keep if self._kept else none)
        self._more = QWidget()
        form = QFormLayout(self._more)
        set_margins(form, 20, 0, 0, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for name, edit, choosing in (
            (tr("Certificate"), self.certificate, tr("Choose the file of the certificate")),
            (tr("Key"), self.key, tr("Choose the file of the key")),
        ):
            form.addRow(plain_label(name, dim=True), self._with_choice(name, edit, choosing))
        form.addRow(plain_label(tr("Password"), dim=True), self.password)
        column(self.wanted, self._more, of=self, spacing=6)
        self.wanted.toggled.connect(self._follow)
        for edit in (self.certificate, self.key, self.password):
            edit.textChanged.connect(lambda _text: self.edited.emit())
        self._follow()

    def _with_choice(self, name: str, edit: QLineEdit, choosing: str) -> QWidget:
        line = QWidget()
        button = secondary_button(tr("Choose…"), lambda: self._choose(name, edit))
        button.setAccessibleName(choosing)
        row((edit, 1), button, of=line, spacing=4)
        return line

    def _choose(self, name: str, edit: QLineEdit) -> None:
        dialog = QFileDialog(self, name, str(Path(edit.text()).parent) if edit.text() else "")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(
            [tr("Certificates and keys (*.pem *.crt *.cer *.key)"), tr("All files (*)")]
        )
        dialog.fileSelected.connect(edit.setText)
        dialog.open()

    def _follow(self) -> None:
        self._more.setVisible(self.wanted.isChecked())
        self.edited.emit()

    def files(self) -> tuple[str, str]:
        """Certificate and key; nothing where none is wanted."""
        if not self.wanted.isChecked():
            return "", ""
        return self.certificate.text().strip(), self.key.text().strip()

    def password_now(self) -> str | None:
        """What was typed; None where the stored one is meant."""
        return self.password.text() or (None if self._kept else "")

    def freeze(self, on: bool) -> None:
        """While the server is asked the fields can be read, not changed."""
        for edit in (self.certificate, self.key, self.password):
            edit.setReadOnly(on)
        self.wanted.setEnabled(not on)
