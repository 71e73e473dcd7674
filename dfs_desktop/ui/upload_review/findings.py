"""What was found in a file under review: an icon, the word for how grave it is, a sentence, a remedy."""

from collections import Counter
from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.artifact.findings import Finding
from dfs_desktop.translation import later, series, tr, trn
from dfs_desktop.ui.preview.findings_list import LOOKS, FindingList
from dfs_desktop.ui.widgets.dialogs import link_button
from dfs_desktop.ui.widgets.elided_label import ElidedLabel
from dfs_desktop.ui.widgets.labels import IconLabel, plain_label, say
from dfs_desktop.ui.widgets.layouts import TOP, column, row
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workspace.uploads.draft import Draft

MOST = 40
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

    def __init__(self) -> None:
        super().__init__()
        self._icon = IconLabel("waiting", "dim", scale=1.0)
        self.words = named(ElidedLabel(mode=Qt.TextElideMode.ElideRight), "checkSummary")
        self.remedy = ElidedLabel(mode=Qt.TextElideMode.ElideRight, dim=True)
        hint = tr("Show all that was found")
        self.details = link_button("…", name="showFindingsButton", tip=hint)
        hint = tr("The registry takes the file; what was found may keep it from use")
        words = tr("Send all the same")
        self.override = link_button(words, name="sendAnywayButton", tip=hint)
        hint = tr("This file stays here; go to the artifact that has the same bytes")
        self.twin = link_button(tr("Use that one"), name="useTwinButton", tip=hint)
        below = row((self.remedy, 1), self.details, self.twin, self.override, spacing=8)
        below.addStrut(self.details.sizeHint().height())  # as high without the button
        lines = column(self.words, below, spacing=0)
        row((self._icon, TOP), (lines, 1), of=self, spacing=8)
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
        self._list, self._more = FindingList(said=True), plain_label(dim=True)
        column(self._list, self._more, of=self, spacing=0)

    def show_findings(self, findings: Sequence[Finding]) -> None:
        if findings == self._shown:
            return
        self._shown = findings
        self._list.show_findings([(f.level, f.title, f.remedy) for f in findings[:MOST]])
        left = len(findings) - MOST
        more = trn("And {amount} further finding.", "And {amount} further findings.", left)
        say(self._more, more if left > 0 else "")
        self.setVisible(bool(findings))
