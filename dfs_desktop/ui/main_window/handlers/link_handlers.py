"""Links, IDs, hashes and paths that are pasted, typed or handed over; the go-to box; links to what is
selected."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtGui import QGuiApplication

from dfs_desktop.artifact import visible
from dfs_desktop.translation import tr
from dfs_desktop.ui.local_file.opener import LocalFileOpener
from dfs_desktop.workspace.links.references import (
    ContentHash,
    Files,
    Identifier,
    Link,
    OtherPage,
    Reference,
    on_disk,
    parse,
)
from dfs_desktop.workspace.notices import Level, Notice
from dfs_desktop.workspace.workspace import Workspace

from .upload_handlers import UploadHandlers
from .window_parts import Handlers, WindowParts

_SHOWN = 60  # characters of a text that was pasted
Offer = tuple[str, str, Callable[[], object]]  # icon, text, what to do


class LinkHandlers(Handlers):
    """`take` does the likeliest with a text; `offers` lists what can be done with it."""

    def __init__(
        self, parts: WindowParts, workspace: Workspace, uploads: UploadHandlers,
        opener: LocalFileOpener, show_table: Callable[[], object],
        preferences: Callable[[str], object],
    ) -> None:  # fmt: skip
        """``show_table``: another page may stand in its place; ``preferences`` opens a page of them."""
        super().__init__(parts)
        self._workspace, self._uploads, self._opener = workspace, uploads, opener
        self._show_table, self._preferences = show_table, preferences
        self._actions.connect(copy_link=self._copy_link, goto=self._go_to)
        workspace.finder.found.connect(self.show)
        workspace.finder.server_wanted.connect(self._actions["add_server"].trigger)
        self._allow_after(workspace.session_changed, self._table.selection_changed)

    def allow(self) -> None:
        """Where the server has no web page that is known, there is no link to copy."""
        chosen = self._table.artifacts()[:1]
        link = self._workspace.finder.web_link(chosen)
        session = self._workspace.session
        place = bool(session.place.collection) and session.client is not None
        self._actions["copy_link"].setVisible(bool(self._workspace.finder.page()))
        self._actions.allow("copy_link", bool(link) and place)

    def _copy_link(self) -> None:
        if link := self._workspace.finder.web_link(self._records()):
            QGuiApplication.clipboard().setText(link)

    def _go_to(self) -> None:
        from dfs_desktop.ui.main_window.go_to import GotoBox, places

        self._actions.looked_at.emit(True)
        found, offers = places(self._workspace), self.offers
        box = GotoBox(self._window, found, self._actions, offers, self._preferences)
        self._actions.looked_at.emit(False)  # it has what was possible
        box.open_at_top()

    def paste(self, text: str) -> None:
        """Do what a pasted text is for, or say what could be pasted."""
        if text.strip() and not self.take(text):
            said = visible(text.strip(), limit=_SHOWN)
            self._say(
                tr("Nothing here has to do with “{said}”", said=said),
                tr(
                    "Paste files, their paths, a web link of the registry, an ID or a SHA-256; words go "
                    "into the filter (Ctrl+F)."
                ),
            )

    def take(self, text: str) -> bool:
        """Go where a text leads; files are reviewed for an upload. False when it is only words."""
        if (found := parse(text)) is None:
            return False
        self._act(found, look=False)
        return True

    def open(self, text: str) -> None:
        """A link or a path that another program handed over: nothing is sent because of it."""
        if (found := parse(text)) is not None:
            self._act(found, look=True)
        else:
            said = visible(text, limit=_SHOWN)
            self._say(
                tr("“{said}” is no link of a registry", said=said),
                tr("Copy the link anew, and paste it here."),
            )

    def offers(self, text: str) -> list[Offer]:
        """What the go-to box offers for a text."""
        found = parse(text)
        match found:
            case Files(paths):
                look, upload = tr("Look inside these files"), tr("Upload these files")
                if len(paths) == 1:
                    file = visible(paths[0].text)[-_SHOWN:]
                    look = tr("Look inside “{file}”", file=file)
                    upload = tr("Upload “{file}”", file=file)
                return [
                    ("file", look, partial(self._act, found, look=True)),
                    ("upload", upload, partial(self._act, found, look=False)),
                ]
            case Link():
                return [("chevron-right", _going_to(found), partial(self._act, found))]
            case Identifier():
                return [("search", tr("Go to what has this ID"), partial(self._act, found))]
            case ContentHash():
                return [
                    ("search", tr("Find the file with this SHA-256"), partial(self._act, found))
                ]
        return []

    def _act(self, found: Reference, *, look: bool = False) -> None:
        match found:
            case Files():
                work = self._take_files(found, look=look)
                self._workspace.tasks.start(work, "look for the files")
            case OtherPage(host):
                title = tr("This page of the web is no place of a registry")
                if shown := visible(host):
                    title = tr("This page of {host} is no place of a registry", host=shown)
                text = tr(
                    "Links to an organization, an orbit, a collection or an artifact lead there."
                )
                self._say(title, text)
            case _:
                self._workspace.finder.go(found)

    async def _take_files(self, files: Files, *, look: bool) -> None:
        found, missing = await self._workspace.tasks.in_thread(on_disk, files)
        if missing:
            name = visible(missing[0], limit=200)
            title, others = tr("{name}: not there", name=name), len(missing) - 1
            if others:
                title = tr("{name} and {number} more: not there", name=name, number=others)
            self._say(title, tr("Look whether the path is complete, and of this computer."))
        if not found:
            return
        if look or self._workspace.session.collection is None:
            self._opener.look_into(found)
        else:
            self._uploads.upload_files(found)

    def show(self, keys: Sequence[str]) -> None:
        """Select what was found, also where the filter hides it."""
        self._show_table()
        if any(self._table.table.number(key) is None for key in keys):
            self._actions["clear_filter"].trigger()
        if len(keys) == 1:
            self._table.select(keys[0])
            self._table.setFocus()
        else:
            self._table.select_all(keys)

    def _say(self, title: str, detail: str) -> None:
        notice = Notice(title, detail, Level.WARNING, seconds=15, key="paste")
        self._workspace.notify(notice)


def _going_to(link: Link) -> str:
    """What following a link is called."""
    if not (host := visible(link.host)):
        if link.artifact:
            return tr("Go to this artifact")
        return tr("Go to this collection") if link.place.collection else tr("Go to this place")
    if link.artifact:
        return tr("Go to this artifact at {server}", server=host)
    if link.place.collection:
        return tr("Go to this collection at {server}", server=host)
    return tr("Go to this place at {server}", server=host)
