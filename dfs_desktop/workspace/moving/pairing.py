"""Which collection of the target gets what a collection of the registry holds: by name and type."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from dfs_desktop.api import Collection, ModelArtifact, Orbit, Organization
from dfs_desktop.artifact import visible
from dfs_desktop.settings import Profile
from dfs_desktop.translation import tr
from dfs_desktop.workspace.copies.destinations import BETWEEN, Target
from dfs_desktop.workspace.registry import collection_kinds
from dfs_desktop.workspace.registry.permissions import home_refusal
from dfs_desktop.workspace.session import Place

_TYPES = {"model", "dataset", "experiment"}
_LONGEST_ORBIT = 60  # letters of an orbit's name before that of a collection


class Source(Struct, frozen=True):
    """A collection of the registry that is moved, with all that it holds."""

    place: Place
    orbit: str
    collection: Collection
    artifacts: Sequence[ModelArtifact]

    @property
    def where(self) -> str:
        """`ORBIT › COLLECTION`."""
        return BETWEEN.join((visible(self.orbit), visible(self.collection.name)))


class Into(Struct, frozen=True):
    """The organization that a registry goes to. `orbit`: where all collections go; without one each
    goes to the orbit of the same name, which is made with `bucket` where it is missing."""

    profile: Profile
    organization: Organization
    orbits: Sequence[Orbit]
    orbit: Orbit | None = None
    bucket: str = ""


class Pair(Struct, frozen=True):
    """A collection and its target; an orbit or a collection without an id is still to be made.
    `refusal`: why it cannot be made."""

    source: Source
    target: Target
    refusal: str = ""


def pair(
    sources: Sequence[Source],
    into: Into,
    collections: Mapping[str, Sequence[Collection]],
    generation: str | None,
) -> list[Pair]:
    """A target for each collection. `collections`: those of the target, by the ids of their orbits."""
    several = len({each.place.orbit for each in sources}) > 1
    pairs = []
    for source in sources:
        name = source.collection.name
        if into.orbit is not None and several:
            name = f"{source.orbit[:_LONGEST_ORBIT]} – {name}"
        orbit = (
            into.orbit or orbit_named(into.orbits, source.orbit) or Orbit(id="", name=source.orbit)
        )
        collection = _collection(source, name, collections.get(orbit.id, ()), generation)
        target = Target(into.profile, into.organization, orbit, collection)
        pairs.append(Pair(source, target, _refusal(into, target)))
    return pairs


def orbit_named(orbits: Sequence[Orbit], name: str) -> Orbit | None:
    """The orbit of this name; if there is none, one whose name differs in capitals only."""
    same = (each for each in orbits if each.name == name)
    alike = (each for each in orbits if each.name.casefold() == name.casefold())
    return next(same, None) or next(alike, None)


def _collection(
    source: Source, name: str, there: Sequence[Collection], generation: str | None
) -> Collection:
    """The one of this name that takes what the source holds, or one that is to be made."""
    kind = _kind(source, generation)
    for wanted in (name, f"{name} – {collection_kinds.words(kind)}"):
        alike = [each for each in there if each.name.casefold() == wanted.casefold()]
        # The same name before one alike, the same type before one that takes more.
        alike.sort(key=lambda each, wanted=wanted: (each.name != wanted, each.type != kind))  # type: ignore[misc]
        found = next((each for each in alike if _kinds(kind) <= _kinds(each.type)), None)
        if found is not None:
            return found
        if not alike:
            break
    original = source.collection
    return Collection(
        id="", name=wanted, type=kind, description=original.description, tags=original.tags
    )


def _kinds(kind: str) -> set[str]:
    return _TYPES if kind == "mixed" else set(kind.split("_"))


def _kind(source: Source, generation: str | None) -> str:
    """The collection's own type; where the server has none of these, the smallest that takes what is
    in it, or the one for models, which old servers let hold everything."""
    offered = [kind for kind, _ in collection_kinds.offered(generation)]
    if source.collection.type in offered:
        return source.collection.type
    needed = {each.type if each.type in _TYPES else "model" for each in source.artifacts}
    fit = [kind for kind in offered if needed <= _kinds(kind)]
    return min(fit, key=lambda kind: len(_kinds(kind)), default="model")


def _refusal(into: Into, target: Target) -> str:
    if target.collection.id:
        return ""
    if target.orbit.id:
        return home_refusal(target.orbit, "collection", "create")
    refused = home_refusal(into.organization, "orbit", "create")
    if not refused and not into.bucket:
        return tr(
            "The organization has no bucket for a new orbit. Its owner adds one on the web page."
        )
    return refused
