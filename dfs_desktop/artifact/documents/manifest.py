"""The effective manifest: manifest.json with its patches applied (RFC 6902)."""

import re
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from dfs_desktop.artifact.errors import ArtifactError, UnreachableError
from dfs_desktop.artifact.names import shortened
from dfs_desktop.translation import tr

from .json_values import in_short
from .strict_json import parse, settled, unreadable

MANIFEST = "manifest.json"
MAX_OPERATIONS = 10_000  # inserting into long lists is quadratic
_PATCH = re.compile(r"manifest-[^/]+\.patch\.json")
_BAD_ESCAPE = re.compile(r"~(?![01])")


class _PatchError(Exception):
    """Completes the sentence "manifest-a.patch.json ..."."""


def is_patch(name: str) -> bool:
    """Whether a member is a manifest patch in the root of the archive."""
    return _PATCH.fullmatch(name) is not None


class Change(msgspec.Struct, frozen=True):
    """What one operation of a patch did; `before` and `after` are short texts for a person."""

    patch: str
    path: str
    before: str | None
    after: str


class EffectiveManifest(msgspec.Struct, frozen=True):
    """The manifest that counts, the one it was made from, and what the patches changed.

    `from_registry` tells that the archive itself shows none and the registered copy stands in.
    """

    value: dict[str, Any]
    base: dict[str, Any]
    changes: tuple[Change, ...] = ()
    from_registry: bool = False


def load_manifest(text: str) -> dict[str, Any]:
    """The object in manifest.json as it stands there, without patches."""
    manifest = parse(text, MANIFEST)
    if not isinstance(manifest, dict):
        raise unreadable(MANIFEST, tr("is not a JSON object"))
    return manifest


def apply_patches(
    manifest: dict[str, Any],
    names: Iterable[str],
    read: Callable[[str], str],
    check: Callable[[], None],
) -> tuple[list[Change], ArtifactError | None]:
    """Change the manifest by every patch among `names`, in the byte order of their names.

    A patch that cannot be applied ends it: what was changed before stays, and its error is given.
    """
    changes: list[Change] = []
    failed = None
    for name in sorted(filter(is_patch, names), key=str.encode):
        try:
            _apply_all(manifest, name, read, check, changes)
        except UnreachableError:
            raise
        except ArtifactError as error:
            failed = error
            break
    settled(manifest)  # patches may have nested what was flat
    return changes, failed


def _apply_all(
    manifest: dict[str, Any],
    name: str,
    read: Callable[[str], str],
    check: Callable[[], None],
    changes: list[Change],
) -> None:
    patch = parse(read(name), name)
    if not isinstance(patch, list):
        raise unreadable(name, tr("is not a JSON array of patch operations"))
    if len(changes) + len(patch) > MAX_OPERATIONS:
        raise ArtifactError(
            tr("The artifact cannot be read"),
            tr("Its manifest patches hold more than {most} operations.", most=MAX_OPERATIONS),
        )
    for operation in patch:
        check()
        try:
            before = _apply(manifest, operation)
        except _PatchError as error:
            raise unreadable(name, str(error)) from None
        after = in_short(operation["value"])
        changes.append(Change(name, shortened(operation["path"]), before, after))


def _apply(manifest: dict[str, Any], operation: Any) -> str | None:
    """Change the manifest; returned is what stood there, in short, or None for what is new."""
    if not isinstance(operation, dict) or "value" not in operation:
        raise _PatchError(tr("holds an operation without a value"))
    kind, pointer = operation.get("op"), operation.get("path")
    if kind not in ("add", "replace"):
        raise _PatchError(tr("holds an operation other than add and replace"))
    if not isinstance(pointer, str) or not pointer.startswith("/") or _BAD_ESCAPE.search(pointer):
        raise _PatchError(tr("holds a path that is no JSON pointer into the manifest"))
    *steps, last = [part.replace("~1", "/").replace("~0", "~") for part in pointer[1:].split("/")]
    target: Any = manifest
    for step in steps:
        target = target[_place(target, step)]
    before = None
    if kind == "add" and isinstance(target, list):
        end = len(target)
        target.insert(end if last == "-" else _position(last, end), operation["value"])
    elif kind == "add" and isinstance(target, dict):
        before = in_short(target[last]) if last in target else None
        target[last] = operation["value"]
    else:
        place = _place(target, last)
        before = in_short(target[place])
        target[place] = operation["value"]
    return before


def _place(container: Any, step: str) -> Any:
    """The key or index of something that exists already."""
    if isinstance(container, dict) and step in container:
        return step
    if isinstance(container, list):
        return _position(step, len(container) - 1)
    raise _PatchError(tr("changes something that the manifest does not have"))


def _position(step: str, largest: int) -> int:
    if not re.fullmatch(r"0|[1-9][0-9]{0,8}", step, re.ASCII) or int(step) > largest:
        raise _PatchError(tr("changes a list at a place that it does not have"))
    return int(step)
