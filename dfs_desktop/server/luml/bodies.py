"""What may stand in requests of LUML servers: bodies, and the parameters of paged lists."""

from __future__ import annotations

from typing import Any

from dfs_desktop.server.artifact_types import COLLECTION_TYPES, TYPES
from dfs_desktop.server.dataforce.bodies import FILE_NAME, MANIFEST, SIGN_IN
from dfs_desktop.server.http.queries import Parameter, QueryCheck, parameters
from dfs_desktop.server.http.validation import (
    Check,
    Field,
    Location,
    Report,
    anything,
    between,
    boolean,
    either,
    fields,
    identifier,
    integer,
    items,
    mapping,
    one_of,
    optional,
    pair,
    problem,
    stored_integer,
    text,
)
from dfs_desktop.server.limits import Rules
from dfs_desktop.server.store.pages import COLLECTION_COLUMNS

__all__ = [
    "ARTIFACT_CHANGES", "ARTIFACT_PAGE", "BUCKET_SECRET_CHANGES", "COLLECTION",
    "COLLECTION_CHANGES", "COLLECTION_PAGE", "ORBIT", "ORBIT_CHANGES", "SIGN_IN",
    "artifact", "bucket_secret", "part_urls",
]  # fmt: skip

_maybe_text = Field(optional(text()), None)
_maybe_tags = Field(optional(items(text())), None)
_label = text(longest=100)

_luml_manifest = fields(
    {
        "artifact_type": Field(text()),
        "variant": Field(text()),
        "name": _maybe_text,
        "description": _maybe_text,
        "version": _maybe_text,
        "producer_name": Field(text()),
        "producer_version": Field(text()),
        "producer_tags": Field(items(text())),
        "payload": Field(mapping(anything)),
    }
)


def _luml_form(value: Any, at: Location, report: Report) -> Any:
    """The manifest of LUML; until March 2026 its ``artifact_type`` was called ``type``."""
    if isinstance(value, dict) and "artifact_type" not in value and "type" in value:
        value = {**value, "artifact_type": value["type"]}
    return _luml_manifest(value, at, report)


def _classic_form(value: Any, at: Location, report: Report) -> Any:
    """The manifest of FNNX, which names no type. As lenient as in generation A, see there."""
    clean = MANIFEST(value, at, report)
    return {k: v for k, v in clean.items() if k not in _LUML_ONLY} if clean is not value else value


_LUML_ONLY = ("artifact_type", "payload")


def artifact(rules: Rules) -> Check:
    """A new artifact."""
    too_big = "Artifact cant be bigger than 5TB"
    return fields(
        {
            "file_name": Field(text(FILE_NAME)),
            "name": _maybe_text,
            "description": _maybe_text,
            "extra_values": Field(mapping(anything)),
            "manifest": Field(either(LumlArtifactManifest=_luml_form, Manifest=_classic_form)),
            "file_hash": Field(text()),
            "file_index": Field(mapping(pair(integer))),
            "size": Field(stored_integer(rules.artifact_size, too_big)),
            "tags": _maybe_tags,
            "type": Field(optional(one_of(*TYPES)), None),
        }
    )


# A file_name that is sent along is ignored.
ARTIFACT_CHANGES = fields(
    {
        "name": Field(text(), None),
        "description": _maybe_text,
        "tags": _maybe_tags,
        "status": Field(
            one_of(
                "uploaded",
                "upload_failed",
                "deletion_failed",
                kind="literal_error",
                shown=(
                    "<ArtifactStatus.UPLOADED: 'uploaded'>",
                    "<ArtifactStatus.UPLOAD_FAILED: 'upload_failed'>",
                    "<ArtifactStatus.DELETION_FAILED: 'deletion_failed'>",
                ),
            ),
            None,
        ),
    },
    partial=True,
)

_description = Field(text(longest=1000))
_tags = Field(optional(items(text(longest=64), most=50)), None)

COLLECTION = fields(
    {
        "description": _description,
        "name": Field(_label),
        "type": Field(one_of(*COLLECTION_TYPES)),
        "tags": _tags,
    }
)
# Not partial: a missing tags member clears the tags. The servers fail when one of the others is
# missing; here that is refused.
COLLECTION_CHANGES = fields(
    {"description": _description, "name": Field(text(shortest=1, longest=100)), "tags": _tags}
)

_member = fields({"user_id": Field(identifier), "role": Field(one_of("admin", "member"))})
ORBIT = fields(
    {
        "name": Field(_label),
        "bucket_secret_id": Field(identifier),
        "members": Field(optional(items(_member)), None),
        "notify": Field(boolean, False),
    }
)
ORBIT_CHANGES = fields(
    {"name": Field(_label, None), "bucket_secret_id": Field(identifier, None)}, partial=True
)

# The keys of a bucket are checked and then forgotten, as in generation A.
_keys = {"access_key": _maybe_text, "secret_key": _maybe_text, "session_token": _maybe_text}
_flags = {
    "secure": Field(optional(boolean), None),
    "cert_check": Field(optional(boolean), None),
}
_bucket = {
    "type": Field(text()),
    "endpoint": Field(text()),
    "bucket_name": Field(text()),
}
_KINDS: dict[str, Check] = {
    "s3": fields({**_bucket, **_keys, **_flags, "region": Field(text())}),
    "azure": fields(_bucket),
}


def bucket_secret(value: Any, at: Location, report: Report) -> Any:
    """A new bucket secret: its ``type`` says what else has to be there."""
    if not isinstance(value, dict):
        return fields({})(value, at, report)
    if "type" not in value:
        message = "Unable to extract tag using discriminator 'type'"
        report.append(problem("union_tag_not_found", at, message, value, discriminator="'type'"))
        return value
    kind = value["type"]
    if not isinstance(kind, str) or kind not in _KINDS:
        message = "Input tag found using 'type' does not match any of the expected tags"
        expected = "'s3', 'azure'"
        report.append(problem("union_tag_invalid", at, message, value, expected_tags=expected))
        return value
    return _KINDS[kind](value, (*at, kind), report)


# Every field counts: what is missing is stored as null, or refused.
BUCKET_SECRET_CHANGES = fields(
    {
        **dict.fromkeys(("id", "type", "endpoint", "bucket_name", "region"), _maybe_text),
        **_keys,
        **_flags,
    }
)


def part_urls(rules: Rules) -> Check:
    """A request for the URLs of a multipart upload."""
    too_big = "Artifact cant be bigger than 5TB"
    return fields(
        {
            "bucket_id": Field(identifier),
            "bucket_location": Field(text()),
            "size": Field(stored_integer(rules.artifact_size, too_big)),
            "upload_id": _maybe_text,
        }
    )


def _page(sort_by: Check, types: tuple[str, ...], **more: Parameter) -> QueryCheck:
    return parameters(
        {
            "cursor": Parameter(anything),
            "limit": Parameter(between(0, 100), 50),
            "sort_by": Parameter(sort_by, "created_at"),
            "order": Parameter(one_of("asc", "desc"), "desc"),
            "types": Parameter(one_of(*types), (), many=True),
            # No name needs more, and patterns of many wildcards take long.
            "search": Parameter(text(longest=1000)),
            **more,
        }
    )


ARTIFACT_PAGE = _page(text(), TYPES, collection_ids=Parameter(identifier, (), many=True))
COLLECTION_PAGE = _page(one_of(*COLLECTION_COLUMNS), ("model", "dataset", "experiment", "mixed"))
