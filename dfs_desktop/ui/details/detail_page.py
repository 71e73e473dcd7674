"""What tabs that look inside share: a quiet line while bytes come, errors in place, no stale answers."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, ClassVar, Self

from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from dfs_desktop.ui.preview.save_member import SaveLine
from dfs_desktop.ui.widgets.dialogs import choice_box
from dfs_desktop.ui.widgets.labels import plain_label
from dfs_desktop.ui.widgets.layouts import (
    Part,
    append,
    column,
    fill_scrolling,
    scrolling_area,
    set_margins,
)
from dfs_desktop.ui.widgets.reading_line import ReadingLine
from dfs_desktop.workspace.inspection.inspector import Inspection

from .page_services import PageServices


class DetailPage(QWidget):
    """A tab whose content has to be read.

    A subclass names its `operation` of the reader, makes its widgets in `make`, and shows in `fill`
    what was read. It is whole once `building` has come to its end, or `show_look` was called.
    """

    key = ""
    operation: ClassVar[Callable[..., Any]]
    several = False  # one of several cards, experiments or files is shown, by its number
    margins = (5, 8, 16, 16)
    spacing = 8

    def __init__(self, services: PageServices, parent: QWidget) -> None:
        super().__init__(parent)
        self.state, self.services = services.state, services
        self.look: Inspection | None = None
        self._shown: Inspection | None = None
        self._last: Inspection | None = None
        self.number = 0
        self.line = ReadingLine(self.state.tasks, self.try_again)
        self.body = QWidget(self)
        # What stretches takes the room while there is no content.
        column(self.line, (self.body, 1), None, of=self, spacing=0)
        self._content = column(of=self.body, margins=self.margins, spacing=self.spacing)
        self.is_built = False
        self.building = self._build()
        self.destroyed.connect(services.reconnector.returned.connect(self._read_on))

    @classmethod
    def placed(cls, services: PageServices, parent: QWidget) -> tuple[QWidget, Self]:
        """A page, and the view that scrolls it: what changes in it lays out nothing around it."""
        area = scrolling_area(parent)
        page = cls(services, area.viewport())
        policy = QSizePolicy.Policy
        page.setSizePolicy(policy.Ignored, policy.Preferred)  # as wide as the pane, never cut
        fill_scrolling(area, page)  # while it is empty: what has a place is styled only once
        return area, page

    def save_line(self) -> SaveLine:
        """How far a saving is, below what is saved."""
        return SaveLine(self.state, self.services.downloads, self.services.member_saver)

    def make(self) -> Iterator[Part]:
        """Make what the tab consists of, from top to bottom; each part has its place at once."""
        raise NotImplementedError

    def _build(self) -> Iterator[None]:
        for part in self.make():
            append(self._content, part)
            yield
        self.is_built = True

    def finish_building(self) -> None:
        """Make what is not made yet."""
        for _ in self.building:
            pass

    def chooser(self, name: str) -> QComboBox:
        """The choice among several; `show_choices` fills it."""
        self.choice = choice_box("detailChoice", name, 24)
        self.choice.activated.connect(self.choose)
        return self.choice

    def show_choices(self, titles: Sequence[str], number: int) -> None:
        self.choice.setVisible(len(titles) > 1)
        self.choice.clear()
        self.choice.addItems(titles)
        self.choice.setCurrentIndex(number)

    async def ask(self, look: Inspection) -> Any:
        """What the tab shows, awaited from the reader."""
        return await look.read(type(self).operation, *((self.number,) if self.several else ()))

    def fill(self, found: Any) -> None:
        """Show what was read."""
        raise NotImplementedError

    def fill_known(self, _look: Inspection) -> bool:
        """Show what is known without any byte; False when that is nothing."""
        return False

    def show_look(self, look: Inspection) -> None:
        """The tab is seen and looks into this artifact; what it shows already stays."""
        self.finish_building()
        if look is self.look and self.line.busy:
            return
        if look is self._shown:
            self.look = look
            return
        self.leave()
        if look is not self._last:
            self.number = 0
        self.look = self._last = look
        self._begin()

    def choose(self, number: int) -> None:
        """Show another one of several."""
        if (look := self.look) is not None and number != self.number:
            self.number = number
            look.known.pop(self.key, None)
            self._begin()

    def leave(self) -> None:
        """Nobody sees the tab any more, or it is about another artifact."""
        self.line.cancel()
        self.look = None

    def try_again(self) -> None:
        """Forget what was read and what went wrong, and begin anew."""
        if (look := self.look) is not None:
            look.begin_anew()
            self._begin()

    def _read_on(self, _server: str) -> None:
        """The server is back: what could not be read is read now."""
        if self.look is not None and self.line.failed:
            self.try_again()

    def _begin(self) -> None:
        if (look := self.look) is None:
            return
        self.line.cancel()
        if self.key in look.known:
            self._show(look, look.known[self.key])
            return
        self._shown = None
        known = self.fill_known(look)
        self.body.setVisible(known)
        if known:
            self.line.say("")
        else:
            self.line.wait()
        ask, keep = partial(self.ask, look), partial(self._keep, look)
        self.line.read(ask, keep, look.note, "look inside the artifact")

    def _keep(self, look: Inspection, found: Any) -> None:
        look.known[self.key] = found
        self._show(look, found)

    def _show(self, look: Inspection, found: Any) -> None:
        self.line.say("")
        self._shown = look
        self.fill(found)
        self.body.show()


class Section(QWidget):
    """A heading with what stands below it: shown together, or not at all; `grows`: takes free height."""

    def __init__(
        self,
        title: str,
        *content: QWidget,
        margins: tuple[int, int, int, int] = (0, 0, 0, 0),
        spacing: int = 8,
        grows: bool = False,
    ) -> None:
        super().__init__()
        if not grows:
            policy = QSizePolicy.Policy
            self.setSizePolicy(policy.Preferred, policy.Maximum)
        self.heading = plain_label(title, heading=True)
        set_margins(self.heading, *margins)
        column(self.heading, *content, of=self, spacing=spacing)


def show_section(content: QWidget, found: object) -> None:
    """Show the section of this content where there is something in it, else hide it."""
    if (section := content.parentWidget()) is not None:
        section.setVisible(bool(found))
