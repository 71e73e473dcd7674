"""The tab of the environment: which packages a model wants, judged for this machine, to be copied."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QGuiApplication

from dfs_desktop.artifact import visible
from dfs_desktop.artifact.documents.environment import (
    Environment,
    Machine,
    Package,
    to_conda,
    to_requirements,
    to_uv,
)
from dfs_desktop.ui.details.detail_page import DetailPage, Section
from dfs_desktop.ui.preview.findings_list import FindingList
from dfs_desktop.ui.preview.text_table import FieldTable
from dfs_desktop.ui.widgets.dialogs import link_button, plain_label
from dfs_desktop.ui.widgets.layouts import Part, row
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workers.reader import operations
from dfs_desktop.workspace import quantities


class EnvironmentPage(DetailPage):
    """Nothing is installed from here: what is copied, the person runs where they want."""

    key = "environment"
    operation = staticmethod(operations.environment)

    def make(self) -> None:
        self._environment = Environment()
        self._machine = Machine("", "")
        self.summary = plain_label(wrap=True)
        self.machine = plain_label(dim=True, wrap=True)
        buttons: list[Part] = [plain_label("Copy for", dim=True)]
        self.copies: dict[str, Callable[[], str]] = {
            "requirements": lambda: to_requirements(self._environment, self._machine),
            "uv": lambda: to_uv(self._environment, self._machine),
            "conda": lambda: to_conda(self._environment, self._machine),
        }
        for name, write in self.copies.items():
            button = named(link_button({"requirements": "pip"}.get(name, name)), f"copy_{name}")
            button.setAccessibleName(f"Copy the environment for {button.text()}")
            button.clicked.connect(lambda _checked=False, write=write: _copy(write()))
            buttons.append(button)
        self.findings = FindingList()
        self.packages = FieldTable(
            "Packages", ["Package", "Version", "Needed on this machine"], stretch=2
        )
        self.build = FieldTable("Build packages", ["Package", "Version"], stretch=1)
        self._build_section = Section("To build it", self.build)
        self.lay_out(
            self.summary, self.machine, row(*buttons, None, spacing=0), self.findings, self.packages,
            self._build_section, None,
        )  # fmt: skip

    def fill(self, found: operations.EnvironmentData) -> None:
        self._environment, self._machine = environment, machine = found.environment, found.machine
        needed = len(environment.needed(machine))
        parts = []
        if environment.python_version:
            parts.append(f"Python {visible(environment.python_version[:40])}")
        parts.append(quantities.count(len(environment.packages), "package"))
        if needed != len(environment.packages):
            parts.append(f"{needed} needed on this machine")
        self.summary.setText(" · ".join(parts))
        channels = ", ".join(environment.channels[:8])
        words = f"This machine: {machine.os}, {machine.platform}, {machine.accelerator}."
        self.machine.setText(visible(f"{words} Conda channels: {channels}." if channels else words))
        self.findings.show_findings([(f.level, f.title, f.remedy) for f in environment.findings])
        version = environment.python_version
        self.packages.show_rows(
            [
                [*_package(each), each.unmet(machine, version) or "yes"]
                for each in environment.packages
            ]
        )
        self.packages.setVisible(bool(environment.packages))
        self._build_section.setVisible(bool(environment.build))
        self.build.show_rows([_package(each) for each in environment.build])


def _package(package: Package) -> list[str]:
    """The name, and what is asked of its version."""
    if package.requirement is None:
        return [package.text[:200], "not understood"]
    asked = package.requirement
    extras = f"[{', '.join(asked.extras)}]" if asked.extras else ""
    return [asked.name + extras, asked.url[:200] or asked.versions or "any"]


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
