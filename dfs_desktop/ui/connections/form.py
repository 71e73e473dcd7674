"""The fields of a server: address, API key and name, and the warning about plain http."""

from functools import partial
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QFrame,
    QLabel,
    QLineEdit,
    QToolButton,
    QWidget,
)

from dfs_desktop.api import AuthenticationError, ConfigurationError
from dfs_desktop.api.http.address import DEFAULT_BASE_URL, Address, read_address
from dfs_desktop.settings import Profile
from dfs_desktop.translation import tr
from dfs_desktop.ui.theme.server_colors import HUES, NAMES, dot, hue_color
from dfs_desktop.ui.widgets.dialogs import choice_box
from dfs_desktop.ui.widgets.labels import IconLabel, label_of, plain_label
from dfs_desktop.ui.widgets.layouts import TOP, column, row
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workspace.registry.clients import origin
from dfs_desktop.workspace.registry.connections import ServerForm

from .certificate_fields import CertificateFields

_ECHO = QLineEdit.EchoMode


def _address(text: str) -> Address | str:
    """The address that was typed, or what is wrong with it."""
    if not (url := "".join(text.split())):
        return tr("Enter the server's address.")
    try:
        return read_address(url if "://" in url else f"https://{url}", allow_http=True)
    except ConfigurationError as error:
        return error.detail


