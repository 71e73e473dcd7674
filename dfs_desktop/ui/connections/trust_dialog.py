"""Shows the certificate of a server that nobody vouches for, and lets a person choose it."""

from PySide6.QtWidgets import QPushButton, QWidget

from dfs_desktop.api import CertificateError
from dfs_desktop.artifact import visible
from dfs_desktop.translation import later, tr
from dfs_desktop.ui.widgets.dialogs import FittedDialog, secondary_button
from dfs_desktop.ui.widgets.labels import facts_grid, headline, plain_label
from dfs_desktop.ui.widgets.layouts import row, sheet
from dfs_desktop.workspace.registry.network import fingerprint_lines, validity

_NEW = later(
    "Nobody that this computer trusts vouches for this server. Compare the fingerprint with the one "
    "that whoever runs the server tells you. If they differ, somebody else answers in its place."
)
_CHANGED = later(
    "The server shows another certificate than the one you trusted. It may have got a new one; or "
    "somebody on the way answers in its place and would read your key and your files. Ask whoever "
    "runs the server for the fingerprint before you go on."
)


class TrustDialog(FittedDialog):
    """Accepted only by its own button; what Enter and Escape do is to leave all as it is."""

    def __init__(self, parent: QWidget, refused: CertificateError) -> None:
        super().__init__(parent.window())
        self.setObjectName("trustDialog")
        server = f"{visible(refused.host)}:{refused.port}"
        title = tr("Do you know {server}?", server=server)
        if refused.trusted:
            title = tr("{server} shows another certificate", server=server)
        self.setWindowTitle(tr("Certificate of a server"))
        itself = refused.issuer == refused.subject
        facts = [
            (tr("Issued for"), visible(refused.subject) or tr("nobody")),
            (tr("Issued by"), tr("itself") if itself else visible(refused.issuer)),
            (tr("Valid"), validity(refused.begins, refused.ends)),
            ("SHA-256", fingerprint_lines(refused.sha256)),
        ]
        if refused.trusted:
            facts.append((tr("Trusted before"), fingerprint_lines(refused.trusted)))
        leave = QPushButton(tr("Do Not Trust It"), default=True)
        leave.clicked.connect(self.reject)
        trust = secondary_button(tr("Trust It for This Server"), self.accept, name="trustButton")
        words = plain_label(tr(_CHANGED) if refused.trusted else tr(_NEW), wrap=True)
        head = headline(title, wrap=True)
        sheet(self, head, words, facts_grid(facts, 16), row(None, trust, leave))
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 72)
        leave.setFocus()
