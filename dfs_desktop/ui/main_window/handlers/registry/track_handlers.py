"""What is done with tracks: the page of one, versions added and removed, stages moved."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QUrl
from PySide6.QtGui import QCursor, QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QWidget

from dfs_desktop.api import ModelArtifact, Track
from dfs_desktop.transfers.job import is_provisional
from dfs_desktop.translation import later, tr
from dfs_desktop.ui.main_window.handlers.window_parts import Handlers, WindowParts
from dfs_desktop.ui.main_window.main_panel import MainPanel
from dfs_desktop.ui.sidebar.track_section import TrackSection
from dfs_desktop.ui.widgets import dialogs
from dfs_desktop.workspace.copies.plan import CopyPlan
from dfs_desktop.workspace.registry.permissions import place_refusal
from dfs_desktop.workspace.tracks.track_list import Membership
from dfs_desktop.workspace.workspace import Workspace

if TYPE_CHECKING:
    from dfs_desktop.ui.tracks.page import TrackPage
    from dfs_desktop.ui.widgets.properties_dialog import PropertiesDialog
    from dfs_desktop.workspace.tracks.track_editor import TrackValues

_TRACK_ACTIONS = ("new_track", "edit_track", "delete_track", "copy_track_id")
_VERSION_ACTIONS = ("add_to_track", "set_stage", "remove_version")
_PAGE_MENU = (
    "show_artifact", "set_stage", "-", "download", "compare", "copy_id", "open_web", "-",
    "remove_version",
)  # fmt: skip
_SECTION_MENU = ("new_track", "-", "edit_track", "copy_track_id", "-", "delete_track")
_KINDS = (
    ("model", later("Models")), ("dataset", later("Datasets")), ("experiment", later("Experiments")),
)  # fmt: skip
USUAL_STAGES = ("staging", "production")


class TrackHandlers(Handlers):
    """Where the server has no tracks, none of it is there."""

    def __init__(
        self, parts: WindowParts, workspace: Workspace, panel: MainPanel, section: TrackSection
    ) -> None:
        super().__init__(parts)
        self._workspace, self._panel, self._section = workspace, panel, section
        self._tracks, self._editor = workspace.tracks, workspace.track_editor
        self._wanted = ""  # an artifact to be selected when its collection is there
        start, actions = workspace.tasks.start, self._actions
        actions.connect(
            new_track=lambda: start(self._new(), "make a track"),
            edit_track=lambda: start(self._edit(), "edit the track"),
            delete_track=lambda: start(self._delete(), "delete the track"),
            copy_track_id=self._copy_id,
            add_to_track=lambda: start(self._add(), "add to a track"),
            set_stage=self._set_stage,
            remove_version=lambda: start(self._remove(), "remove from the track"),
            show_artifact=self._show_artifact,
            open_web=self._open_web,
        )
        section.new_requested.connect(actions["new_track"].trigger)
        section.list.menu_requested.connect(self._show_section_menu)
        section.list.edit_requested.connect(actions["edit_track"].trigger)
        section.list.delete_requested.connect(actions["delete_track"].trigger)
        self._tracks.changed.connect(self._show)
        panel.page_shown.connect(self._page_shown)
        workspace.listing.rows_changed.connect(self._select_wanted)
        self._allow_after(self._table.selection_changed, workspace.session_changed)

    @cached_property
    def page(self) -> TrackPage:
        """The page of a track, built when the first one is opened."""
        from dfs_desktop.ui.tracks.page import TrackPage

        page = TrackPage(self._tracks, self._workspace.settings)
        page.selection_changed.connect(self._version_chosen)
        page.table.opened.connect(self._actions["show_artifact"].trigger)
        page.table.remove_requested.connect(self._actions["remove_version"].trigger)
        page.edit.clicked.connect(self._actions["edit_track"].trigger)
        page.menu_requested.connect(
            lambda corner: self._actions.popup(self._window, _PAGE_MENU, corner)
        )
        page.show_track()
        return page

    # What is meant.

    @property
    def _opened(self) -> bool:
        return bool(self._tracks.opened)

    def _track(self) -> Track | None:
        return self._tracks.track(self._tracks.opened or self._section.list.current())

    def _members(self) -> list[Membership]:
        """The chosen versions: on the page of a track, or those that the chosen artifacts are."""
        if self._opened:
            return self.page.members()
        return [each for a in self._records() for each in self._tracks.of(a.id)]

    def allow(self) -> None:
        session, there, actions = self._workspace.session, self._tracks.there, self._actions
        for key in (*_TRACK_ACTIONS, *_VERSION_ACTIONS, "show_artifact"):
            actions[key].setVisible(there)
        chosen = self._table.artifacts() if there or session.client is not None else []
        actions["open_web"].setVisible(bool(self._workspace.finder.page()))
        actions.allow("open_web", bool(chosen) and self._record() is not None)
        if not there:
            return
        create, update, delete = (
            place_refusal(session, "track", verb) for verb in ("create", "update", "delete")
        )
        track = self._track() is not None
        actions.allow("new_track", True, create)
        actions.allow("edit_track", track, update)
        actions.allow("delete_track", track, delete)
        actions.allow("copy_track_id", track)
        some = bool(chosen) and any(not is_provisional(a.id) for a in chosen)
        actions.allow("add_to_track", some, create)
        # Of ten thousand rows nobody asks for the versions of each.
        few = self._members() if self._opened or len(chosen) == 1 else []
        actions.allow("set_stage", self._one_each(few), update)
        actions.allow("remove_version", bool(few), delete)
        actions.allow("show_artifact", self._opened and len(few) == 1)

    @staticmethod
    def _one_each(members: Sequence[Membership]) -> bool:
        """Whether each of these is of another track: a stage is given to one version."""
        return bool(members) and len({each.track.id for each in members}) == len(members)

    # The page

    def _show(self) -> None:
        shown = "page" in vars(self) and self._panel.page is self.page
        if self._opened and not shown:
            self._table.clearSelection()
            self._panel.show_page(self.page)
        elif shown and not self._opened:
            self._panel.show_page(None)
        self.allow()

    def _page_shown(self, page: QWidget | None) -> None:
        if self._opened and page is not self.page:
            self._tracks.leave()

    def _version_chosen(self) -> None:
        """Records of the open collection are chosen with their versions: details and actions follow."""
        keys = [each.entry.artifact_id for each in self.page.members()]
        self._table.clearSelection()
        self._table.select_all(keys, focus=False)
        self.allow()

    def _show_artifact(self) -> None:
        """Go where the chosen version lies, and select it there."""
        members = self._members()
        if len(members) != 1:
            return
        key = members[0].entry.artifact_id
        artifact = self._tracks.artifacts.get(key)
        self._tracks.leave()
        if key in self._workspace.listing:
            self._table.select(key)
            self._table.setFocus()
        elif artifact is not None:
            self._wanted = key
            self._workspace.browser.choose_collection(artifact.collection_id)

    def _select_wanted(self) -> None:
        if self._wanted and self._table.select(self._wanted):
            self._wanted = ""
            self._table.setFocus()

    def _show_section_menu(self, corner: QPoint) -> None:
        self.allow()
        self._actions.popup(self._window, _SECTION_MENU, corner)

    # Tracks

    def _form_of(self, title: str, verb: str, track: Track | None) -> PropertiesDialog:
        form = self._form(title, verb, track.name if track else "")
        if track is None:
            form.add_choice(later("Takes"), [(kind, tr(words)) for kind, words in _KINDS])
        stages = [stage.name for stage in track.stages] if track else USUAL_STAGES
        form.add_words(later("Stages"), stages, tr("At each stage is one version at most."))
        form.add_text(track.description if track else "")
        form.add_words(later("Tags"), (track.tags or ()) if track else ())
        return form

    @staticmethod
    def _values(form: PropertiesDialog, kind: str) -> TrackValues:
        from dfs_desktop.workspace.tracks.track_editor import TrackValues

        tags, stages = form.words(later("Tags")), form.words(later("Stages"))
        name, text = form.name.text().strip(), form.description()
        return TrackValues(name, text, tuple(tags), tuple(stages), kind)

    async def _new(self, then: Sequence[ModelArtifact] = ()) -> None:
        """Make a track; ``then`` these become its first versions."""
        form = self._form_of(tr("New track"), tr("Create the track"), None)
        if then:
            form.choose(later("Takes"), then[0].type or "model")
        if await dialogs.finished(form):
            self._editor.create(self._values(form, form.choice(later("Takes"))), then)

    async def _edit(self) -> None:
        if (track := self._track()) is not None:
            form = self._form_of(tr("Edit track"), tr("Save"), track)
            if await dialogs.finished(form):
                self._editor.edit(track, self._values(form, track.artifact_type))

    async def _delete(self) -> None:
        track = self._track()
        if track is not None and await dialogs.confirm(self._window, self._editor.deletion(track)):
            self._editor.delete(track)

    def _copy_id(self) -> None:
        if (track := self._track()) is not None:
            QGuiApplication.clipboard().setText(track.id)

    # Versions

    async def _add(self) -> None:
        if not (chosen := self._records()):
            return
        from dfs_desktop.ui.tracks.add_dialog import AddToTrackDialog, fitting

        if not fitting(self._tracks, chosen):
            await self._new(chosen)
            return
        dialog = AddToTrackDialog(self._window, self._tracks, chosen)
        if not await dialogs.finished(dialog):
            return
        if dialog.track is None:
            await self._new(chosen)
        else:
            self._editor.add(dialog.track, chosen, dialog.stage_id)

    def dropped(self, plan: CopyPlan, track_id: str, _where: QPoint, _shift: bool) -> None:
        """Artifacts were let go over a track: they become its versions, which can be taken back."""
        if (track := self._tracks.track(track_id)) is not None:
            self._editor.add(track, plan.artifacts, None)

    def _set_stage(self) -> None:
        members = self._members()
        if not self._one_each(members):
            return
        from dfs_desktop.ui.tracks.stage_menu import open_stage_menu

        open_stage_menu(self._window, self._tracks, members, self._move, self._corner())

    def _move(self, member: Membership, stage_id: str | None) -> None:
        self._editor.set_stage(member.track, member.entry, stage_id)

    def _corner(self) -> QPoint:
        """At the pointer when it is over the window, else over the middle of the rows."""
        pointer = QCursor.pos()
        if self._panel.rect().contains(self._panel.mapFromGlobal(pointer)):
            return pointer
        return self._panel.mapToGlobal(self._panel.rect().center())

    async def _remove(self) -> None:
        if not (members := self._members()):
            return
        track = members[0].track
        entries = [each.entry for each in members if each.track.id == track.id]
        if await dialogs.confirm(self._window, self._editor.removal(track, entries)):
            self._editor.remove(track, entries)

    # The web

    def _open_web(self) -> None:
        record = self._record()
        if record is not None and (page := self._workspace.finder.web_link([record])):
            QDesktopServices.openUrl(QUrl(page))
