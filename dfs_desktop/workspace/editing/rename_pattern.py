"""New names for many records by a pattern: find and replace, placeholders, and what is wrong with a name.

A regular expression of a person may take longer than the universe lasts: it is tried in the reader,
a process that is ended when it takes too long.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from dfs_desktop.api import ModelArtifact
from dfs_desktop.artifact import ArtifactError
from dfs_desktop.translation import tr
from dfs_desktop.workers.reader.caller import Reader
from dfs_desktop.workspace import quantities

LONGEST = 255  # characters of a name: more is of no use in lists, and no file could be called so
PLACEHOLDERS = ("{name}", "{file}", "{n}", "{n:3}", "{date}", "{today}", "{metric:…}")
_PIECE, _MANY = 500, 10_000  # records that are looked at before the loop has its turn
_SECONDS = 2.0  # that a regular expression may take for all names
_FIELD = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


class Pattern(Struct, frozen=True):
    """What is found in a name and what comes in its place; with nothing to find, the whole name."""

    find: str = ""
    replace: str = "{name}"
    regex: bool = False
    match_case: bool = False


class Renaming(Struct, frozen=True):
    """One record, its new name, and why it cannot be called so; "" when it can."""

    artifact: ModelArtifact
    name: str
    problem: str = ""

    @property
    def before(self) -> str:
        return self.artifact.display_name

    @property
    def changed(self) -> bool:
        return self.name != self.before


class PatternError(ValueError):
    """The pattern itself is wrong, whatever the names are; the text says how."""


class _MissingError(Exception):
    """A record has no such value."""


def expand(template: str, artifact: ModelArtifact, number: int, *, escape: bool = False) -> str:
    r"""The template with the values of one record; PatternError for an unknown placeholder.

    `escape`: a backslash in a value is doubled, one in the template stays what it is (``\1``).
    """

    def value(match: re.Match[str]) -> str:
        whole, field = match.group(), match.group(1)
        if whole in {"{{", "}}"}:
            return whole[0]
        if field is None:
            raise PatternError(tr("A brace stands alone. Write {{ or }} for a brace itself."))
        found = _value(field, artifact, number)
        return found.replace("\\", "\\\\") if escape else found

    return _FIELD.sub(value, template)


def _value(field: str, artifact: ModelArtifact, number: int) -> str:
    kind, _, detail = field.partition(":")
    match kind:
        case "name" if not detail:
            return artifact.display_name
        case "file" if not detail:
            return artifact.file_name.rpartition(".")[0] or artifact.file_name
        case "n" if not detail or (detail.isascii() and detail.isdigit() and len(detail) < 3):
            return str(number).zfill(int(detail or 0))
        case "today" if not detail:
            return date.today().isoformat()  # noqa: DTZ011  the day of the person
        case "date" if not detail:
            if (made := quantities.parse_time(artifact.created_at)) is None:
                raise _MissingError(tr("It has no date"))
            return made.astimezone().date().isoformat()
        case "metric" if detail:
            if detail not in artifact.metrics:
                raise _MissingError(tr("It has no metric “{name}”", name=detail))
            metric = artifact.metrics[detail]
            return f"{metric:.6g}" if isinstance(metric, float) else str(metric)[: LONGEST + 1]
    raise PatternError(tr("There is no placeholder {name}.", name=f"{{{field}}}"))


async def plan(
    artifacts: Sequence[ModelArtifact],
    others: Sequence[ModelArtifact],
    pattern: Pattern,
    reader: Reader,
) -> list[Renaming]:
    """The new name of each, in the given order. `others`: records among which no name may be twice."""
    found: list[Renaming] = []
    for start in range(0, len(artifacts), _PIECE):
        found += [
            _expanded(artifact, number, pattern)
            for number, artifact in enumerate(artifacts[start : start + _PIECE], start + 1)
        ]
        await asyncio.sleep(0)
    if pattern.find:
        found = await _substituted(found, pattern, reader)
    return await _checked(found, artifacts, others)


def _expanded(artifact: ModelArtifact, number: int, pattern: Pattern) -> Renaming:
    try:
        escape = pattern.regex and bool(pattern.find)
        return Renaming(artifact, expand(pattern.replace, artifact, number, escape=escape))
    except _MissingError as missing:
        return Renaming(artifact, "", str(missing))


async def _substituted(found: list[Renaming], pattern: Pattern, reader: Reader) -> list[Renaming]:
    """The names with what was found replaced by the text made for each."""
    from dfs_desktop.workers.reader import name_replacing

    names, texts = [each.before for each in found], [each.name for each in found]
    if pattern.regex:
        try:
            done = await reader.look(
                name_replacing.replaced_names,
                arguments=(names, pattern.find, texts, pattern.match_case),
                seconds=_SECONDS,
            )
        except ArtifactError:
            raise PatternError(tr("This expression takes too long. Write a simpler one.")) from None
        if done.problem:
            raise PatternError(
                tr("The expression is not understood: {reason}.", reason=done.problem)
            )
        names = done.names
    else:
        flags = 0 if pattern.match_case else re.IGNORECASE
        find = re.compile(re.escape(pattern.find), flags)
        names = [
            find.sub(lambda _match, text=text: text, name)  # type: ignore[misc]
            for name, text in zip(names, texts, strict=True)
        ]
    return [
        Renaming(each.artifact, name, each.problem if name != each.before else "")
        for each, name in zip(found, names, strict=True)
    ]


async def _checked(
    found: list[Renaming], artifacts: Sequence[ModelArtifact], others: Sequence[ModelArtifact]
) -> list[Renaming]:
    chosen = {artifact.id for artifact in artifacts}
    taken = Counter((each.artifact.collection_id, each.name.strip()) for each in found)
    for start in range(0, len(others), _MANY):
        taken.update(
            (other.collection_id, other.display_name)
            for other in others[start : start + _MANY]
            if other.id not in chosen
        )
        await asyncio.sleep(0)
    return [_judged(each, taken) for each in found]


def _judged(each: Renaming, taken: Counter[tuple[str, str]]) -> Renaming:
    name = each.name.strip()
    if each.problem or not each.changed:
        return each
    problem = ""
    if not name:
        problem = tr("The name would be empty")
    elif len(name) > LONGEST:
        problem = tr("Longer than {longest} characters", longest=LONGEST)
    elif any(ord(sign) < 32 or ord(sign) == 127 for sign in name):
        problem = tr("It holds a control character")
    elif taken[each.artifact.collection_id, name] > 1:
        problem = tr("Another one has this name")
    return Renaming(each.artifact, name, problem)
