"""Asks for the name and the password that a proxy wants."""

from PySide6.QtWidgets import QCheckBox, QFormLayout, QLineEdit, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.translation import tr
from dfs_desktop.ui.widgets.dialogs import FittedDialog, primary_button, secondary_button
from dfs_desktop.ui.widgets.labels import headline, plain_label
from dfs_desktop.ui.widgets.layouts import row, sheet
from dfs_desktop.ui.widgets.naming import named


class ProxyLoginDialog(FittedDialog):
    """``user``: who was refused, or logs in so far. The password stands in its line edit only."""

    def __init__(self, parent: QWidget, proxy: str, user: str, *, refused: bool) -> None:
        super().__init__(parent.window())
        self.setObjectName("proxyLoginDialog")
        self.setWindowTitle(tr("Login at the proxy"))
        heading = headline(tr("Login at the proxy {proxy}", proxy=visible(proxy)), wrap=True)
        self.user = named(QLineEdit(user), "proxyUserEdit")
        hidden = QLineEdit(echoMode=QLineEdit.EchoMode.Password)
        self.password = named(hidden, "proxyPasswordEdit")
        self.keep = named(QCheckBox(tr("Keep the password in the keyring")), "keepProxyPasswordBox")
        self.keep.setChecked(True)
        form = QFormLayout(fieldGrowthPolicy=QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(tr("&Name"), self.user)
        form.addRow(tr("&Password"), self.password)
        form.addRow("", self.keep)
        words = []
        if refused:
            wrong = tr("This name and password were not accepted.")
            text = wrong if user else tr("It wants to know who asks.")
            words.append(plain_label(text, wrap=True, failed=bool(user), dim=not user))
        cancel = secondary_button(tr("Cancel"), self.reject)
        self.ok = primary_button(tr("Log In"), "proxyLoginOk", self.accept)
        sheet(self, heading, *words, form, row(None, cancel, self.ok))
        self.user.textChanged.connect(self._allow)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 56)
        self._allow()
        (self.password if user else self.user).setFocus()

    def _allow(self) -> None:
        self.ok.setEnabled(bool(self.user.text().strip()))

    def done(self, code: int) -> None:
        if not code:
            self.password.clear()
        super().done(code)
