"""Metadata entries, of meta.json and of sidecars, with both spellings of their tags."""

from typing import Any

import msgspec

from dfs_desktop.artifact.strict_json import unreadable

from .json_values import text, texts

_OWN_KEYS = {"id", "producer", "producer_version", "producer_tags", "tags", "payload"}


class Entry(msgspec.Struct, frozen=True):
    """One entry; `extra` keeps the keys that the format does not know."""

    id: str
    producer: str
    producer_version: str
    tags: tuple[str, ...]
    payload: Any
    document: str
    extra: dict[str, Any]


def read_entries(value: Any, document: str) -> list[Entry]:
    """The entries of one document; ArtifactError when that is no array.

    LUML's own sidecars say `tags` for `producer_tags` and have no producer. What is no object is
    kept as the payload of an entry without an id.
    """
    if not isinstance(value, list):
        raise unreadable(document, "is not a JSON array of metadata entries")
    return [_entry(each, document) for each in value]


def _entry(value: Any, document: str) -> Entry:
    if not isinstance(value, dict):
        return Entry("", "", "", (), value, document, {})
    tags = value.get("producer_tags", value.get("tags"))
    return Entry(
        id=text(value.get("id")),
        producer=text(value.get("producer")),
        producer_version=text(value.get("producer_version")),
        tags=texts(tags),
        payload=value.get("payload"),
        document=document,
        extra={key: each for key, each in value.items() if key not in _OWN_KEYS},
    )
