"""Records of a registry: listed, tagged, deleted."""

import argparse
import math
from collections.abc import Callable
from typing import Any

import msgspec

from dfs_desktop.api import Collection, DataForceClient, ModelArtifact, Orbit, Organization
from dfs_desktop.artifact import visible
from dfs_desktop.number_text import natural_key
from dfs_desktop.translation import later, tr, trn
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.listing.filtering import filter_parser, record_filter
from dfs_desktop.workspace.listing.row import Row, status_text

from . import outcomes
from .references import Where, Words
from .servers import Servers
from .terminal import confirmed, note, say_json, table

_LONG = {"manifest", "file_index"}

Record = tuple[DataForceClient, ModelArtifact]


def named(artifact: ModelArtifact) -> str:
    """What people call it."""
    return artifact.display_name


def facts(artifact: ModelArtifact) -> dict[str, Any]:
    """A record for `--json`, without what is long: its manifest and its list of files."""
    told = msgspec.structs.asdict(artifact)
    return {name: each for name, each in told.items() if name not in _LONG}


def ls(options: argparse.Namespace, words: Words, servers: Servers) -> int:
    """Artifacts of a collection; at less than a collection, what is there to choose."""
    if options.servers:
        return _servers(servers, as_json=options.json)
    where = words.place(options.place)
    if options.place.rpartition(":")[2].startswith("/") and len(where.names) < 3:
        return _inside(where, as_json=options.json)
    rows = [Row(each) for page in where.client.model_artifacts.pages() for each in page]
    if options.filter:
        rows = _filtered(rows, options.filter)
    if options.sort:
        rows.sort(key=_order(options.sort), reverse=options.reverse)
    elif options.reverse:
        rows.reverse()
    found = [row.artifact for row in rows]
    if options.json:
        say_json([facts(each) for each in found])
        return 0
    table(
        (
            tr("NAME"),
            tr("SIZE"),
            tr("CREATED"),
            *options.metric,
            tr("TAGS"),
            tr("STATUS"),
            tr("ID"),
        ),
        [_cells(row, options.metric) for row in rows],
        right=(1, *range(3, 3 + len(options.metric))),
    )
    note(quantities.count(len(found), "artifact"))
    return 0


def _cells(row: Row, metrics: list[str]) -> tuple[str, ...]:
    artifact = row.artifact
    return (
        named(artifact),
        quantities.size(quantities.possible(artifact.size)),
        quantities.exact_time(row.created),
        *(quantities.number(artifact.metrics.get(name, "")) for name in metrics),
        ", ".join(artifact.tags or ()),
        status_text(row),
        artifact.id,
    )


def _filtered(rows: list[Row], line: str) -> list[Row]:
    names = frozenset(name for row in rows for name in row.artifact.metrics)
    parts = filter_parser.parse(line, names)
    for part in parts:
        if part.note:
            note(part.note)
    test = record_filter.all_of(parts, names, ())
    return rows if test is None else [row for row in rows if test(row)]


def _order(field: str) -> Callable[[Row], Any]:
    """A key that has what lacks a value at the end of an ascending list."""
    if field == "name":
        return lambda row: natural_key(named(row.artifact))
    if field == "created":
        return lambda row: row.place
    if field == "size":
        return lambda row: row.artifact.size

    def metric(row: Row) -> tuple[bool, float]:
        value = row.artifact.metrics.get(field)
        if isinstance(value, int | float) and not math.isnan(value):
            return False, value
        return True, 0.0

    return metric


_HERE = later("on this computer")


def _servers(servers: Servers, *, as_json: bool) -> int:
    told = [{"name": each.name, "address": each.base_url or _HERE} for each in servers.profiles]
    if as_json:
        say_json(told)
    else:
        rows = [(each["name"], tr(each["address"])) for each in told]
        table((tr("SERVER"), tr("ADDRESS")), rows)
    return 0


def _inside(where: Where, *, as_json: bool) -> int:
    client = where.client
    lists = (client.organizations.list, client.orbits.list, client.collections.list)
    found: list[Organization | Orbit | Collection] = list(lists[len(where.names)]())
    if as_json:
        say_json([msgspec.to_builtins(each) for each in found])
    else:
        table((tr("NAME"), tr("ID")), [(each.name, each.id) for each in found])
    return 0


def tag(options: argparse.Namespace, words: Words, _servers: Servers) -> int:
    """Change the tags; records that have them so already are not sent."""
    if options.set is None and not (options.add or options.remove):
        note(tr("Say which tags: --add, --remove or --set."))
        return 2

    def change(record: Record) -> tuple[str, dict[str, Any]]:
        client, artifact = record
        before = artifact.tags or []
        wanted = [each for each in options.set if each] if options.set is not None else before
        wanted = [
            each for each in dict.fromkeys([*wanted, *options.add]) if each not in options.remove
        ]
        if wanted != before:
            artifact = client.model_artifacts.update(artifact.id, tags=wanted)
        return _line(artifact), facts(artifact)

    records = list(words.artifacts(options.artifacts))
    return outcomes.each(records, name_of, change, as_json=options.json)


def rm(options: argparse.Namespace, words: Words, _servers: Servers) -> int:
    """Delete, after a question that names them."""
    records = list(words.artifacts(options.artifacts))
    if not options.yes:
        for record in records:
            note(_line(record[1]))
        if not confirmed(
            trn(
                "Delete {amount} artifact for good?",
                "Delete {amount} artifacts for good?",
                len(records),
            )
        ):
            return 2

    def delete(record: Record) -> tuple[str, str]:
        client, artifact = record
        client.model_artifacts.delete(artifact.id)
        return tr("Deleted: {artifact}", artifact=_line(artifact)), artifact.id

    return outcomes.each(records, name_of, delete, as_json=options.json)


def name_of(record: Record) -> str:
    """The same, of a record with its client."""
    return named(record[1])


def _line(artifact: ModelArtifact) -> str:
    tags = f"  [{', '.join(artifact.tags)}]" if artifact.tags else ""
    return visible(f"{named(artifact)}  {artifact.id}{tags}")
