"""The pages of the preferences but for the network: folders, limits, the theme, the library."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QSpinBox

from dfs_desktop.settings import Settings
from dfs_desktop.transfers.job import Kind
from dfs_desktop.ui.widgets.dialogs import choose_folder, plain_label, secondary_button
from dfs_desktop.ui.widgets.elided_label import ElidedLabel
from dfs_desktop.ui.widgets.fields.number_box import NumberBox
from dfs_desktop.ui.widgets.layouts import row
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workspace.downloads.downloads import Downloads
from dfs_desktop.workspace.library.library import Library
from dfs_desktop.workspace.quantities import count
from dfs_desktop.workspace.transfers import limits
from dfs_desktop.workspace.transfers.limits import TransferLimits

from .page import Page, box_of, button_of, check, choice, choose

Start = Callable[[Coroutine[Any, Any, None], str], object]
ActionOf = Callable[[str], QAction]


class GeneralPage(Page):
    """Where downloads go, and what the program does by itself."""

    title = "General"

    def __init__(self, downloads: Downloads, start: Start, action: ActionOf) -> None:
        super().__init__()
        self._downloads = downloads
        self.folder = named(ElidedLabel(), "downloadFolderLabel")
        change = secondary_button("Choose…", lambda: start(self._choose(), "choose the folder"))
        change.setAccessibleName("Choose the folder of downloads")
        self.head("Files")
        self.row("Downloads go to", row((self.folder, 1), change), change)
        self.head("Servers")
        words = "Look every half minute whether others changed the collection"
        self.form.addRow(box_of(action("poll"), words))
        self.form.addRow(row(button_of(action("clear_seen")), None))
        self.note("What you saw of a server is kept on this computer, to be seen without it.")

    def fill(self) -> None:
        self.folder.show_text(str(self._downloads.folder))

    async def _choose(self) -> None:
        folder = await choose_folder(self, "Download folder", str(self._downloads.folder))
        if folder is not None:
            self._downloads.use_folder(folder)
            self.fill()


class TransfersPage(Page):
    """How many at once, how fast, and what happens at the next start."""

    title = "Transfers"

    def __init__(self, service: TransferLimits, settings: Settings) -> None:
        super().__init__()
        self._limits, self._settings = service, settings
        self.at_once = named(QSpinBox(), "atOnceBox")
        self.at_once.setRange(1, limits.MOST_AT_ONCE)
        self.at_once.valueChanged.connect(service.use_parallel)
        self.row("At once", row(self.at_once, None), self.at_once)
        self.rates = {kind: self._rate(kind) for kind in Kind}
        self.resume = QCheckBox("Go on at the next start with what has not ended")
        self.resume.setObjectName("resumeBox")
        self.resume.toggled.connect(service.use_resume)
        self.form.addRow(self.resume)
        self.fill()

    def _rate(self, kind: Kind) -> tuple[QCheckBox, NumberBox]:
        """All transfers of a kind together; the box stays readable while there is no limit."""
        limited, rate = QCheckBox("At most"), NumberBox()
        named(limited, f"{kind.value}LimitBox", reads=f"Limit all {kind.value}s together")
        rate.setObjectName(f"{kind.value}RateBox")
        rate.setAccessibleName(f"Megabytes a second for all {kind.value}s together")
        rate.setRange(0.1, limits.HIGHEST_RATE / limits.MB)
        rate.setDecimals(1)
        rate.setSuffix(" MB/s")
        rate.setValue(20)
        use = partial(self._use_rate, kind)
        limited.toggled.connect(use)
        rate.editingFinished.connect(use)
        self.row(f"{kind.value.capitalize()}s", row(limited, rate, None, spacing=8), limited)
        return limited, rate

    def _use_rate(self, kind: Kind, _on: bool = False) -> None:
        limited, rate = self.rates[kind]
        rate.setEnabled(limited.isChecked())
        wanted = round(rate.value() * limits.MB) if limited.isChecked() else None
        if wanted != self._limits.rate(kind):
            self._limits.use_rate(kind, wanted)

    def fill(self) -> None:
        with QSignalBlocker(self.at_once):
            self.at_once.setValue(self._settings.parallel_transfers)
        check(self.resume, self._settings.resume_transfers)
        for kind, (limited, rate) in self.rates.items():
            now = self._limits.rate(kind)
            check(limited, now is not None)
            rate.setEnabled(now is not None)
            if now is not None:
                rate.setValue(now / limits.MB)


class AppearancePage(Page):
    """How the window looks."""

    title = "Appearance"

    def __init__(self, action: ActionOf) -> None:
        super().__init__()
        self._action = action
        themes = (("system", "Follow the system"), ("light", "Light"), ("dark", "Dark"))
        self._themes = [mode for mode, _ in themes]
        self.theme = choice("themeChoice", themes, lambda mode: action(f"theme_{mode}").trigger())
        self.row("Theme", row(self.theme, None), self.theme)

    def fill(self) -> None:
        chosen = (mode for mode in self._themes if self._action(f"theme_{mode}").isChecked())
        choose(self.theme, next(chosen, "system"))


class LibraryPage(Page):
    """The artifacts on this computer."""

    title = "Library"

    def __init__(self, library: Library, action: ActionOf) -> None:
        super().__init__()
        self._library = library
        self.known = plain_label(wrap=True)
        self.form.addRow(self.known)
        for key, text in (("watch_folder", ""), ("library_folders", "Watched Folders…")):
            self.form.addRow(row(button_of(action(key), text), None))
        self.note(
            "Artifacts in watched folders are listed and known again by their content; what is new "
            "can be offered for upload. Nothing is sent by itself."
        )

    def fill(self) -> None:
        many = len(self._library.copies())
        known = f"{count(many, 'artifact')} known" if many else "No artifact known yet"
        self.known.setText(f"{known} on this computer.")
