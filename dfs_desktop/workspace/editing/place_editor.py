"""Collections and orbits: renamed, described, made and deleted."""

from typing import Any

from msgspec.structs import replace

from dfs_desktop.api import BucketSecret, Collection, ConflictError, Orbit
from dfs_desktop.artifact.names import shortened
from dfs_desktop.settings import LOCAL
from dfs_desktop.translation import series, tr, trn
from dfs_desktop.workspace.notices import Action, Confirmation, Level, Notice
from dfs_desktop.workspace.quantities import count
from dfs_desktop.workspace.registry.browser import Browser, by_name
from dfs_desktop.workspace.state import AppState

from .undo_list import UndoList


class PlaceEditor:
    """Tells each outcome as a notice; what went wrong can be tried again."""

    def __init__(self, state: AppState, browser: Browser, undo_list: UndoList) -> None:
        self._state, self._browser, self._undo_list = state, browser, undo_list

    def _say(self, title: str, detail: str = "", action: Action | None = None) -> None:
        self._state.notify(Notice(title, detail, Level.SUCCESS, action, seconds=6))

    # Collections

    def create_collection(self, name: str, description: str = "", *, kind: str = "model") -> None:
        """Create it in the open orbit and open it; nothing without a name."""
        name = name.strip()
        session, place = self._state.session, self._state.session.place
        if not name or session.client is None or not place.orbit:
            return

        async def work() -> None:
            created = await session.here_at(place).collections.create(name, description, kind)
            self._say(tr("Collection “{name}” was created", name=shortened(name, 60)))
            if session is self._state.session and session.place.orbit == place.orbit:
                session.collections = by_name((*session.collections, created))
                self._browser.choose_collection(created.id)

        self._state.attempt(tr("Could not create the collection"), work)

    def change_collection(
        self,
        collection: Collection,
        *,
        name: str | None = None,
        description: str | None = None,
        tags: list[str] | None = None,
    ) -> None:
        """Send what is given and differs; an empty name changes nothing."""
        given: dict[str, Any] = {"name": name, "description": description, "tags": tags}
        before = {
            "name": collection.name,
            "description": collection.description,
            "tags": collection.tags or [],
        }
        changes = {key: value for key, value in given.items() if value not in (None, before[key])}
        if not changes or not changes.get("name", "x").strip():
            return
        session, place = self._state.session, self._state.session.place
        back = {key: before[key] for key in changes}

        async def send(values: dict[str, Any]) -> None:
            changed = await session.here_at(place).collections.update(collection.id, **values)
            session.collections = by_name(  # some answers leave the count out
                replace(changed, total_artifacts=each.total_artifacts)
                if each.id == changed.id
                else each
                for each in session.collections
            )
            self._state.session_changed.emit()

        async def work() -> None:
            await send(changes)
            step = self._undo_list.push(
                tr("Rename Collection") if set(changes) == {"name"} else tr("Edit Collection"),
                lambda: send(back),
                lambda: send(changes),
                server=session.profile.id,
            )
            undo = self._undo_list.offer(step)
            shown = shortened(changes.get("name", collection.name), 60)
            self._say(tr("Collection “{name}” was saved", name=shown), action=undo)

        self._state.attempt(tr("Could not save the collection"), work)

    def collection_deletion(self, collection: Collection) -> Confirmation:
        """What is inside is told. The second answer deletes an empty one, and opens one that is not."""
        name = shortened(collection.name, 60)
        if many := collection.total_artifacts:
            text = trn(
                "It holds {amount} artifact, and only an empty collection can be deleted. Open it, "
                "delete what is inside (Ctrl+A, then Delete), then delete the collection.",
                "It holds {amount} artifacts, and only an empty collection can be deleted. Open it, "
                "delete what is inside (Ctrl+A, then Delete), then delete the collection.",
                many,
            )
            show = trn("Show its {amount} artifact", "Show its {amount} artifacts", many)
            return Confirmation(tr("“{name}” is not empty", name=name), text, (tr("Keep"), show))
        text = tr("It is empty. It goes for everybody, and cannot be brought back.")
        if self._state.session.profile.id == LOCAL:
            text = tr("It is empty. It goes from this computer, and cannot be brought back.")
        answers = (tr("Keep"), tr("Delete the collection"))
        return Confirmation(tr("Delete the collection “{name}”?", name=name), text, answers)

    def delete_collection(self, collection: Collection) -> None:
        """Delete an empty collection; opens one that is not."""
        if collection.total_artifacts:
            self._browser.choose_collection(collection.id)
            return
        session, place = self._state.session, self._state.session.place

        async def work() -> None:
            try:
                await session.here_at(place).collections.delete(collection.id)
            except ConflictError as error:
                more = tr(
                    "Others may have put something into it, and unfinished uploads count as well: "
                    "open it and refresh (F5)."
                )
                error.detail = f"{error.detail} {more}"
                raise
            session.collections = [each for each in session.collections if each.id != collection.id]
            self._say(tr("Collection “{name}” was deleted", name=shortened(collection.name, 60)))
            if session is self._state.session and session.place.collection == collection.id:
                self._browser.choose_orbit(session.place.orbit)
            else:
                self._state.session_changed.emit()

        self._state.attempt(tr("Could not delete the collection"), work)

    # Orbits

    async def buckets(self) -> list[BucketSecret]:
        """Where a new orbit may keep its files."""
        session = self._state.session
        return await session.here().bucket_secrets.list(organization_id=session.place.organization)

    def create_orbit(self, name: str, bucket_secret_id: str) -> None:
        session, place = self._state.session, self._state.session.place

        async def work() -> None:
            orbit = await session.here_at(place).orbits.create(
                name, bucket_secret_id, organization_id=place.organization
            )
            self._say(tr("Orbit “{name}” was created", name=shortened(name, 60)))
            if session is self._state.session:
                self._browser.choose_orbit(orbit.id)

        self._state.attempt(tr("Could not create the orbit"), work)

    def rename_orbit(self, orbit: Orbit, name: str) -> None:
        if not (name := name.strip()) or name == orbit.name:
            return
        session, place = self._state.session, self._state.session.place

        async def send(value: str) -> None:
            await session.here_at(place).orbits.update(
                orbit.id, name=value, organization_id=place.organization
            )
            session.orbits = [
                replace(each, name=value) if each.id == orbit.id else each
                for each in session.orbits
            ]
            self._state.session_changed.emit()

        async def work() -> None:
            await send(name)
            self._undo_list.push(
                tr("Rename Orbit"),
                lambda: send(orbit.name),
                lambda: send(name),
                server=session.profile.id,
            )
            self._say(tr("The orbit is named “{name}” now", name=shortened(name, 60)))

        self._state.attempt(tr("Could not rename the orbit"), work)

    def orbit_deletion(self, orbit: Orbit) -> Confirmation:
        """What goes with an orbit; the first answer keeps it."""
        inside = tr("All that is in it goes with it, at once and for everybody.")
        collections, artifacts = orbit.total_collections or 0, orbit.total_artifacts or 0
        contents = [count(collections, "collection")] if collections else []
        contents += [count(artifacts, "artifact")] if artifacts else []
        if contents:
            inside = tr(
                "What is in it ({contents}) goes with it, at once and for everybody.",
                contents=series(contents),
            )
        text = tr(
            "This cannot be taken back. The stored files stay in the bucket, without a record that "
            "leads to them."
        )
        name = shortened(orbit.name, 60)
        title = tr("Delete the orbit “{name}” with all that is in it?", name=name)
        return Confirmation(title, f"{inside} {text}", (tr("Keep"), tr("Delete the orbit")))

    def delete_orbit(self, orbit: Orbit) -> None:
        session, place = self._state.session, self._state.session.place

        async def work() -> None:
            await session.here_at(place).orbits.delete(orbit.id, organization_id=place.organization)
            self._say(tr("Orbit “{name}” was deleted", name=shortened(orbit.name, 60)))
            if session is self._state.session:
                self._browser.choose_organization(place.organization)

        self._state.attempt(tr("Could not delete the orbit"), work)
