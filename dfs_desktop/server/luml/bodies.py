"""What may stand in requests of LUML servers: bodies, and the parameters of paged lists."""

from typing import Any

from dfs_desktop.server.http.requests import Parameter, QueryCheck, parameters
from dfs_desktop.server.http.validation import (
    Check,
    Fields,
    Location,
    Report,
    anything,
    between,
    either,
    fields,
    identifier,
    items,
    mapping,
    maybe,
    one_of,
    stored_integer,
    text,
)
from dfs_desktop.server.limits import Rules
from dfs_desktop.server.rest import bodies as shared
from dfs_desktop.server.rest.bodies import BUCKET_OPTIONS, MANIFEST, MAYBE_TEXT
from dfs_desktop.server.rest.routes import Bodies
from dfs_desktop.server.rules.api_versions import LUML
from dfs_desktop.server.rules.artifact_types import COLLECTION_TYPES, TYPES
from dfs_desktop.server.store.pages import COLLECTION_COLUMNS

_TOO_BIG = "Artifact cant be bigger than 5TB"
_label = text(longest=100)

_luml_manifest = fields(
    {
        **dict.fromkeys(("artifact_type", "variant"), text()),
        **dict.fromkeys(("name", "description", "version"), MAYBE_TEXT),
        **dict.fromkeys(("producer_name", "producer_version"), text()),
        "producer_tags": items(text()),
        "payload": mapping(anything),
    }
)


def _luml_form(value: Any, at: Location, report: Report) -> Any:
    """The manifest of LUML; until March 2026 its ``artifact_type`` was called ``type``."""
    if isinstance(value, dict) and "artifact_type" not in value and "type" in value:
        value = {**value, "artifact_type": value["type"]}
    return _luml_manifest(value, at, report)


def _fnnx_form(value: Any, at: Location, report: Report) -> Any:
    """The manifest of FNNX, which names no type. As lenient as in generation A."""
    clean = MANIFEST(value, at, report)
    return {k: v for k, v in clean.items() if k not in _LUML_ONLY} if clean is not value else value


_LUML_ONLY = ("artifact_type", "payload")
_manifest = either(LumlArtifactManifest=_luml_form, Manifest=_fnnx_form)


def artifact(rules: Rules) -> Check:
    """A new artifact."""
    members = shared.artifact(LUML, rules, _manifest, _TOO_BIG)
    return fields({**members, "type": maybe(one_of(*TYPES))})


_bucket: Fields = dict.fromkeys(("type", "endpoint", "bucket_name"), text())
_KINDS: dict[str, Check] = {
    "s3": fields({**_bucket, **BUCKET_OPTIONS, "region": text()}),
    "azure": fields(_bucket),
}


def _bucket_secret(value: Any, at: Location, report: Report) -> Any:
    """A new bucket secret: its ``type`` says what else has to be there."""
    if not isinstance(value, dict):
        return fields({})(value, at, report)
    if "type" not in value:
        message = "Unable to extract tag using discriminator 'type'"
        report.add("union_tag_not_found", at, message, value, discriminator="'type'")
        return value
    kind = value["type"]
    if not isinstance(kind, str) or kind not in _KINDS:
        message = "Input tag found using 'type' does not match any of the expected tags"
        expected = "'s3', 'azure'"
        report.add("union_tag_invalid", at, message, value, expected_tags=expected)
        return value
    return _KINDS[kind](value, (*at, kind), report)


_description = text(longest=1000)
_tags = maybe(items(text(longest=64), most=50))
BODIES = Bodies(
    secret=_bucket_secret,
    # Every field counts: what is missing is stored as null, or refused.
    secret_changes=fields(
        {**dict.fromkeys(("id", "type", "endpoint", "bucket_name"), MAYBE_TEXT), **BUCKET_OPTIONS}
    ),
    orbit=shared.orbit(_label),
    orbit_changes=shared.orbit_changes(_label),
    collection=fields(
        {
            "description": _description,
            "name": _label,
            "type": one_of(*COLLECTION_TYPES),
            "tags": _tags,
        }
    ),
    # Not partial: a missing tags member clears the tags. The servers fail when one of the others
    # is missing; here that is refused.
    collection_changes=fields(
        {"description": _description, "name": text(shortest=1, longest=100), "tags": _tags}
    ),
    # A file_name that is sent along is ignored.
    artifact_changes=shared.artifact_changes(LUML, "ArtifactStatus"),
)


def part_urls(rules: Rules) -> Check:
    """A request for the URLs of a multipart upload."""
    return fields(
        {
            "bucket_id": identifier,
            "bucket_location": text(),
            "size": stored_integer(rules.artifact_size, _TOO_BIG),
            "upload_id": MAYBE_TEXT,
        }
    )


def page(sort_by: Check, types: tuple[str, ...] = (), **more: Parameter) -> QueryCheck:
    """The parameters of a paged list; one of records with *types* and names can be filtered."""
    if types:
        more["types"] = Parameter(one_of(*types), (), many=True)
        # No name needs more, and patterns of many wildcards take long.
        more["search"] = Parameter(text(longest=1000))
    return parameters(
        {
            "cursor": Parameter(anything),
            "limit": Parameter(between(0, 100), 50),
            "sort_by": Parameter(sort_by, "created_at"),
            "order": Parameter(one_of("asc", "desc"), "desc"),
            **more,
        }
    )


ARTIFACT_PAGE = page(text(), TYPES, collection_ids=Parameter(identifier, (), many=True))
COLLECTION_PAGE = page(one_of(*COLLECTION_COLUMNS), ("model", "dataset", "experiment", "mixed"))
