"""Asks from when to when the limits of transfers hold."""

from PySide6.QtCore import QTime
from PySide6.QtWidgets import QCheckBox, QDialog, QTimeEdit, QWidget

from dfs_desktop.settings import LimitHours
from dfs_desktop.translation import tr
from dfs_desktop.ui.widgets import dialogs
from dfs_desktop.ui.widgets.layouts import row, sheet
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workspace.transfers import hours


class HoursDialog(QDialog):
    """Says in words what was chosen."""

    def __init__(self, parent: QWidget | None, now: LimitHours) -> None:
        super().__init__(parent.window() if parent is not None else None)
        self.setObjectName("limitHoursDialog")
        self.setWindowTitle(tr("Hours of the limits"))
        heading = dialogs.plain_label(tr("Hours of the limits"))
        dialogs.enlarge(heading, 1.1)
        self.start, self.end = (QTimeEdit(QTime(at // 60, at % 60)) for at in (now.start, now.end))
        named(self.start, "hoursFrom", reads=tr("From"))
        named(self.end, "hoursTo", reads=tr("To"))
        for edit in (self.start, self.end):
            edit.setDisplayFormat("HH:mm")
            edit.timeChanged.connect(self._say)
        self.weekdays = QCheckBox(tr("Monday to Friday only"))
        self.weekdays.setChecked(now.weekdays)
        self.weekdays.toggled.connect(self._say)
        self.meant = dialogs.plain_label(dim=True, wrap=True)
        leave = dialogs.secondary_button(tr("Leave as it is"), self.reject)
        use = dialogs.primary_button(tr("Use these hours"), "useHoursButton", self.accept)
        begins, ends = dialogs.plain_label(tr("From")), dialogs.plain_label(tr("to"))
        times = row(begins, self.start, ends, self.end, None, spacing=8)
        sheet(self, heading, times, self.weekdays, self.meant, row(None, leave, use, spacing=8))
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 56)
        self._say()

    def _say(self, _value: object = None) -> None:
        chosen = self.hours()
        times = hours.words(chosen)
        text = tr("The limits hold {times}; at other times there are none.", times=times)
        if chosen.start > chosen.end:
            text = tr(
                "The limits hold {times} of the next day; at other times there are none.",
                times=times,
            )
        elif chosen.start == chosen.end:
            text = tr("The limits hold all day long.")
        self.meant.setText(text)

    def hours(self) -> LimitHours:
        """What was chosen."""
        start, end = (at.hour() * 60 + at.minute() for at in (self.start.time(), self.end.time()))
        return LimitHours(start, end, self.weekdays.isChecked())
