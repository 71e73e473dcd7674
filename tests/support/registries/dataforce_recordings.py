"""The recorded exchanges of the 2025 registry: what plays each, or why none does."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dfs_desktop.api.dialects.dataforce import EMPTY_MANIFEST

WIRE = Path(__file__).parents[2] / "wire" / "dataforce"
ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


class Tape:
    """One recorded exchange, with its ids named."""

    def __init__(self, name: str) -> None:
        exchange = json.loads((WIRE / f"{name}.json").read_text())
        self.request, self.response = exchange["request"], exchange["response"]
        self.path: str = self.request["path"]
        self.body: dict[str, Any] = self.request.get("json") or {}
        for member, value in self.body.items():
            if value == "(trimmed)":
                self.body[member] = dict(EMPTY_MANIFEST) if member == "manifest" else {}
        found = re.findall(
            rf"/(organizations|orbits|collections|model_artifacts)/({ID})", self.path
        )
        self.ids = dict(found)

    @property
    def options(self) -> dict[str, Any]:
        return {
            "base_url": "http://api.example",
            "api_key": "dfs_REDACTED",
            "allow_http": True,
            "generation": "A",
            "organization": self.ids.get("organizations"),
            "orbit": self.ids.get("orbits"),
            "collection": self.ids.get("collections"),
        }


Play = Callable[[Any, Tape], Any]


def create(client: Any, tape: Tape) -> Any:
    return client.model_artifacts.create(**tape.body)


def update(client: Any, tape: Tape) -> Any:
    return client.model_artifacts.update(tape.ids["model_artifacts"], **tape.body)


def download_url(client: Any, tape: Tape) -> Any:
    return client.model_artifacts.download_url(tape.ids["model_artifacts"])


def delete_url(client: Any, tape: Tape) -> Any:
    return client.model_artifacts.delete_url(tape.ids["model_artifacts"])


def delete_step(client: Any, tape: Tape) -> Any:
    """The last of delete's three requests, alone."""
    session = client._context

    def flow() -> Any:
        place = yield from session.collection()
        yield from session.dialect.delete_artifact(place, tape.ids["model_artifacts"])

    return client._run(flow())


def list_artifacts(client: Any, tape: Tape) -> Any:
    return client.model_artifacts.list()


def list_organizations(client: Any, tape: Tape) -> Any:
    return client.organizations.list()


def list_orbits(client: Any, tape: Tape) -> Any:
    return client.orbits.list()


def get_orbit(client: Any, tape: Tape) -> Any:
    return client.orbits.get(tape.ids["orbits"])


def create_orbit(client: Any, tape: Tape) -> Any:
    return client.orbits.create(tape.body["name"], tape.body["bucket_secret_id"])


def update_orbit(client: Any, tape: Tape) -> Any:
    return client.orbits.update(tape.ids["orbits"], **tape.body)


def delete_orbit(client: Any, tape: Tape) -> Any:
    return client.orbits.delete(tape.ids["orbits"])


def list_collections(client: Any, tape: Tape) -> Any:
    return client.collections.list()


def create_collection(client: Any, tape: Tape) -> Any:
    return client.collections.create(**tape.body)


def update_collection(client: Any, tape: Tape) -> Any:
    return client.collections.update(tape.ids["collections"], **tape.body)


def delete_collection(client: Any, tape: Tape) -> Any:
    return client.collections.delete(tape.ids["collections"])


def list_bucket_secrets(client: Any, tape: Tape) -> Any:
    return client.bucket_secrets.list()


