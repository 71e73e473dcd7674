"""What records look like in JSON, as far as all generations agree."""

from __future__ import annotations

from typing import Any

import msgspec

from dfs_desktop.server.store.database import Row

from .permissions import ORGANIZATION_OWNER


def organization_shape(row: Row) -> dict[str, Any]:
    """An organization, in the eyes of its owner."""
    return {
        "id": row["id"], "name": row["name"], "logo": row["logo"],
        "created_at": row["created_at"], "updated_at": row["updated_at"],
        "role": "owner", "permissions": ORGANIZATION_OWNER,
    }  # fmt: skip


def member_shape(row: Row) -> dict[str, Any]:
    """A member of an orbit."""
    user = {
        "id": row["user_id"], "email": row["email"], "full_name": row["full_name"],
        "disabled": False, "photo": None, "has_api_key": True,
    }  # fmt: skip
    return {
        "id": row["id"], "orbit_id": row["orbit_id"], "role": row["role"], "user": user,
        "created_at": row["created_at"], "updated_at": row["updated_at"],
    }  # fmt: skip


def stored_json(text: str | None) -> msgspec.Raw | None:
    """Stored JSON goes out as it is: a list of thousands of manifests is never parsed here."""
    return None if text is None else msgspec.Raw(text.encode("utf-8"))


def flag(value: int | None) -> bool | None:
    """A column that holds true, false or nothing."""
    return None if value is None else bool(value)
