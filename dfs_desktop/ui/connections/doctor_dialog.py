"""The connection to a server, tried step by step before the person's eyes."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import aclosing
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QWidget

from dfs_desktop.api.doctor import TITLES, Finding, Verdict, as_text
from dfs_desktop.artifact import visible
from dfs_desktop.settings import Profile
from dfs_desktop.translation import later, tr
from dfs_desktop.ui.widgets.dialogs import (
    choice_box,
    close_button,
    fill_box,
    passing_dialog,
    resize_to,
    secondary_button,
)
from dfs_desktop.ui.widgets.labels import IconLabel, mark, plain_label, say
from dfs_desktop.ui.widgets.layouts import TOP, column, row, scrolling, sheet
from dfs_desktop.ui.widgets.naming import named

Examine = Callable[[Profile], AsyncGenerator[Finding, None]]
Start = Callable[[Coroutine[Any, Any, None], str], asyncio.Task[None] | None]
_LOOKS = {  # the icon, its colour, and the word for who hears it
    Verdict.GOOD: ("check", "good", later("good")),
    Verdict.WARNING: ("warning", "waiting", later("warning")),
    Verdict.FAULT: ("error", "failed", later("fault")),
    Verdict.SKIPPED: ("more", "dim", later("skipped")),
}
_SUMMARIES = {
    Verdict.FAULT: later("Something is wrong: see the line that is marked."),
    Verdict.WARNING: later("It works, but look at what is marked."),
    Verdict.GOOD: later("All is well."),
}


class _Line(QWidget):
    """One step. A screen reader hears it as a sentence."""

    def __init__(self, step: str) -> None:
        super().__init__()
        self.icon = IconLabel("waiting", "dim")
        self.title = plain_label(tr(TITLES[step]), dim=True)
        self.title.setMinimumWidth(self.fontMetrics().averageCharWidth() * 15)
        self.found = plain_label(wrap=True)
        self.advice = plain_label(wrap=True, dim=True)
        flags = Qt.TextInteractionFlag
        for label in (self.found, self.advice):
            label.setTextInteractionFlags(
                flags.TextSelectableByMouse | flags.TextSelectableByKeyboard
            )
        words = column(self.found, self.advice, spacing=2)
        row((self.icon, TOP), (self.title, TOP), (words, 1), of=self, spacing=8)
        self.wait(now=False)

    def wait(self, *, now: bool) -> None:
        """Before its turn, or in it."""
        self.icon.show_icon("refresh" if now else "more", "dim")
        self.found.setText(tr("Trying…") if now else "")
        self.advice.hide()

    def show_finding(self, finding: Finding) -> None:
        icon, color, word = _LOOKS[finding.verdict]
        self.icon.show_icon(icon, color)
        self.found.setText(visible(finding.found, multiline=True))
        self.found.setAccessibleName(f"{finding.title}: {tr(word)}. {visible(finding.found)}")
        mark(self.found, dim=finding.verdict is Verdict.SKIPPED)
        say(self.advice, visible(finding.advice, multiline=True))


class DoctorDialog(QDialog):
    """Not modal: what it advises can be done beside it, and tried again."""

    def __init__(
        self, parent: QWidget, servers: Sequence[Profile], examine: Examine, start: Start
    ) -> None:
        super().__init__(parent)
        passing_dialog(self, "doctorDialog", tr("Check the connection"))
        self._servers, self._examine, self._start = servers, examine, start
        self._task: asyncio.Task[None] | None = None
        self.findings: list[Finding] = []
        self.server = choice_box("doctorServer", tr("Server to check"), 32)
        fill_box(self.server, ((each.id, each.name) for each in servers))
        self.server.activated.connect(lambda _row: self.run())
        self.summary = named(plain_label(wrap=True), "doctorSummary")
        self.lines = {step: _Line(step) for step in TITLES}
        inner = QWidget()
        column(*self.lines.values(), None, of=inner, spacing=10)
        self._copy = secondary_button(
            tr("Copy Report"), lambda: QGuiApplication.clipboard().setText(self.report())
        )
        self._again = secondary_button(tr("Try Again"), self._run_or_stop, name="doctorAgain")
        head = row(plain_label(tr("Server"), dim=True), self.server, None)
        foot = row(self._copy, None, self._again, close_button(self))
        sheet(self, head, self.summary, (scrolling(inner), 1), foot)
        self.finished.connect(lambda _code: self._stop())
        resize_to(self, 100, 36)

    def check(self, server_id: str) -> None:
        """Try one server, from the beginning."""
        self.server.setCurrentIndex(max(0, self.server.findData(server_id)))
        self.run()

    def run(self) -> None:
        """Try the chosen server, from the beginning."""
        self._stop()
        self.findings = []
        for line in self.lines.values():
            line.wait(now=False)
        profile = self._servers[self.server.currentIndex()]
        self._task = self._start(self._follow(profile), "check the connection")
        self._show_state()

    def _run_or_stop(self) -> None:
        if self._task is not None:
            self._stop()
            for step in list(TITLES)[len(self.findings) :]:
                self.lines[step].wait(now=False)
            self.summary.setText(tr("Stopped."))
        else:
            self.run()

    def _stop(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
        self._show_state()

    async def _follow(self, profile: Profile) -> None:
        steps = list(TITLES)
        self.lines[steps[0]].wait(now=True)
        async with aclosing(self._examine(profile)) as findings:
            async for finding in findings:
                self.findings.append(finding)
                self.lines[finding.step].show_finding(finding)
                if len(self.findings) < len(steps):
                    self.lines[steps[len(self.findings)]].wait(now=True)
        if self._task is asyncio.current_task():
            self._task = None
            self._show_state()

    def _show_state(self) -> None:
        running = self._task is not None
        self._again.setText(tr("Stop") if running else tr("Try Again"))
        self._copy.setEnabled(bool(self.findings) and not running)
        if running:
            self.summary.setText(tr("Trying one step after the other…"))
        elif self.findings:
            found = {each.verdict for each in self.findings}
            self.summary.setText(
                next(tr(words) for each, words in _SUMMARIES.items() if each in found)
            )

    def report(self) -> str:
        """All findings as text; it holds no secret."""
        profile = self._servers[self.server.currentIndex()]
        return as_text(profile.base_url or profile.name, self.findings)
