"""Small valid example values for arrays and for JSON schemas."""

import math
from collections.abc import Sequence
from typing import Any

from .interface import ELEMENTS, Interface
from .json_values import mapping, text, texts, whole

FREE_AXIS = 1
MAX_VALUES = 1000  # an array with more is given in short: a body is for reading
MAX_MADE = 5000  # values of one body: objects may refer to objects in many ways
_MAX_DEPTH = 8
_ELEMENTS: dict[str, Any] = {**ELEMENTS, "integer": 0, "boolean": False}


def sample_request(interface: Interface, dtypes: dict[str, Any] | None = None) -> dict[str, Any]:
    """A valid example body for a deployment of this model.

    Free axes get the same small length wherever their name stands; secrets never get a value.
    """
    samples = Samples(dtypes or {})
    inputs: dict[str, Any] = {}
    for port in interface.inputs:
        if port.shape is not None:
            inputs[port.name] = samples.array(port.shape, port.element)
        else:
            inputs[port.name] = samples.value(port.dtype)
    body: dict[str, Any] = {"inputs": inputs}
    attributes = {each.name: "" for each in interface.dynamic_attributes if not each.is_secret}
    return body | {"dynamic_attributes": attributes} if attributes else body


class Samples:
    """Makes examples for the dtypes of one artifact, all of them together within a limit."""

    def __init__(self, dtypes: dict[str, Any]) -> None:
        self._dtypes = dtypes
        self._definitions: dict[str, Any] = {}
        self._left = MAX_MADE

    def array(self, shape: Sequence[int | str], element: str) -> Any:
        """Nested lists of this shape; free axes have length 1, and huge arrays stay empty."""
        value = _ELEMENTS.get(element)
        if value is None:
            value = self.value(element)
        lengths = [axis if isinstance(axis, int) and axis >= 0 else FREE_AXIS for axis in shape]
        if math.prod(max(length, 1) for length in lengths) > MAX_VALUES:
            return []
        for length in reversed(lengths):
            value = [value] * length
        return value

    def value(self, dtype: str) -> Any:
        """A value that the JSON schema of this dtype accepts."""
        schema = mapping(self._dtypes.get(dtype))
        self._definitions = mapping(schema.get("$defs"))
        return self._value(schema, 0)

    def _value(self, schema: dict[str, Any], depth: int) -> Any:
        self._left -= 1
        if reference := text(schema.get("$ref")):
            schema = mapping(self._definitions.get(reference.removeprefix("#/$defs/")))
        for keyword in ("examples", "enum"):
            if isinstance(schema.get(keyword), list) and schema[keyword]:
                return schema[keyword][0]
        for keyword in ("default", "const"):
            if keyword in schema:
                return schema[keyword]
        if depth > _MAX_DEPTH or self._left < 0:
            return None
        for keyword in ("anyOf", "oneOf", "allOf"):
            options = schema.get(keyword)
            if isinstance(options, list) and options:
                return self._value(mapping(options[0]), depth + 1)
        return self._plain(schema, depth)

    def _plain(self, schema: dict[str, Any], depth: int) -> Any:
        declared = schema.get("type")
        kind = (texts(declared) or ("",))[0] if isinstance(declared, list) else text(declared)
        if kind == "object" or (not kind and "properties" in schema):
            properties = mapping(schema.get("properties"))
            needed = texts(schema.get("required"))[:100] or tuple(properties)[:100]
            return {name: self._value(mapping(properties.get(name)), depth + 1) for name in needed}
        if kind == "array":
            least = min(max(whole(schema.get("minItems")) or 1, 1), 10)
            return [self._value(mapping(schema.get("items")), depth + 1)] * least
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
