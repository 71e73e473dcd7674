"""Metadata entries, of meta.json and of sidecars, with both spellings of their tags."""

from typing import Any

import msgspec

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


def read_entries(value: list[Any], document: str) -> list[Entry]:
    """The entries of one document.

    LUML's own sidecars say `tags` for `producer_tags` and have no producer. What is no object is
    kept as the payload of an entry without an id.
    """
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
