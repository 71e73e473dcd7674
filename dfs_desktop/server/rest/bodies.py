"""What may stand in request bodies, as far as the generations agree or differ in names only."""

from dfs_desktop.server.http.validation import (
    Check,
    Field,
    Fields,
    anything,
    boolean,
    either,
    fields,
    identifier,
    integer,
    items,
    mapping,
    maybe,
    one_of,
    pair,
    stored_integer,
    text,
)
from dfs_desktop.server.limits import Rules
from dfs_desktop.server.rules.api_versions import Generation

FILE_NAME = text("^[^:\\\"*\\`~#%;'^]+\\.[^\\s:\\\"*\\`~#%;'^]+$")
MAYBE_TEXT = maybe(text())
MAYBE_TAGS = maybe(items(text()))

_array: Fields = {
    "name": text(),
    "content_type": one_of("NDJSON", kind="literal_error"),
    "dtype": text(r"^(Array\[.+\]|NDContainer\[.+\])$"),
    "tags": MAYBE_TAGS,
    "shape": items(either(str=text(), int=integer)),
}
_json: Fields = {
    "name": text(),
    "content_type": one_of("JSON", kind="literal_error"),
    "dtype": text(),
    "tags": MAYBE_TAGS,
}
_ports = Field(items(either(NDJSON=fields(_array), JSON=fields(_json))))
_variables = Field(items(fields({"name": text(), "description": text(), "tags": MAYBE_TAGS})))

# The servers insist on most of these. A person's own registry does not refuse a model because
# its maker left a line of the manifest out: what is there must be right, what is missing may miss.
MANIFEST = fields(
    {
        "variant": Field(text()),
        **dict.fromkeys(("name", "version", "description"), MAYBE_TEXT),
        **dict.fromkeys(("producer_name", "producer_version"), Field(text())),
        "producer_tags": Field(items(text())),
        **dict.fromkeys(("inputs", "outputs"), _ports),
        **dict.fromkeys(("dynamic_attributes", "env_vars"), _variables),
        # The form that LUML writes since 2026.
        "artifact_type": Field(text()),
        "payload": Field(mapping(anything)),
    },
    partial=True,
)


def artifact(names: Generation, rules: Rules, manifest: Check, too_big: str) -> Fields:
    """A new artifact."""
    return {
        "file_name": FILE_NAME,
        names.artifact_name: MAYBE_TEXT,
        "description": MAYBE_TEXT,
        names.metrics: mapping(anything),
        "manifest": manifest,
        "file_hash": text(),
        "file_index": mapping(pair(integer)),
        "size": stored_integer(rules.artifact_size, too_big),
        "tags": MAYBE_TAGS,
    }


def artifact_changes(names: Generation, status_class: str, **more: Field) -> Check:
    """A change of an artifact; *status_class* is what the servers call the status."""
    states = ("uploaded", "upload_failed", "deletion_failed")
    shown = [f"<{status_class}.{state.upper()}: '{state}'>" for state in states]
    return fields(
        {
            **more,
            names.artifact_name: Field(text()),
            "description": MAYBE_TEXT,
            "tags": MAYBE_TAGS,
            "status": Field(one_of(*states, kind="literal_error", shown=shown)),
        },
        partial=True,
    )


_member = fields({"user_id": identifier, "role": one_of("admin", "member")})


def orbit(name: Check) -> Check:
    """A new orbit."""
    return fields(
        {
            "name": name,
            "bucket_secret_id": identifier,
            "members": maybe(items(_member)),
            "notify": Field(boolean, False),
        }
    )


def orbit_changes(name: Check) -> Check:
    """A change of an orbit."""
    return fields({"name": Field(name), "bucket_secret_id": Field(identifier)}, partial=True)


# access_key, secret_key and session_token are checked and then forgotten: this registry keeps
# its objects itself and has no use for the keys of another store.
BUCKET_OPTIONS: Fields = {
    **dict.fromkeys(("access_key", "secret_key", "session_token", "region"), MAYBE_TEXT),
    **dict.fromkeys(("secure", "cert_check"), maybe(boolean)),
}
SIGN_IN = fields({"email": text(), "password": text()})
