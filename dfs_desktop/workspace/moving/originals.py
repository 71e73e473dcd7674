"""The originals of a move, as far as their copies are proven: what may be deleted here afterwards."""

from dfs_desktop.api import ModelArtifact, ModelArtifactStatus
from dfs_desktop.settings import LOCAL
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.copies.copied_from import CopyRecords
from dfs_desktop.workspace.deletion.deleter import Deletion
from dfs_desktop.workspace.registry.clients import Clients
from dfs_desktop.workspace.session import Place

from .move_record import MoveRecord, Outcome, grouped
from .planner import ids


async def proven(record: MoveRecord, clients: Clients, records: CopyRecords) -> list[Deletion]:
    """The originals whose copies this program made, and of which the target says again that it
    has the same bytes: one deletion for each orbit. Nothing is deleted yet."""
    found: dict[Place, list[ModelArtifact]] = {}
    there, here = await clients.of(record.profile), await clients.of(LOCAL)
    arrived = [e for e in record.items if e.outcome in {Outcome.COPIED, Outcome.PRESENT}]
    for (home, target), items in grouped(arrived).items():
        place = Place.parse(home)
        copies = await there.at(*ids(Place.parse(target))).model_artifacts.list()
        proven = {
            (told.original, each.sha256, each.size)
            for each in copies
            if each.status is ModelArtifactStatus.UPLOADED
            and (told := records.of(each.id)) is not None
        }
        wanted = {each.original for each in items}
        for each in await here.at(*ids(place)).model_artifacts.list():
            same = each.sha256 and (each.id, each.sha256, each.size) in proven
            if each.id in wanted and same and not (each.tracks or each.deployments):
                orbit = Place(place.organization, place.orbit)
                found.setdefault(orbit, []).append(each)
    return [Deletion(some, orbit, LOCAL, _where(some)) for orbit, some in found.items()]


def _where(artifacts: list[ModelArtifact]) -> str:
    return quantities.count(len({each.collection_id for each in artifacts}), "collection")
