"""What was found in a file under review: an icon, the word for how grave it is, a sentence, a remedy."""

from collections import Counter
from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.artifact.findings import Finding
from dfs_desktop.translation import later, series, tr, trn
from dfs_desktop.ui.widgets.dialogs import link_button, plain_label
from dfs_desktop.ui.widgets.elided_label import ElidedLabel
from dfs_desktop.ui.widgets.icon_label import IconLabel
from dfs_desktop.ui.widgets.layouts import TOP, column, row
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workspace.uploads.draft import Draft

MOST = 40
LOOKS = {
    "error": ("error", "failed", later("Error")),
    "warning": ("warning", "waiting", later("Warning")),
    "note": ("information", "dim", later("Note")),
}
_COUNTS: dict[str, Callable[[int], str]] = {
    "error": lambda n: trn("{amount} error", "{amount} errors", n),
    "warning": lambda n: trn("{amount} warning", "{amount} warnings", n),
    "note": lambda n: trn("{amount} note", "{amount} notes", n),
}
CHECKED = later("Archive, documents, interface, environment and collection were checked.")


def summary(draft: Draft) -> tuple[str, str, str, str]:
    """Icon, colour, a sentence and a second one: the gravest finding stands for all."""
    if not draft.findings:
        if draft.checked:
            return "check", "good", tr("No problems found"), tr(CHECKED)
        return "waiting", "dim", tr("Checking…"), tr("You need not wait for it.")
    gravest = draft.findings[0]
    icon, color, word = LOOKS[gravest.level]
    remedy = visible(gravest.remedy)
    if gravest.level == "error" and draft.obstacle:
        remedy = f"{tr('This file will not be uploaded.')} {remedy}"
    return icon, color, f"{tr(word)}: {visible(gravest.title)}", remedy


def others(draft: Draft) -> str:
    """The words on the button that leads to all findings; "" when there is but one."""
    counts: Counter[str] = Counter(each.level for each in draft.findings[1:])
    found = series(count(counts[level]) for level, count in _COUNTS.items() if counts[level])
    return tr("and {findings}", findings=found) if found else ""


class Summary(QWidget):
    """Two lines, there from the start: nothing moves when findings arrive."""

    shown_requested = Signal()
    override_requested = Signal()
    twin_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._icon = IconLabel("waiting", "dim", scale=1.0)
        self.words = named(ElidedLabel(mode=Qt.TextElideMode.ElideRight), "checkSummary")
        self.remedy = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self.remedy.setProperty("dim", True)
        self.details = named(link_button("…"), "showFindingsButton")
        self.details.setToolTip(tr("Show all that was found"))
        self.details.setAutoDefault(False)
        self.details.clicked.connect(self.shown_requested)
        self.override = named(link_button(tr("Send all the same")), "sendAnywayButton")
        self.override.setToolTip(
            tr("The registry takes the file; what was found may keep it from use")
        )
        self.override.setAutoDefault(False)
        self.override.clicked.connect(self.override_requested)
        self.twin = link_button(tr("Use that one"), self.twin_requested.emit, name="useTwinButton")
        self.twin.setToolTip(tr("This file stays here; go to the artifact that has the same bytes"))
        self.twin.setAutoDefault(False)
        below = row((self.remedy, 1), self.details, self.twin, self.override, spacing=8)
        below.addStrut(self.details.sizeHint().height())  # as high without the button
        words = column(self.words, below, spacing=0)
        row((self._icon, TOP), (words, 1), of=self, spacing=8)
        self.setFixedHeight(self.sizeHint().height())  # with the button, seen or not

    def show_draft(self, draft: Draft) -> None:
        """What is known of this draft now."""
        icon, color, words, remedy = summary(draft)
        self._icon.show_icon(icon, color)
        self.words.show_text(words)
        for mark in ("failed", "waiting", "good", "dim"):
            self.words.setProperty(mark, mark == color)
        self.words.style().polish(self.words)
        self.remedy.show_text(remedy)
        self.twin.setVisible(draft.twin is not None)
        self.details.setText(others(draft))
        self.details.setVisible(bool(others(draft)))
        self.override.setVisible(draft.overridable and not draft.sent_anyway)


class Findings(QWidget):
    """All findings of a draft, the gravest first."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("findings")
        self._shown: Sequence[Finding] = ()
        self._rows: list[QWidget] = []
        self._layout = column(of=self, spacing=8)

    def show_findings(self, findings: Sequence[Finding]) -> None:
        if findings == self._shown:
            return
        self._shown = findings
        for each in self._rows:
            self._layout.removeWidget(each)
            each.hide()
            each.deleteLater()
        self._rows = [_finding(each) for each in findings[:MOST]]
        if len(findings) > MOST:
            left = len(findings) - MOST
            more = trn("And {amount} further finding.", "And {amount} further findings.", left)
            self._rows.append(plain_label(more, dim=True))
        for each in self._rows:
            self._layout.addWidget(each)
        self.setVisible(bool(self._rows))


def _finding(finding: Finding) -> QWidget:
    icon, color, word = LOOKS[finding.level]
    shown = QWidget()
    title = plain_label(f"{tr(word)}: {visible(finding.title)}", wrap=True)
    remedy = plain_label(visible(finding.remedy), wrap=True, dim=True)
    for label in (title, remedy):
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    words = column(title, remedy, spacing=0)
    row((IconLabel(icon, color, scale=1.0), TOP), (words, 1), of=shown, spacing=8)
    return shown
