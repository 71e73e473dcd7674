"""Whether one model can stand in for another: what its callers would notice."""

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from dfs_desktop.artifact.documents.interface import Interface, Port, Variable
from dfs_desktop.artifact.documents.json_schema import Schema
from dfs_desktop.artifact.names import shortened
from dfs_desktop.number_text import natural_key
from dfs_desktop.translation import later, tr, trn

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
        *_ports(old.inputs, new.inputs, takes=True),
        *_ports(old.outputs, new.outputs, takes=False),
        *_variables(old.env_vars, new.env_vars),
        *_attributes(old.dynamic_attributes, new.dynamic_attributes),
    ]
    breaking = tuple(text for breaks, text in changes if breaks)
    harmless = tuple(text for breaks, text in changes if not breaks)
    verdict: Verdict = "breaking" if breaking else "compatible" if harmless else "same"
    return Compatibility(verdict, breaking, harmless)


def _ports(old: Iterable[Port], new: Iterable[Port], *, takes: bool) -> _Changes:
    before, after = ({port.name: port for port in ports} for ports in (old, new))
    for name, port in before.items():
        shown = _shown(name)
        what = tr("the input {name}", name=shown) if takes else tr("the output {name}", name=shown)
        if name in after:
            yield from _port(what, port, after[name], takes)
        else:
            yield True, tr("{port} is gone", port=what)
    for name in after:
        if name not in before:
            said = later("the new input {name} is required")
            yield takes, tr(said if takes else later("the output {name} is new"), name=_shown(name))


def _port(what: str, old: Port, new: Port, takes: bool) -> _Changes:
    if old.content_type != new.content_type:
        now, was = _shown(new.content_type), _shown(old.content_type)
        yield True, tr("{port} is {new}, was {old}", port=what, new=now, old=was)
        return
    if old.dtype != new.dtype:
        now, was = _shown(new.dtype), _shown(old.dtype)
        yield True, tr("{port} has the dtype {new}, had {old}", port=what, new=now, old=was)
    elif old.schema != new.schema:
        yield from _schema(what, old.schema, new.schema, takes)
    yield from _shape(what, old, new, takes)
    if old.tags != new.tags:
        yield False, tr("{port} has other tags", port=what)


def _shape(what: str, old: Port, new: Port, takes: bool) -> _Changes:
    if old.shape is None or new.shape is None or old.shape == new.shape:
        return
    if len(old.shape) != len(new.shape):
        said = trn(
            "{port} has {amount} axis, had {old}",
            "{port} has {amount} axes, had {old}",
            len(new.shape),
            port=what,
            old=len(old.shape),
        )
        yield True, said
        return
    for number, (was, now) in enumerate(zip(old.shape, new.shape, strict=True), 1):
        if was == now:
            continue
        if isinstance(was, str) and isinstance(now, str):
            breaks, said = False, later("{port}: axis {number} is called {new}, was {old}")
            names = {"new": _shown(now), "old": _shown(was)}
        else:
            # Who takes any length takes the old one too; who gives a fixed length gives one of any.
            breaks = not isinstance(now if takes else was, str)
            said = later("{port}: axis {number} is {new}, was {old}")
            names = {"new": _axis(now), "old": _axis(was)}
        yield breaks, tr(said, port=what, number=number, **names)


def _schema(what: str, old: Schema | None, new: Schema | None, takes: bool) -> _Changes:
    if old is None or new is None:
        yield True, tr("{port} has lost or gained the schema of its dtype", port=what)
        return
    changes = list(_parts(what, old, new, takes))
    yield from changes
    if not any(breaks for breaks, _ in changes):
        yield False, tr("{port}: the schema has changed in detail", port=what)


def _parts(what: str, old: Schema, new: Schema, takes: bool) -> _Changes:
    before, after = ({part.name: part for part in schema.parts} for schema in (old, new))
    for name, part in before.items():
        field, now = _shown(name), after.get(name)
        if now is None:
            gone = tr("{port} has no field {field} any more", port=what, field=field)
            yield not takes or part.required, gone
        elif part.kind != now.kind:
            said = later("{port}: the field {field} is {new}, was {old}")
            yield True, tr(said, port=what, field=field, new=now.kind, old=part.kind)
        elif takes and now.required and not part.required:
            yield True, tr("{port}: the field {field} is required now", port=what, field=field)
    for name, part in after.items():
        if name not in before:
            new_field = tr("{port} has the new field {field}", port=what, field=_shown(name))
            yield takes and part.required, new_field


def _variables(old: Iterable[Variable], new: Iterable[Variable]) -> _Changes:
    before, after = {each.name for each in old}, {each.name: each for each in new}
    for name, each in after.items():
        if name not in before:
            said = later("the environment variable {name} must be set")
            secret = later("the secret {name} must be set")
            yield True, tr(secret if each.is_secret else said, name=_shown(name))
    for name in sorted(before - after.keys(), key=natural_key):
        said = later("the environment variable {name} is not needed any more")
        yield False, tr(said, name=_shown(name))


def _attributes(old: Iterable[Variable], new: Iterable[Variable]) -> _Changes:
    before, after = ({each.name for each in group} for group in (old, new))
    for name in sorted(before ^ after, key=natural_key):
        said = later("the attribute {name} is new")
        said = later("the attribute {name} is gone") if name in before else said
        yield name in before, tr(said, name=_shown(name))


def _shown(text: str) -> str:
    return tr("“{name}”", name=shortened(text, 60))


def _axis(axis: int | str) -> str:
    return str(axis) if isinstance(axis, int) else tr("free ({name})", name=shortened(axis, 30))
