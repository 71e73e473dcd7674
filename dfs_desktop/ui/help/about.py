"""The version, what it runs on, where its files are, and what it sends: nothing of itself."""

import platform
import re
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, metadata, requires
from pathlib import Path

import PySide6
from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

import dfs_desktop
from dfs_desktop.translation import later, tr
from dfs_desktop.ui.widgets.dialogs import (
    FittedDialog,
    close_button,
    passing_dialog,
    secondary_button,
)
from dfs_desktop.ui.widgets.labels import facts_grid, plain_label
from dfs_desktop.ui.widgets.layouts import row, sheet

PRIVACY = later(
    "It speaks to the servers that you add and to their stores, and to nobody else: no telemetry. It "
    "asks PyPI for a new version only if you choose that. Keys stay in the keyring of your system."
)


def program_facts(folders: Mapping[str, Path]) -> dict[str, str]:
    """What a report of a problem needs to know of this program and machine."""
    return {
        tr("Version"): dfs_desktop.__version__,
        tr("Licence"): "Apache License 2.0",
        tr("Runs on"): f"{platform.platform(terse=True)}, Python {platform.python_version()}, "
        f"Qt {qVersion()}, PySide {PySide6.__version__}",
        **{title: str(folder) for title, folder in folders.items()},
    }


def made_with() -> str:
    """The libraries that it stands on, each with its version and licence."""
    found = {}
    try:
        for wanted in requires("dfs-desktop") or ():
            if "extra ==" not in wanted and (name := re.match(r"[\w.-]+", wanted)):
                part = metadata(name[0])
                told = [part[key] for key in ("License-Expression", "License") if key in part]
                licence = told[0] if told else ""
                words = f"{part['Name']} {part['Version']}"
                found[name[0]] = f"{words} ({licence[:60]})" if licence else words
    except PackageNotFoundError:  # it runs from a folder where nothing was installed
        pass
    return ", ".join(found[name] for name in sorted(found, key=str.casefold))


class AboutDialog(FittedDialog):
    """What a report of a problem needs can be copied."""

    def __init__(self, parent: QWidget, folders: Mapping[str, Path]) -> None:
        """``folders``: places of the program’s own files by what they hold."""
        super().__init__(parent.window())
        passing_dialog(self, "about", tr("About DFS Desktop"))
        facts = program_facts(folders) | {tr("Made with"): made_with()}
        text = "\n".join(f"{name}: {fact}" for name, fact in facts.items())
        copy = secondary_button(
            tr("Copy"), lambda: QGuiApplication.clipboard().setText(text), name="copyAboutButton"
        )
        close = close_button(self)
        close.setFocus()
        title = plain_label("DFS Desktop", title=True)
        about = plain_label(
            tr("Looks after model artifacts in a DataForce Studio or LUML registry."), wrap=True
        )
        privacy = plain_label(tr(PRIVACY), wrap=True, dim=True)
        grid = facts_grid(facts.items(), 24, 6)
        sheet(self, title, about, grid, privacy, row(copy, None, close))
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 72)
