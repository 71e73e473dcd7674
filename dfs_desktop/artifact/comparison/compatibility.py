"""Whether one model can stand in for another: what its callers would notice."""

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from dfs_desktop.artifact.documents.interface import Interface, Port, Variable
from dfs_desktop.artifact.documents.json_schema import Schema
from dfs_desktop.artifact.names import shortened
from dfs_desktop.number_text import natural_key
from dfs_desktop.translation import tr

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
        what = tr("the {role} {shown}", role=role, shown=_shown(name))
        if name in after:
            yield from _port(what, port, after[name], takes)
        else:
            yield True, tr("{what} is gone", what=what)
    for name in after:
        if name not in before:
            shown = _shown(name)
            yield (
                takes,
                tr("the new input {shown} is required", shown=shown)
                if takes
                else tr("the output {shown} is new", shown=shown),
            )


def _port(what: str, old: Port, new: Port, takes: bool) -> _Changes:
    if old.content_type != new.content_type:
        yield (
            True,
            tr(
                "{what} is {shown}, was {shown_2}",
                what=what,
                shown=_shown(new.content_type),
                shown_2=_shown(old.content_type),
            ),
        )
        return
    if old.dtype != new.dtype:
        yield (
            True,
            tr(
                "{what} has the dtype {shown}, had {shown_2}",
                what=what,
                shown=_shown(new.dtype),
                shown_2=_shown(old.dtype),
            ),
        )
    elif old.schema != new.schema:
        yield from _schema(what, old.schema, new.schema, takes)
    yield from _shape(what, old, new, takes)
    if old.tags != new.tags:
        yield False, tr("{what} has other tags", what=what)


def _shape(what: str, old: Port, new: Port, takes: bool) -> _Changes:
    if old.shape is None or new.shape is None or old.shape == new.shape:
        return
    if len(old.shape) != len(new.shape):
        yield (
            True,
            tr(
                "{what} has {count} axes, had {count_2}",
                what=what,
                count=len(new.shape),
                count_2=len(old.shape),
            ),
        )
        return
    for number, (was, now) in enumerate(zip(old.shape, new.shape, strict=True), 1):
        if was == now:
            continue
        if isinstance(was, str) and isinstance(now, str):
            yield (
                False,
                tr(
                    "axis {number} of {what} is called {shown}, was {shown_2}",
                    number=number,
                    what=what,
                    shown=_shown(now),
                    shown_2=_shown(was),
                ),
            )
            continue
        # Who takes any length takes the old one too; who gives a fixed length gives one of any.
        wider = isinstance(now, str) if takes else isinstance(was, str)
        yield (
            not wider,
            tr(
                "axis {number} of {what} is {axis}, was {axis_2}",
                number=number,
                what=what,
                axis=_axis(now),
                axis_2=_axis(was),
            ),
        )


def _schema(what: str, old: Schema | None, new: Schema | None, takes: bool) -> _Changes:
    if old is None or new is None:
        yield True, tr("{what} has lost or gained the schema of its dtype", what=what)
        return
    changes = list(_parts(what, old, new, takes))
    yield from changes
    if not any(breaks for breaks, _ in changes):
        yield False, tr("the schema of {what} has changed in detail", what=what)


def _parts(what: str, old: Schema, new: Schema, takes: bool) -> _Changes:
    before, after = ({part.name: part for part in schema.parts} for schema in (old, new))
    for name, part in before.items():
        field = tr("the field {shown} of {what}", shown=_shown(name), what=what)
        if name not in after:
            yield (
                not takes or part.required,
                tr("{what} has no field {shown} any more", what=what, shown=_shown(name)),
            )
        elif part.kind != after[name].kind:
            yield (
                True,
                tr(
                    "{field} is {kind}, was {kind_2}",
                    field=field,
                    kind=after[name].kind,
                    kind_2=part.kind,
                ),
            )
        elif takes and after[name].required and not part.required:
            yield True, tr("{field} is required now", field=field)
    for name, part in after.items():
        if name not in before:
            yield (
                takes and part.required,
                tr("{what} has the new field {shown}", what=what, shown=_shown(name)),
            )


def _variables(old: Iterable[Variable], new: Iterable[Variable]) -> _Changes:
    before, after = {each.name for each in old}, {each.name: each for each in new}
    for name, each in after.items():
        if name not in before:
            kind = "secret" if each.is_secret else tr("environment variable")
            yield True, tr("the {kind} {shown} must be set", kind=kind, shown=_shown(name))
    for name in sorted(before - after.keys(), key=natural_key):
        yield (
            False,
            tr("the environment variable {shown} is not needed any more", shown=_shown(name)),
        )


def _attributes(old: Iterable[Variable], new: Iterable[Variable]) -> _Changes:
    before, after = ({each.name for each in group} for group in (old, new))
    for name in sorted(before ^ after, key=natural_key):
        gone = name in before
        yield (
            gone,
            tr(
                "the attribute {shown} is {value}",
                shown=_shown(name),
                value="gone" if gone else "new",
            ),
        )


def _shown(text: str) -> str:
    return f"“{shortened(text, 60)}”"


def _axis(axis: int | str) -> str:
    return (
        str(axis)
        if isinstance(axis, int)
        else tr("free ({shortened})", shortened=shortened(axis, 30))
    )
