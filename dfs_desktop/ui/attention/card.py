"""One thing that needs attention: what is the matter, what the next step does, and the buttons."""

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QPushButton

from dfs_desktop.ui.widgets.dialogs import link_button
from dfs_desktop.ui.widgets.elided_label import ElidedLabel
from dfs_desktop.ui.widgets.labels import IconLabel, enlarge, plain_label
from dfs_desktop.ui.widgets.layouts import TOP, column, flowing, row
from dfs_desktop.ui.widgets.naming import tooltip
from dfs_desktop.workspace.attention.items import Item, Offer, Step

Take = Callable[[Item, Step], object]


class AttentionCard(QFrame):
    """Shows an item as it was when the card was made; a changed item gets a new card."""

    def __init__(self, item: Item, take: Take, *, acting: bool) -> None:
        super().__init__()
        self.item, self.acting = item, acting
        self._take = take
        self.setObjectName("attentionCard")
        self.setProperty("card", True)
        effect = _next(item.offers[0])
        self.setAccessibleName(f"{item.title}, {item.place}. {item.matter} {effect}")
        icon = IconLabel("error", "failed") if item.failed else IconLabel("warning", "waiting")
        title = ElidedLabel(item.title)
        enlarge(title, 1.0)
        place = ElidedLabel(item.place, dim=True)
        matter = plain_label(item.matter, wrap=True, selectable=True)
        next_step = plain_label(effect, wrap=True, dim=True)
        where = [place] if item.place else []
        buttons = flowing(*map(self._button, item.offers), gap=8)
        words = column(title, *where, matter, next_step, 4, buttons, spacing=4)
        row((icon, TOP), (words, 1), of=self, margins=(12, 8, 12, 8), spacing=12)

    def _button(self, offer: Offer) -> QPushButton:
        quiet = offer.step is Step.DISMISS
        button = link_button(offer.text) if quiet else QPushButton(offer.text)
        button.setObjectName(f"{offer.step.name.lower()}Button")
        button.setAutoDefault(False)
        button.setAccessibleName(f"{offer.text}: {self.item.title}")
        button.setAccessibleDescription(_next(offer))
        button.setToolTip(tooltip(_next(offer)))
        button.setEnabled(not offer.refusal and not self.acting)
        button.clicked.connect(lambda _checked=False: self._take(self.item, offer.step))
        return button


def _next(offer: Offer) -> str:
    """What a button does and leaves behind; or why it may not be pressed."""
    return offer.refusal or f"{offer.text.rstrip('… ')}: {offer.effect}"
