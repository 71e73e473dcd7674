"""The page of the network: the proxy and its login, and whose certificates are trusted."""

from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QIntValidator
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from dfs_desktop.api import ConfigurationError, DataForceError
from dfs_desktop.artifact import visible
from dfs_desktop.settings import TrustedCertificate
from dfs_desktop.translation import later, sentences, tr
from dfs_desktop.ui.widgets.dialogs import chosen_paths, link_button, secondary_button
from dfs_desktop.ui.widgets.elided_label import ElidedLabel
from dfs_desktop.ui.widgets.labels import mark, plain_label
from dfs_desktop.ui.widgets.layouts import column, empty, row
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workspace.registry.network import NetworkChoice, certificate_in_words

from .page import Page, button_of, choice, choose

Start = Callable[[Coroutine[Any, Any, None], str], object]
PROXIES = (
    ("system", later("As this computer says")),
    ("script", later("As a script says (PAC)")),
    ("manual", later("Set here")),
    ("none", later("None: connect directly")),
)
KINDS = (("http", "HTTP"), ("https", "HTTPS"), ("socks5", "SOCKS 5"))
SYSTEMS = later("Those of this computer")


class NetworkPage(Page):
    """A field is taken over when it is left, if it can be used; else what is wrong is said below it."""

    key, title = "Network", later("Network")

    def __init__(
        self, network: NetworkChoice, start: Start, action: Callable[[str], QAction]
    ) -> None:
        super().__init__()
        self._network, self._start = network, start
        self.head(tr("Proxy"))
        ways = [(key, tr(words)) for key, words in PROXIES]
        self.proxy = choice("proxyChoice", ways, self._use_proxy)
        self.row(tr("Connections go through"), row(self.proxy, None), self.proxy)
        self._build_script()
        self._build_manual()
        self.head(tr("Certificates"))
        self.authorities = named(ElidedLabel(), "authoritiesLabel")
        add = secondary_button(
            tr("Add a File…"), lambda: start(self._choose_authorities(), "choose certificates"),
            name="addAuthoritiesButton",
        )  # fmt: skip
        alone = tr("Trust no other authorities than those of this computer")
        self._remove = link_button(tr("Remove"), lambda: network.use(authorities=""), reads=alone)
        self._fault = named(plain_label(failed=True, wrap=True), "authoritiesComplaint")
        for link in (self._remove, self._try, self._login, self._forget):
            link.setAutoDefault(True)
        line = row((self.authorities, 1), self._remove, add)
        self.row(tr("Trusted authorities"), column(line, self._fault, spacing=4), add)
        self._trusted = QWidget()
        self._trusted_lines = column(of=self._trusted, spacing=4)
        self.row(tr("Trusted servers"), self._trusted)
        self.form.addRow(plain_label())
        self.form.addRow(row(button_of(action("doctor")), None))

    def _build_script(self) -> None:
        line = QLineEdit(placeholderText="http://wpad.example.com/proxy.pac")
        self.script = named(line, "proxyScriptEdit")
        self.script.editingFinished.connect(self._use_script)
        self._try = link_button(
            tr("Try"), self._try_script, name="tryProxyScriptButton", reads=tr("Try the script")
        )
        self.script.textChanged.connect(lambda text: self._try.setEnabled(bool(text.strip())))
        self._tried = named(plain_label(wrap=True), "proxyScriptAnswer")
        self._script_line = QWidget()
        above = row((self.script, 1), self._try, spacing=6)
        column(above, self._tried, of=self._script_line, spacing=4)
        self.row(tr("Script"), self._script_line, self.script)

    def _build_manual(self) -> None:
        kind = choice("proxyKind", KINDS, lambda kind: self._network.use(kind=kind))
        self.kind = named(kind, reads=tr("Kind of proxy"))
        line = QLineEdit(placeholderText="proxy.example.com")
        self.host = named(line, "proxyHostEdit", reads=tr("Host of the proxy"))
        line = QLineEdit(placeholderText="3128")
        self.port = named(line, "proxyPortEdit", reads=tr("Port of the proxy"))
        self.port.setValidator(QIntValidator(1, 65535, self.port))
        self.port.setMaximumWidth(self.fontMetrics().averageCharWidth() * 12)
        line = QLineEdit(placeholderText="*.example.com, 10.0.0.0/8")
        self.exceptions = named(line, "proxyExceptionsEdit")
        for edit in (self.host, self.port, self.exceptions):
            edit.editingFinished.connect(self._use_manual)
        self._complaint = named(plain_label(failed=True, wrap=True), "proxyComplaint")
        self._login = link_button("", self._network.ask_login, name="proxyLoginButton")
        self._forget = link_button(
            tr("Forget"), self._log_out, name="forgetProxyLoginButton", reads=tr("Forget the login")
        )
        place = row(self.kind, (self.host, 1), plain_label(":"), self.port, spacing=6)
        self._manual = QWidget()
        column(place, self._complaint, of=self._manual, spacing=4)
        self.row(tr("Address"), self._manual, self.host)
        self.row(tr("Not for"), self.exceptions)
        self._login_line = QWidget()
        row(self._login, self._forget, None, of=self._login_line)
        self.row(tr("Login"), self._login_line, self._login)

    def fill(self) -> None:
        kept, network = self._network.settings, self._network
        choose(self.proxy, kept.proxy)
        choose(self.kind, kept.kind)
        for edit, text in (
            (self.script, kept.script),
            (self.host, kept.host),
            (self.port, str(kept.port or "")),
            (self.exceptions, kept.exceptions),
        ):
            if not (edit.hasFocus() and edit.isModified()):  # nobody is typing in it
                edit.setText(text)
        self._show_manual()
        user = network.users().get(network.proxy_place())
        words = f"{visible(user, limit=40)}…" if user else tr("Set Name and Password…")
        self._login.setText(words.replace("&", "&&"))
        self._login.setEnabled(bool(kept.host))
        self._forget.setVisible(user is not None)
        self.authorities.show_text(kept.authorities or tr(SYSTEMS))
        self._remove.setVisible(bool(kept.authorities))
        self._fill_trusted(kept.trusted)

    def _show_manual(self) -> None:
        proxy = self._network.settings.proxy
        self.form.setRowVisible(self._script_line, proxy == "script")
        self._try.setEnabled(bool(self.script.text().strip()))
        for part in (self._manual, self.exceptions, self._login_line):
            self.form.setRowVisible(part, proxy == "manual")
        for said in (self._tried, self._complaint, self._fault):
            said.setVisible(bool(said.text()))

    def _fill_trusted(self, certificates: list[TrustedCertificate]) -> None:
        empty(self._trusted_lines)
        for each in certificates:
            words = ElidedLabel(certificate_in_words(each), mode=Qt.TextElideMode.ElideRight)
            reads = tr("Trust the certificate of {host} no more", host=visible(each.host))
            distrust = partial(self._network.distrust, each)
            remove = link_button(tr("Remove"), distrust, reads=reads)
            remove.setAutoDefault(True)
            self._trusted_lines.addLayout(row((words, 1), remove))
        self.form.setRowVisible(self._trusted, bool(certificates))

    def _use_proxy(self, chosen: str) -> None:
        if chosen != "manual":
            self._complaint.setText("")
        self._tried.setText("")
        self._network.use(proxy=chosen)
        self.fill()

    def _use_script(self) -> bool:
        """Whether what was typed can be the address of a script."""
        try:
            self._network.use_script(self.script.text())
        except ConfigurationError as error:
            self._show_answer(error.detail, failed=True)
            return False
        self.script.setText(self._network.settings.script)
        self._tried.setText("")
        self.fill()
        return True

    def _try_script(self) -> None:
        """Clicking it takes the keys from no field, so what was typed is taken over here."""
        if not self._use_script():
            return
        self._show_answer(tr("Asking the script…"))
        self._start(self._ask_script(), "try the proxy script")

    async def _ask_script(self) -> None:
        failed = False
        try:
            words = await self._network.try_script()
        except DataForceError as error:
            words, failed = error.detail, True
        if shiboken6.isValid(self):  # else it was closed meanwhile
            self._show_answer(words, failed=failed)

    def _show_answer(self, words: str, *, failed: bool = False) -> None:
        mark(self._tried, failed=failed)
        self._tried.setText(words)
        self._tried.show()

    def _use_manual(self) -> None:
        """A whole address, pasted into the field of the host, fills the others."""
        typed = self.host.text(), self.port.text(), self.exceptions.text().strip()
        work = self._take_manual(str(self.kind.currentData()), *typed)
        self._start(work, "use the proxy")

    async def _take_manual(self, kind: str, *typed: str) -> None:
        fault = ""
        try:
            await self._network.use_proxy(kind, *typed)
        except ConfigurationError as error:
            fault = error.detail
        if not shiboken6.isValid(self):  # it was closed with the field
            return
        self._complaint.setText(fault)
        if fault:
            self._show_manual()
            return
        kept = self._network.settings
        if self.host.text() == typed[0]:  # nothing more was typed meanwhile
            self.host.setText(kept.host)
        self.fill()

    def _log_out(self) -> None:
        place = self._network.proxy_place()
        self._start(self._network.log_out(place), "forget the login of the proxy")

    async def _choose_authorities(self) -> None:
        dialog = QFileDialog(self, tr("Trust the authorities in a file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([tr("Certificates (*.pem *.crt *.cer)"), tr("All files (*)")])
        for path in await chosen_paths(dialog):
            await self.use_authorities(path)

    async def use_authorities(self, path: Path) -> None:
        """Trust what is in a file, if that can be read."""
        fault = await self._network.fault_of_authorities(path)
        name = visible(path.name)
        unfit = tr("“{name}” cannot be used.", name=name)
        self._fault.setText(sentences(unfit, fault) if fault else "")
        if not fault:
            self._network.use(authorities=str(path))
        self.fill()
