"""An artifact of 5 GB in the local registry that takes no room on the disk: its weights are a hole."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

GB = 10**9


def grow(home: Path, artifact_id: str, size: int) -> None:
    """Make a stored artifact a vast one: its file, and what the registry knows of it, grow at the end.

    The new bytes are a member `weights.bin` in the index; the registry runs meanwhile.
    """
    folder = home / "data" / "registry"
    database = sqlite3.connect(folder / "registry.sqlite3", timeout=10)
    with database:
        found = database.execute(
            "SELECT object_id, file_index, size FROM artifacts WHERE id = ?", (artifact_id,)
        ).fetchone()
        key, index, before = found[0], json.loads(found[1]), found[2]
        (blob,) = database.execute(
            "SELECT blob FROM segments WHERE object_id = ?", (key,)
        ).fetchone()
        index["weights.bin"] = [before, size - before]
        database.execute(
            "UPDATE artifacts SET size = ?, file_index = ? WHERE id = ?",
            (size, json.dumps(index), artifact_id),
        )
        database.execute("UPDATE objects SET size = ? WHERE id = ?", (size, key))
        database.execute("UPDATE segments SET size = ? WHERE object_id = ?", (size, key))
    database.close()
    with (folder / "objects" / blob[:2] / blob).open("r+b") as file:
        file.truncate(size)
