"""Files become uploads: they are chosen, dropped or pasted, and reviewed before they are sent."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from dfs_desktop.api import ModelArtifact, Track
from dfs_desktop.artifact import visible
from dfs_desktop.transfers.job import Job
from dfs_desktop.translation import tr
from dfs_desktop.ui.local_file.opener import choose_artifacts
from dfs_desktop.ui.widgets import dialogs
from dfs_desktop.workspace.editing.tags import known_tags
from dfs_desktop.workspace.links.references import Link
from dfs_desktop.workspace.registry.permissions import refusal
from dfs_desktop.workspace.session import Place
from dfs_desktop.workspace.workspace import Workspace

from .window_parts import Handlers, WindowParts

Watch = Callable[[list[Job]], object]


class UploadHandlers(Handlers):
    """Shows the review sheet of what the workspace found in the files."""

    def __init__(self, parts: WindowParts, workspace: Workspace, watch: Watch) -> None:
        super().__init__(parts)
        self._workspace, self._watch = workspace, watch
        start = workspace.tasks.start
        self._actions.connect(
            upload=lambda: start(self._choose(), "choose files"),
            upload_folder=lambda: start(self._choose_folder(), "choose a folder"),
            replace=lambda: start(self._replace(), "choose a file"),
        )
        workspace.state.upload_again_requested.connect(self._upload_again)
        self._allow_after(
            workspace.session_changed, self._table.selection_changed, workspace.listing.rows_changed
        )

    def allow(self) -> None:
        session = self._workspace.session
        here = session.client is not None and bool(session.place.collection)
        for key in ("upload", "upload_folder"):
            self._actions.allow(key, here, refusal(session, "create"))
        self._actions.allow("replace", here, self._why_not_replaced())

    def _why_not_replaced(self) -> str:
        """What is wrong with the selection; a version of a track stays what it is."""
        session = self._workspace.session
        if (chosen := self._record()) is None:
            return tr("Select one artifact first")
        if self._workspace.tracks.ties(chosen.id):
            return tr(
                "It is a version of a track: upload the file, and add it as the next (Ctrl+J)"
            )
        going = chosen.id in self._workspace.listing.going
        away = tr("It is being deleted") if going else ""
        return away or refusal(session, "create") or refusal(session, "delete")

    async def _choose(self) -> None:
        settings = self._workspace.settings
        title = tr("Upload model files")
        if paths := await choose_artifacts(self._window, title, settings, "upload_folder"):
            await self._review(paths, "")

    async def _choose_folder(self) -> None:
        settings = self._workspace.settings
        before = settings.layout.get("upload_folder", str(Path.home()))
        title = tr("Upload the model files in a folder")
        if (folder := await dialogs.choose_folder(self._window, title, before)) is not None:
            settings.remember_folder("upload_folder", folder)
            await self._review([folder], "")

    def upload_files(self, paths: Sequence[Path], collection_id: str = "") -> None:
        """Files were dropped or pasted: review them, then send them."""
        self._workspace.tasks.start(self._review(paths, collection_id), "look into the files")

    def upload_versions(self, paths: Sequence[Path], track_id: str) -> None:
        """Files that become the next versions of a track, in the collection of its latest one."""
        tracks = self._workspace.tracks
        review = self._review(paths, tracks.home(track_id), tracks.track(track_id))
        self._workspace.tasks.start(review, "look into the files")

    def _upload_again(self, likes: dict[Path, ModelArtifact]) -> None:
        """Files on this computer that are to be again what they were in the registry."""
        home = next(iter(likes.values())).collection_id
        review = self._review(list(likes), home, likes=likes)
        self._workspace.tasks.start(review, "look into the files")

    async def _replace(self) -> None:
        """The selected artifact gets another file: the new one has its name, description and tags."""
        old = self._table.artifacts()[0]
        title = tr(
            "Replace “{name}” with a file",
            name=visible(old.display_name, limit=60),
        )
        settings = self._workspace.settings
        if paths := await choose_artifacts(self._window, title, settings, "upload_folder"):
            first = paths[:1]
            await self._review(first, old.collection_id, likes={first[0]: old}, replaced=old)

    async def _review(
        self,
        paths: Sequence[Path],
        collection_id: str,
        track: Track | None = None,
        likes: Mapping[Path, ModelArtifact] = MappingProxyType({}),
        replaced: ModelArtifact | None = None,
    ) -> None:
        uploads = self._workspace.uploads
        review = uploads.begin(collection_id, track)
        if not await review.look_into(paths, likes):
            return
        for draft in review.drafts:
            draft.replaces = replaced.id if replaced is not None else ""
        from dfs_desktop.ui.upload_review.sheet import ReviewSheet

        sheet = ReviewSheet(
            self._window,
            review.drafts,
            review.collection,
            known_tags(self._workspace.listing),
            review.checks(),
            track=review.track,
            instead_of=replaced.display_name if replaced is not None else "",
            last=review.last,
            seconds=self._workspace.speeds.seconds,
        )
        # The sheet is modal to the window, but a connection may have ended under it.
        accepted = await dialogs.finished(sheet)
        twins = sheet.twins
        if twins and track is not None:  # what is there already need not be sent to be a version
            self._workspace.track_editor.add(track, twins, None)
        if accepted:
            self._watch(review.submit(sheet.drafts()))
        elif twins and track is None:
            twin = twins[-1]
            here = self._workspace.session.place
            place = Place(here.organization, here.orbit, twin.collection_id)
            self._workspace.finder.go(Link("", place, twin.id))
