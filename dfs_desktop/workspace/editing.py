"""The journey of an edit: name, description and tags are sent when they changed, and can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from dfs_desktop.api import AsyncDataForceClient, ConfigurationError, ModelArtifact
from dfs_desktop.workspace.notices import Action, Level, Notice, from_error

if TYPE_CHECKING:
    from dfs_desktop.workspace.workspace import Workspace


def clean_tags(text: str | Sequence[str]) -> list[str]:
    """Tags from a comma-separated line: trimmed, without empty ones, the first of equal spellings."""
    words = text.split(",") if isinstance(text, str) else text
    seen: dict[str, str] = {}
    for word in words:
        tag = " ".join(word.split())
        if tag:
            seen.setdefault(tag.casefold(), tag)
    return list(seen.values())


class Change(Struct, frozen=True):
    """One field of one record, from one value to another, at the server where it was made."""

    artifact: ModelArtifact
    client: AsyncDataForceClient
    field: str
    value: str | list[str]
    before: str | list[str]

    @property
    def what(self) -> str:
        return "name" if self.field == "model_name" else self.field

    @property
    def was(self) -> str:
        return "were" if self.field == "tags" else "was"

    async def send(self) -> ModelArtifact:
        values: dict[str, Any] = {self.field: self.value}
        return await self.client.model_artifacts.update(
            self.artifact.id, collection_id=self.artifact.collection_id, **values
        )


class Editing:
    """Sends changes of one record, and takes the last one back on demand."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def rename(self, artifact: ModelArtifact, name: str) -> None:
        name = name.strip()
        if name and name != artifact.model_name:
            self._start(artifact, "model_name", name, artifact.model_name or "")

    def describe(self, artifact: ModelArtifact, text: str) -> None:
        if text != (artifact.description or ""):
            self._start(artifact, "description", text, artifact.description or "")

    def tag(self, artifact: ModelArtifact, tags: Sequence[str]) -> None:
        wanted, before = clean_tags(tags), list(artifact.tags or ())
        if wanted != before:
            self._start(artifact, "tags", wanted, before)

    def _start(
        self, artifact: ModelArtifact, field: str, value: str | list[str], before: str | list[str]
    ) -> None:
        try:
            here = self._workspace.session.here()
        except ConfigurationError as error:
            self._workspace.notify(from_error(error, "The change was not saved"))
            self._workspace.listing.row_updated.emit(artifact.id)  # show the stored value again
            return
        change = Change(artifact, here, field, value, before)
        self._workspace.tasks.start(self._send(change), "save the change")

    async def _send(self, change: Change, *, undone: bool = False) -> None:
        workspace, artifact = self._workspace, change.artifact
        try:
            updated = await change.send()
        except Exception as error:  # noqa: BLE001  shown with the wish kept, so nothing is lost
            again = Action(
                "Try again", lambda: workspace.tasks.start(self._send(change), "save the change")
            )
            workspace.notify(from_error(error, f"The {change.what} {change.was} not saved", again))
            if artifact.id in workspace.listing:
                workspace.listing.row_updated.emit(artifact.id)  # show the stored value again
            return
        row = workspace.listing.row(artifact.id)
        if row is not None:
            workspace.listing.put(updated, row.job)
        if not undone:
            self._offer_undo(change, updated)

    def _offer_undo(self, change: Change, updated: ModelArtifact) -> None:
        workspace = self._workspace
        back = Change(updated, change.client, change.field, change.before, change.value)

        def undo() -> None:
            workspace.tasks.start(self._send(back, undone=True), "take the change back")

        workspace.notify(
            Notice(
                f"The {change.what} {change.was} saved",
                "",
                Level.SUCCESS,
                Action("Undo", undo),
                seconds=6,
                key=f"edit:{updated.id}",
            )
        )
