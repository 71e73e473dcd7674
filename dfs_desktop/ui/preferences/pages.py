"""The pages of the preferences but for the network: folders, limits, the theme, the library."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QComboBox, QSpinBox

from dfs_desktop.settings import LimitHours, Settings
from dfs_desktop.transfers.job import Kind
from dfs_desktop.translation import LANGUAGES, later, tr, trn
from dfs_desktop.ui.widgets.dialogs import choose_folder, fill_box, secondary_button
from dfs_desktop.ui.widgets.elided_label import ElidedLabel
from dfs_desktop.ui.widgets.fields.number_box import NumberBox, as_field
from dfs_desktop.ui.widgets.labels import plain_label
from dfs_desktop.ui.widgets.layouts import row
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workspace.downloads.downloads import Downloads
from dfs_desktop.workspace.library.library import Library
from dfs_desktop.workspace.state import AppState
from dfs_desktop.workspace.transfers import limits
from dfs_desktop.workspace.transfers.limits import TransferLimits

from .page import Page, box_of, button_of, check, choice, choose

ActionOf = Callable[[str], QAction]


class GeneralPage(Page):
    """Where downloads go, and what the program does by itself."""

    key, title = "General", later("General")

    def __init__(
        self, state: AppState, downloads: Downloads, action: ActionOf,
        look_weekly: Callable[[bool], object],
    ) -> None:  # fmt: skip
        super().__init__()
        self._state, self._downloads = state, downloads
        self.folder = named(ElidedLabel(), "downloadFolderLabel")
        start = state.tasks.start
        change = secondary_button(tr("Choose…"), lambda: start(self._choose(), "choose the folder"))
        change.setAccessibleName(tr("Choose the folder of downloads"))
        self.head(tr("Files"))
        self.row(tr("Downloads go to"), row((self.folder, 1), change), change)
        self.head(tr("Servers"))
        words = tr("Look every half minute whether others changed the collection")
        self.form.addRow(box_of(action("poll"), words))
        self.form.addRow(row(button_of(action("clear_seen")), None))
        self.note(tr("What you saw of a server is kept on this computer, to be seen without it."))
        self.head(tr("Windows"))
        words = tr("Open the windows of last time at the start")
        self.windows = self.tick(words, "windowsBox", self._use_windows)
        self.head(tr("Language"))
        languages = (("", tr("Follow the system")), *LANGUAGES.items())
        self.language = choice("languageChoice", languages, self._use_language)
        self.row(tr("Texts are in"), row(self.language, None), self.language)
        self.head(tr("New versions"))
        words = tr("Look for a new version once a week")
        self.versions = self.tick(words, "versionsBox", look_weekly)
        self.note(
            tr("PyPI is asked which version is the newest. Nothing is downloaded or installed.")
        )

    def fill(self) -> None:
        settings = self._state.settings
        check(self.windows, settings.reopen_windows)
        check(self.versions, settings.look_for_versions)
        self.folder.show_text(str(self._downloads.folder))
        choose(self.language, settings.language)

    def _use_windows(self, again: bool) -> None:
        self._state.settings.reopen_windows = again
        self._state.save_settings()

    def _use_language(self, code: str) -> None:
        self._state.settings.language = code
        self._state.save_settings()
        self._state.language_chosen.emit()

    async def _choose(self) -> None:
        folder = await choose_folder(self, tr("Download folder"), str(self._downloads.folder))
        if folder is not None:
            self._downloads.use_folder(folder)
            self.fill()


_RATES = {
    Kind.UPLOAD: (
        later("Uploads"),
        later("Limit all uploads together"),
        later("Megabytes a second for all uploads together"),
    ),
    Kind.DOWNLOAD: (
        later("Downloads"),
        later("Limit all downloads together"),
        later("Megabytes a second for all downloads together"),
    ),
}


class TransfersPage(Page):
    """How many at once, how fast, and what happens at the next start."""

    key, title = "Transfers", later("Transfers")

    def __init__(self, service: TransferLimits, settings: Settings, action: ActionOf) -> None:
        super().__init__()
        self._limits, self._settings = service, settings
        self.at_once = named(QSpinBox(), "atOnceBox")
        as_field(self.at_once)
        self.at_once.setRange(1, limits.MOST_AT_ONCE)
        self.at_once.valueChanged.connect(service.use_parallel)
        self.row(tr("At once"), row(self.at_once, None), self.at_once)
        self.rates = {kind: self._rate(kind) for kind in Kind}
        self.hours = choice("limitHoursChoice", (), self._use_hours)
        self._offered: list[LimitHours | None] = []
        self.row(tr("Limits hold"), row(self.hours, None), self.hours)
        self.form.addRow(row(button_of(action("limits"), tr("Other Hours, and One Server…")), None))
        words = tr("Go on at the next start with what has not ended")
        self.resume = self.tick(words, "resumeBox", service.use_resume)
        self.fill()

    def _rate(self, kind: Kind) -> tuple[QCheckBox, NumberBox]:
        """All transfers of a kind together; the box stays readable while there is no limit."""
        limited, rate = QCheckBox(tr("At most")), NumberBox()
        title, limit, megabytes = map(tr, _RATES[kind])
        named(limited, f"{kind.value}LimitBox", reads=limit)
        named(rate, f"{kind.value}RateBox", reads=megabytes)
        rate.setRange(0.1, limits.HIGHEST_RATE / limits.MB)
        rate.setDecimals(1)
        rate.setSuffix(" MB/s")
        rate.setValue(20)
        use = partial(self._use_rate, kind)
        limited.toggled.connect(use)
        rate.editingFinished.connect(use)
        self.row(title, row(limited, rate, None, spacing=8), limited)
        return limited, rate

    def _use_rate(self, kind: Kind, _on: bool = False) -> None:
        limited, rate = self.rates[kind]
        rate.setEnabled(limited.isChecked())
        wanted = round(rate.value() * limits.MB) if limited.isChecked() else None
        if wanted != self._limits.rate(kind):
            self._limits.use_rate(kind, wanted)

    def _use_hours(self, number: str) -> None:
        self._limits.use_hours(self._offered[int(number)])

    def fill(self) -> None:
        now, presets = self._limits.hours, [None, LimitHours(), LimitHours(weekdays=False)]
        self._offered = presets if now in presets else [*presets, now]
        lines = ((str(n), limits.hours_title(each)) for n, each in enumerate(self._offered))
        fill_box(self.hours, lines, str(self._offered.index(now)))
        with QSignalBlocker(self.at_once):
            self.at_once.setValue(self._settings.parallel_transfers)
        check(self.resume, self._settings.resume_transfers)
        for kind, (limited, box) in self.rates.items():
            rate = self._limits.rate(kind)
            check(limited, rate is not None)
            box.setEnabled(rate is not None)
            if rate is not None:
                box.setValue(rate / limits.MB)


class AppearancePage(Page):
    """How the window looks."""

    key, title = "Appearance", later("Appearance")

    def __init__(self, action: ActionOf) -> None:
        super().__init__()
        self._action = action
        themes = (("system", tr("Follow the system")), ("light", tr("Light")), ("dark", tr("Dark")))
        as_asked = tr("As the system asks")
        contrasts = (("system", as_asked), ("high", tr("High")), ("usual", tr("Usual")))
        self.theme = self._choice(tr("Theme"), "theme", themes)
        self.contrast = self._choice(tr("Contrast"), "contrast", contrasts)

    def _choice(self, name: str, key: str, choices: Sequence[tuple[str, str]]) -> QComboBox:
        """One of the actions whose names begin with `key`."""
        box = choice(f"{key}Choice", choices, lambda each: self._action(f"{key}_{each}").trigger())
        self.row(name, row(box, None), box)
        return box

    def fill(self) -> None:
        for key, box in (("theme", self.theme), ("contrast", self.contrast)):
            values = [str(box.itemData(place)) for place in range(box.count())]
            chosen = (each for each in values if self._action(f"{key}_{each}").isChecked())
            choose(box, next(chosen, "system"))


class LibraryPage(Page):
    """The artifacts on this computer."""

    key, title = "Library", later("Library")

    def __init__(self, library: Library, action: ActionOf) -> None:
        super().__init__()
        self._library = library
        self.known = plain_label(wrap=True)
        self.form.addRow(self.known)
        for key, text in (("watch_folder", ""), ("library_folders", tr("Watched Folders…"))):
            self.form.addRow(row(button_of(action(key), text), None))
        self.note(
            tr(
                "Artifacts in watched folders are listed and known again by their content; what is new "
                "can be offered for upload. Nothing is sent by itself."
            )
        )

    def fill(self) -> None:
        many = len(self._library.copies())
        known = trn(
            "{amount} artifact known on this computer.",
            "{amount} artifacts known on this computer.",
            many,
        )
        self.known.setText(known if many else tr("No artifact known yet on this computer."))
