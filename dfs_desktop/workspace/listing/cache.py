"""Last-known rows: the window opens with what was there, and the server's answer takes their place."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from dfs_desktop.api import Collection, ModelArtifact, Orbit, Organization
from dfs_desktop.disk_errors import is_file
from dfs_desktop.typed_decoding import prepared
from dfs_desktop.workspace.session import Place

log = logging.getLogger(__name__)

MOST_ROWS = 500


class CachedListing(Struct, frozen=True):
    """One place as it was seen last. Manifests and indexes are left out: they come with the list."""

    place: Place
    organizations: list[Organization]
    orbits: list[Orbit]
    collections: list[Collection]
    artifacts: list[ModelArtifact]


class ListingCache:
    """One small file a server below the cache folder; it may be deleted at any time without loss."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _path(self, profile_id: str) -> Path:
        name = "".join(sign for sign in profile_id if sign.isalnum() or sign == "-")
        return self.folder / f"{name[:64]}.json"

    def has(self, profile_id: str) -> bool:
        return is_file(self._path(profile_id))

    def load(self, profile_id: str) -> CachedListing | None:
        """What was there; None when nothing is known or the file is not to be read."""
        try:
            text = self._path(profile_id).read_bytes()
            return msgspec.json.decode(text, type=prepared(CachedListing))
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError) as error:
            log.info("the remembered rows are of no use: %s", type(error).__name__)
            return None

    def save(self, profile_id: str, seen: CachedListing) -> None:
        """Written beside and renamed, for the owner's eyes only. A failure costs nothing but speed."""
        path = self._path(profile_id)
        beside = path.with_suffix(".new")
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            beside.unlink(missing_ok=True)
            handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(msgspec.json.encode(seen))
            beside.replace(path)
        except (OSError, msgspec.MsgspecError, TypeError) as error:
            log.info("rows were not remembered: %s", type(error).__name__)

    def forget(self, profile_id: str) -> None:
        self._path(profile_id).unlink(missing_ok=True)


def without_bulk(artifacts: Sequence[ModelArtifact]) -> list[ModelArtifact]:
    """The rows as the table shows them."""
    return [
        msgspec.structs.replace(artifact, manifest={}, file_index={})
        for artifact in artifacts[:MOST_ROWS]
        if not artifact.id.startswith("job:")
    ]
