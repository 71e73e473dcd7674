"""Files read again, and their SHA-256 compared with the one that was registered."""

import argparse
from contextlib import closing

from dfs_desktop.api import MultipleResourcesFoundError, Phase
from dfs_desktop.artifact import Fingerprint, hash_file, visible
from dfs_desktop.settings import Places
from dfs_desktop.translation import later, tr, trn
from dfs_desktop.workspace.library.index import Index
from dfs_desktop.workspace.library.local_copy import LocalCopy

from .outcomes import FAULTS, tell
from .records import named
from .references import Words
from .servers import Servers
from .terminal import note, progress, say, say_json

_WORDS = {"right": later("right"), "differs": later("differs"), "unknown": later("unknown")}


def verify(options: argparse.Namespace, words: Words, _servers: Servers) -> int:
    """The exit code is 0 when every file is what was registered."""
    if options.artifact and len(options.files) > 1:
        note(tr("--with is for one file."))
        return 2
    known = {} if options.artifact else _known()
    told: list[dict[str, str]] = []
    code = 0
    for path in options.files:
        wanted, name = _wanted(options.artifact, words, known.get(str(path.absolute())))
        try:
            mark = Fingerprint.of(path)
            with progress(path.name, quiet=options.json) as meter:
                meter.enter(Phase.VERIFYING, mark.size)
                found = hash_file(path, fingerprint=mark, advance=meter.advance, check=meter.check)
        except FAULTS as error:
            tell(str(path), error)
            code = 1
            continue
        verdict = "right" if found == wanted else "differs" if wanted else "unknown"
        code = code if verdict == "right" else 1
        told.append({"path": str(path), "verdict": verdict, "sha256": found,
                     "registered": wanted, "as": name})  # fmt: skip
        if not options.json:
            line = f"{tr(_WORDS[verdict]):8} {found}  {path}"
            say(visible(f"{line}  ({name})" if name else line))
    if any(each["verdict"] == "unknown" for each in told):
        note(
            tr(
                "What is unknown was neither fetched nor sent from here: name its artifact by --with."
            )
        )
    if options.json:
        say_json(told)
    return code


def _wanted(word: str | None, words: Words, copy: LocalCopy | None) -> tuple[str, str]:
    """The SHA-256 that is right, and whose it is."""
    if word:
        (_client, artifact), *more = words.artifacts([word])
        if more:
            amount = 1 + len(more)
            raise MultipleResourcesFoundError(
                trn(
                    "The words mean {amount} artifact.",
                    "The words mean {amount} artifacts.",
                    amount,
                )
            )
        return artifact.sha256, named(artifact)
    return (copy.sha256, copy.name) if copy is not None and copy.known else ("", "")


def _known() -> dict[str, LocalCopy]:
    """What the window noted of the files on this computer."""
    path = Places.from_environment().data / "library.sqlite3"
    if not path.exists():
        return {}
    with closing(Index(path)) as index:
        copies, _places = index.load().result()
    return {copy.path: copy for copy in copies}
