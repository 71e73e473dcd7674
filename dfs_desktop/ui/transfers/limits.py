"""The limits of transfers as a menu: how many at once, how fast, and what happens at the next start."""

from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QDialog, QMenu, QPushButton, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.artifact.names import shortened
from dfs_desktop.settings import LimitHours
from dfs_desktop.transfers.job import Kind
from dfs_desktop.translation import later, tr
from dfs_desktop.ui.widgets import dialogs
from dfs_desktop.ui.widgets.fields.number_box import NumberBox
from dfs_desktop.ui.widgets.layouts import row, sheet
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.state import AppState
from dfs_desktop.workspace.transfers import hours, limits

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
        settings = self._state.settings
        at_once = self._group(
            self._submenu(
                tr("At once: {number}", number=settings.parallel_transfers),
                "atOnceMenu",
            )
        )
        for number in range(1, limits.MOST_AT_ONCE + 1):
            use = partial(self._limits.use_parallel, number)
            self._choice(at_once, str(number), number == settings.parallel_transfers, use)
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
        limits_, profile = self._limits, self._state.session.profile
        now = self._state.settings.parallel_at.get(profile.id)
        name = shortened(visible(profile.name), 40).replace("&", "&&")
        title = tr("At once at “{server}”: {number}", server=name, number=now or tr(AS_ALL))
        group = self._group(self._submenu(title, "atServerMenu"))
        for number in (None, *range(1, limits.MOST_AT_ONCE + 1)):
            use = partial(limits_.use_parallel_at, profile.id, number)
            self._choice(group, str(number or tr("No own limit")), number == now, use)

    def _fill_hours(self) -> None:
        now = self._limits.hours
        group = self._group(
            self._submenu(tr("Limits hold: {times}", times=hours.words(now)), "limitHoursMenu")
        )
        presets = [None, LimitHours(), LimitHours(weekdays=False)]
        for each in presets if now in presets else [*presets, now]:
            use = partial(self._limits.use_hours, each)
            self._choice(group, hours.title(each), each == now, use)
        menu = group.parent()
        if isinstance(menu, QMenu):
            menu.addSeparator()
            menu.addAction(tr("Own hours…"), self._ask_hours)

    def _ask_hours(self) -> None:
        from .hours_dialog import HoursDialog

        dialog = HoursDialog(self.parentWidget(), self._limits.hours or LimitHours())

        async def answered() -> None:
            if await dialogs.finished(dialog):
                self._limits.use_hours(dialog.hours())

        self._state.tasks.start(answered(), "set the hours of the limits")

    def _fill_rates(self, kind: Kind) -> None:
        now = self._limits.rate(kind)
        name = f"{kind.value}LimitMenu"
        group = self._group(self._submenu(f"{tr(_TITLES[kind])}: {words(now)}", name))
        rates = [*limits.RATES] if now in limits.RATES else [*limits.RATES, now]
        for rate in rates:
            use = partial(self._limits.use_rate, kind, rate)
            self._choice(group, words(rate), rate == now, use)
        menu = group.parent()
        if isinstance(menu, QMenu):
            menu.addSeparator()
            menu.addAction(tr("Own value…"), partial(self._ask, kind))

    def _submenu(self, title: str, name: str) -> QMenu:
        menu = self.addMenu(title)
        menu.setObjectName(name)
        self._parts.append(menu)
        return menu

    def _group(self, menu: QMenu) -> QActionGroup:
        return QActionGroup(menu)

    def _choice(self, group: QActionGroup, text: str, on: bool, use: partial[None]) -> None:
        menu = group.parent()
        if not isinstance(menu, QMenu):
            return
        action = QAction(text, menu, checkable=True, checked=on)
        action.triggered.connect(lambda _checked=False: use())
        group.addAction(action)
        menu.addAction(action)

    def _ask(self, kind: Kind) -> None:
        dialog = RateDialog(self.parentWidget(), kind, self._limits.rate(kind))
        self._state.tasks.start(self._answered(dialog, kind), "set the limit")

    async def _answered(self, dialog: "RateDialog", kind: Kind) -> None:
        if await dialogs.finished(dialog):
            self._limits.use_rate(kind, dialog.rate())


class RateDialog(QDialog):
    """Asks for a limit in megabytes a second."""

    def __init__(self, parent: QWidget | None, kind: Kind, rate: int | None) -> None:
        super().__init__(parent.window() if parent is not None else None)
        self.setObjectName("rateDialog")
        self.setWindowTitle(tr(_TITLES[kind]))
        heading = dialogs.plain_label(tr(_TITLES[kind]))
        dialogs.enlarge(heading, 1.1)
        self.box = named(NumberBox(), reads=tr(_READS[kind]))
        self.box.setRange(0.1, limits.HIGHEST_RATE / limits.MB)
        self.box.setDecimals(1)
        self.box.setSuffix(" MB/s")
        self.box.setValue((rate or 20 * limits.MB) / limits.MB)
        self.box.selectAll()
        self.meant = dialogs.plain_label(dim=True)
        self.meant.setObjectName("meantRate")
        self.box.valueChanged.connect(self._say)
        self._say()
        leave, use = QPushButton(tr("Leave as it is")), QPushButton(tr("Use this limit"))
        leave.setAutoDefault(False)
        leave.clicked.connect(self.reject)
        use.setDefault(True)
        use.clicked.connect(self.accept)
        text = dialogs.plain_label(tr(_ABOUT[kind]), wrap=True, dim=True)
        sheet(self, heading, text, self.box, self.meant, row(None, leave, use))
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 48)

    def _say(self, _value: float = 0.0) -> None:
        """What was typed, as it is understood: a comma between thousands would be seen at once."""
        self.meant.setText(
            tr("That is {size} in a second.", size=quantities.exact_size(self.rate()))
        )

    def rate(self) -> int:
        """Bytes a second."""
        return round(self.box.value() * limits.MB)


def words(rate: int | None) -> str:
    """`No limit`, `5 MB/s`."""
    return tr(NO_LIMIT) if rate is None else quantities.speed(float(rate))
