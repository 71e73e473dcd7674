"""What may stand in a request body: artifacts, manifests, collections, orbits, bucket secrets."""

from __future__ import annotations

from dfs_desktop.server.http.validation import (
    Check,
    Field,
    anything,
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
    stored_integer,
    text,
)
from dfs_desktop.server.limits import Rules

FILE_NAME = "^[^:\\\"*\\`~#%;'^]+\\.[^\\s:\\\"*\\`~#%;'^]+$"
DTYPE = r"^(Array\[.+\]|NDContainer\[.+\])$"

_maybe_text = Field(optional(text()), None)
_maybe_tags = Field(optional(items(text())), None)

_array = {
    "name": Field(text()),
    "content_type": Field(one_of("NDJSON", kind="literal_error")),
    "dtype": Field(text(DTYPE)),
    "tags": _maybe_tags,
    "shape": Field(items(either(str=text(), int=integer))),
}
_json = {
    "name": Field(text()),
    "content_type": Field(one_of("JSON", kind="literal_error")),
    "dtype": Field(text()),
    "tags": _maybe_tags,
}
_port = either(NDJSON=fields(_array), JSON=fields(_json))
_variable = fields({"name": Field(text()), "description": Field(text()), "tags": _maybe_tags})

# The servers insist on most of these. A person's own registry does not refuse a model because
# its maker left a line of the manifest out: what is there must be right, what is missing may miss.
MANIFEST = fields(
    {
        "variant": Field(text(), None),
        "name": _maybe_text,
        "version": _maybe_text,
        "description": _maybe_text,
        "producer_name": Field(text(), None),
        "producer_version": Field(text(), None),
        "producer_tags": Field(items(text()), None),
        "inputs": Field(items(_port), None),
        "outputs": Field(items(_port), None),
        "dynamic_attributes": Field(items(_variable), None),
        "env_vars": Field(items(_variable), None),
        # The form that LUML writes since 2026.
        "artifact_type": Field(text(), None),
        "payload": Field(mapping(anything), None),
    },
    partial=True,
)


def artifact(rules: Rules) -> Check:
    """A new artifact."""
    too_big = f"Model cant be bigger than 5TB - {rules.artifact_size} bytes"
    return fields(
        {
            "file_name": Field(text(FILE_NAME)),
            "model_name": _maybe_text,
            "description": _maybe_text,
            "metrics": Field(mapping(anything)),
            "manifest": Field(MANIFEST),
            "file_hash": Field(text()),
            "file_index": Field(mapping(pair(integer))),
            "size": Field(stored_integer(rules.artifact_size, too_big)),
            "tags": _maybe_tags,
        }
    )


ARTIFACT_CHANGES = fields(
    {
        "file_name": Field(text(FILE_NAME), None),
        "model_name": Field(text(), None),
        "description": _maybe_text,
        "tags": _maybe_tags,
        "status": Field(
            one_of(
                "uploaded",
                "upload_failed",
                "deletion_failed",
                kind="literal_error",
                shown=(
                    "<ModelArtifactStatus.UPLOADED: 'uploaded'>",
                    "<ModelArtifactStatus.UPLOAD_FAILED: 'upload_failed'>",
                    "<ModelArtifactStatus.DELETION_FAILED: 'deletion_failed'>",
                ),
            ),
            None,
        ),
    },
    partial=True,
)

COLLECTION = fields(
    {
        "description": Field(text()),
        "name": Field(text()),
        "collection_type": Field(one_of("model", "dataset")),
        "tags": _maybe_tags,
    }
)

# Not partial: a missing tags member clears the tags, as on the servers.
COLLECTION_CHANGES = fields(
    {"description": Field(text()), "name": Field(text()), "tags": _maybe_tags}
)

_member = fields({"user_id": Field(identifier), "role": Field(one_of("admin", "member"))})

ORBIT = fields(
    {
        "name": Field(text()),
        "bucket_secret_id": Field(identifier),
        "members": Field(optional(items(_member)), None),
        "notify": Field(boolean, False),
    }
)

ORBIT_CHANGES = fields(
    {"name": Field(text(), None), "bucket_secret_id": Field(identifier, None)}, partial=True
)

# access_key, secret_key and session_token are checked and then forgotten: this registry keeps
# its objects itself and has no use for the keys of another store.
_secret = {
    "access_key": _maybe_text,
    "secret_key": _maybe_text,
    "session_token": _maybe_text,
    "secure": Field(optional(boolean), None),
    "region": _maybe_text,
    "cert_check": Field(optional(boolean), None),
}
BUCKET_SECRET = fields({"endpoint": Field(text()), "bucket_name": Field(text()), **_secret})
BUCKET_SECRET_CHANGES = fields(
    {
        "id": Field(identifier),
        "endpoint": Field(text(), None),
        "bucket_name": Field(text(), None),
        **_secret,
    },
    partial=True,
)

SIGN_IN = fields({"email": Field(text()), "password": Field(text())})
