"""Organizations, orbits, collections and bucket secrets: where artifacts live."""

import getpass
from typing import Any

from dfs_desktop.server.identity import new_id, now

from .database import Database, Row

_ORBIT = """
SELECT o.*,
  (SELECT count(*) FROM orbit_members m WHERE m.orbit_id = o.id) AS total_members,
  (SELECT count(*) FROM collections c WHERE c.orbit_id = o.id) AS total_collections,
  (SELECT count(*) FROM artifacts a JOIN collections c ON c.id = a.collection_id
    WHERE c.orbit_id = o.id) AS total_artifacts
FROM orbits o
"""
COLLECTION = """
SELECT c.*, (SELECT count(*) FROM artifacts a WHERE a.collection_id = c.id) AS total_artifacts
FROM collections c
"""


class Places:
    """Reads return rows; a missing record is ``None``. Writers return the id."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def furnish(self) -> None:
        """On the first start: one person, one organization, orbit and collection."""
        with self._db.transaction():
            if self._db.find("SELECT 1 FROM users"):
                return
            try:
                person = getpass.getuser()
            except (OSError, KeyError, ImportError):  # no login name, as in some containers
                person = "me"
            self._db.insert(
                "users", {"id": new_id(), "email": f"{person}@localhost", "full_name": person}
            )
            organization = self.add_organization("My organization")
            orbit = self.add_orbit(
                organization, "Main orbit", self.bucket_secrets(organization)[0]["id"]
            )
            self.add_collection(orbit, "Models", "", "model", None)

    def user(self) -> Row:
        """The person whose registry this is."""
        return self._db.row("SELECT * FROM users")

    # Organizations

    def organizations(self) -> list[Row]:
        """All organizations, oldest first."""
        return self._db.rows("SELECT * FROM organizations ORDER BY rowid")

    def organization(self, key: str) -> Row | None:
        """One organization."""
        return self._db.find("SELECT * FROM organizations WHERE id = ?", key)

    def add_organization(self, name: str) -> str:
        """A new organization, with the built-in object store as its bucket."""
        key = new_id()
        with self._db.transaction():
            self._db.insert("organizations", {"id": key, "name": name, "created_at": now()})
            self.add_bucket_secret(
                key,
                {
                    "endpoint": "", "bucket_name": "local", "secure": False,
                    "region": "local", "cert_check": False, "built_in": True,
                },
            )  # fmt: skip
        return key

    # Orbits

    def orbits(self, organization: str) -> list[Row]:
        """The orbits of an organization with their totals, oldest first."""
        sql = f"{_ORBIT} WHERE o.organization_id = ? ORDER BY o.rowid"
        return self._db.rows(sql, organization)

    def orbit(self, organization: str, key: str) -> Row | None:
        """One orbit of that organization."""
        sql = f"{_ORBIT} WHERE o.organization_id = ? AND o.id = ?"
        return self._db.find(sql, organization, key)

    def members(self, orbit: str) -> list[Row]:
        """Who is in an orbit, with their user record."""
        return self._db.rows(
            "SELECT m.*, u.email, u.full_name FROM orbit_members m "
            "JOIN users u ON u.id = m.user_id WHERE m.orbit_id = ? ORDER BY m.rowid",
            orbit,
        )

    def add_orbit(self, organization: str, name: str, bucket_secret: str) -> str:
        """A new orbit; its maker becomes its admin."""
        key, created = new_id(), now()
        with self._db.transaction():
            self._db.insert(
                "orbits",
                {"id": key, "organization_id": organization, "bucket_secret_id": bucket_secret,
                 "name": name, "created_at": created},
            )  # fmt: skip
            self._db.insert(
                "orbit_members",
                {"id": new_id(), "orbit_id": key, "user_id": self.user()["id"], "role": "admin",
                 "created_at": created},
            )  # fmt: skip
        return key

    def change(self, table: str, key: str, changes: dict[str, Any]) -> None:
        """Change some columns of a place and date the change."""
        self._db.update(table, key, {**changes, "updated_at": now()})

    def remove(self, table: str, key: str) -> None:
        """Remove a place and the records in it. Objects stay until the sweep."""
        self._db.run(f"DELETE FROM {table} WHERE id = ?", key)  # noqa: S608  our own table names

    # Collections

    def collections(self, orbit: str) -> list[Row]:
        """The collections of an orbit with their totals, oldest first."""
        return self._db.rows(f"{COLLECTION} WHERE c.orbit_id = ? ORDER BY c.rowid", orbit)

    def collection(self, orbit: str, key: str) -> Row | None:
        """One collection of that orbit."""
        return self._db.find(f"{COLLECTION} WHERE c.orbit_id = ? AND c.id = ?", orbit, key)

    def add_collection(
        self, orbit: str, name: str, description: str, kind: str, tags: str | None
    ) -> str:
        """A new collection; *tags* is JSON text."""
        key = new_id()
        self._db.insert(
            "collections",
            {"id": key, "orbit_id": orbit, "name": name, "description": description,
             "type": kind, "tags": tags, "created_at": now()},
        )  # fmt: skip
        return key

    # Bucket secrets

    def bucket_secrets(self, organization: str) -> list[Row]:
        """The bucket secrets of an organization, the built-in one first."""
        sql = "SELECT * FROM bucket_secrets WHERE organization_id = ? ORDER BY rowid"
        return self._db.rows(sql, organization)

    def bucket_secret(self, organization: str, key: str) -> Row | None:
        """One bucket secret of that organization."""
        sql = "SELECT * FROM bucket_secrets WHERE organization_id = ? AND id = ?"
        return self._db.find(sql, organization, key)

    def any_bucket_secret(self, key: str) -> Row | None:
        """One bucket secret of whichever organization."""
        return self._db.find("SELECT * FROM bucket_secrets WHERE id = ?", key)

    def orbits_on(self, bucket_secret: str) -> list[Row]:
        """The orbits whose artifacts lie in that bucket."""
        sql = "SELECT * FROM orbits WHERE bucket_secret_id = ? ORDER BY rowid"
        return self._db.rows(sql, bucket_secret)

    def bucket_secret_exists(
        self, organization: str, endpoint: str, bucket: str, other_than: str
    ) -> bool:
        """Whether another secret names the same bucket."""
        sql = (
            "SELECT 1 FROM bucket_secrets "
            "WHERE organization_id = ? AND endpoint = ? AND bucket_name = ? AND id <> ?"
        )
        return self._db.find(sql, organization, endpoint, bucket, other_than) is not None

    def bucket_secret_used(self, key: str) -> bool:
        """Whether an orbit stands on it."""
        return bool(self._db.find("SELECT 1 FROM orbits WHERE bucket_secret_id = ?", key))

    def add_bucket_secret(self, organization: str, values: dict[str, Any]) -> str:
        """A new bucket secret (without its keys, which nothing here needs)."""
        key = new_id()
        self._db.insert(
            "bucket_secrets",
            {"id": key, "organization_id": organization, **values, "created_at": now()},
        )
        return key
