"""Whether one model can stand in for another: what its callers would notice."""

from collections.abc import Iterable
from typing import Literal

import msgspec

from dfs_desktop.artifact.documents.interface import Interface, Port, Variable
from dfs_desktop.artifact.documents.json_schema import Schema
from dfs_desktop.artifact.names import shortened
from dfs_desktop.natural_order import natural_key

Verdict = Literal["same", "compatible", "breaking"]


class Compatibility(msgspec.Struct, frozen=True):
    """The verdict, what breaks callers, and what changes without breaking them."""

    verdict: Verdict
    breaking: tuple[str, ...] = ()
    harmless: tuple[str, ...] = ()


def compatibility(old: Interface, new: Interface) -> Compatibility:
    """What a caller of `old` meets when `new` takes its place."""
    breaking: list[str] = []
    harmless: list[str] = []
    _inputs(old.inputs, new.inputs, breaking, harmless)
    _outputs(old.outputs, new.outputs, breaking, harmless)
    _variables("environment variable", old.env_vars, new.env_vars, breaking, harmless)
    _attributes(old.dynamic_attributes, new.dynamic_attributes, breaking, harmless)
    verdict: Verdict = "breaking" if breaking else "compatible" if harmless else "same"
    return Compatibility(verdict, tuple(breaking), tuple(harmless))


def _inputs(
    old: Iterable[Port], new: Iterable[Port], breaking: list[str], harmless: list[str]
) -> None:
    before, after = _by_name(old), _by_name(new)
    for name, port in before.items():
        if name not in after:
            breaking.append(f"the input {_shown(name)} is gone")
        else:
            _port(f"the input {_shown(name)}", port, after[name], True, breaking, harmless)
    breaking += [
        f"the new input {_shown(name)} is required" for name in after if name not in before
    ]


def _outputs(
    old: Iterable[Port], new: Iterable[Port], breaking: list[str], harmless: list[str]
) -> None:
    before, after = _by_name(old), _by_name(new)
    for name, port in before.items():
        if name not in after:
            breaking.append(f"the output {_shown(name)} is gone")
        else:
            _port(f"the output {_shown(name)}", port, after[name], False, breaking, harmless)
    harmless += [f"the output {_shown(name)} is new" for name in after if name not in before]


def _port(
    what: str, old: Port, new: Port, takes: bool, breaking: list[str], harmless: list[str]
) -> None:
    if old.content_type != new.content_type:
        breaking.append(f"{what} is {_shown(new.content_type)}, was {_shown(old.content_type)}")
        return
    if old.dtype != new.dtype:
        breaking.append(f"{what} has the dtype {_shown(new.dtype)}, had {_shown(old.dtype)}")
    elif old.schema != new.schema:
        _schema(what, old.schema, new.schema, takes, breaking, harmless)
    _shape(what, old, new, takes, breaking, harmless)
    if old.tags != new.tags:
        harmless.append(f"{what} has other tags")


def _shape(
    what: str, old: Port, new: Port, takes: bool, breaking: list[str], harmless: list[str]
) -> None:
    if old.shape is None or new.shape is None or old.shape == new.shape:
        return
    if len(old.shape) != len(new.shape):
        breaking.append(f"{what} has {len(new.shape)} axes, had {len(old.shape)}")
        return
    for number, (was, now) in enumerate(zip(old.shape, new.shape, strict=True), 1):
        if was == now:
            continue
        if isinstance(was, str) and isinstance(now, str):
            harmless.append(f"axis {number} of {what} is called {_shown(now)}, was {_shown(was)}")
            continue
        text = f"axis {number} of {what} is {_axis(now)}, was {_axis(was)}"
        # Who takes any length takes the old one too; who gives a fixed length gives one of any.
        wider = isinstance(now, str) if takes else isinstance(was, str)
        (harmless if wider else breaking).append(text)


def _schema(
    what: str,
    old: Schema | None,
    new: Schema | None,
    takes: bool,
    breaking: list[str],
    harmless: list[str],
) -> None:
    if old is None or new is None:
        breaking.append(f"{what} has lost or gained the schema of its dtype")
        return
    before = {part.name: part for part in old.parts}
    after = {part.name: part for part in new.parts}
    known = len(breaking)
    for name, part in before.items():
        if name not in after:
            (harmless if takes and not part.required else breaking).append(
                f"{what} has no field {_shown(name)} any more"
            )
        elif part.kind != after[name].kind:
            breaking.append(
                f"the field {_shown(name)} of {what} is {after[name].kind}, was {part.kind}"
            )
        elif takes and after[name].required and not part.required:
            breaking.append(f"the field {_shown(name)} of {what} is required now")
    for name, part in after.items():
        if name not in before:
            needed = takes and part.required
            (breaking if needed else harmless).append(f"{what} has the new field {_shown(name)}")
    if len(breaking) == known:
        harmless.append(f"the schema of {what} has changed in detail")


def _variables(
    what: str,
    old: Iterable[Variable],
    new: Iterable[Variable],
    breaking: list[str],
    harmless: list[str],
) -> None:
    before, after = {each.name for each in old}, {each.name: each for each in new}
    for name, each in after.items():
        if name not in before:
            kind = "secret" if each.is_secret else what
            breaking.append(f"the {kind} {_shown(name)} must be set")
    gone = sorted(before - after.keys(), key=natural_key)
    harmless += [f"the {what} {_shown(name)} is not needed any more" for name in gone]


def _attributes(
    old: Iterable[Variable], new: Iterable[Variable], breaking: list[str], harmless: list[str]
) -> None:
    before, after = {each.name for each in old}, {each.name for each in new}
    breaking += [
        f"the attribute {_shown(name)} is gone" for name in sorted(before - after, key=natural_key)
    ]
    harmless += [
        f"the attribute {_shown(name)} is new" for name in sorted(after - before, key=natural_key)
    ]


def _by_name(ports: Iterable[Port]) -> dict[str, Port]:
    return {port.name: port for port in ports}


def _shown(text: str) -> str:
    return f"“{shortened(text, 60)}”"


def _axis(axis: int | str) -> str:
    return str(axis) if isinstance(axis, int) else f"free ({shortened(axis, 30)})"
