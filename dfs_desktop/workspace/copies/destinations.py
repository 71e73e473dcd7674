"""Where copies can go: the organizations, orbits and collections of any known server."""

from collections.abc import Sequence

from msgspec import Struct

from dfs_desktop.api import BucketSecret, Collection, Orbit, Organization, errors
from dfs_desktop.artifact import visible
from dfs_desktop.number_text import natural_key
from dfs_desktop.settings import Profile
from dfs_desktop.translation import tr
from dfs_desktop.workspace.registry.clients import Clients
from dfs_desktop.workspace.session import Place, Session
from dfs_desktop.workspace.state import AppState

BETWEEN = " › "
LAST = "copy_target"  # its key in the layout


class Target(Struct, frozen=True):
    """A collection that gets copies, as far as it is known beforehand."""

    profile: Profile
    organization: Organization
    orbit: Orbit
    collection: Collection

    @property
    def where(self) -> str:
        """`SERVER › ORGANIZATION › ORBIT › COLLECTION`."""
        names = (self.profile.name, self.organization.name, self.orbit.name, self.collection.name)
        return BETWEEN.join(visible(name) for name in names)

    @property
    def place(self) -> Place:
        return Place(self.organization.id, self.orbit.id, self.collection.id)


def target_here(session: Session, collection_id: str = "") -> Target | None:
    """A collection of the open orbit, the open one unless another is named; None while nothing
    is open."""
    wanted = collection_id or session.place.collection
    collection = next((each for each in session.collections if each.id == wanted), None)
    organization, orbit = session.organization, session.orbit
    if session.client is None or organization is None or orbit is None or collection is None:
        return None
    return Target(session.profile, organization, orbit, collection)


class Destinations:
    """Asks the servers; each question is one request, and what fails is raised to who asks."""

    def __init__(self, state: AppState, clients: Clients) -> None:
        self.state, self._clients = state, clients

    @property
    def last(self) -> tuple[str, Place] | None:
        """The server's id and the place that got copies last."""
        profile, _, place = self.state.settings.layout.get(LAST, "").partition("/")
        return (profile, Place.parse(place)) if place else None

    def remember(self, target: Target) -> None:
        """The next copies will probably go there as well."""
        self.state.settings.layout[LAST] = f"{target.profile.id}/{target.place.text()}"
        self.state.save_settings()

    async def organizations(self, profile: Profile) -> Sequence[Organization]:
        client = await self._clients.client(profile)
        return await client.organizations.list()

    async def orbits(self, profile: Profile, organization: Organization) -> Sequence[Orbit]:
        client = await self._clients.client(profile)
        return await client.orbits.list(organization_id=organization.id)

    async def collections(
        self, profile: Profile, organization: Organization, orbit: Orbit
    ) -> Sequence[Collection]:
        client = await self._clients.client(profile)
        found = await client.collections.list(organization_id=organization.id, orbit_id=orbit.id)
        return sorted(found, key=lambda each: natural_key(each.name))

    async def find(self, profile: Profile, place: Place) -> Target:
        """A collection by its ids; LookupError when it is not there any more."""
        parents = await self.organizations(profile)
        organization = next((each for each in parents if each.id == place.organization), None)
        orbits = await self.orbits(profile, organization) if organization is not None else ()
        orbit = next((each for each in orbits if each.id == place.orbit), None)
        if organization is not None and orbit is not None:
            for each in await self.collections(profile, organization, orbit):
                if each.id == place.collection:
                    return Target(profile, organization, orbit, each)
        raise LookupError(tr("its collection is gone"))

    async def buckets(self, profile: Profile, organization: Organization) -> Sequence[BucketSecret]:
        """Where a new orbit may keep its files; nothing where the server does not tell."""
        client = await self._clients.client(profile)
        try:
            return await client.bucket_secrets.list(organization_id=organization.id)
        except (errors.PermissionDeniedError, errors.NotFoundError):
            return ()

    async def create_orbit(
        self, profile: Profile, organization: Organization, name: str, bucket: str
    ) -> Orbit:
        client = await self._clients.client(profile)
        return await client.orbits.create(name, bucket, organization_id=organization.id)

    async def create(
        self, profile: Profile, organization: Organization, orbit: Orbit, wanted: Collection
    ) -> Collection:
        """A new collection; where it is in the open orbit, the sidebar shows it too."""
        client = await self._clients.client(profile)
        made = await client.collections.create(
            wanted.name,
            wanted.description,
            wanted.type,
            wanted.tags,
            organization_id=organization.id,
            orbit_id=orbit.id,
        )
        session = self.state.session
        if session.profile.id == profile.id and session.place.orbit == orbit.id:
            both = (*session.collections, made)
            session.collections = sorted(both, key=lambda each: natural_key(each.name))
            self.state.session_changed.emit()
        return made
