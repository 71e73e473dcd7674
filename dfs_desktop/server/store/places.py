"""Organizations and orbits, each made with what belongs to it: where artifacts live."""

import getpass

from dfs_desktop.server.identity import new_id

from .database import Database, Row


class Places:
    """Writers return the id."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def furnish(self) -> None:
        """On the first start: one person, one organization, orbit and collection."""
        with self._db.transaction():
            if self._db.one("users"):
                return
            try:
                person = getpass.getuser()
            except (OSError, KeyError, ImportError):  # no login name, as in some containers
                person = "me"
            self._db.insert(
                "users", {"id": new_id(), "email": f"{person}@localhost", "full_name": person}
            )
            organization = self.add_organization("My organization")
            bucket = self._db.all("bucket_secrets", organization_id=organization)[0]["id"]
            models = {"orbit_id": self.add_orbit(organization, "Main orbit", bucket),
                      "name": "Models", "description": "", "type": "model"}  # fmt: skip
            self._db.add("collections", models)

    def user(self) -> Row:
        """The person whose registry this is."""
        return self._db.row("SELECT * FROM users")

    def add_organization(self, name: str) -> str:
        """A new organization, with the built-in object store as its bucket."""
        with self._db.transaction():
            key = self._db.add("organizations", {"name": name})
            own_store = {
                "organization_id": key, "endpoint": "", "bucket_name": "local", "secure": False,
                "region": "local", "cert_check": False, "built_in": True,
            }  # fmt: skip
            self._db.add("bucket_secrets", own_store)
        return key

    def add_orbit(self, organization: str, name: str, bucket_secret: str) -> str:
        """A new orbit; its maker becomes its admin."""
        orbit = {"organization_id": organization, "bucket_secret_id": bucket_secret, "name": name}
        with self._db.transaction():
            key = self._db.add("orbits", orbit)
            admin = {"orbit_id": key, "user_id": self.user()["id"], "role": "admin"}
            self._db.add("orbit_members", admin)
        return key
