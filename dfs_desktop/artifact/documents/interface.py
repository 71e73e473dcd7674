"""What a model takes and gives: inputs, outputs, attributes and variables, in typed form."""

import re
from collections import Counter
from typing import Any

import msgspec

from dfs_desktop.artifact.findings import Finding
from dfs_desktop.artifact.names import shortened
from dfs_desktop.translation import later, tr, trn

from .json_schema import Expansions, Schema
from .json_values import objects, text, texts, whole

SECRET = "dataforce.studio::runtime_secret:v1"  # noqa: S105 - the tag, not a secret
MAX_PORTS = 1000
MAX_AXES = 64
# What an array may hold, with an example. The specification names six; the runtime takes the names
# that NumPy has, and LUML's own packagers write float, int and str.
ELEMENTS: dict[str, Any] = {
    **dict.fromkeys(["float16", "float32", "float64", "float", "double"], 0.0),
    **dict.fromkeys(["int8", "int16", "int32", "int64", "int"], 0),
    **dict.fromkeys(["uint8", "uint16", "uint32", "uint64"], 0),
    "bool": False,
    "string": "text",
    "str": "text",
}
_ARRAY = re.compile(r"(Array|NDContainer)\[(.+)\]")


class Port(msgspec.Struct, frozen=True):
    """One input or output; an axis of `shape` is a number or the name of a free one.

    `shape` is None for JSON. `container` is "Array" or "NDContainer", `element` what is in it;
    `schema` is the expanded JSON dtype, of the value or of the elements.
    """

    name: str
    content_type: str
    dtype: str
    shape: tuple[int | str, ...] | None
    tags: tuple[str, ...]
    description: str
    container: str
    element: str
    schema: Schema | None


class Variable(msgspec.Struct, frozen=True):
    """A dynamic attribute, or an environment variable that the model wants to be set."""

    name: str
    description: str
    tags: tuple[str, ...]
    is_secret: bool


class Interface(msgspec.Struct, frozen=True):
    """All that crosses the border of a model, and what is wrong with its description."""

    inputs: tuple[Port, ...] = ()
    outputs: tuple[Port, ...] = ()
    dynamic_attributes: tuple[Variable, ...] = ()
    env_vars: tuple[Variable, ...] = ()
    findings: tuple[Finding, ...] = ()


def read_interface(manifest: dict[str, Any], dtypes: dict[str, Any] | None = None) -> Interface:
    """The interface that an effective manifest declares; `dtypes` is what dtypes.json holds.

    Never fails: what is malformed is left out or shown as it is, with a finding.
    """
    findings: list[Finding] = []
    known = Expansions(dtypes or {})
    inputs = _ports(manifest.get("inputs"), known, findings, takes=True)
    outputs = _ports(manifest.get("outputs"), known, findings, takes=False)
    attributes = _variables(manifest.get("dynamic_attributes"))
    variables = _variables(manifest.get("env_vars"))
    return Interface(inputs, outputs, attributes, variables, tuple(findings))


def _ports(
    value: Any, dtypes: Expansions, findings: list[Finding], *, takes: bool
) -> tuple[Port, ...]:
    ports = tuple(_port(each, dtypes) for each in objects(value, MAX_PORTS))
    if isinstance(value, list) and len(value) != len(ports):
        left = len(value) - len(ports)
        title = (
            trn("{amount} input cannot be shown", "{amount} inputs cannot be shown", left)
            if takes
            else trn("{amount} output cannot be shown", "{amount} outputs cannot be shown", left)
        )
        remedy = tr(
            "They are no objects, or more than {most}. Correct the manifest.", most=MAX_PORTS
        )
        findings.append(Finding("warning", title, remedy))
    counts = Counter(port.name for port in ports)
    for name in sorted(name for name, count in counts.items() if count > 1)[:10]:
        twice = later("The input “{name}” is declared twice")
        twice = twice if takes else later("The output “{name}” is declared twice")
        remedy = tr("Runtimes refuse such a model. Give each a name of its own.")
        findings.append(Finding("error", tr(twice, name=shortened(name)), remedy))
    for port in ports:
        if (problem := _problem(port)) and len(findings) < 50:
            said = later("The input “{name}” {fault}")
            said = said if takes else later("The output “{name}” {fault}")
            title = tr(said, name=shortened(port.name), fault=problem)
            findings.append(Finding("error", title, tr("Correct it where the model is built.")))
    return ports


def _port(value: dict[str, Any], dtypes: Expansions) -> Port:
    dtype = text(value.get("dtype"))
    match = _ARRAY.fullmatch(dtype)
    container, element = (match[1], match[2]) if match else ("", dtype)
    axes = value.get("shape")
    shape = None
    if isinstance(axes, list):
        shape = tuple(
            axis if isinstance(axis, str) or type(axis) is int else str(axis)[:40]
            for axis in axes[:MAX_AXES]
        )
    return Port(
        name=text(value.get("name")),
        content_type=text(value.get("content_type")),
        dtype=dtype,
        shape=shape,
        tags=texts(value.get("tags")),
        description=text(value.get("description")),
        container=container,
        element=element,
        schema=dtypes.of(element),
    )


def _problem(port: Port) -> str:
    if not port.name:
        return tr("has no name")
    if port.content_type == "NDJSON":
        if not port.container:
            return tr("has a dtype that is neither Array[…] nor NDContainer[…]")
        if port.shape is None:
            return tr("has no shape")
        if any(whole(axis) is not None and int(axis) < 0 for axis in port.shape):
            return tr("has a negative axis")
        if port.container == "Array" and port.element not in ELEMENTS:
            return tr("has elements of an unknown kind, {kind}", kind=shortened(port.element, 40))
        return ""
    if port.content_type == "JSON":
        dtype = shortened(port.dtype, 60)
        return "" if port.schema else tr("has the dtype {dtype}, not in dtypes.json", dtype=dtype)
    return tr("has the unknown content type {type}", type=shortened(port.content_type, 40))


def _variables(value: Any) -> tuple[Variable, ...]:
    found = []
    for each in objects(value, MAX_PORTS):
        tags = texts(each.get("tags"))
        name, description = text(each.get("name")), text(each.get("description"))
        found.append(Variable(name, description, tags, SECRET in tags))
    return tuple(found)
