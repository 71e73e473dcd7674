"""The tab of the environment: which packages a model wants, judged for this machine, to be copied."""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

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
from dfs_desktop.artifact.documents.installed import Installed, fit, python_fits, read_installed
from dfs_desktop.translation import sentences, tr, trn
from dfs_desktop.ui.details.detail_page import DetailPage, Section, show_section
from dfs_desktop.ui.preview.findings_list import FindingList
from dfs_desktop.ui.preview.text_table import FieldTable
from dfs_desktop.ui.widgets.dialogs import choose_folder, link_button
from dfs_desktop.ui.widgets.labels import plain_label
from dfs_desktop.ui.widgets.layouts import Part, row
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workers.reader import operations
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.notices import Level, Notice


class EnvironmentPage(DetailPage):
    """Nothing is installed from here: what is copied, the person runs where they want."""

    key = "environment"
    operation = staticmethod(operations.environment)

    def make(self) -> Iterator[Part]:
        self._environment = Environment()
        self._machine = Machine("", "")
        self._installed: Installed | None = None  # kept from artifact to artifact
        self.summary = plain_label(wrap=True)
        yield self.summary
        self.machine = plain_label(dim=True, wrap=True)
        yield self.machine
        buttons: list[Part] = [plain_label(tr("Copy for"), dim=True)]
        for name, tool, write in (
            ("requirements", "pip", to_requirements),
            ("uv", "uv", to_uv),
            ("conda", "conda", to_conda),
        ):
            button = link_button(tool, partial(self._copy, write), name=f"copy_{name}")
            buttons.append(named(button, reads=tr("Copy the environment for {tool}", tool=tool)))
        yield row(*buttons, None, spacing=0)
        compare = link_button(
            tr("Compare with an Environment…"),
            lambda: self.state.tasks.start(self._compare(), "read the environment"),
            name="compareEnvironment",
            tip=tr("See what a venv or conda environment on this computer has of it"),
        )
        yield row(compare, None)
        self.against = named(plain_label(wrap=True), "environmentVerdict")
        self.against.hide()
        yield self.against
        self.findings = FindingList()
        yield self.findings
        self.packages = FieldTable(
            tr("Packages"), [tr("Package"), tr("Version"), tr("Needed on this machine")], stretch=2
        )
        yield self.packages
        self.build = FieldTable(tr("Build packages"), [tr("Package"), tr("Version")], stretch=1)
        yield Section(tr("To build it"), self.build)
        yield None

    def fill(self, found: operations.EnvironmentData) -> None:
        self._environment, self._machine = environment, machine = found.environment, found.machine
        needed, version = len(environment.needed(machine)), environment.python_version
        on_this = trn("{amount} needed on this machine", "{amount} needed on this machine", needed)
        parts = (
            f"Python {visible(version[:40])}" if version else "",
            quantities.count(len(environment.packages), "package"),
            on_this if needed != len(environment.packages) else "",
        )
        self.summary.setText(" · ".join(filter(None, parts)))
        channels = ", ".join(environment.channels[:8])
        words = tr(
            "This machine: {os}, {platform}, {accelerator}.",
            os=machine.os,
            platform=machine.platform,
            accelerator=machine.accelerator,
        )
        known = tr("Conda channels: {channels}.", channels=channels) if channels else ""
        self.machine.setText(visible(sentences(words, known)))
        self.findings.show_findings([(f.level, f.title, f.remedy) for f in environment.findings])
        self._show_packages()
        self.packages.setVisible(bool(environment.packages))
        show_section(self.build, environment.build)
        self.build.show_rows([_package(each) for each in environment.build])

    def _show_packages(self) -> None:
        """The packages, with what the environment has that they were compared with last."""
        environment, machine, installed = self._environment, self._machine, self._installed
        version = environment.python_version
        rows = [
            [*_package(each), each.unmet(machine, version) or tr("yes")]
            for each in environment.packages
        ]
        titles = [tr("Package"), tr("Version"), tr("Needed on this machine")]
        self.against.setVisible(installed is not None)
        if installed is not None:
            found = [fit(each, installed, machine, version) for each in environment.packages]
            rows = [[*line, each.words] for line, each in zip(rows, found, strict=True)]
            titles.append(tr("In {name}", name=Path(installed.folder).name))
            kinds = [each.kind for each in found]
            self.against.setText(_verdict(environment, installed, kinds))
        self.packages.show_rows(rows, titles)

    def _copy(self, write: Callable[[Environment, Machine], str]) -> None:
        QGuiApplication.clipboard().setText(write(self._environment, self._machine))

    async def _compare(self) -> None:
        before = self.state.settings.layout.get(_FOLDER, str(Path.home()))
        title = tr("Choose a venv, a conda environment, or a project that has one")
        if (folder := await choose_folder(self, title, before)) is not None:
            await self.compare_with(folder)

    async def compare_with(self, folder: Path) -> None:
        """Read what is installed there, and show it beside what is asked for."""
        if (found := await self.state.tasks.in_thread(read_installed, folder)) is None:
            told = tr(
                "It has no site-packages. Choose the folder that was made for the environment."
            )
            title = tr("There is no Python environment in {name}", name=folder.name)
            self.state.notices.notify(Notice(title, told, Level.WARNING, seconds=12))
            return
        self.state.settings.remember_folder(_FOLDER, folder)
        self.state.save_settings()
        self._installed = found
        self._show_packages()


_FOLDER = "environment_folder"  # a key of the settings' layout


def _verdict(environment: Environment, installed: Installed, kinds: list[str]) -> str:
    """`/home/me/venv, Python 3.11.4: 12 of 14 fit, 1 other version, 1 missing.`"""
    counts = Counter(kinds)
    fits, needed = counts["fits"], len(kinds) - counts["unneeded"]
    other, missing = counts["other"], counts["missing"]
    there = trn(
        "{found} of {amount} package there",
        "{found} of {amount} packages there",
        needed,
        found=fits,
    )
    others = trn("{amount} in another version", "{amount} in another version", other)
    lacking = trn("{amount} missing", "{amount} missing", missing)
    parts = (there, others if other else "", lacking if missing else "")
    python = f", Python {installed.python_version}" if installed.python_version else ""
    text = f"{installed.folder}{python}: {', '.join(filter(None, parts))}."
    asked = tr("It asks for Python {version}.", version=environment.python_version[:40])
    return visible(text if python_fits(environment, installed) else sentences(text, asked))


def _package(package: Package) -> list[str]:
    """The name, and what is asked of its version."""
    if package.requirement is None:
        return [package.text[:200], tr("not understood")]
    asked = package.requirement
    extras = f"[{', '.join(asked.extras)}]" if asked.extras else ""
    return [asked.name + extras, asked.url[:200] or asked.versions or tr("any")]
