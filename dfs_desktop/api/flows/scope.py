"""The default organization, orbit and collection: given by id or name, or found when there is one."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from msgspec.structs import replace

from dfs_desktop.api.dialects.server_dialect import Server
from dfs_desktop.api.errors import ConfigurationError, MultipleResourcesFoundError
from dfs_desktop.api.protocol.effects import Flow
from dfs_desktop.api.protocol.scope import Level, Scope, ScopeRequest, is_id
from dfs_desktop.translation import later, sentences, tr


class Named(Protocol):
    """Anything with an id and a name."""

    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=Named)
KINDS = {
    "organization": later("organization"),
    "orbit": later("orbit"),
    "collection": later("collection"),
    "track": later("track"),
    "stage": later("stage"),
}


def _explicit(wanted: ScopeRequest) -> tuple[str | None, ...]:
    return (wanted.organization, wanted.orbit, wanted.collection)


def find(things: Sequence[N], value: str, what: str) -> N | None:
    """The thing with this id or exact name; None when there is none."""
    found = [t for t in things if t.id == value] or [t for t in things if t.name == value]
    if len(found) > 1:
        raise MultipleResourcesFoundError(
            tr(
                "{kind}: several are named {name!r}. Use an id ({ids}).",
                kind=tr(KINDS[what]),
                name=value,
                ids=", ".join(t.id for t in found[:5]),
            )
        )
    return found[0] if found else None


def pick(things: Sequence[N], value: str | None, what: str) -> N:
    """The one thing with this id or exact name, or the only one there is."""
    kind, names = tr(KINDS[what]), _names(things)
    if value is None:
        found = list(things)
        if len(found) > 1:
            raise ConfigurationError(
                tr("There are several: {names}. Name one of them.", names=names),
                title=tr("Not chosen: {kind}", kind=kind),
            )
    else:
        one = find(things, value, what)
        found = [] if one is None else [one]
    if not found:
        there = tr("There are: {names}.", names=names) if things else tr("There is none here.")
        asked = tr("None is named {name!r} here.", name=value) if value is not None else ""
        raise ConfigurationError(
            sentences(asked, there if things or not asked else ""),
            title=tr("Not found: {kind}", kind=kind),
        )
    return found[0]


def _names(things: Sequence[Named]) -> str:
    shown = ", ".join(repr(t.name) for t in things[:12])
    return f"{shown}, …" if len(things) > 12 else shown


class DefaultScope:
    """Remembers the defaults of one client. Ids count at once; names wait for the first use."""

    def __init__(
        self,
        server: Server,
        organization: str | None = None,
        orbit: str | None = None,
        collection: str | None = None,
    ) -> None:
        self._server = server
        self._given: dict[Level, str | None] = {}
        self._found: dict[Level, str] = {}
        self.configure(organization, orbit, collection)

    def configure(
        self, organization: str | None, orbit: str | None, collection: str | None
    ) -> None:
        """Change what is given; a new level forgets what was chosen below it."""
        given, found = dict(self._given), dict(self._found)
        for level, value in zip(Level, (organization, orbit, collection), strict=True):
            text = value.strip() if value is not None else ""
            if not text:
                continue
            for below in Level:
                if below >= level:
                    given.pop(below, None)
                    found.pop(below, None)
            given[level] = text
            if is_id(text):
                found[level] = text
        # Replaced whole: a call that runs meanwhile sees the old or the new, never a mixture.
        self._given, self._found = given, found

    def named_level(self) -> Level | None:
        """The deepest level whose name is still to be looked up."""
        waiting = [level for level in self._given if level not in self._found]
        return max(waiting, default=None)

    def known(self, wanted: ScopeRequest) -> Scope | None:
        """The place, when nothing has to be asked."""
        ids = [self._own(wanted, level) for level in Level if level <= wanted.level]
        if all(value is not None and is_id(value) for value in ids):
            return Scope(*[value for value in ids if value is not None])
        return None

    def _own(self, wanted: ScopeRequest, level: Level) -> str | None:
        explicit = _explicit(wanted)[level - 1]
        if explicit is not None or self._elsewhere(wanted, level):
            return explicit
        return self._found.get(level)

    def _elsewhere(self, wanted: ScopeRequest, level: Level) -> bool:
        """Whether the call names another home than the default's: the default is not in there."""
        above = zip(Level, _explicit(wanted)[: level - 1], strict=False)
        return any(value is not None and value != self._found.get(up) for up, value in above)

    def resolve(self, wanted: ScopeRequest) -> Flow[Scope]:
        """Ask for whatever is still unknown, level by level, and remember the defaults."""
        place = Scope("")
        for level in Level:
            if level <= wanted.level:
                chosen = yield from self._level(wanted, level, place)
                place = replace(place, **{level.name.lower(): chosen})
        return place

    def _level(self, wanted: ScopeRequest, level: Level, above: Scope) -> Flow[str]:
        explicit = _explicit(wanted)[level - 1]
        default = explicit is None and not self._elsewhere(wanted, level)
        found = self._found
        if default and level in found:
            return found[level]
        value = self._given.get(level) if default else explicit
        if value is not None and is_id(value):
            return value
        dialect = self._server.dialect
        things: Sequence[Named]
        if level is Level.ORGANIZATION:
            things = yield from dialect.organizations()
        elif level is Level.ORBIT:
            things = yield from dialect.orbits(above.organization)
        else:
            things = yield from dialect.collections(above)
        chosen = pick(things, value, level.name.lower())
        if default:
            found[level] = chosen.id
        return chosen.id
