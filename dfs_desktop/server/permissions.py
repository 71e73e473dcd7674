"""What the one person of a local registry may do: everything, in the words of the API."""

from __future__ import annotations

_ALL = ["list", "read", "create", "update", "delete"]

ORGANIZATION_OWNER: dict[str, list[str]] = {
    "organization": ["read", "update", "delete"],
    "organization_user": _ALL,
    "organization_invite": ["create", "delete", "list", "read"],
    "billing": ["read", "update"],
    "orbit": ["create"],
}

ORBIT_OWNER: dict[str, list[str]] = {
    "orbit": ["create", "update", "delete", "list", "read"],
    "orbit_user": ["list", "create", "update", "delete", "read"],
    "model": [*_ALL, "deploy"],
    "collection": [*_ALL, "deploy"],
    "satellite": ["create", "list", "read", "update", "delete"],
    "orbit_secret": _ALL,
    "deployment": _ALL,
}

# Since 2026 models are one kind of artifact, and tracks were added.
ORBIT_OWNER_2026: dict[str, list[str]] = {
    **{name: verbs for name, verbs in ORBIT_OWNER.items() if name != "model"},
    "artifact": ORBIT_OWNER["model"],
    "track": _ALL,
}
