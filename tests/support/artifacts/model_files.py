"""Model files for journeys: small ones that differ, and vast ones that take no room on the disk."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any

REGISTRY_METRICS = "dataforce.studio::registry_metrics:v1"


def _manifest(name: str, more: dict[str, Any]) -> dict[str, Any]:
    return {
        "variant": "pyfunc",
        "name": name,
        "version": None,
        "description": None,
        "producer_name": "tests",
        "producer_version": "1",
        "producer_tags": [],
        "inputs": [],
        "outputs": [],
        "dynamic_attributes": [],
        "env_vars": [],
        **more,
    }


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    archive.addfile(info, io.BytesIO(content))


def write(
    folder: Path,
    name: str,
    *,
    weights: int = 1000,
    file: str = "",
    manifest: dict[str, Any] | None = None,
    **metrics: Any,
) -> Path:
    """An artifact of `weights` bytes (zeros, sparse) with these metrics."""
    path = folder / (file or f"{name}.fnnx")
    path.parent.mkdir(parents=True, exist_ok=True)
    meta = [
        {
            "id": "1",
            "producer": "tests",
            "producer_version": "1",
            "producer_tags": [REGISTRY_METRICS],
            "payload": {"metrics": metrics},
        }
    ]
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as archive:
        _add(archive, "manifest.json", json.dumps(_manifest(name, manifest or {})).encode())
        _add(archive, "meta.json", json.dumps(meta if metrics else []).encode())
        end = archive.offset
    info = tarfile.TarInfo("weights.bin")
    info.size = weights
    blocks = -(-weights // 512) * 512
    with path.open("r+b") as out:
        out.seek(end)
        out.write(info.tobuf(tarfile.GNU_FORMAT))
        out.truncate(end + 512)
        out.truncate(end + 512 + blocks + 1024)
    return path


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
