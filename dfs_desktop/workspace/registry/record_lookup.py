"""Asks for what lists leave out of a record: its tracks and deployments, on servers that tell them."""

import logging

from msgspec import structs

from dfs_desktop.api import DataForceError, ModelArtifact
from dfs_desktop.workspace.session import Session
from dfs_desktop.workspace.state import AppState

log = logging.getLogger(__name__)


class RecordLookup:
    """`known`: the ids of artifacts that were asked for."""

    def __init__(self, state: AppState) -> None:
        self._state = state
        self.known: set[str] = set()

    def look_up(self, artifact: ModelArtifact) -> None:
        session = self._state.session
        if session.client is not None and artifact.type is not None:
            self._state.tasks.start(self._ask(session, artifact), "look the artifact up")

    async def _ask(self, session: Session, artifact: ModelArtifact) -> None:
        try:
            found = await session.here().model_artifacts.get(
                artifact.id, collection_id=artifact.collection_id
            )
        except DataForceError as error:
            log.info("not looked up: %s", type(error).__name__)  # the list's facts stay in place
            return
        row = self._state.listing.row(artifact.id)
        if found is None or row is None or self._state.session is not session:
            return
        self.known.add(artifact.id)
        if (found.tracks, found.deployments) != (artifact.tracks, artifact.deployments):
            merged = structs.replace(artifact, tracks=found.tracks, deployments=found.deployments)
            self._state.listing.put(merged, row.job)
        else:
            self._state.listing.row_updated.emit(artifact.id)
