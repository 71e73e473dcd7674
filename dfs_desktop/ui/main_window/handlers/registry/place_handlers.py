"""What is done with collections and orbits: listed anew, made, renamed, described, deleted."""

from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication

from dfs_desktop.api import Collection
from dfs_desktop.artifact import visible
from dfs_desktop.translation import later, tr
from dfs_desktop.ui.main_window.handlers.window_parts import Handlers, WindowParts
from dfs_desktop.ui.sidebar.collection_picker import Picker
from dfs_desktop.ui.widgets import dialogs
from dfs_desktop.workspace.notices import Level, Notice
from dfs_desktop.workspace.registry.permissions import place_refusal
from dfs_desktop.workspace.workspace import Workspace

_MENU = (
    "new_collection", "-", "pin_collection", "rename_collection", "edit_collection",
    "copy_collection_id", "-", "delete_collection",
)  # fmt: skip


class PlaceHandlers(Handlers):
    """The collection that is open is meant; a right click opens the one under the pointer."""

    def __init__(self, parts: WindowParts, workspace: Workspace, picker: Picker) -> None:
        super().__init__(parts)
        self._workspace, self._picker = workspace, picker
        self._editor = workspace.place_editor
        start = workspace.tasks.start
        self._actions.connect(
            refresh=self._refresh,
            new_collection=self._new_collection,
            rename_collection=self._rename,
            edit_collection=lambda: start(self._edit(), "edit the collection"),
            delete_collection=lambda: start(self._delete(), "delete the collection"),
            copy_collection_id=self._copy_id,
            pin_collection=self._pin,
            new_orbit=lambda: start(self._new_orbit(), "make an orbit"),
            rename_orbit=lambda: start(self._rename_orbit(), "rename the orbit"),
            delete_orbit=lambda: start(self._delete_orbit(), "delete the orbit"),
        )
        collections = picker.collections
        collections.menu_requested.connect(self._show_menu)
        collections.renamed.connect(self._renamed)
        collections.delete_requested.connect(self._actions["delete_collection"].trigger)
        self._allow_after(workspace.session_changed, workspace.tracks.changed)

    def _collection(self) -> Collection | None:
        return self._workspace.session.collection

    def allow(self) -> None:
        session, actions = self._workspace.session, self._actions
        there = session.client is not None
        one = there and session.collection is not None and not self._workspace.tracks.opened
        update = place_refusal(session, "collection", "update")
        for key in ("rename_collection", "edit_collection"):
            actions.allow(key, one, update)
        self._picker.collections.may_rename = one and not update
        actions.allow("delete_collection", one, place_refusal(session, "collection", "delete"))
        actions.allow("copy_collection_id", one)
        actions.allow("pin_collection", one)
        pinned = one and session.place.collection in self._workspace.pins
        actions.name("pin_collection", tr("Unpin Collection") if pinned else tr("Pin Collection"))
        organization = there and session.organization is not None
        actions.allow("new_orbit", organization, place_refusal(session, "orbit", "create"))
        orbit = there and bool(session.place.orbit)
        actions.allow("new_collection", orbit, place_refusal(session, "collection", "create"))
        orbit = there and session.orbit is not None
        actions.allow("rename_orbit", orbit, place_refusal(session, "orbit", "update"))
        actions.allow("delete_orbit", orbit, place_refusal(session, "orbit", "delete"))

    def _show_menu(self, corner: QPoint) -> None:
        self._actions.popup(self._window, _MENU, corner)

    def _refresh(self) -> None:
        """While the server is away, F5 does not wait for the next try."""
        away = self._workspace.session.outage is not None
        (self._workspace.reconnector.try_now if away else self._workspace.browser.refresh)()

    # Collections

    def _new_collection(self) -> None:
        if self._picker.isHidden():
            self._actions["show_picker"].trigger()
        self._picker.start_creating()

    def _rename(self) -> None:
        if self._picker.isHidden():
            self._actions["show_picker"].trigger()
        self._picker.collections.setFocus()
        self._picker.collections.start_renaming()

    def _renamed(self, collection_id: str, name: str) -> None:
        collections = self._workspace.session.collections
        collection = next((each for each in collections if each.id == collection_id), None)
        if collection is not None:
            self._editor.change_collection(collection, name=name.strip())

    async def _edit(self) -> None:
        if (collection := self._collection()) is None:
            return
        from dfs_desktop.workspace.registry import collection_kinds

        form = self._form(tr("Edit collection"), tr("Save"), collection.name)
        form.add_text(collection.description)
        form.add_words(later("Tags"), collection.tags or ())
        takes = visible(collection_kinds.words(collection.type))
        form.add_note(tr("Takes {takes}; that cannot be changed.", takes=takes))
        if await dialogs.finished(form):
            name, text, tags = (
                form.name.text().strip(),
                form.description(),
                form.words(later("Tags")),
            )
            self._editor.change_collection(collection, name=name, description=text, tags=tags)

    async def _delete(self) -> None:
        if (collection := self._collection()) is None:
            return
        question = self._editor.collection_deletion(collection)
        if await dialogs.confirm(self._window, question):
            self._editor.delete_collection(collection)
            if collection.total_artifacts:
                self._table.selectAll()
                self._table.setFocus()

    def _copy_id(self) -> None:
        if (collection := self._collection()) is not None:
            QGuiApplication.clipboard().setText(collection.id)

    def _pin(self) -> None:
        if (collection := self._collection()) is not None:
            self._workspace.pins.toggle(collection.id)

    # Orbits

    async def _new_orbit(self) -> None:
        if not (buckets := await self._editor.buckets()):
            title = tr("There is no bucket for an orbit")
            text = tr("An owner of the organization adds one on the web page first.")
            self._workspace.notify(Notice(title, text, Level.WARNING))
            return
        form = self._form(tr("New orbit"), tr("Create the orbit"))
        names = [
            (each.id, tr("{bucket} at {server}", bucket=each.bucket_name, server=each.host))
            for each in buckets
        ]
        form.add_choice(later("Files in"), names)
        if await dialogs.finished(form):
            self._editor.create_orbit(form.name.text().strip(), form.choice(later("Files in")))

    async def _rename_orbit(self) -> None:
        if (orbit := self._workspace.session.orbit) is not None:
            form = self._form(tr("Rename orbit"), tr("Rename"), orbit.name)
            if await dialogs.finished(form):
                self._editor.rename_orbit(orbit, form.name.text())

    async def _delete_orbit(self) -> None:
        if (orbit := self._workspace.session.orbit) is not None:
            question = self._editor.orbit_deletion(orbit)
            if await dialogs.confirm(self._window, question):
                self._editor.delete_orbit(orbit)
