"""JSON dtypes as trees that a person can read: references followed, everything bounded."""

from itertools import islice
from typing import Any

import msgspec

from dfs_desktop.translation import later, tr

from .json_values import mapping, text, texts

MAX_DEPTH = 12
MAX_NODES = 2000
MAX_NODES_TOTAL = 20_000  # of all dtypes of an artifact
MAX_KEYWORDS = 500  # of one schema that is referred to
MAX_CHOICES = 100
_REFERENCE = "#/$defs/"


class Schema(msgspec.Struct, frozen=True):
    """One value of a JSON dtype.

    `kind` is a JSON type ("object", "integer or null"), or the name of a dtype. `parts` are the
    fields of an object, the items of an array, or the alternatives of a choice. `cut` says that
    more follows which is not shown: a loop, or too much.
    """

    name: str
    kind: str
    required: bool = True
    description: str = ""
    choices: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    parts: tuple["Schema", ...] = ()
    cut: bool = False


class Expansions:
    """The trees of the dtypes in one dtypes.json, each made once, all together within a limit."""

    def __init__(self, dtypes: dict[str, Any]) -> None:
        self._dtypes = dtypes
        self._known: dict[str, Schema | None] = {}
        self._left_in_all = MAX_NODES_TOTAL
        self._left = 0  # of the tree that is being made, whose definitions these are:
        self._definitions: dict[str, Any] = {}

    def of(self, dtype: str) -> Schema | None:
        """The tree of a dtype that is defined there, or None when it is not."""
        if dtype not in self._known:
            schema = self._dtypes.get(dtype)
            self._known[dtype] = self._expand(dtype, schema) if isinstance(schema, dict) else None
        return self._known[dtype]

    def _expand(self, dtype: str, schema: dict[str, Any]) -> Schema:
        self._left = limit = min(MAX_NODES, self._left_in_all)
        self._definitions = mapping(schema.get("$defs"))
        found = self._node(dtype, schema, required=True, seen=())
        self._left_in_all -= limit - max(self._left, 0)
        return found

    def _node(self, name: str, schema: Any, *, required: bool, seen: tuple[str, ...]) -> Schema:
        """The tree below `schema`; `seen` holds the references that led here."""
        self._left -= 1
        schema = mapping(schema)
        if reference := text(schema.get("$ref")):
            target = reference.removeprefix(_REFERENCE)
            found = self._definitions.get(target)
            deep = len(seen) > MAX_DEPTH or self._left < 0 or target in seen
            if not isinstance(found, dict) or deep or len(found) > MAX_KEYWORDS:
                return Schema(name, target, required=required, cut=True)
            seen = (*seen, target)
            rest = {key: each for key, each in schema.items() if key != "$ref"}
            return self._node(name, found | rest, required=required, seen=seen)
        kind = _kind(schema)
        if len(seen) > MAX_DEPTH or self._left < 0:
            return Schema(name, kind, required=required, cut=True)
        parts, cut = self._parts(schema, (*seen, ""))
        return Schema(
            name=name,
            kind=kind,
            required=required,
            description=text(schema.get("description")),
            choices=_choices(schema),
            limits=_limits(schema),
            parts=tuple(parts),
            cut=cut,
        )

    def _parts(self, schema: dict[str, Any], seen: tuple[str, ...]) -> tuple[list[Schema], bool]:
        parts: list[Schema] = []
        required = set(texts(schema.get("required"))[:MAX_NODES])
        properties = mapping(schema.get("properties"))
        waiting = [
            (each, properties[each], each in required) for each in islice(properties, MAX_NODES)
        ]
        for keyword, label in (("items", tr("each")), ("additionalProperties", tr("any other"))):
            if isinstance(schema.get(keyword), dict):
                waiting.append((label, schema[keyword], False))
        for keyword in ("anyOf", "oneOf", "allOf", "prefixItems"):
            if isinstance(schema.get(keyword), list):
                label = tr("all of") if keyword == "allOf" else tr("either")
                parts_of = schema[keyword][:MAX_NODES]
                waiting += [(label, each, keyword != "prefixItems") for each in parts_of]
        for name, each, needed in waiting:
            if self._left <= 0:
                return parts, True
            parts.append(self._node(name, each, required=needed, seen=seen))
        return parts, len(properties) > MAX_NODES


def _kind(schema: dict[str, Any]) -> str:
    declared = schema.get("type")
    names = texts(declared) if isinstance(declared, list) else (text(declared),)
    if any(names):
        return " | ".join(names[:8])
    choice = tr("choice")
    for keyword, kind in (("properties", "object"), ("items", "array"), ("anyOf", choice),
                          ("oneOf", choice), ("allOf", tr("all of")), ("enum", choice),
                          ("const", tr("constant"))):  # fmt: skip
        if keyword in schema:
            return kind
    return tr("anything")


def _choices(schema: dict[str, Any]) -> tuple[str, ...]:
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    if not isinstance(values, list):
        return ()
    return tuple(
        "…" if isinstance(value, list | dict) else str(value)[:200]
        for value in values[:MAX_CHOICES]
    )


def _limits(schema: dict[str, Any]) -> tuple[str, ...]:
    said = {"minimum": "≥ {value}", "maximum": "≤ {value}", "exclusiveMinimum": "> {value}",
            "exclusiveMaximum": "< {value}", "minLength": later("length ≥ {value}"),
            "maxLength": later("length ≤ {value}"), "minItems": later("items ≥ {value}"),
            "maxItems": later("items ≤ {value}"), "pattern": later("matches {value}")}  # fmt: skip
    return tuple(
        tr(limit, value=str(schema[key])[:200])
        for key, limit in said.items()
        if isinstance(schema.get(key), int | float | str)
    )
