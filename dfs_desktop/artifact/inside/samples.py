"""Small valid example values for arrays and for JSON schemas."""

from collections.abc import Sequence
from typing import Any

from .json_values import mapping, text, texts, whole

FREE_AXIS = 1
MAX_VALUES = 1000  # an array with more is given in short: a body is for reading
_MAX_DEPTH = 8
_ELEMENTS: dict[str, Any] = {
    "float32": 0.0,
    "float64": 0.0,
    "float": 0.0,
    "int32": 0,
    "int64": 0,
    "integer": 0,
    "bool": False,
    "boolean": False,
    "string": "text",
}


def sample_array(shape: Sequence[int | str], element: str, dtypes: dict[str, Any]) -> Any:
    """Nested lists of this shape; free axes have length 1, and huge arrays stay empty."""
    value = _ELEMENTS.get(element)
    if value is None:
        value = sample_json(mapping(dtypes.get(element)))
    lengths = [axis if isinstance(axis, int) and axis >= 0 else FREE_AXIS for axis in shape]
    count = 1
    for length in lengths:
        count *= length
        if count > MAX_VALUES:
            return []
    for length in reversed(lengths):
        value = [value] * length
    return value


def sample_json(schema: dict[str, Any]) -> Any:
    """A value that a JSON schema of the usual kind accepts."""
    return _value(schema, mapping(schema.get("$defs")), 0)


def _value(schema: dict[str, Any], definitions: dict[str, Any], depth: int) -> Any:
    reference = text(schema.get("$ref"))
    if reference:
        schema = mapping(definitions.get(reference.removeprefix("#/$defs/")))
    for keyword in ("examples", "enum"):
        if isinstance(schema.get(keyword), list) and schema[keyword]:
            return schema[keyword][0]
    for keyword in ("default", "const"):
        if keyword in schema:
            return schema[keyword]
    if depth > _MAX_DEPTH:
        return None
    for keyword in ("anyOf", "oneOf", "allOf"):
        options = schema.get(keyword)
        if isinstance(options, list) and options:
            return _value(mapping(options[0]), definitions, depth + 1)
    return _plain(schema, definitions, depth)


def _plain(schema: dict[str, Any], definitions: dict[str, Any], depth: int) -> Any:
    declared = schema.get("type")
    kind = (texts(declared) or ("",))[0] if isinstance(declared, list) else text(declared)
    if kind == "object" or (not kind and "properties" in schema):
        properties = mapping(schema.get("properties"))
        needed = texts(schema.get("required"))[:100] or tuple(properties)[:100]
        return {
            name: _value(mapping(properties.get(name)), definitions, depth + 1) for name in needed
        }
    if kind == "array":
        least = min(max(whole(schema.get("minItems")) or 1, 1), 10)
        return [_value(mapping(schema.get("items")), definitions, depth + 1)] * least
    if kind in ("integer", "number"):
        return _number(schema, kind)
    if kind == "string":
        least = min(whole(schema.get("minLength")) or 0, 100)
        most = whole(schema.get("maxLength"))
        return "text".ljust(least, "x")[: most if most is not None and most >= 0 else None]
    return {"boolean": False, "null": None}.get(kind, {})


def _number(schema: dict[str, Any], kind: str) -> int | float:
    step = 1 if kind == "integer" else 0.5
    low, high = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    if isinstance(low, int | float) and low > 0:
        return low
    if isinstance(above, int | float) and above >= 0:
        return above + step
    if isinstance(high, int | float) and high < 0:
        return high
    if isinstance(below, int | float) and below <= 0:
        return below - step
    return 0 if kind == "integer" else 0.0
