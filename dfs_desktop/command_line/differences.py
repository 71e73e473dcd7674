"""One artifact in words; two side by side."""

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from dfs_desktop.api import ConfigurationError, DataForceClient, ModelArtifact
from dfs_desktop.artifact import visible
from dfs_desktop.artifact.artifact_reader import OpenArtifact
from dfs_desktop.artifact.comparison.compare import Facts, compare
from dfs_desktop.artifact.documents.interface import Port, read_interface
from dfs_desktop.artifact.safety.written_tables import Form
from dfs_desktop.translation import tr, trn
from dfs_desktop.workers.reader import comparison_sides
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.listing.row import Row, status_text

from .records import facts, named
from .references import Words
from .servers import Servers
from .terminal import say, say_json, table


def show(options: argparse.Namespace, words: Words, _servers: Servers) -> int:
    """What is known of an artifact, or found in a file."""
    (word,) = options.artifacts
    for path, client, artifact in _meant(words, [word]):
        with _opened(path, client, artifact) as opened:
            if options.json:
                told = facts(artifact) if artifact else {"path": str(path)}
                told |= {
                    "manifest": opened.manifest().value,
                    "files": {each.name: each.size for each in opened.members()},
                }
                say_json(told)
                continue
            rows = _record(artifact) if artifact else [(tr("File"), str(path))]
            rows += [
                (tr("metric {name}", name=name), quantities.number(value))
                for name, value in (artifact.metrics if artifact else opened.metrics()).items()
            ]
            interface = read_interface(opened.manifest().value, opened.dtypes())
            rows += [(tr("input {name}", name=each.name), _port(each)) for each in interface.inputs]
            rows += [
                (tr("output {name}", name=each.name), _port(each)) for each in interface.outputs
            ]
            table((tr("WHAT"), ""), rows)
            say("")
            members = [(each.name, quantities.size(each.size)) for each in opened.members()]
            table((tr("FILE"), tr("SIZE")), members, right=(1,))
    return 0


def diff(options: argparse.Namespace, words: Words, _servers: Servers) -> int:
    """What differs, as tables in Markdown; the exit code is 1 where something does."""
    sides = []
    for path, client, artifact in _meant(words, options.artifacts):
        with _opened(path, client, artifact) as opened:
            name = named(artifact) if artifact else path.name
            sides.append(_facts(name, artifact, opened))
    if len(sides) != 2:
        raise ConfigurationError(
            tr("Two are compared"),
            trn(
                "The words mean {amount} artifact.",
                "The words mean {amount} artifacts.",
                len(sides),
            ),
        )
    found = compare(sides)
    if options.json:
        say_json(msgspec.to_builtins(found))
    else:
        tables = found.written(Form.MARKDOWN, only_differences=not options.all)
        say(visible(tables, multiline=True))
    return int(any(row.differs for section in found.sections for row in section.rows))


Meant = tuple[Path, DataForceClient | None, ModelArtifact | None]


def _meant(words: Words, given: list[str]) -> Iterator[Meant]:
    """Files are what is meant first: nobody can name them in another way."""
    for word in given:
        if os.path.lexists(word):
            yield Path(word), None, None
        else:
            for client, artifact in words.artifacts([word]):
                yield Path(artifact.file_name), client, artifact


@contextmanager
def _opened(
    path: Path, client: DataForceClient | None, artifact: ModelArtifact | None
) -> Iterator[OpenArtifact]:
    if client is None or artifact is None:
        with OpenArtifact.local(path) as opened:
            yield opened
    else:
        source = client.transfers.source(artifact)
        yield OpenArtifact(source, artifact.file_index, artifact.manifest)


def _facts(name: str, artifact: ModelArtifact | None, opened: OpenArtifact) -> Facts:
    found = comparison_sides.side_interface(opened)
    return Facts(
        name,
        found.manifest,
        found.interface,
        comparison_sides.side_environment(opened),
        artifact.metrics if artifact else opened.metrics(),
        comparison_sides.side_files(opened),
        comparison_sides.side_metadata(opened),
        found.pyfunc,
    )


def _record(artifact: ModelArtifact) -> list[tuple[str, str]]:
    facts = {
        tr("Name"): named(artifact),
        tr("File"): artifact.file_name,
        "ID": artifact.id,
        tr("Size"): quantities.exact_size(quantities.possible(artifact.size)),
        "SHA-256": artifact.sha256,
        tr("Status"): status_text(Row(artifact)),
        tr("Created"): quantities.exact_time(quantities.parse_time(artifact.created_at)),
        tr("By"): artifact.created_by_user or "",
        tr("Tags"): ", ".join(artifact.tags or ()),
        tr("Description"): artifact.description or "",
    }
    return [(label, text) for label, text in facts.items() if text]


def _port(port: Port) -> str:
    shape = "" if port.shape is None else f" [{', '.join(map(str, port.shape))}]"
    told = f" – {port.description}" if port.description else ""
    return f"{port.dtype}{shape}{told}"
