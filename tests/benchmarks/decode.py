"""Time to read a list of artifacts, as a ratio to json.loads and pydantic models of the same fields.

    .venv/bin/python tests/benchmarks/decode.py [records [runs]]

The body is a bare list of generation A (and a page of generation G), each record with the recorded
manifest and file index. Both run in turns in one process; medians and their ratio are printed. Ours
leaves manifest and index undecoded until somebody looks at them, which in a list nobody does; the
time with a look at both of every record is printed too.
"""

from __future__ import annotations

import enum
import gc
import json
import statistics
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from dfs_desktop.api.dialects.records import read_artifacts, read_old_artifacts

WIRE = Path(__file__).parent.parent / "wire"


class Status(enum.StrEnum):
    """As the registry has them."""

    PENDING_UPLOAD = "pending_upload"
    UPLOADED = "uploaded"
    UPLOAD_FAILED = "upload_failed"
    PENDING_DELETION = "pending_deletion"
    DELETION_FAILED = "deletion_failed"


class Old(BaseModel):
    """What a client with pydantic models would declare for generation A."""

    id: str
    collection_id: str
    file_name: str
    model_name: str | None
    description: str | None
    metrics: dict[str, Any]
    manifest: dict[str, Any]
    file_hash: str
    file_index: dict[str, tuple[int, int]]
    bucket_location: str
    size: int
    unique_identifier: str
    tags: list[str] | None
    status: Status
    created_by_user: str | None = None
    created_at: str
    updated_at: str | None


class New(Old):
    """The same for generation G."""

    model_name: str | None = None
    metrics: dict[str, Any] = {}
    name: str | None
    extra_values: dict[str, Any]
    type: str
    deployments: list[dict[str, Any]] = []
    collection_name: str | None = None


def body(generation: str, count: int) -> bytes:
    """A list as the server writes it."""
    folder, key = ("dataforce", "model") if generation == "A" else ("luml", "artifact")
    recorded = json.loads((WIRE / folder / "artifact-create.json").read_text("utf-8"))
    record = recorded["response"]["json"][key]
    records = [
        {**record, "id": str(uuid.uuid4()), "size": n, "status": "uploaded"} for n in range(count)
    ]
    answer: Any = records if generation == "A" else {"items": records, "cursor": None}
    return json.dumps(answer, separators=(",", ":")).encode()


def with_models(text: bytes) -> list[Any]:
    """The usual way."""
    answer = json.loads(text)
    if isinstance(answer, list):
        return [Old.model_validate(item) for item in answer]
    return [New.model_validate(item) for item in answer["items"]]


def ours(text: bytes) -> list[Any]:
    """The way of dfs_desktop."""
    read = read_old_artifacts if text.startswith(b"[") else read_artifacts
    return list(read(text).items)


def ours_looked_at(text: bytes) -> int:
    """Ours, with every manifest and index decoded."""
    return sum(len(item.manifest) + len(item.file_index) for item in ours(text))


def seconds(read: Callable[[bytes], object], text: bytes) -> float:
    """One reading, with the memory of the one before it given back."""
    gc.collect()
    begun = time.perf_counter()
    result = read(text)
    taken = time.perf_counter() - begun
    del result
    return taken


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    for generation in "AG":
        text = body(generation, count)
        assert len(ours(text)) == len(with_models(text)) == count
        times: dict[str, list[float]] = {"models": [], "ours": [], "looked at": []}
        for _ in range(runs):
            times["models"].append(seconds(with_models, text))
            times["ours"].append(seconds(ours, text))
            times["looked at"].append(seconds(ours_looked_at, text))
        medians = {name: statistics.median(taken) for name, taken in times.items()}
        print(
            f"generation {generation}: {count:,} records, {len(text) / 1e6:.1f} MB: "
            f"json.loads + pydantic {medians['models'] * 1e3:.0f} ms, "
            f"ours {medians['ours'] * 1e3:.0f} ms "
            f"(ratio {medians['ours'] / medians['models']:.3f}); "
            f"with every manifest and index looked at {medians['looked at'] * 1e3:.0f} ms "
            f"(ratio {medians['looked at'] / medians['models']:.3f})"
        )


if __name__ == "__main__":
    main()
