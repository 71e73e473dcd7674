"""One thing that needs attention: what is the matter, what the next step does, and the buttons."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QPushButton, QWidget

from dfs_desktop.ui.widgets.dialogs import link_button, plain_label
from dfs_desktop.ui.widgets.elided_label import ElidedLabel
from dfs_desktop.ui.widgets.icon_label import IconLabel
from dfs_desktop.ui.widgets.layouts import FlowLayout
from dfs_desktop.ui.widgets.tooltips import tooltip
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
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 8, 12, 8)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        name, color = ("error", "failed") if item.failed else ("warning", "waiting")
        grid.addWidget(IconLabel(name, color), 0, 0, Qt.AlignmentFlag.AlignTop)
        title = ElidedLabel(item.title)
        font = title.font()
        font.setWeight(font.Weight.DemiBold)
        title.setFont(font)
        grid.addWidget(title, 0, 1)
        row = 1
        if item.place:
            place = ElidedLabel(item.place)
            place.setProperty("dim", True)
            grid.addWidget(place, row, 1)
            row += 1
        matter = plain_label(item.matter, wrap=True)
        matter.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        grid.addWidget(matter, row, 1)
        grid.addWidget(plain_label(effect, wrap=True, dim=True), row + 1, 1)
        grid.addWidget(self._buttons(), row + 2, 1)

    def _buttons(self) -> QWidget:
        box = QWidget()
        row = FlowLayout(box, 8)
        row.setContentsMargins(0, 4, 0, 0)
        for offer in self.item.offers:
            row.addWidget(self._button(offer))
        row.addWidget(QWidget())  # what is left of the line
        return box

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
