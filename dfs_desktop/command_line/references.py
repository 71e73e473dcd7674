"""What the words for places and artifacts mean: where to ask, and the records."""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from msgspec import Struct

from dfs_desktop.api import ConfigurationError, DataForceClient, ModelArtifact
from dfs_desktop.artifact import visible
from dfs_desktop.settings import Profile
from dfs_desktop.translation import tr
from dfs_desktop.workspace.links.references import Link, parse
from dfs_desktop.workspace.session import Place

from .servers import Servers

_PATTERN = frozenset("*?[")


class Where(Struct, frozen=True):
    """A client set up for a place, and the names of the place as far as they were given."""

    client: DataForceClient
    names: tuple[str, ...]  # organization, orbit, collection


class Words:
    """Reads places and artifacts as people write them; see PLACES in `arguments`."""

    def __init__(self, servers: Servers, within: str = "") -> None:
        """``within``: the place in which names of artifacts are looked for."""
        self._servers = servers
        self._within = within
        self._views: dict[tuple[str, tuple[str, ...]], Where] = {}

    def place(self, text: str) -> Where:
        """The place that a text names; "" is the one that the window looked at last."""
        profile, rest = self._server(text)
        if (link := _link(text)) is not None:
            return self._linked(link)
        names = tuple(part for part in rest.strip("/").split("/") if part)
        if len(names) > 3:
            raise ConfigurationError(
                tr("This is no place"),
                tr("“{text}” names more than a collection.", text=visible(text)),
            )
        if rest and not rest.startswith("/"):  # a collection in the usual orbit
            names = (*self._usual(profile)[:2], rest.rstrip("/"))
        elif not rest:
            names = self._usual(profile)
        return self._at(profile, names)

    def artifacts(self, words: Iterable[str]) -> Iterator[tuple[DataForceClient, ModelArtifact]]:
        """The records that the words mean, each with a client set up for its collection, each once."""
        seen: set[str] = set()
        for word in words:
            client, found = self._meant(word)
            for artifact in found:
                if artifact.id not in seen:
                    seen.add(artifact.id)
                    yield client, artifact

    def _meant(self, word: str) -> tuple[DataForceClient, list[ModelArtifact]]:
        if (link := _link(word)) is not None:
            if not link.artifact:
                raise ConfigurationError(tr("This link leads to no artifact"), visible(word))
            client = self._linked(link).client
            return client, _found(client, link.artifact)
        profile, rest = self._server(word)
        if rest.startswith("/"):
            parts = [part for part in rest.split("/") if part]
            if len(parts) < 4:
                raise ConfigurationError(
                    tr("This is no artifact"),
                    tr("“{word}” names a place; put the artifact behind it.", word=visible(word)),
                )
            client, name = self._at(profile, tuple(parts[:3])).client, "/".join(parts[3:])
        elif rest != word:
            client, name = self._at(profile, self._usual(profile)).client, rest
        else:
            client, name = self.place(self._within).client, word
        return client, _found(client, name)

    def _server(self, text: str) -> tuple[Profile | None, str]:
        """The server in front of the colon, and the rest; names may have colons themselves."""
        front, colon, rest = text.partition(":")
        if colon and "/" not in front and (profile := self._servers.named(front)) is not None:
            return profile, rest
        return self._servers.default, text

    def _usual(self, profile: Profile | None) -> tuple[str, ...]:
        """Where the window was last at this server, by IDs."""
        if profile is not None:
            for each in self._servers.settings.recent:
                if each.profile == profile.id:
                    place = Place.parse(each.place)
                    return place.organization, place.orbit, place.collection
        return ()

    def _linked(self, link: Link) -> Where:
        profile = self._servers.at(link.origin or link.host) if link.host else self._servers.default
        if profile is None and link.host:
            raise ConfigurationError(
                tr("The server of this link is not saved"),
                tr("Add {host} in the window first.", host=visible(link.host)),
            )
        place = link.place
        names = tuple(part for part in (place.organization, place.orbit, place.collection) if part)
        return self._at(profile, names)

    def _at(self, profile: Profile | None, names: tuple[str, ...]) -> Where:
        key = ("" if profile is None else profile.id, names)
        if key not in self._views:
            client = self._servers.client(profile)
            if names:
                client = client.at()
                client.setup_config(*names)
            self._views[key] = Where(client, names)
        return self._views[key]


def _link(text: str) -> Link | None:
    found = parse(text)
    return found if isinstance(found, Link) else None


def _found(client: DataForceClient, name: str) -> list[ModelArtifact]:
    """The one of an ID or a name; those of a pattern, which may be many."""
    if (one := client.model_artifacts.get(name)) is not None:
        return [one]
    many = []
    if _PATTERN & set(name):
        pages = client.model_artifacts.pages()
        many = [each for page in pages for each in page if _fits(each, name)]
    if not many:
        raise ConfigurationError(
            tr("There is no such artifact"),
            tr("None is called “{name}” there. `ls` tells which are.", name=visible(name)),
        )
    return many


def _fits(artifact: ModelArtifact, pattern: str) -> bool:
    names = (artifact.model_name, artifact.file_name)
    return any(fnmatchcase(name, pattern) for name in names if name)
