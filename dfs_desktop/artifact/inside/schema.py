"""JSON dtypes as trees that a person can read: references followed, everything bounded."""

from typing import Any

import msgspec

from .json_values import mapping, text, texts

MAX_DEPTH = 12
MAX_NODES = 2000
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


def expand(dtype: str, dtypes: dict[str, Any]) -> Schema | None:
    """The tree of a dtype that is defined in `dtypes`, or None when it is not."""
    schema = dtypes.get(dtype)
    if not isinstance(schema, dict):
        return None
    return _Expansion(mapping(schema.get("$defs"))).node(dtype, schema, required=True, seen=())


class _Expansion:
    """One walk over a schema, which counts what it has made."""

    def __init__(self, definitions: dict[str, Any]) -> None:
        self._definitions = definitions
        self._left = MAX_NODES

    def node(self, name: str, schema: Any, *, required: bool, seen: tuple[str, ...]) -> Schema:
        """The tree below `schema`; `seen` holds the references that led here."""
        self._left -= 1
        schema = mapping(schema)
        reference = text(schema.get("$ref"))
        if reference:
            target = reference.removeprefix(_REFERENCE)
            found = self._definitions.get(target)
            deep = len(seen) > MAX_DEPTH or self._left < 0
            if not isinstance(found, dict) or target in seen or deep:
                return Schema(name, target, required=required, cut=True)
            seen = (*seen, target)
            rest = {key: each for key, each in schema.items() if key != "$ref"}
            return self.node(name, found | rest, required=required, seen=seen)
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
        waiting: list[tuple[str, Any, bool]] = []
        required = set(texts(schema.get("required")))
        for name, each in mapping(schema.get("properties")).items():
            waiting.append((name, each, name in required))
        for keyword, label in (("items", "each"), ("additionalProperties", "any other")):
            if isinstance(schema.get(keyword), dict):
                waiting.append((label, schema[keyword], False))
        for keyword in ("anyOf", "oneOf", "allOf", "prefixItems"):
            if isinstance(schema.get(keyword), list):
                label = "all of" if keyword == "allOf" else "either"
                waiting += [(label, each, keyword != "prefixItems") for each in schema[keyword]]
        for name, each, needed in waiting:
            if self._left <= 0:
                return parts, True
            parts.append(self.node(name, each, required=needed, seen=seen))
        return parts, False


def _kind(schema: dict[str, Any]) -> str:
    declared = schema.get("type")
    names = texts(declared) if isinstance(declared, list) else (text(declared),)
    if any(names):
        return " or ".join(names[:8])
    for keyword, kind in (("properties", "object"), ("items", "array"), ("anyOf", "choice"),
                          ("oneOf", "choice"), ("allOf", "all"), ("enum", "choice"),
                          ("const", "constant")):  # fmt: skip
        if keyword in schema:
            return kind
    return "anything"


def _choices(schema: dict[str, Any]) -> tuple[str, ...]:
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    if not isinstance(values, list):
        return ()
    return tuple(str(value)[:200] for value in values[:MAX_CHOICES])


def _limits(schema: dict[str, Any]) -> tuple[str, ...]:
    words = {"minimum": "≥", "maximum": "≤", "exclusiveMinimum": ">", "exclusiveMaximum": "<",
             "minLength": "length ≥", "maxLength": "length ≤", "minItems": "items ≥",
             "maxItems": "items ≤", "pattern": "matches"}  # fmt: skip
    return tuple(
        f"{word} {str(schema[key])[:200]}"
        for key, word in words.items()
        if isinstance(schema.get(key), int | float | str)
    )
