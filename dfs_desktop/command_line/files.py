"""Files: downloaded, uploaded, copied from place to place."""

import argparse
import os
from pathlib import Path
from typing import Any

from dfs_desktop.api import FileError
from dfs_desktop.artifact import safe_name, visible
from dfs_desktop.artifact.disk_names import name_limit
from dfs_desktop.artifact.findings import Finding
from dfs_desktop.artifact.preflight import preflight
from dfs_desktop.translation import sentences, tr
from dfs_desktop.workspace import quantities

from . import outcomes
from .records import Record, facts, name_of, named
from .references import Words
from .servers import Servers
from .terminal import note, progress

_SEPARATORS = tuple(filter(None, (os.sep, os.altsep)))  # a path that ends with one is a folder's


def get(options: argparse.Namespace, words: Words, _servers: Servers) -> int:
    """Download; nothing is replaced unasked."""
    records = list(words.artifacts(options.artifacts))
    folder = Path(options.output)
    if (len(records) > 1 or options.output.endswith(_SEPARATORS)) and not folder.is_dir():
        folder.mkdir(parents=True)

    def download(record: Record) -> tuple[str, dict[str, str]]:
        client, artifact = record
        path = folder
        if folder.is_dir():
            path = folder / safe_name(artifact.file_name, limit=name_limit(folder))
        if os.path.lexists(path) and not options.force:
            raise FileError(
                tr(
                    "{path} exists already: use --force to replace it, or -o for another place.",
                    path=path,
                )
            )
        with progress(named(artifact), quiet=options.json):
            client.model_artifacts.download(artifact.id, str(path))
        told = {"id": artifact.id, "path": str(path.absolute()), "sha256": artifact.sha256}
        return visible(str(path)), told

    return outcomes.each(records, name_of, download, as_json=options.json)


def put(options: argparse.Namespace, words: Words, _servers: Servers) -> int:
    """Look inside, send, check."""
    if options.name and len(options.files) > 1:
        note(tr("--name is for one file."))
        return 2
    client = words.place(options.place).client

    def upload(path: Path) -> tuple[str, dict[str, Any]]:
        _speak_of(path, all_the_same=options.send_all_the_same)
        name, tags = options.name or path.stem, [each for each in options.tag if each]
        with progress(name, quiet=options.json):
            artifact = client.model_artifacts.upload(
                str(path), name, options.description, tags or None
            )
        size = quantities.size(artifact.size)
        line = f"{named(artifact)}  {artifact.id}  {size}  sha256:{artifact.sha256}"
        return visible(line), facts(artifact)

    return outcomes.each(options.files, str, upload, as_json=options.json)


def _speak_of(path: Path, *, all_the_same: bool) -> None:
    """Say what is found in the file; FileError where it speaks against sending."""
    against = []
    for finding in preflight(path):
        if finding.level == "error" and not (all_the_same and finding.overridable):
            against.append(finding)
        elif finding.level != "note":
            note(visible(f"{path.name}: {_told(finding)}"))
    if against:
        hint = tr("--send-all-the-same sends it.")
        may_be_sent = all(each.overridable for each in against)
        raise FileError(sentences(*map(_told, against), hint if may_be_sent else ""))


def _told(finding: Finding) -> str:
    return f"{finding.title.rstrip('.')}. {finding.remedy}"


def cp(options: argparse.Namespace, words: Words, _servers: Servers) -> int:
    """Copy or move; the bytes pass through this computer and are checked on the way."""
    target = words.place(options.target).client

    def copy(record: Record) -> tuple[str, dict[str, Any]]:
        client, artifact = record
        act = client.model_artifacts.move if options.move else client.model_artifacts.copy
        with progress(named(artifact), quiet=options.json):
            there = act(artifact.id, to=target)
        return visible(f"{named(there)}  {there.id}"), facts(there)

    records = list(words.artifacts(options.artifacts))
    return outcomes.each(records, name_of, copy, as_json=options.json)
