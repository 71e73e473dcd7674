"""Whether one model can stand in for another: what its callers would notice."""

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from dfs_desktop.artifact.documents.interface import Interface, Port, Variable
from dfs_desktop.artifact.documents.json_schema import Schema
from dfs_desktop.artifact.names import shortened
from dfs_desktop.number_text import natural_key

Verdict = Literal["same", "compatible", "breaking"]
_Changes = Iterator[tuple[bool, str]]  # whether it breaks callers, and what changed


class Compatibility(msgspec.Struct, frozen=True):
    """The verdict, what breaks callers, and what changes without breaking them."""

    verdict: Verdict
    breaking: tuple[str, ...] = ()
    harmless: tuple[str, ...] = ()


def compatibility(old: Interface, new: Interface) -> Compatibility:
    """What a caller of `old` meets when `new` takes its place."""
    changes = [
        *_ports("input", old.inputs, new.inputs),
        *_ports("output", old.outputs, new.outputs),
        *_variables(old.env_vars, new.env_vars),
        *_attributes(old.dynamic_attributes, new.dynamic_attributes),
    ]
    breaking = tuple(text for breaks, text in changes if breaks)
    harmless = tuple(text for breaks, text in changes if not breaks)
    verdict: Verdict = "breaking" if breaking else "compatible" if harmless else "same"
    return Compatibility(verdict, breaking, harmless)


def _ports(role: str, old: Iterable[Port], new: Iterable[Port]) -> _Changes:
    before, after = ({port.name: port for port in ports} for ports in (old, new))
    takes = role == "input"
    for name, port in before.items():
        what = f"the {role} {_shown(name)}"
        if name in after:
            yield from _port(what, port, after[name], takes)
        else:
            yield True, f"{what} is gone"
    for name in after:
        if name not in before:
            shown = _shown(name)
            yield (
                takes,
                f"the new input {shown} is required" if takes else f"the output {shown} is new",
            )


def _port(what: str, old: Port, new: Port, takes: bool) -> _Changes:
    if old.content_type != new.content_type:
        yield True, f"{what} is {_shown(new.content_type)}, was {_shown(old.content_type)}"
        return
    if old.dtype != new.dtype:
        yield True, f"{what} has the dtype {_shown(new.dtype)}, had {_shown(old.dtype)}"
    elif old.schema != new.schema:
        yield from _schema(what, old.schema, new.schema, takes)
    yield from _shape(what, old, new, takes)
    if old.tags != new.tags:
        yield False, f"{what} has other tags"


def _shape(what: str, old: Port, new: Port, takes: bool) -> _Changes:
    if old.shape is None or new.shape is None or old.shape == new.shape:
        return
    if len(old.shape) != len(new.shape):
        yield True, f"{what} has {len(new.shape)} axes, had {len(old.shape)}"
        return
    for number, (was, now) in enumerate(zip(old.shape, new.shape, strict=True), 1):
        if was == now:
            continue
        if isinstance(was, str) and isinstance(now, str):
            yield False, f"axis {number} of {what} is called {_shown(now)}, was {_shown(was)}"
            continue
        # Who takes any length takes the old one too; who gives a fixed length gives one of any.
        wider = isinstance(now, str) if takes else isinstance(was, str)
        yield not wider, f"axis {number} of {what} is {_axis(now)}, was {_axis(was)}"


def _schema(what: str, old: Schema | None, new: Schema | None, takes: bool) -> _Changes:
    if old is None or new is None:
        yield True, f"{what} has lost or gained the schema of its dtype"
        return
    changes = list(_parts(what, old, new, takes))
    yield from changes
    if not any(breaks for breaks, _ in changes):
        yield False, f"the schema of {what} has changed in detail"


def _parts(what: str, old: Schema, new: Schema, takes: bool) -> _Changes:
    before, after = ({part.name: part for part in schema.parts} for schema in (old, new))
    for name, part in before.items():
        field = f"the field {_shown(name)} of {what}"
        if name not in after:
            yield not takes or part.required, f"{what} has no field {_shown(name)} any more"
        elif part.kind != after[name].kind:
            yield True, f"{field} is {after[name].kind}, was {part.kind}"
        elif takes and after[name].required and not part.required:
            yield True, f"{field} is required now"
    for name, part in after.items():
        if name not in before:
            yield takes and part.required, f"{what} has the new field {_shown(name)}"


def _variables(old: Iterable[Variable], new: Iterable[Variable]) -> _Changes:
    before, after = {each.name for each in old}, {each.name: each for each in new}
    for name, each in after.items():
        if name not in before:
            kind = "secret" if each.is_secret else "environment variable"
            yield True, f"the {kind} {_shown(name)} must be set"
    for name in sorted(before - after.keys(), key=natural_key):
        yield False, f"the environment variable {_shown(name)} is not needed any more"


def _attributes(old: Iterable[Variable], new: Iterable[Variable]) -> _Changes:
    before, after = ({each.name for each in group} for group in (old, new))
    for name in sorted(before ^ after, key=natural_key):
        gone = name in before
        yield gone, f"the attribute {_shown(name)} is {'gone' if gone else 'new'}"


def _shown(text: str) -> str:
    return f"“{shortened(text, 60)}”"


def _axis(axis: int | str) -> str:
    return str(axis) if isinstance(axis, int) else f"free ({shortened(axis, 30)})"