class ConnectionForm(QWidget):
    """`edited` follows each change. The key stands in its line edit and nowhere else."""

    edited = Signal()

    def __init__(self, profile: Profile | None, *, key_wanted: bool = False) -> None:
        """``key_wanted``: the stored key cannot be used, so one is to be typed."""
        super().__init__()
        self._profile, self._key_wanted = profile, key_wanted and profile is not None
        url = QLineEdit(profile.base_url if profile else DEFAULT_BASE_URL)
        self.base_url = named(url, "baseUrlEdit", reads=tr("Server address"))
        if profile is None:
            self.base_url.selectAll()  # what is typed or pasted takes the place of the proposal
        self.base_url.setPlaceholderText("https://api.example.com")
        hidden = QLineEdit(echoMode=_ECHO.Password)
        self.api_key = named(hidden, "apiKeyEdit", reads=tr("API key"))
        own = QLineEdit(profile.name if profile else "")
        self.name = named(own, "connectionNameEdit", reads=tr("Name of the connection"))
        self.name.setPlaceholderText(tr("Optional: the host's name is used"))
        self.color = choice_box("connectionColorBox", tr("Colour"))
        self.color.addItem(tr("By itself"), "")
        for name, hue in HUES.items():
            self.color.addItem(dot(hue_color(hue)), tr(NAMES[name]), name)
        self.color.setCurrentIndex(max(0, self.color.findData(profile.color if profile else "")))
        self._address_complaint = _complaint("baseUrlComplaint")
        self._key_complaint = _complaint("apiKeyComplaint")
        button = QToolButton(autoRaise=True)
        self.show_key = named(button, "showKeyButton", reads=tr("Show the API key"))
        self.show_key.setText(tr("Show"))
        self.show_key.setCheckable(True)
        self.allow_http = named(QCheckBox(tr("Connect without encryption anyway")), "allowHttpBox")
        self.allow_http.setChecked(bool(profile and profile.allow_http))
        self.own = CertificateFields(profile)
        self._warning = QFrame()
        self._set_up()
        self._arrange()
        self._follow()

    def _set_up(self) -> None:
        self.show_key.toggled.connect(self._show_key)
        for edit in (self.base_url, self.api_key):
            edit.textEdited.connect(partial(_tighten, edit))
            edit.textChanged.connect(self._follow)
        self.allow_http.toggled.connect(self._follow)
        self.own.edited.connect(self._follow)
        hints = Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText
        self.api_key.setInputMethodHints(hints | Qt.InputMethodHint.ImhHiddenText)

    def _arrange(self) -> None:
        key = row((self.api_key, 1), self.show_key, spacing=4)
        risk = tr("With plain http everybody on the way can read your API key and your files.")
        words = column(plain_label(risk, wrap=True), self.allow_http, spacing=4)
        row((IconLabel("warning", "waiting"), TOP), (words, 1), of=self._warning, spacing=8)
        form = QFormLayout(self, horizontalSpacing=12, verticalSpacing=12)
        form.setContentsMargins(0, 0, 0, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        address = column(self.base_url, self._address_complaint, spacing=4)
        form.addRow(label_of(self.base_url, tr("Address")), address)
        form.addRow(plain_label(), self._warning)
        form.addRow(
            label_of(self.api_key, tr("API key")), column(key, self._key_complaint, spacing=4)
        )
        form.addRow(label_of(self.name, tr("Name")), self.name)
        form.addRow(label_of(self.color, tr("Colour")), row(self.color, None))
        form.addRow(plain_label(), self.own)
        self._fields = form
        stops = (
            self.base_url, self.allow_http, self.api_key, self.show_key, self.name, self.color,
            self.own.wanted,
        )  # fmt: skip
        for before, behind in pairwise(stops):
            QWidget.setTabOrder(before, behind)

    def _show_key(self, on: bool) -> None:
        self.api_key.setEchoMode(_ECHO.Normal if on else _ECHO.Password)
        self.show_key.setText(tr("Hide") if on else tr("Show"))
        self.show_key.setAccessibleName(tr("Hide the API key") if on else tr("Show the API key"))

    def _plain_http(self) -> bool:
        address = _address(self.base_url.text())
        return isinstance(address, Address) and address.scheme == "http" and not address.loopback

    def _may_keep_key(self) -> bool:
        """The stored key is bound to its server: another address wants it entered again."""
        address = _address(self.base_url.text())
        if self._profile is None or self._key_wanted or isinstance(address, str):
            return False
        return origin(address.url) == origin(self._profile.base_url)

    def _follow(self) -> None:
        self._fields.setRowVisible(self._warning, self._plain_http())
        keep = tr("Leave empty to keep the stored key")
        self.api_key.setPlaceholderText(keep if self._may_keep_key() else "dfs_…")
        self._address_complaint.hide()
        self._key_complaint.hide()
        self.edited.emit()

    def complete(self) -> bool:
        """Whether a check makes sense; plain http needs the person's word."""
        return not self._plain_http() or self.allow_http.isChecked()

    def check(self) -> bool:
        """Say beside the field what is missing. False when something is."""
        address = _address(self.base_url.text())
        if isinstance(address, str):
            _complain(self._address_complaint, address, self.base_url)
            return False
        if not self.api_key.text() and not self._may_keep_key():
            _complain(self._key_complaint, tr("Enter the API key."), self.api_key)
            return False
        return self.complete()

    def server_form(self, *, session_only: bool) -> ServerForm:
        """What was typed; the address as it will be used, without a scheme where none was typed."""
        address = _address(self.base_url.text())
        certificate, key = self.own.files()
        typed = self.base_url.text()
        url = address.url if isinstance(address, Address) else typed
        return ServerForm(
            self.name.text(),
            url if "://" in typed else url.removeprefix("https://"),
            self.api_key.text(),
            allow_http=self._plain_http() and self.allow_http.isChecked(),
            session_only=session_only,
            color=str(self.color.currentData()),
            certificate=certificate,
            certificate_key_file=key,
            certificate_password=self.own.password_now(),
        )

    def freeze(self, on: bool) -> None:
        """While the server is asked the fields can be read, not changed."""
        for edit in (self.base_url, self.api_key, self.name):
            edit.setReadOnly(on)
        self.allow_http.setEnabled(not on)
        self.color.setEnabled(not on)
        self.own.freeze(on)

    def focus_for(self, error: BaseException) -> None:
        """Put the cursor where the error is most likely mended."""
        edit = self.api_key if isinstance(error, AuthenticationError) else self.base_url
        edit.setFocus()
        edit.selectAll()

    def forget_key(self) -> None:
        self.show_key.setChecked(False)
        self.api_key.clear()
        self.own.password.clear()


def _tighten(edit: QLineEdit, text: str) -> None:
    """No address and no key has a blank: those came with a paste."""
    if (tight := "".join(text.split())) != text:
        edit.setText(tight)


def _complaint(name: str) -> QLabel:
    label = named(plain_label(failed=True, wrap=True), name)
    label.hide()
    return label


def _complain(label: QLabel, text: str, edit: QLineEdit) -> None:
    label.setText(text)
    label.show()
    edit.setFocus()
