"""Notices above the table: a title, a detail, a button; errors stay, the others leave by themselves."""

from functools import partial

from PySide6.QtCore import QEvent
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.translation import tr
from dfs_desktop.ui.platform.timers import single_shot
from dfs_desktop.ui.widgets.dialogs import icon_button, link_button
from dfs_desktop.ui.widgets.labels import IconLabel, enlarge, plain_label
from dfs_desktop.ui.widgets.layouts import TOP, column, row
from dfs_desktop.workspace.notices import Action, Level, Notice

_MOST = 3
LONGEST_TITLE, LONGEST_DETAIL, MOST_LINES = 200, 2000, 20
_ICONS = {
    Level.INFORMATION: ("information", "accent"),
    Level.SUCCESS: ("check", "good"),
    Level.WARNING: ("warning", "waiting"),
    Level.ERROR: ("error", "failed"),
}


class NoticeCard(QFrame):
    """One notice. The pointer over it holds its time; the detail can be selected and copied."""

    def __init__(self, notice: Notice) -> None:
        super().__init__()
        self.setProperty("card", True)
        self.setObjectName("noticeCard")
        self._title = visible(notice.title, limit=LONGEST_TITLE)
        self._detail = "\n".join(notice.detail[:LONGEST_DETAIL].split("\n")[:MOST_LINES])
        self.setAccessibleName(f"{self._title}. {self._detail}")
        self.notice = notice
        self.gone = False
        self._timer = single_shot(self, 0, self.leave)
        words = self._words()
        icon = IconLabel(*_ICONS[notice.level], scale=1.0)
        parts = column(4, icon, None, spacing=0), (words, 1)
        layout = row(*parts, of=self, margins=(12, 8, 8, 8), spacing=8)
        buttons = [
            self._button(action, name)
            for action, name in ((notice.action, "noticeAction"), (notice.other, "otherAction"))
            if action is not None
        ]
        if len(buttons) == 1:
            layout.addWidget(buttons[0], 0, TOP)
        elif buttons:  # beside each other they would leave the words no room
            words.addLayout(row(*buttons, None, spacing=4))
        layout.addWidget(icon_button("close", self.leave, reads=tr("Dismiss")), 0, TOP)
        self._start()

    def _button(self, action: Action, name: str) -> QPushButton:
        button = link_button(visible(action.text, limit=100), name=name)
        button.clicked.connect(partial(self._act, action))
        return button

    def _words(self) -> QVBoxLayout:
        title = plain_label(self._title, wrap=True)
        enlarge(title, 1.0)
        words = column(title, margins=(0, 4, 0, 4), spacing=2)
        if self._detail:
            detail = plain_label(self._detail, wrap=True, dim=True, selectable=True)
            words.addWidget(detail)
        return words

    def _start(self) -> None:
        if self.notice.seconds is not None:
            self._timer.start(round(self.notice.seconds * 1000))

    def _act(self, action: Action, _checked: bool = False) -> None:
        self.leave()
        action.run()

    def leave(self) -> None:
        self._timer.stop()
        self.gone = True
        self.hide()
        self.deleteLater()

    def enterEvent(self, event: QEnterEvent) -> None:
        # An undo's time runs whatever the pointer does.
        if not self.notice.key.startswith("delete:"):
            self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        if not self.gone and not self._timer.isActive():
            self._start()
        super().leaveEvent(event)


class NoticeBar(QWidget):
    """The newest notices, at most three; a later one with the same key replaces the earlier."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("noticeBar")
        self._layout = column(of=self, spacing=6)

    def cards(self) -> list[NoticeCard]:
        cards = self.findChildren(NoticeCard)
        return [card for card in cards if card.parent() is self and not card.gone]

    def wanted_height(self, width: int) -> int:
        height = self._layout.heightForWidth(width)
        return height if height > 0 else self.sizeHint().height()

    def show_notice(self, notice: Notice) -> None:
        if notice.key:
            self.withdraw(notice.key)
        cards = self.cards()
        cards.sort(key=lambda card: card.notice.seconds is None)  # what leaves anyhow goes first
        for card in cards[: max(0, len(cards) - _MOST + 1)]:
            card.leave()
        self._layout.addWidget(NoticeCard(notice))
        self.show()

    def spend(self, step: object) -> None:
        """A step was taken back: the notice that offers it says what is no longer so."""
        for card in self.cards():
            if card.notice.action is not None and card.notice.action.of is step:
                card.leave()

    def withdraw(self, key: str) -> None:
        for card in self.cards():
            if card.notice.key == key:
                card.leave()
