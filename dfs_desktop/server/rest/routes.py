"""The routes that all generations have, as a table of rules, bodies and records."""

from typing import NamedTuple

from dfs_desktop.server.http.routing import SESSION, SESSION_ONLY, Entry
from dfs_desktop.server.http.validation import Check
from dfs_desktop.server.rules.api_versions import Generation
from dfs_desktop.server.rules.artifacts import ArtifactRules
from dfs_desktop.server.rules.bucket_secrets import BucketSecretRules

from .bodies import SIGN_IN
from .records import Records, each


class Paths:
    """The addresses of one generation."""

    def __init__(self, names: Generation) -> None:
        organization = f"{names.prefix}/organizations/{{organization_id}}"
        self.secrets = f"{organization}/bucket-secrets"
        self.secret = f"{self.secrets}/{{secret_id}}"
        self.orbits = f"{organization}/orbits"
        self.orbit = f"{self.orbits}/{{orbit_id}}"
        self.collections = f"{self.orbit}/collections"
        self.collection = f"{self.collections}/{{collection_id}}"
        self.artifacts = f"{self.collection}/{names.artifacts}"
        self.artifact = f"{self.artifacts}/{{{names.artifact_id}}}"


class Bodies(NamedTuple):
    """What may stand in the bodies of one generation."""

    secret: Check
    secret_changes: Check
    orbit: Check
    orbit_changes: Check
    collection: Check
    collection_changes: Check
    artifact_changes: Check


def shared_entries(
    paths: Paths, records: Records, artifacts: ArtifactRules, bodies: Bodies
) -> list[Entry]:
    """The common routes. The order matters: a 405 names the first method of an address."""
    catalog = records.catalog
    secrets = BucketSecretRules(catalog)
    prefix = catalog.generation.prefix
    return [
        Entry("POST", f"{prefix}/auth/signin", catalog.sign_in, None, SIGN_IN, public=True),
        *(Entry(method, prefix + path, SESSION_ONLY)
          for path, methods in SESSION.items() for method in methods),
        Entry("GET", f"{prefix}/users/me/organizations", catalog.organizations,
              each(records.organization)),
        Entry("GET", paths.secrets, secrets.every, each(records.secret)),
        Entry("POST", paths.secrets, secrets.add, records.secret, bodies.secret),
        Entry("GET", paths.secret, secrets.one, records.secret),
        Entry("PATCH", paths.secret, secrets.change, records.secret,
              bodies.secret_changes),
        Entry("DELETE", paths.secret, secrets.remove),
        Entry("POST", f"{paths.secret}/urls", secrets.urls_of, None, bodies.secret_changes),
        Entry("POST", f"{prefix}/bucket-secrets/urls", secrets.store_urls, None, bodies.secret),
        Entry("GET", paths.orbits, catalog.orbits, each(records.orbit)),
        Entry("POST", paths.orbits, catalog.add_orbit, records.orbit_details, bodies.orbit),
        Entry("GET", paths.orbit, catalog.orbit, records.orbit_details),
        Entry("PATCH", paths.orbit, catalog.change_orbit, records.changed_orbit,
              bodies.orbit_changes),
        Entry("DELETE", paths.orbit, catalog.remove_orbit),
        Entry("POST", paths.collections, catalog.add_collection, records.collection,
              bodies.collection),
        Entry("PATCH", paths.collection, catalog.change_collection, records.collection,
              bodies.collection_changes),
        Entry("DELETE", paths.collection, catalog.remove_collection),
        Entry("PATCH", paths.artifact, artifacts.change, records.artifact,
              bodies.artifact_changes),
        Entry("DELETE", paths.artifact, artifacts.confirm_deletion),
        Entry("GET", f"{paths.artifact}/download-url", artifacts.download_url),
        Entry("GET", f"{paths.artifact}/delete-url", artifacts.delete_url),
        Entry("DELETE", f"{paths.artifact}/force", artifacts.force_deletion),
    ]  # fmt: skip
