"""Where a call works: organization, orbit and collection, resolved or as asked for."""

import enum
import uuid

from msgspec import Struct


class Level(enum.IntEnum):
    """How deep a call has to know where it is."""

    ORGANIZATION = 1
    ORBIT = 2
    COLLECTION = 3


class Scope(Struct, frozen=True):
    """Resolved ids; deeper ones are empty when a call does not need them."""

    organization: str
    orbit: str = ""
    collection: str = ""


class ScopeRequest(Struct, frozen=True):
    """What one call asks for: how deep, and what it names itself instead of the defaults."""

    level: Level
    organization: str | None = None
    orbit: str | None = None
    collection: str | None = None


def is_id(value: str) -> bool:
    """Whether a text is a UUID, the form of every id."""
    try:
        uuid.UUID(value)
    except (ValueError, AttributeError):
        return False
    return True
