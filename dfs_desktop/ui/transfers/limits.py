"""The limits of transfers as a menu: how many at once, how fast, and what happens at the next start."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, QTime
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QCheckBox, QDialog, QMenu, QPushButton, QTimeEdit, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.artifact.names import shortened
from dfs_desktop.settings import LimitHours
from dfs_desktop.transfers.job import Kind
from dfs_desktop.translation import later, tr
from dfs_desktop.ui.widgets import dialogs
from dfs_desktop.ui.widgets.fields.number_box import NumberBox
from dfs_desktop.ui.widgets.labels import headline, plain_label
from dfs_desktop.ui.widgets.layouts import row, sheet
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.state import AppState
from dfs_desktop.workspace.transfers import limits

NO_LIMIT = later("No limit")
AS_ALL = later("no own limit")
_TITLES = {Kind.UPLOAD: later("Upload limit"), Kind.DOWNLOAD: later("Download limit")}
_READS = {
    Kind.UPLOAD: later("Upload limit in megabytes a second"),
    Kind.DOWNLOAD: later("Download limit in megabytes a second"),
}
_ABOUT = {
    Kind.UPLOAD: later("All uploads together move at most this much. It applies at once."),
    Kind.DOWNLOAD: later("All downloads together move at most this much. It applies at once."),
}


class LimitsMenu(QMenu):
    """Filled anew whenever it opens, from the settings; a choice applies at once and is kept."""

    def __init__(self, state: AppState, given: limits.TransferLimits, parent: QWidget) -> None:
        super().__init__(tr("Limits"), parent)
        self.setObjectName("limitsMenu")
        self._state, self._limits = state, given
        self._parts: list[QObject] = []
        self.aboutToShow.connect(self.fill)

    def fill(self) -> None:
        self.clear()
        for part in self._parts:
            part.deleteLater()
        self._parts = []
        settings, numbers = self._state.settings, range(1, limits.MOST_AT_ONCE + 1)
        now = settings.parallel_transfers
        self._choices(
            tr("At once: {number}", number=now),
            "atOnceMenu",
            [(str(n), n == now, partial(self._limits.use_parallel, n)) for n in numbers],
        )
        self._fill_server()
        for kind in Kind:
            self._fill_rates(kind)
        self._fill_hours()
        self.addSeparator()
        again = self.addAction(tr("Go on at the next start"))
        again.setObjectName("resumeAtStart")
        again.setCheckable(True)
        again.setChecked(settings.resume_transfers)
        again.setToolTip(tr("What has not ended goes on by itself; else it waits there, paused"))
        again.toggled.connect(self._limits.use_resume)

    def _fill_server(self) -> None:
        """How many at once at the open server, beside the number for all."""
        profile, use = self._state.session.profile, self._limits.use_parallel_at
        now = self._state.settings.parallel_at.get(profile.id)
        name = shortened(visible(profile.name), 40).replace("&", "&&")
        title = tr("At once at “{server}”: {number}", server=name, number=now or tr(AS_ALL))
        lines = [
            (str(n or tr("No own limit")), n == now, partial(use, profile.id, n))
            for n in (None, *range(1, limits.MOST_AT_ONCE + 1))
        ]
        self._choices(title, "atServerMenu", lines)

    def _fill_hours(self) -> None:
        now, use = self._limits.hours, self._limits.use_hours
        title = tr("Limits hold: {times}", times=limits.hours_words(now))
        presets = [None, LimitHours(), LimitHours(weekdays=False)]
        offered = presets if now in presets else [*presets, now]
        lines = [(limits.hours_title(each), each == now, partial(use, each)) for each in offered]
        menu = self._choices(title, "limitHoursMenu", lines)
        menu.addSeparator()
        menu.addAction(tr("Own hours…"), self._ask_hours)

    def _ask_hours(self) -> None:
        dialog = HoursDialog(self.parentWidget(), self._limits.hours or LimitHours())

        async def answered() -> None:
            if await dialogs.finished(dialog):
                self._limits.use_hours(dialog.hours())

        self._state.tasks.start(answered(), "set the hours of the limits")

    def _fill_rates(self, kind: Kind) -> None:
        now, use = self._limits.rate(kind), self._limits.use_rate
        offered = [*limits.RATES] if now in limits.RATES else [*limits.RATES, now]
        lines = [(words(rate), rate == now, partial(use, kind, rate)) for rate in offered]
        title = f"{tr(_TITLES[kind])}: {words(now)}"
        menu = self._choices(title, f"{kind.value}LimitMenu", lines)
        menu.addSeparator()
        menu.addAction(tr("Own value…"), partial(self._ask, kind))

    def _choices(
        self, title: str, name: str, lines: Sequence[tuple[str, bool, Callable[[], object]]]
    ) -> QMenu:
        """A menu of which one is on: its words, whether it is, and what chooses it."""
        menu = named(self.addMenu(title), name)
        self._parts.append(menu)
        group = QActionGroup(menu)
        for text, on, use in lines:
            action = QAction(text, group, checkable=True, checked=on)
            action.triggered.connect(lambda _checked=False, use=use: use())
            menu.addAction(action)
        return menu

    def _ask(self, kind: Kind) -> None:
        dialog = RateDialog(self.parentWidget(), kind, self._limits.rate(kind))

        async def answered() -> None:
            if await dialogs.finished(dialog):
                self._limits.use_rate(kind, dialog.rate())

        self._state.tasks.start(answered(), "set the limit")


class RateDialog(QDialog):
    """Asks for a limit in megabytes a second."""

    def __init__(self, parent: QWidget | None, kind: Kind, rate: int | None) -> None:
        super().__init__(parent.window() if parent is not None else None)
        self.setObjectName("rateDialog")
        self.setWindowTitle(tr(_TITLES[kind]))
        heading = headline(tr(_TITLES[kind]))
        self.box = named(NumberBox(), reads=tr(_READS[kind]))
        self.box.setRange(0.1, limits.HIGHEST_RATE / limits.MB)
        self.box.setDecimals(1)
        self.box.setSuffix(" MB/s")
        self.box.setValue((rate or 20 * limits.MB) / limits.MB)
        self.box.selectAll()
        self.meant = named(plain_label(dim=True), "meantRate")
        self.box.valueChanged.connect(self._say)
        self._say()
        leave = dialogs.secondary_button(tr("Leave as it is"), self.reject)
        use = QPushButton(tr("Use this limit"), default=True)
        use.clicked.connect(self.accept)
        text = plain_label(tr(_ABOUT[kind]), wrap=True, dim=True)
        sheet(self, heading, text, self.box, self.meant, row(None, leave, use))
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 48)

    def _say(self, _value: float = 0.0) -> None:
        """What was typed, as it is understood: a comma between thousands would be seen at once."""
        size = quantities.exact_size(self.rate())
        self.meant.setText(tr("That is {size} in a second.", size=size))

    def rate(self) -> int:
        """Bytes a second."""
        return round(self.box.value() * limits.MB)


class HoursDialog(QDialog):
    """Asks from when to when the limits hold, and says in words what was chosen."""

    def __init__(self, parent: QWidget | None, now: LimitHours) -> None:
        super().__init__(parent.window() if parent is not None else None)
        self.setObjectName("limitHoursDialog")
        self.setWindowTitle(tr("Hours of the limits"))
        heading = headline(tr("Hours of the limits"))
        self.start, self.end = (QTimeEdit(QTime(at // 60, at % 60)) for at in (now.start, now.end))
        named(self.start, "hoursFrom", reads=tr("From"))
        named(self.end, "hoursTo", reads=tr("To"))
        for edit in (self.start, self.end):
            edit.setDisplayFormat("HH:mm")
            edit.timeChanged.connect(self._say)
        self.weekdays = QCheckBox(tr("Monday to Friday only"))
        self.weekdays.setChecked(now.weekdays)
        self.weekdays.toggled.connect(self._say)
        self.meant = plain_label(dim=True, wrap=True)
        leave = dialogs.secondary_button(tr("Leave as it is"), self.reject)
        use = dialogs.primary_button(tr("Use these hours"), "useHoursButton", self.accept)
        begins, ends = plain_label(tr("From")), plain_label(tr("to"))
        times = row(begins, self.start, ends, self.end, None, spacing=8)
        sheet(self, heading, times, self.weekdays, self.meant, row(None, leave, use, spacing=8))
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 56)
        self._say()

    def _say(self, _value: object = None) -> None:
        chosen = self.hours()
        text = later("The limits hold {times}; at other times there are none.")
        if chosen.start > chosen.end:
            text = later("The limits hold {times} of the next day; at other times there are none.")
        elif chosen.start == chosen.end:
            text = later("The limits hold all day long.")
        self.meant.setText(tr(text, times=limits.hours_words(chosen)))

    def hours(self) -> LimitHours:
        """What was chosen."""
        start, end = (at.hour() * 60 + at.minute() for at in (self.start.time(), self.end.time()))
        return LimitHours(start, end, self.weekdays.isChecked())


def words(rate: int | None) -> str:
    """`No limit`, `5 MB/s`."""
    return tr(NO_LIMIT) if rate is None else quantities.speed(float(rate))
