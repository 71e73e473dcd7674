"""What can be done with organizations and orbits, and when it is refused.

No HTTP paths and no shapes of one generation: those belong to the dialect modules.
"""

from typing import Any

from dfs_desktop.server.http.answers import Refusal
from dfs_desktop.server.http.routing import Ids
from dfs_desktop.server.limits import Rules
from dfs_desktop.server.objects.object_urls import Presigner
from dfs_desktop.server.store import Store
from dfs_desktop.server.store.database import Row

from .api_versions import Generation


class OrbitRules:
    """Answers with rows, or raises a refusal with the texts of the servers."""

    def __init__(
        self, store: Store, presigner: Presigner, rules: Rules, host: str, generation: Generation
    ) -> None:
        self.store = store
        self.presigner = presigner
        self.rules = rules
        self.host = host
        self.generation = generation

    def sign_in(self, _ids: Ids, _body: Any) -> None:
        """Nobody has a password here; the API key is in the app."""
        raise Refusal(400, "Invalid email or password")

    def organizations(self, _ids: Ids) -> list[Row]:
        return self.store.all("organizations")

    def organization(self, ids: Ids) -> str:
        """The id of an organization. An unknown one is refused like one of other people."""
        if (row := self.store.one("organizations", id=ids["organization_id"])) is None:
            raise Refusal(403, "Not enough rights")
        key: str = row["id"]
        return key

    def find(self, kind: str, ids: Ids, name: str) -> Row | None:
        """The row of an organization's table whose id stands under this name."""
        return self.store.one(kind, organization_id=self.organization(ids), id=ids[name])

    def orbits(self, ids: Ids) -> list[Row]:
        return self.store.all("orbits", organization_id=self.organization(ids))

    def orbit(self, ids: Ids) -> Row:
        return known(self.find("orbits", ids, "orbit_id"), "Orbit not found")

    def stored_orbit(self, ids: Ids) -> Row:
        """The same without its totals."""
        organization = self.organization(ids)
        row = self.store.stored("orbits", organization_id=organization, id=ids["orbit_id"])
        return known(row, "Orbit not found")

    def add_orbit(self, ids: Ids, body: dict[str, Any]) -> Row:
        organization = self.organization(ids)
        limit = self.rules.orbits_limit
        if limit is not None and len(self.orbits(ids)) >= limit:
            raise Refusal(409, "Organization reached maximum number of orbits")
        self._require_bucket(organization, body["bucket_secret_id"])
        if body["members"]:
            # The maker is a member anyway, and there is nobody else.
            raise Refusal(400, "A local registry has one person: leave the members out")
        key = self.store.places.add_orbit(organization, body["name"], body["bucket_secret_id"])
        return self.orbit({**ids, "orbit_id": key})

    def change_orbit(self, ids: Ids, body: dict[str, Any]) -> Row:
        """Change what was sent; an empty change changes nothing, not even the date."""
        row = self.stored_orbit(ids)
        if "bucket_secret_id" in body:
            self._require_bucket(row["organization_id"], body["bucket_secret_id"])
        if body:
            self.store.change("orbits", row["id"], body)
        return self.orbit(ids)

    def remove_orbit(self, ids: Ids) -> None:
        """Remove an orbit with everything in it. An unknown one is gone, unless strict."""
        row = self.find("orbits", ids, "orbit_id")
        if row is not None or self.generation.strict:
            self.store.remove("orbits", known(row, "Orbit not found")["id"])

    def _require_bucket(self, organization: str, key: str) -> None:
        row = self.store.one("bucket_secrets", organization_id=organization, id=key)
        known(row, "Bucket secret not found")


def known(row: Row | None, detail: str) -> Row:
    """The row, or a 404."""
    if row is None:
        raise Refusal(404, detail)
    return row