PLAYED: dict[str, Play] = {
    **dict.fromkeys(
        [
            "artifact-create",
            "artifact-create-bad-file-name",
            "artifact-create-bad-manifest",
            "artifact-create-limit-reached",
            "artifact-create-minimal",
            "artifact-create-outsider",
            "artifact-create-multipart-store-down",
            "artifact-create-negative-size",
            "artifact-create-too-big",
            "artifact-create-unknown-collection",
            "artifact-create-zero-size",
        ],
        create,
    ),
    **dict.fromkeys(
        [
            "artifact-update-empty-object",
            "artifact-update-file-name",
            "artifact-update-unknown",
            "artifact-update-status-refused",
            "artifact-update-status-not-assignable",
            "artifact-wrong-collection-update",
        ],
        update,
    ),
    "artifact-delete-not-pending": delete_step,
    "artifact-delete-url-member-refused": delete_url,
    "artifact-wrong-collection-delete-url": delete_url,
    "artifact-download-url-member": download_url,
    "artifact-download-url-unknown": download_url,
    "artifact-wrong-collection-get": download_url,
    "artifacts-list": list_artifacts,
    "artifacts-list-unknown-collection": list_artifacts,
    "artifacts-list-wrong-orbit": list_artifacts,
    "api-key-rotated-old-key-refused": list_organizations,
    "error-401-bad-key": list_organizations,
    "error-401-token-without-prefix": list_organizations,
    "probe-bare-organizations-noauth": list_organizations,
    "organizations-list": list_organizations,
    "organizations-list-member": list_organizations,
    "orbits-list": list_orbits,
    "orbits-list-member": list_orbits,
    "orbits-list-outsider": list_orbits,
    "orbit-get": get_orbit,
    "orbit-get-member": get_orbit,
    "orbit-get-unknown": get_orbit,
    "orbit-get-wrong-organization": get_orbit,
    "orbit-create": create_orbit,
    "orbit-create-limit-reached": create_orbit,
    "orbit-create-name-too-long": create_orbit,
    "orbit-create-unknown-bucket": create_orbit,
    "orbit-update": update_orbit,
    "orbit-update-empty-object": update_orbit,
    "orbit-update-member-refused": update_orbit,
    "orbit-delete": delete_orbit,
    "orbit-delete-unknown": delete_orbit,
    "collections-list": list_collections,
    "collections-list-member": list_collections,
    "collections-list-outsider": list_collections,
    "collections-list-wrong-organization": list_collections,
    "collection-create": create_collection,
    "collection-create-bad-type": create_collection,
    "collection-create-empty-name": create_collection,
    "collection-create-member": create_collection,
    "collection-create-name-too-long": create_collection,
    "collection-update-full": update_collection,
    "collection-update-unknown": update_collection,
    "collection-delete": delete_collection,
    "collection-delete-member-refused": delete_collection,
    "collection-delete-not-empty": delete_collection,
    "collection-delete-unknown": delete_collection,
    "bucket-secrets-list": list_bucket_secrets,
    "bucket-secrets-list-member-refused": list_bucket_secrets,
}

NO_SIGN_IN = "accounts, sign-in and keys: the client is given a key and manages none"
NO_SECRETS = "managing bucket secrets is not offered: only their list is"
NEVER_SENT = "the client never sends this: it fills in, refuses or reads first"
OTHER_TEST = "a table or a flow: test_api_recorded_flows.py plays what a client meets of it"
ANOTHER_ADDRESS = "an address that the client has no use for in this generation"
SKIPPED: dict[str, str] = {
    **dict.fromkeys(
        [
            "api-key-create",
            "api-key-create-with-api-key-refused",
            "api-key-delete",
            "signin",
            "signin-wrong-password",
            "users-me-api-key-refused",
            "users-me-jwt",
            "organization-get-jwt",
            "auth-lowercase-scheme-ok",
            "error-401-basic-scheme",
            "error-401-no-header",
            "organization-get-api-key-refused",
            "organization-get-unknown",
        ],
        NO_SIGN_IN,
    ),
    **dict.fromkeys(
        [
            "bucket-secret-create",
            "bucket-secret-create-duplicate",
            "bucket-secret-delete",
            "bucket-secret-delete-in-use",
            "bucket-secret-delete-unknown",
            "bucket-secret-get",
            "bucket-secret-get-unknown",
            "bucket-secret-update-full",
            "bucket-secret-update-partial",
            "bucket-secret-update-without-id",
            "bucket-secret-urls-existing",
            "bucket-secret-urls-new",
        ],
        NO_SECRETS,
    ),
    **dict.fromkeys(
        [
            "artifact-create-missing-fields",
            "artifact-create-not-json",
            "artifact-create-null-name-500",
            "artifact-update-null-description",
            "artifact-update-null-name-500",
            "artifact-update-null-status-500",
            "collection-create-missing-description",
            "collection-update-partial-500",
            "collection-update-without-tags",
            "organization-id-not-uuid",
        ],
        NEVER_SENT,
    ),
    **dict.fromkeys(
        [
            "artifact-force-delete",
            "artifact-force-delete-member-refused",
            "artifact-force-delete-unknown",
            "artifact-get",
            "collection-get",
            "method-not-allowed",
            "probe-openapi",
            "probe-root",
            "probe-trailing-slash",
            "probe-v1-organizations-noauth",
            "validate-api-key-absent",
        ],
        ANOTHER_ADDRESS,
    ),
    **dict.fromkeys(
        [
            "flow-artifact-life",
            "flow-multipart-s3",
            "flow-storage-errors",
            "matrix-file-names",
            "matrix-odd-values",
            "matrix-part-sizes",
            "matrix-permissions",
            "matrix-status",
        ],
        OTHER_TEST,
    ),
    "artifact-create-max-size": "recorded with 5118 of its 5120 parts cut out",
}
