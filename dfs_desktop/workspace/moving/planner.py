"""Plans the move of the registry on this computer, makes what is missing at the target, and proves the
copies."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import astuple, replace

from dfs_desktop.api import ModelArtifact, ModelArtifactStatus, Orbit
from dfs_desktop.artifact.findings import Finding
from dfs_desktop.settings import LOCAL
from dfs_desktop.translation import tr
from dfs_desktop.workspace.copies.copies import Copies
from dfs_desktop.workspace.copies.destinations import BETWEEN
from dfs_desktop.workspace.copies.plan import CopyPlan, Origin, Verdict
from dfs_desktop.workspace.deletion.deleter import Deletion
from dfs_desktop.workspace.quantities import count
from dfs_desktop.workspace.registry.clients import Clients
from dfs_desktop.workspace.session import Place

from .move_record import MoveRecord, Outcome, grouped
from .pairing import Into, Pair, Source, orbit_named, pair


class Line(Struct, frozen=True):
    """A collection, its target, and what the target says to each artifact."""

    pair: Pair
    verdicts: Sequence[Verdict]

    @property
    def going(self) -> list[Verdict]:
        return [each for each in self.verdicts if each.goes(again=False)]

    @property
    def refused(self) -> list[Verdict]:
        return [each for each in self.verdicts if each.refused]

    @property
    def present(self) -> list[Verdict]:
        return [each for each in self.verdicts if each.twin and not each.refused]

    @property
    def makes(self) -> bool:
        """Whether the target's collection is made: not for things that cannot go into it."""
        new = not self.pair.target.collection.id and not self.pair.refusal
        return new and bool(self.going or not self.verdicts)


class MovePlan(Struct, frozen=True):
    """All collections of the registry in their order."""

    into: Into
    lines: Sequence[Line]

    @property
    def going(self) -> list[Verdict]:
        return [each for line in self.lines for each in line.going]

    @property
    def worth(self) -> bool:
        """Whether there is anything to do."""
        return any(line.going or line.makes for line in self.lines)


class Planner:
    """Asks both servers; what fails is raised to who asks."""

    def __init__(self, clients: Clients, copies: Copies) -> None:
        self._clients, self._copies = clients, copies
        self.destinations = copies.destinations

    async def survey(self) -> list[Source]:
        """All that the registry on this computer holds."""
        client = await self._clients.of(LOCAL)
        found = []
        for organization in await client.organizations.list():
            for orbit in await client.orbits.list(organization_id=organization.id):
                places = {"organization_id": organization.id, "orbit_id": orbit.id}
                for each in await client.collections.list(**places):
                    place = Place(organization.id, orbit.id, each.id)
                    held = await client.at(*astuple(place)).model_artifacts.list()
                    found.append(Source(place, orbit.name, each, held))
        return found

    async def plan(self, sources: Sequence[Source], into: Into) -> MovePlan:
        """Where each collection goes, and what the target says to each artifact."""
        orbits = [into.orbit] if into.orbit is not None else []
        if into.orbit is None:
            wanted = (orbit_named(into.orbits, name) for name in {each.orbit for each in sources})
            orbits = [each for each in wanted if each is not None]
        ask = self.destinations.collections
        there = {o.id: await ask(into.profile, into.organization, o) for o in orbits}
        client = await self._clients.client(into.profile)
        lines = []
        for each in pair(sources, into, there, client.generation):
            verdicts = await self._copies.judge(plan_of(each.source), each.target)
            if each.refusal:
                no = Finding("error", tr("Its collection cannot be made"), each.refusal)
                verdicts = [Verdict(known.artifact, (no,)) for known in verdicts]
            lines.append(Line(each, verdicts))
        return MovePlan(into, lines)

    async def make_places(self, plan: MovePlan) -> list[Line]:
        """The lines of a plan with all orbits and collections that were missing."""
        return [await self._made(plan, line) for line in await self._with_orbits(plan)]

    async def _with_orbits(self, plan: MovePlan) -> list[Line]:
        made: dict[str, Orbit] = {}
        into, lines = plan.into, []
        for line in plan.lines:
            target = line.pair.target
            if not target.orbit.id and line.makes:
                name = target.orbit.name
                if name not in made:
                    made[name] = await self.destinations.create_orbit(
                        into.profile, into.organization, name, into.bucket
                    )
                target = replace(target, orbit=made[name])
            lines.append(Line(replace(line.pair, target=target), line.verdicts))
        return lines

    async def _made(self, plan: MovePlan, line: Line) -> Line:
        target = line.pair.target
        if not line.makes:
            return line
        into, wanted = plan.into, target.collection
        # Another collection of the registry may have made it a moment ago.
        there = await self.destinations.collections(into.profile, into.organization, target.orbit)
        same = (each for each in there if (each.name, each.type) == (wanted.name, wanted.type))
        collection = next(same, None) or await self.destinations.create(
            into.profile, into.organization, target.orbit, wanted
        )
        target = replace(target, collection=collection)
        return Line(replace(line.pair, target=target), line.verdicts)

    async def proven(self, record: MoveRecord) -> list[Deletion]:
        """The originals whose copies this program made, and of which the target says again that it
        has the same bytes: one deletion for each orbit. Nothing is deleted yet."""
        found: dict[Place, list[ModelArtifact]] = {}
        there, here = await self._clients.of(record.profile), await self._clients.of(LOCAL)
        arrived = [e for e in record.items if e.outcome in {Outcome.COPIED, Outcome.PRESENT}]
        for (home, target), items in grouped(arrived).items():
            place = Place.parse(home)
            copies = await there.at(*astuple(Place.parse(target))).model_artifacts.list()
            proven = {
                (told.original, each.sha256, each.size)
                for each in copies
                if each.status is ModelArtifactStatus.UPLOADED
                and (told := self._copies.records.of(each.id)) is not None
            }
            wanted = {each.original for each in items}
            for each in await here.at(*astuple(place)).model_artifacts.list():
                same = each.sha256 and (each.id, each.sha256, each.size) in proven
                if each.id in wanted and same and not (each.tracks or each.deployments):
                    orbit = Place(place.organization, place.orbit)
                    found.setdefault(orbit, []).append(each)
        return [
            Deletion(some, orbit, LOCAL, count(len({e.collection_id for e in some}), "collection"))
            for orbit, some in found.items()
        ]


def plan_of(source: Source) -> CopyPlan:
    """All of a collection."""
    return copy_plan(source.place, source.where, source.artifacts)


def copy_plan(home: Place, where: str, artifacts: Sequence[ModelArtifact]) -> CopyPlan:
    """Artifacts of the registry on this computer."""
    return CopyPlan(artifacts, Origin(LOCAL, home, f"{tr('On this computer')}{BETWEEN}{where}"))
