"""The names of all failpoints, read out of the source, so that no new step is forgotten."""

from __future__ import annotations

import ast
from pathlib import Path

import dfs_desktop.api
from dfs_desktop.api.protocol import ledger

ROOT = Path(dfs_desktop.api.__file__).parents[1]
_RECORDS = {
    "UploadStep": "UploadRecord",
    "DownloadStep": "DownloadRecord",
    "DeletionStep": "DeletionRecord",
}
_NOTES = {"note", "_note"}


def in_source() -> set[str]:
    """Steps that flows take, ``reached`` calls with a plain name, and steps that are noted."""
    found: set[str] = set()
    for room in ("api", "transfers"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call):
                    found |= _of(node)
    return found


def _of(call: ast.Call) -> set[str]:
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    first = call.args[0] if call.args else None
    if name == "Step" and isinstance(first, ast.Constant):
        return {f"{first.value}:before", f"{first.value}:after"}
    if name == "reached" and isinstance(first, ast.Constant):
        return {str(first.value)}
    if name in _NOTES:
        steps = [
            node
            for argument in call.args[1:]
            for node in ast.walk(argument)
            if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") in _RECORDS
        ]
        return {point for step in steps for point in _noted(step.value.id, step.attr)}  # type: ignore[attr-defined]
    return set()


def _noted(kind: str, member: str) -> list[str]:
    value = getattr(ledger, kind)[member].value
    return [f"note.{_RECORDS[kind]}.{value}:{when}" for when in ("before", "after")]
