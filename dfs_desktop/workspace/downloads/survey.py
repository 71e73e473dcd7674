"""What a folder has already of what is to be fetched into it: the same bytes, other files, and room."""

import enum
import os
import shutil
import stat
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from dfs_desktop.api import ModelArtifact
from dfs_desktop.artifact import ArtifactError, Fingerprint, hash_file, numbered, safe_name, visible
from dfs_desktop.artifact.disk_names import name_limit
from dfs_desktop.disk_errors import explain
from dfs_desktop.translation import later, listed, tr, trn
from dfs_desktop.workspace import quantities

MARGIN = 1 << 20  # bytes that a disk is to have free beyond the files
MOST_NUMBERED = 50  # names like “model (7).fnnx” that are looked at for the same bytes
MOST_NAMED = 5  # files that a question lists by name

Named = list[tuple[ModelArtifact, str]]
Copies = Mapping[str, Path]  # files in other folders by the artifact's id
KnownHash = Callable[[str, Fingerprint], str]  # of a file in this state; empty where nobody knows


class Clash(enum.Enum):
    """What becomes of files that have the name of what is fetched."""

    KEEP_BOTH = later("Keep Both")
    REPLACE = later("Replace")
    SKIP = later("Skip")


class Survey(Struct):
    """What was found. `problem` says why the folder cannot be used; empty when it can."""

    folder: Path
    named: Named  # what is to be fetched, and the name that it is to have
    present: list[tuple[ModelArtifact, Path]]  # whose bytes are there
    clashing: set[str]  # ids of those whose name another file has
    free: int | None = None  # bytes; None when the disk does not say
    problem: str = ""

    @property
    def needed(self) -> int:
        """Bytes of all that is to be fetched, as far as their records tell."""
        return sum(quantities.possible(artifact.size) or 0 for artifact, _name in self.named)


class Trouble(Struct, frozen=True):
    """Why a folder does not do: a title and a text; `anyway` when it may be tried all the same."""

    title: str
    text: str
    anyway: bool


class Questions(Protocol):
    """What a person is asked before a batch begins. None: the batch is called off."""

    async def clash(self, title: str, text: str) -> Clash | None:
        """Files have these names already, and other bytes."""

    async def another_folder(self, trouble: Trouble, folder: Path) -> Path | None:
        """The folder does not do: another one, or the same where it is to be tried anyway."""


def same_file(path: Path, artifact: ModelArtifact, known: KnownHash) -> bool:
    """Whether the disk already holds these very bytes (size first, then SHA-256); a file is not
    read whose hash is ``known``."""
    try:
        if not path.is_file() or path.stat().st_size != artifact.size:
            return False
        mark = Fingerprint.of(path)
        found = known(str(path), mark) or hash_file(
            path, fingerprint=mark, advance=lambda _count: None, check=lambda: None
        )
    except (OSError, ArtifactError):
        return False
    return found == artifact.sha256


def survey(
    folder: Path,
    artifacts: Iterable[ModelArtifact],
    again: bool,
    known: KnownHash,
    elsewhere: Copies,
) -> Survey:
    """Make the folder, and look what is in it. To be run on a worker thread.

    With `again` a file with the same bytes is no reason not to fetch them. `elsewhere` has files in
    other folders by the artifact's id, which are said to have its bytes.
    """
    found = Survey(folder, [], [], set())
    try:
        folder.mkdir(parents=True, exist_ok=True)
        found.free = shutil.disk_usage(folder).free
    except OSError as error:
        found.problem = explain(error)
    limit = name_limit(folder)
    for artifact in artifacts:
        name = safe_name(artifact.file_name, limit=limit)
        there = None if again else _same_bytes(folder, name, artifact, known)
        other = elsewhere.get(artifact.id)
        if there is None and not again and other and same_file(other, artifact, known):
            there = other
        if there is not None:
            found.present.append((artifact, there))
            continue
        found.named.append((artifact, name))
        if not again and _is_replaceable(folder / name):
            found.clashing.add(artifact.id)
    return found


def _same_bytes(folder: Path, name: str, artifact: ModelArtifact, known: KnownHash) -> Path | None:
    """The file of this name, or the one beside it with a number, that has these very bytes."""
    for number in range(MOST_NUMBERED):
        path = folder / (numbered(name, number) if number else name)
        if not os.path.lexists(path):
            return None
        if same_file(path, artifact, known):
            return path
    return None


def _is_replaceable(path: Path) -> bool:
    """A file or a link; a folder or a device of this name is stepped aside for, unasked."""
    try:
        kind = stat.S_IFMT(path.lstat().st_mode)
    except OSError:
        return False
    return kind in (stat.S_IFREG, stat.S_IFLNK)


def trouble(found: Survey, promised: int) -> Trouble | None:
    """Why the folder does not do; `promised`: bytes that running downloads will still take of it."""
    name = visible(found.folder.name or str(found.folder))
    if found.problem:
        return Trouble(
            tr("“{name}” cannot be used", name=name), visible(found.problem), anyway=False
        )
    if found.free is None or not found.named:
        return None
    missing = found.needed + promised + MARGIN - found.free
    if missing <= 0:
        return None
    text = trn(
        "{amount} file needs {needed}, and {free} are free in {folder}: {missing} are missing.",
        "{amount} files need {needed}, and {free} are free in {folder}: {missing} are missing.",
        len(found.named),
        needed=quantities.size(found.needed),
        free=quantities.size(found.free),
        folder=visible(str(found.folder), limit=300),
        missing=quantities.size(missing),
    )
    if promised:
        taken = quantities.size(promised)
        text = f"{text} {tr('Downloads that wait will take {taken} of it.', taken=taken)}"
    return Trouble(tr("Not enough room in “{name}”", name=name), text, anyway=True)


def clash_question(found: Survey) -> tuple[str, str]:
    """The title and the text of the one question about all files that are in the way."""
    names = [visible(name) for artifact, name in found.named if artifact.id in found.clashing]
    folder = visible(found.folder.name or str(found.folder))
    if len(names) == 1:
        title = tr("“{name}” is in “{folder}” already", name=names[0], folder=folder)
        return title, tr(
            "That file has other bytes. Replaced, it goes only when the new one has arrived and is "
            "checked."
        )
    title = trn(
        "{amount} file with these names is in “{folder}” already",
        "{amount} files with these names are in “{folder}” already",
        len(names),
        folder=folder,
    )
    return title, tr(
        "{names}. They have other bytes. The answer holds for all of them. "
        "Replaced, each goes only when the new one has arrived and is checked.",
        names=listed(names, MOST_NAMED),
    )
