"""The registry of 2026, which became LUML: pages, ``artifacts``, ``/v1``, lists across an orbit."""

from collections.abc import Mapping
from typing import Any

from dfs_desktop.api.protocol.effects import Call, Flow
from dfs_desktop.api.protocol.paging import Page, or_none
from dfs_desktop.api.protocol.scope import Scope
from dfs_desktop.api.protocol.upload_plan import Draft
from dfs_desktop.api.types import Collection, ModelArtifact
from dfs_desktop.translation import later

from .dataforce import EMPTY_MANIFEST, PAGE, PRODUCER, Dialect, query
from .records import read_artifact, read_artifacts, read_collection, read_nothing

MODEL_MEMBERS = frozenset(
    ("dtypes.json", "env.json", "manifest.json", "meta.json", "ops.json", "variant_config.json")
)
HEAD = frozenset((*PRODUCER, "name", "description", "version"))


class PagedDialect(Dialect):
    """Generation D, January 2026: lists come in pages, one record has an address of its own."""

    generation = "D"
    interface = later("API of LUML, January 2026")
    max_upload_size = 5_497_558_138_880  # what the server's schema takes
    sorts = True
    guards_parts = True

    def collection(self, place: Scope) -> Flow[Collection | None]:
        call = Call("GET", self._collection(place), read_collection, repeatable=True)
        return (yield from or_none(call))

    def artifact(self, place: Scope, artifact_id: str) -> Flow[ModelArtifact | None]:
        where = self._artifact(place, artifact_id)
        return (yield from or_none(Call("GET", where, read_artifact, repeatable=True)))

    def _page(self, cursor: str | None, *, newest: bool = False) -> str:
        order = "desc" if newest else "asc"
        return query(limit=PAGE, sort_by="created_at", order=order, cursor=cursor)


class RenamedDialect(PagedDialect):
    """Generation E, February 2026: artifacts have types, and other names for their fields."""

    generation = "E"
    interface = later("API of LUML, February 2026")
    extensions: tuple[str, ...] = (".fnnx", ".pyfnx", ".dfs", ".luml", ".tar")
    noun = "artifacts"
    read_artifacts = staticmethod(read_artifacts)
    words: Mapping[str, str] = {
        "model_name": "name",
        "metrics": "extra_values",
        "collection_type": "type",
    }

    def _manifest(self, draft: Draft) -> dict[str, Any]:
        manifest = draft.manifest
        if "payload" in manifest or "artifact_type" in manifest:
            return {**PRODUCER, **manifest}
        if set(draft.file_index) >= MODEL_MEMBERS:
            return {**EMPTY_MANIFEST, **manifest}
        # Without these members the server cannot tell that this form means a model, and refuses;
        # the newer form says so itself, and keeps the rest as it is.
        head = {name: manifest[name] for name in HEAD if name in manifest}
        rest = {name: value for name, value in manifest.items() if name not in HEAD}
        return {**PRODUCER, "artifact_type": "model", **head, "payload": rest}


class PrefixedDialect(RenamedDialect):
    """Generation F, April 2026: every address begins with /v1."""

    generation = "F"
    interface = later("API of LUML (/v1), April 2026")
    prefix = "/v1"

    def key_check(self) -> Call[Any]:
        where = f"{self.prefix}/auth/api-keys/validate"
        return Call("GET", where, read_nothing, repeatable=True)


class LumlDialect(PrefixedDialect):
    """Generation G, June 2026: one list of artifacts for the whole orbit, searched by the server."""

    generation = "G"
    interface = later("API of LUML (/v1)")
    orbit_wide = True
    has_tracks = True

    def artifacts(
        self, place: Scope, cursor: str | None = None, *, search: str = "", newest: bool = False
    ) -> Call[Page[ModelArtifact]]:
        asked = self._page(cursor, newest=newest)
        narrowed = query(collection_ids=place.collection, search=search).replace("?", "&")
        where = f"{self._orbit(place)}/{self.noun}{asked}{narrowed}"
        return Call("GET", where, self.read_artifacts, repeatable=True)
