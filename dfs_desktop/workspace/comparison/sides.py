"""What stands side by side in a comparison: records and local files, and what is known of them at once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from msgspec import Struct, structs

from dfs_desktop.api import ModelArtifact
from dfs_desktop.artifact.comparison.comparison_export import Row, Section
from dfs_desktop.translation import later, tr
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.listing.row import Row as ListingRow
from dfs_desktop.workspace.listing.row import status_text

LONGEST = 300  # characters of one description
_LABELS = {
    "name": later("Name"),
    "file": later("File"),
    "collection": later("Collection"),
    "type": later("Type"),
    "status": later("Status"),
    "size": later("Size"),
    "sha256": later("SHA-256"),
    "tags": later("Tags"),
    "description": later("Description"),
    "created": later("Created"),
    "changed": later("Changed"),
    "by": later("By"),
    "id": later("ID"),
    "folder": later("Folder"),
}


class Side(Struct, frozen=True):
    """One column of a comparison: a record of the registry, or a file on this computer."""

    name: str
    artifact: ModelArtifact | None = None
    path: Path | None = None
    size: int = 0
    changed: datetime | None = None
    sha256: str = ""  # of a record as registered, of a file once it was computed

    @property
    def key(self) -> str:
        """What tells the sides apart."""
        return self.artifact.id if self.artifact else str(self.path)


def record_side(artifact: ModelArtifact) -> Side:
    """A record; nothing is asked for."""
    name = artifact.display_name
    return Side(
        name, artifact, None, artifact.size, sha256=artifact.sha256 or artifact.file_hash.lower()
    )


def file_side(path: Path) -> Side:
    """A local file, which is looked at on the disk; OSError when it is not there."""
    found = path.stat()
    changed = quantities.file_time(found.st_mtime)
    return Side(path.name, None, path, found.st_size, changed)


def told_apart(sides: Sequence[Side]) -> tuple[Side, ...]:
    """The sides in the order of their creation, with names that differ."""
    ordered = sorted(sides, key=_age)
    for more in (_file_name, _short_id):
        counts = Counter(side.name for side in ordered)
        ordered = [
            structs.replace(side, name=f"{side.name} · {more(side)}")
            if counts[side.name] > 1
            else side
            for side in ordered
        ]
    return tuple(ordered)


def _age(side: Side) -> tuple[int, str]:
    """Records from old to new, then the files: what is new is measured by what was there."""
    return (0, side.artifact.created_at or "~") if side.artifact else (1, "")


def _file_name(side: Side) -> str:
    return side.artifact.file_name if side.artifact else str(side.path)


def _short_id(side: Side) -> str:
    return side.artifact.id[:13] if side.artifact else tr("file")


def identity(sides: Sequence[Side], collections: Mapping[str, str]) -> Section:
    """What the rows of the list know already; `collections` are their names by id."""
    columns = [_facts(side, collections) for side in sides]
    rows = []
    for key, label in _LABELS.items():
        values = tuple(facts.get(key) or None for facts in columns)
        # That two records have two ids, and that a file has none, is no difference to speak of.
        known = {facts[key] for facts in columns if key in facts}
        if any(values):
            rows.append(Row(tr(label), values, len(known) > 1 and key != "id"))
    return Section("Facts", tuple(rows))


def _facts(side: Side, collections: Mapping[str, str]) -> dict[str, str | None]:
    size = f"{quantities.size(side.size)} ({quantities.exact_size(side.size)})"
    if (artifact := side.artifact) is None:
        return {
            "file": side.path.name if side.path else "",
            "size": size,
            **({"sha256": side.sha256} if side.sha256 else {}),
            "changed": quantities.exact_time(side.changed),
            "folder": str(side.path.parent) if side.path else "",
        }
    return {
        "name": artifact.model_name,
        "file": artifact.file_name,
        "collection": artifact.collection_name or collections.get(artifact.collection_id),
        "type": artifact.type,
        "status": status_text(ListingRow(artifact)) or tr("Uploaded"),
        "size": size,
        "sha256": side.sha256,
        "tags": ", ".join(artifact.tags or ()),
        "description": (artifact.description or "")[:LONGEST],
        "created": quantities.exact_time(quantities.parse_time(artifact.created_at)),
        "by": artifact.created_by_user,
        "id": artifact.id,
    }


def known_rows(section: Section, unknown: Sequence[int]) -> Section:
    """The rows in which any side has a value; what is not known differs from nothing."""
    rows = [row for row in section.rows if any(value is not None for value in row.values)]
    if unknown:
        rows = [
            structs.replace(row, differs=False, note="") if _is_open(row, unknown) else row
            for row in rows
        ]
    return structs.replace(section, rows=tuple(rows))


def _is_open(row: Row, unknown: Sequence[int]) -> bool:
    """Whether a row differs only by gaps of which nobody knows what stands there."""
    known = [
        value for place, value in enumerate(row.values) if value is not None or place not in unknown
    ]
    return len(set(known)) < 2
