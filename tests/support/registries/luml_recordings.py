"""The recorded exchanges of the registry of August 2026: what plays each, or why none does."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from dfs_desktop.api.dialects.dataforce import EMPTY_MANIFEST
from dfs_desktop.api.protocol.upload_plan import PartSource

WIRE = Path(__file__).parents[2] / "wire" / "luml"
ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# What the documented arguments are called on this wire.
OLD_WORDS = {"name": "model_name", "extra_values": "metrics"}


def recorded(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((WIRE / f"{name}.json").read_text("utf-8"))
    return found


class Tape:
    """One recorded exchange, with its ids named."""

    def __init__(self, name: str) -> None:
        exchange = recorded(name)
        self.request, self.response = exchange["request"], exchange["response"]
        url = urlsplit(self.request["path"])
        self.path, self.query = url.path, parse_qs(url.query)
        self.body: dict[str, Any] = self.request.get("json") or {}
        for member, value in self.body.items():
            if value == "(trimmed)":
                self.body[member] = dict(EMPTY_MANIFEST) if member == "manifest" else {}
        self.ids = dict(
            re.findall(rf"/(organizations|orbits|collections|artifacts)/({ID})", self.path)
        )

    @property
    def arguments(self) -> dict[str, Any]:
        """The body in the words of the documented methods."""
        return {OLD_WORDS.get(name, name): value for name, value in self.body.items()}

    @property
    def options(self) -> dict[str, Any]:
        (collection,) = self.query.get("collection_ids", [None])[:1]
        return {
            "base_url": "http://api.example",
            "api_key": "dfs_REDACTED",
            "allow_http": True,
            "generation": "G",
            "organization": self.ids.get("organizations"),
            "orbit": self.ids.get("orbits"),
            "collection": self.ids.get("collections", collection),
        }


Play = Callable[[Any, Tape], Any]


def artifact(method: str) -> Play:
    """A method of ``model_artifacts`` that takes the artifact's id."""
    return lambda client, tape: getattr(client.model_artifacts, method)(tape.ids["artifacts"])


def gathered(pages: Any) -> Any:
    """Everything that a face's ``pages`` brings."""
    if not inspect.isasyncgen(pages):
        return [item for page in pages for item in page]

    async def gather() -> list[Any]:
        return [item async for page in pages for item in page]

    return gather()


def paged(client: Any, tape: Tape) -> Any:
    wide = "collection_ids" not in tape.query
    search = tape.query.get("search", [None])[0]
    return gathered(client.model_artifacts.pages(search=search, whole_orbit=wide))


def step(make: Callable[[Any, Any, Tape], Any]) -> Play:
    """One request of a longer operation, alone."""

    def play(client: Any, tape: Tape) -> Any:
        session = client._context

        def flow() -> Any:
            place = yield from session.collection() if "collections" in tape.ids else _nowhere()
            return (yield from make(session.dialect, place, tape))

        return client._run(flow())

    return play


def _nowhere() -> Any:
    return None
    yield


def part_urls(dialect: Any, _place: Any, tape: Tape) -> Any:
    source = PartSource(tape.body["bucket_id"], tape.body["bucket_location"])
    return dialect.part_urls(source, tape.body["size"], tape.body["upload_id"])


def named(prefix: str, *names: str) -> list[str]:
    return [f"{prefix}-{name}".rstrip("-") for name in names]


PLAYED: dict[str, Play] = {
    **dict.fromkeys(
        named(
            "artifact-create",
            *("", "bad-file-name", "limit-reached", "luml-manifest-dataset", "minimal"),
            *("negative-size", "outsider", "too-big", "type-not-allowed", "unknown-collection"),
            *("zero-size", "bad-manifest"),
        ),
        lambda c, t: c.model_artifacts.create(**t.arguments),
    ),
    **dict.fromkeys(
        [
            *named("artifact-update", "empty-object", "file-name", "unknown"),
            *named("artifact-update", "status-refused", "status-not-assignable"),
            "artifact-wrong-collection-update",
        ],
        lambda c, t: c.model_artifacts.update(t.ids["artifacts"], **t.arguments),
    ),
    "artifact-get": artifact("get"),
    "artifact-get-with-track": artifact("get"),
    "artifact-wrong-collection-get": artifact("download_url"),
    "artifact-delete-not-pending": step(
        lambda d, place, t: d.delete_artifact(place, t.ids["artifacts"])
    ),
    "artifact-delete-url-in-track": artifact("delete"),
    "artifact-delete-url-member-refused": artifact("delete_url"),
    "artifact-wrong-collection-delete-url": artifact("delete_url"),
    "artifact-download-url-member": artifact("download_url"),
    "artifact-download-url-unknown": artifact("download_url"),
    **dict.fromkeys(
        named("artifacts-list", "", "limit-100", "foreign-collection"),
        lambda c, t: c.model_artifacts.list(),
    ),
    **dict.fromkeys(
        named("artifacts-list", "whole-orbit", "outsider", "search")
        + named("artifacts-list", "search-wildcard", "search-file-name-no-match"),
        paged,
    ),
    **dict.fromkeys(
        [
            "api-key-rotated-old-key-refused",
            "error-401-bad-key",
            "error-401-token-without-prefix",
            *named("organizations-list", "", "member"),
        ],
        lambda c, t: c.organizations.list(),
    ),
    **dict.fromkeys(named("orbits-list", "", "member", "outsider"), lambda c, t: c.orbits.list()),
    **dict.fromkeys(
        named("orbit-get", "", "member", "unknown", "wrong-organization"),
        lambda c, t: c.orbits.get(t.ids["orbits"]),
    ),
    **dict.fromkeys(
        named("orbit-create", "", "limit-reached", "name-too-long", "unknown-bucket"),
        lambda c, t: c.orbits.create(t.body["name"], t.body["bucket_secret_id"]),
    ),
    **dict.fromkeys(
        named("orbit-update", "", "empty-object", "member-refused"),
        lambda c, t: c.orbits.update(t.ids["orbits"], **t.body),
    ),
    **dict.fromkeys(
        named("orbit-delete", "", "unknown"), lambda c, t: c.orbits.delete(t.ids["orbits"])
    ),
    **dict.fromkeys(
        named("collections-list", "", "member", "outsider", "wrong-organization"),
        lambda c, t: c.collections.list(),
    ),
    **dict.fromkeys(
        named("collection-create", "", "bad-type", "empty-name", "member", "name-too-long")
        + named("collection-create", "tag-too-long", "too-many-tags"),
        lambda c, t: c.collections.create(
            t.body["name"], t.body["description"], t.body["type"], t.body.get("tags")
        ),
    ),
    "collection-get": lambda c, t: c.collections.get(t.ids["collections"]),
    **dict.fromkeys(
        named("collection-update", "full", "unknown"),
        lambda c, t: c.collections.update(t.ids["collections"], **t.body),
    ),
    **dict.fromkeys(
        named("collection-delete", "", "member-refused", "not-empty", "unknown"),
        lambda c, t: c.collections.delete(t.ids["collections"]),
    ),
    **dict.fromkeys(
        named("bucket-secrets-list", "", "member-refused"), lambda c, t: c.bucket_secrets.list()
    ),
    **dict.fromkeys(
        named("multipart-urls", "any-size", "member-refused", "unknown-bucket"), step(part_urls)
    ),
}

