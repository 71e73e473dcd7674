"""A company's network, from the first refusal to the list: proxy, login, certificate, doctor."""

from __future__ import annotations

import ssl
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from support.network.certificates import Authority
from support.network.company import LOGIN, NAME, Company
from support.qt.desktop import Desktop
from support.qt.servers import Server, below, registry

from dfs_desktop.api import CertificateError
from dfs_desktop.settings import LimitHours, Profile
from dfs_desktop.ui.connections.dialog import ConnectionDialog
from dfs_desktop.ui.connections.doctor_dialog import DoctorDialog
from dfs_desktop.ui.connections.proxy_login import ProxyLoginDialog
from dfs_desktop.ui.connections.trust_dialog import TrustDialog
from dfs_desktop.ui.main_window.go_to import PAGES
from dfs_desktop.ui.preferences.network_page import NetworkPage
from dfs_desktop.ui.preferences.window import PreferencesWindow
from dfs_desktop.workspace.registry.clients import origin
from dfs_desktop.workspace.session import Stage

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="other systems ask their own authorities"
)
PROFILE = "8f6c0d62-6c3e-4f8e-a8c4-2f1d2b7a9b11"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with registry(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture
def company(authority: Authority, server: Server) -> Iterator[Company]:
    company = Company(authority, server.url)
    yield company
    company.close()


def page(desktop: Desktop) -> NetworkPage:
    desktop.window.actions_["preferences"].trigger()
    window = desktop.dialog(PreferencesWindow)
    window.open_at("Network")
    return next(each for each in window.pages if isinstance(each, NetworkPage))


def failed(desktop: Desktop, words: str) -> None:
    session = lambda: desktop.workspace.session  # noqa: E731
    desktop.until(lambda: session().stage is Stage.FAILED and words in str(session().error), words)


def test_a_company_server_is_reached_step_by_step_by_what_the_window_offers(
    desktop: Desktop, company: Company, server: Server, authority: Authority, model: Path
) -> None:
    workspace = desktop.workspace
    profile = Profile(id=PROFILE, name="Team", base_url=company.url)
    workspace.settings.profiles = [profile]
    workspace.credentials.remember(PROFILE, origin(company.url), server.api_key)
    workspace.connections.open(profile)
    failed(desktop, "No computer named")
    assert desktop.window.main_panel.empty.other.text() == "Find Out Why…"
    desktop.click("emptyStateOtherButton", desktop.window)
    doctor = desktop.dialog(DoctorDialog)
    desktop.until(lambda: len(doctor.findings) == len(doctor.lines), "all findings")
    assert "Something is wrong" in doctor.summary.text()
    assert "No computer named" in doctor.lines["name"].found.text()

    # The proxy by hand, a whole address pasted into one field; then its login is asked for, once.
    network = page(desktop)
    network.proxy.setCurrentIndex(network.proxy.findData("manual"))
    network.proxy.setFocus()
    network.proxy.activated.emit(network.proxy.currentIndex())
    assert network.proxy.hasFocus()  # by keys one goes on to the choice below it
    desktop.write(network.host, "http://pro xy")
    desktop.press(network.host, Qt.Key.Key_Tab)
    desktop.until(lambda: "does not name a proxy" in network._complaint.text())
    desktop.write(network.host, f"http://{company.proxy.place}/")
    desktop.press(network.host, Qt.Key.Key_Tab)
    kept = workspace.settings.network
    desktop.until(lambda: f"{kept.host}:{kept.port}" == company.proxy.place)
    assert network.port.hasFocus()
    assert f"{network.host.text()}:{network.port.text()}" == company.proxy.place
    login = desktop.dialog(ProxyLoginDialog)
    login.reject()
    failed(desktop, "wants a name and a password")
    workspace.connections.reopen()
    failed(desktop, "wants a name and a password")
    assert not desktop.dialogs(ProxyLoginDialog)
    desktop.click("Enter Password…", desktop.window)
    login = desktop.dialog(ProxyLoginDialog)
    user, _, password = LOGIN.partition(":")
    desktop.write(login.user, user)
    desktop.write(login.password, "wrong")
    login.keep.click()
    desktop.click("proxyLoginOk", login)
    desktop.until(lambda: not desktop.dialogs(ProxyLoginDialog))
    failed(desktop, "did not accept the name and password")
    desktop.click("Enter Password…", desktop.window)
    login = desktop.dialog(ProxyLoginDialog)
    assert login.user.text() == user
    desktop.write(login.password, password)
    desktop.click("proxyLoginOk", login)
    told = desktop.notice("The password is kept for this session only")
    assert told.detail == "There is no keyring to keep the proxy's password in."

    # Nobody vouches for the certificate: it is shown, and chosen for this server alone.
    failed(desktop, "was not accepted")
    desktop.click("Look at the Certificate…", desktop.window)
    trust = desktop.dialog(TrustDialog)
    error = workspace.session.error
    assert isinstance(error, CertificateError)
    desktop.press(trust, Qt.Key.Key_Return)  # the safe answer
    desktop.until(lambda: not desktop.dialogs(TrustDialog))
    assert workspace.settings.network.trusted == []
    desktop.click("Look at the Certificate…", desktop.window)
    desktop.click("trustButton", desktop.dialog(TrustDialog))
    desktop.ready()
    desktop.upload(model)  # the store shows the same certificate
    trusted = workspace.settings.network.trusted
    assert [(each.host, each.port, each.sha256) for each in trusted] == [
        (NAME, company.port, error.sha256)
    ]
    doctor.check(PROFILE)
    desktop.until(lambda: len(doctor.findings) == len(doctor.lines), "all findings")
    assert "that you trust for this server" in doctor.lines["tls"].found.text()
    assert "gave a byte" in doctor.lines["storage"].found.text()
    desktop.click("Copy Report", doctor)
    assert "Storage" in QGuiApplication.clipboard().text()
    assert password not in QGuiApplication.clipboard().text()

    # Another certificate than the chosen one is refused, and both fingerprints are shown.
    company.context.load_cert_chain(authority.issue(f"DNS:{NAME}"))
    workspace.clients.drop(PROFILE)
    workspace.connections.reopen()
    desktop.until(lambda: isinstance(workspace.session.error, CertificateError))
    changed = workspace.session.error
    assert isinstance(changed, CertificateError)
    assert (changed.trusted, changed.may_trust) == (error.sha256, True)
    workspace.clients.network.distrust(trusted[0])
    failed(desktop, "was not accepted")

    # With the authority of the company the server is as any other.
    desktop.run(network.use_authorities(model))
    assert "holds no certificates" in network._fault.text()
    desktop.run(network.use_authorities(authority.path))
    desktop.ready()
    assert network.authorities.text() == str(authority.path)

    # The same proxy by a script: what it chooses is shown when it is tried, and holds for all.
    network = page(desktop)
    network.window().activateWindow()
    network.proxy.setCurrentIndex(network.proxy.findData("script"))
    network.proxy.activated.emit(network.proxy.currentIndex())
    script = desktop.home / "proxy.pac"
    script.write_text(f"function FindProxyForURL() {{ return 'PROXY {company.proxy.place}' }}")
    desktop.write(network.script, "proxy.pac")
    desktop.press(network.script, Qt.Key.Key_Tab)
    desktop.until(lambda: "is not the address of a proxy script" in network._tried.text())
    desktop.write(network.script, str(script))
    desktop.click("tryProxyScriptButton", network)
    assert workspace.settings.network.script == network.script.text() == script.as_uri()
    desktop.until(lambda: f"To {NAME}: HTTP {company.proxy.place}." in network._tried.text())
    company.proxy.asked.clear()
    workspace.connections.reopen()
    desktop.ready()
    assert company.proxy.asked
    desktop.window.findChild(PreferencesWindow).close()
    doctor.close()
    assert below(desktop.home, password) == []


def test_preferences_are_those_of_the_menus(desktop: Desktop) -> None:
    desktop.window.actions_["preferences"].trigger()
    window = desktop.dialog(PreferencesWindow)
    general, transfers, _, appearance, library = window.pages
    assert [page.key for page in window.pages] == [key for key, _words in PAGES], "go_to.py"
    desktop.until(window.tabs.tabBar().hasFocus, "the tabs, which the keyboard comes to first")
    assert desktop.window.actions_["preferences"].shortcut().toString() == "Ctrl+,"
    desktop.window.actions_["preferences"].trigger()
    assert desktop.dialogs(PreferencesWindow) == [window]

    transfers.at_once.setValue(5)
    limited, rate = next(iter(transfers.rates.values()))
    limited.click()
    rate.setValue(2.5)
    rate.editingFinished.emit()
    settings = desktop.workspace.settings
    assert (settings.parallel_transfers, settings.upload_limit) == (5, 2_500_000)
    limited.click()
    assert settings.upload_limit is None
    transfers.resume.click()
    assert not settings.resume_transfers

    appearance.theme.setCurrentIndex(appearance.theme.findData("dark"))
    appearance.theme.activated.emit(appearance.theme.currentIndex())
    assert settings.theme == "dark"
    appearance.contrast.setCurrentIndex(appearance.contrast.findData("high"))
    appearance.contrast.activated.emit(appearance.contrast.currentIndex())
    assert settings.contrast == "high"
    desktop.window.actions_["contrast_system"].trigger()
    transfers.hours.setCurrentIndex(1)
    transfers.hours.activated.emit(1)
    assert settings.limit_hours == LimitHours()
    desktop.workspace.limits.use_hours(LimitHours(60, 120))
    transfers.fill()
    assert transfers.hours.currentIndex() == 3
    transfers._use_hours("0")
    assert settings.limit_hours is None
    desktop.window.actions_["theme_light"].trigger()
    window.fill()
    assert appearance.theme.currentData() == "light"
    assert "this computer" in library.known.text()
    assert general.folder.text() == str(desktop.workspace.downloads.folder)
    window.close()
    desktop.window.actions_["theme_system"].trigger()


def test_a_server_is_added_by_what_its_dialog_offers(
    desktop: Desktop, company: Company, server: Server, authority: Authority, model: Path
) -> None:
    """Through a proxy whose login was pasted with its address, to a server that wants to see who comes."""
    company.context.load_verify_locations(authority.path)
    company.context.verify_mode = ssl.CERT_REQUIRED
    network = desktop.workspace.clients.network
    network.use(proxy="manual")
    pasted = f"http://{LOGIN.replace('s3cret', 'wrong')}@{company.proxy.place}"
    desktop.run(network.use_proxy("http", pasted, "", ""))
    desktop.window.actions_["add_server"].trigger()
    dialog = desktop.dialog(ConnectionDialog)
    desktop.write(dialog._form.base_url, company.url)
    desktop.write(dialog._form.api_key, server.api_key)
    desktop.click("saveButton", dialog)
    login = desktop.dialog(ProxyLoginDialog)  # asked by itself, once
    user, _, password = LOGIN.partition(":")
    assert login.user.text() == user
    desktop.write(login.password, password)
    login.keep.click()
    desktop.click("proxyLoginOk", login)
    desktop.until(lambda: dialog._problem.remedy.text() == "Look at the Certificate…")
    desktop.click("remedyButton", dialog)
    desktop.click("trustButton", desktop.dialog(TrustDialog))
    desktop.until(lambda: "wants a certificate of yours" in dialog._problem._detail.text())

    dialog._form.own.wanted.click()
    mine = authority.issue("DNS:ann")
    desktop.write(dialog._form.own.certificate, str(model))
    desktop.click("saveButton", dialog)
    desktop.until(
        lambda: "no certificate with its key" in dialog._problem._detail.text(),
        dialog._problem._detail.text(),
    )
    desktop.write(dialog._form.own.certificate, str(mine))
    desktop.click("saveButton", dialog)
    desktop.click("sessionOnlyButton", dialog)
    desktop.until(lambda: not desktop.dialogs(ConnectionDialog))
    desktop.ready()
    assert desktop.workspace.session.profile.certificate == str(mine)
    desktop.upload(model)  # its key goes to no child
    desktop.workspace.clients.drop(desktop.workspace.session.profile.id)
