"""The list of what needs a person. It stays open beside the window and follows what happens."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QDialog, QStackedWidget, QVBoxLayout, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.transfers.job import Job
from dfs_desktop.translation import tr, trn
from dfs_desktop.ui.platform.timers import single_shot
from dfs_desktop.ui.widgets import dialogs
from dfs_desktop.ui.widgets.dialogs import close_button, passing_dialog, secondary_button
from dfs_desktop.ui.widgets.empty_state import EmptyState
from dfs_desktop.ui.widgets.labels import headline, plain_label
from dfs_desktop.ui.widgets.layouts import column, row, scrolling, sheet
from dfs_desktop.workspace.attention.attention import Attention
from dfs_desktop.workspace.attention.items import FOR_GOOD, Item, Step
from dfs_desktop.workspace.state import AppState

from .card import AttentionCard

GiveUp = Callable[[Sequence[Job], QWidget], object]
MOST_CARDS = 60  # more are only counted
_LONGEST_TITLE = 60  # characters
_SETTLE = 50  # milliseconds in which changes that come together are shown together


class AttentionDialog(QDialog):
    """Not modal. Looks through the orbit when it opens; nothing is changed without a press."""

    def __init__(
        self, parent: QWidget | None, state: AppState, attention: Attention, give_up: GiveUp
    ) -> None:
        super().__init__(parent, modal=False)
        passing_dialog(self, "attentionDialog", tr("Needs attention"))
        self._state, self._attention, self._give_up = state, attention, give_up
        self._asking: set[str] = set()  # keys of items
        self._cards: dict[str, AttentionCard] = {}
        self._about = plain_label(dim=True, wrap=True)
        self._pages = QStackedWidget()
        self._empty = EmptyState("check", "", self)
        self._column = QVBoxLayout()
        self._more = plain_label(dim=True, wrap=True)
        self._again = secondary_button(tr("Look again"), attention.look, name="lookAgainButton")
        self._arrange()
        self._later = single_shot(self, _SETTLE, self.refresh)
        self.destroyed.connect(attention.changed.connect(self._later.start))
        self.refresh()
        attention.look()

    def _arrange(self) -> None:
        body = QWidget()
        self._column.setSpacing(8)
        column(self._column, self._more, (None, 1), of=body, margins=(0, 0, 4, 0))
        self._pages.addWidget(scrolling(body))
        self._pages.addWidget(self._empty)
        close = close_button(self)
        foot = row(self._again, None, close)
        head = headline(tr("Needs attention"))
        sheet(self, head, self._about, (self._pages, 1), foot, spacing=8)
        em = self.fontMetrics().averageCharWidth()
        above = self.parentWidget()
        room = above.height() - em * 12 if above is not None else em * 72
        self.resize(em * 92, max(em * 72, min(room, em * 110)))
        self.setMinimumSize(em * 56, em * 36)
        close.setFocus()

    def refresh(self) -> None:
        """Show the items as they are now. Cards of items that did not change stay in place."""
        attention = self._attention
        items = attention.items()
        self._say(len(items))
        shown = items[:MOST_CARDS]
        kept = {item.key: item for item in shown}
        for key, card in list(self._cards.items()):
            item = kept.get(key)
            if item is None or item != card.item or card.acting != (key in attention.acting):
                self._column.removeWidget(self._cards.pop(key))
                card.hide()
                card.deleteLater()
        for number, item in enumerate(shown):
            if item.key not in self._cards:
                card = AttentionCard(item, self._take, acting=item.key in attention.acting)
                self._cards[item.key] = card
                self._column.insertWidget(number, card)
        self._more.setText(trn("and {amount} more", "and {amount} more", len(items) - MOST_CARDS))
        self._more.setVisible(len(items) > MOST_CARDS)

    def _say(self, count: int) -> None:
        attention, session = self._attention, self._state.session
        orbit = visible(session.orbit.name) if session.orbit is not None else ""
        where = tr("Among the transfers")
        if orbit:
            where = tr("In the orbit “{orbit}” and among the transfers", orbit=orbit)
        if attention.looking:
            where = tr("Looking through the orbit “{orbit}”…", orbit=orbit)
        if attention.problem is not None:
            where = f"{attention.problem.title}. {attention.problem.detail}"
        self._about.setText(where)
        self._again.setEnabled(not attention.looking and bool(orbit))
        if not count:
            text = tr(
                "Stuck uploads and deletions, and transfers that failed, would be listed here."
            )
            self._empty.say("check", text, "" if attention.looking else tr("Nothing needs you"))
        self._pages.setCurrentIndex(0 if count else 1)

    def _take(self, item: Item, step: Step) -> None:
        if step is Step.DISCARD and item.job is not None:
            self._give_up([item.job], self)
        elif step in FOR_GOOD:
            if item.key not in self._asking:
                self._asking.add(item.key)
                self._state.tasks.start(self._ask(item, step), "ask before it is gone")
        else:
            self._attention.take(item, step)

    async def _ask(self, item: Item, step: Step) -> None:
        """What cannot be brought back is asked about, in the words of its button."""
        if (offer := item.offer(step)) is None:
            return
        shown = item.title[:_LONGEST_TITLE]
        title = tr("{action}: “{name}”?", action=offer.text, name=shown)
        text = "\n\n".join(part for part in (item.place, offer.effect) if part)
        try:
            answer = await dialogs.ask(self, title, text, [tr("Keep"), offer.text])
        finally:
            self._asking.discard(item.key)
        if answer:
            self._attention.take(item, step)