NO_SIGN_IN = "accounts, sign-in and keys: the client is given a key and manages none"
NO_SECRETS = "managing bucket secrets is not offered: only their list is"
NEVER_SENT = "the client never sends this: it fills in, refuses or reads first"
SORTS_ITSELF = "the client sorts, filters and pages by itself, in one way that never loops"
ANOTHER_ADDRESS = "an address that the client has no use for in this generation"
OTHER_TEST = "a table or a flow: test_api_luml_flows.py plays what a client meets of it"
DETECTION = "a question without a key: test_api_detection.py asks them all"
SKIPPED: dict[str, str] = {
    **dict.fromkeys(
        [
            *named("api-key", "create", "create-with-api-key-refused", "delete"),
            *named("signin", "", "wrong-password"),
            *named("users-me", "api-key-refused", "jwt"),
            *named("validate-api-key", "", "bad", "with-jwt"),
            *named("organization-get", "jwt", "api-key-refused", "unknown"),
            *named("error-401", "basic-scheme", "no-header"),
            "auth-lowercase-scheme-ok",
        ],
        NO_SIGN_IN,
    ),
    **dict.fromkeys(
        [
            *named("bucket-secret", "get", "get-unknown", "urls-existing", "urls-new"),
            *named("bucket-secret-create", "", "duplicate", "without-type"),
            *named("bucket-secret-delete", "", "in-use", "unknown"),
            *named("bucket-secret-update", "full", "partial"),
            "flow-bucket-secret-update-bricks-list",
        ],
        NO_SECRETS,
    ),
    **dict.fromkeys(
        [
            *named("artifact-create", "missing-fields", "not-json", "null-name-500"),
            *named("artifact-create", "type-mismatch", "untypable"),
            *named("artifact-update", "null-description", "null-name-500", "null-status-500"),
            *named("collection-create", "missing-description"),
            *named("collection-update", "partial-500", "without-tags"),
            *named("multipart-urls", "without-upload-id-500", "without-v1"),
            *named("artifacts-list", "comma-separated-refused", "dataforce-route", "old-route"),
            "organization-id-not-uuid",
        ],
        NEVER_SENT,
    ),
    **dict.fromkeys(
        [
            *named("artifacts-list", "bad-cursor", "cursor-other-limit", "cursor-other-order"),
            *named("artifacts-list", "cursor-other-search", "order-bad", "two-collections"),
            *named("artifacts-list", "limit--1", "limit-0", "limit-101", "limit-x"),
            *named("artifacts-list", "sort-description-desc", "sort-extra_values", "sort-metric"),
            *named("artifacts-list", "sort-size-asc", "sort-unknown", "sort-unknown-whole-orbit"),
            *named("artifacts-list", "types", "types-bad"),
            *named("collections-list", "limit-101", "search", "sort", "sort-bad", "types"),
        ],
        SORTS_ITSELF,
    ),
    **dict.fromkeys(
        [
            *named("artifact-force-delete", "", "in-track", "member-refused", "unknown"),
            "method-not-allowed",
            *named("probe", "openapi", "root", "trailing-slash"),
        ],
        ANOTHER_ADDRESS,
    ),
    **dict.fromkeys(
        named("probe", "bare-organizations-noauth", "v1-organizations-noauth"), DETECTION
    ),
    **dict.fromkeys(
        [
            *named("flow", "artifact-life", "artifacts-metric-paging-loops", "artifacts-paging"),
            *named("flow", "azure-blocks", "azure-simple", "collections-paging"),
            *named("flow", "multipart-s3", "storage-errors"),
            *named("matrix", "file-names", "odd-values", "part-sizes", "permissions", "status"),
            "artifact-create-max-size",
        ],
        OTHER_TEST,
    ),
}
