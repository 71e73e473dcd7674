"""Files on this computer that are not right any more are made right: only what is wrong is fetched."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from dfs_desktop.api import DownloadRecord, Scope
from dfs_desktop.artifact.archive.part_sums import PART, WIDTH, fit
from dfs_desktop.transfers.job import Job, Kind
from dfs_desktop.transfers.queue import Queue
from dfs_desktop.translation import tr, trn
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.notices import Confirmation

from .local_copy import LocalCopy, State


def why_not(copy: LocalCopy) -> str:
    """Why a copy cannot be repaired; empty when it can."""
    if copy.state is State.FINE:
        return tr("It is right.")
    if copy.state is State.AWAY:
        return tr("Its drive or folder is not there now.")
    if not copy.known:
        return tr("Nobody knows a server that has it.")
    if copy.on_server == "no":
        return tr("It is not on the server any more.")
    return ""


def cost(copy: LocalCopy) -> int:
    """How many bytes a repair fetches, as far as that is known."""
    if copy.state is State.MISSING or copy.wrong < 0 or not fit(copy.sums, copy.size):
        return copy.size
    return min(copy.size, copy.wrong * PART)


def question(chosen: Sequence[LocalCopy]) -> Confirmation:
    """What is about to be fetched and replaced."""
    total = quantities.size(sum(map(cost, chosen)))
    if not (whole := [copy for copy in chosen if cost(copy) >= copy.size]):
        parts = sum(copy.wrong for copy in chosen)
        of = sum(len(copy.sums) // WIDTH for copy in chosen)
        how = trn(
            "{wrong} of {amount} part are wrong: {total} are fetched.",
            "{wrong} of {amount} parts are wrong: {total} are fetched.",
            of,
            wrong=parts,
            total=total,
        )
    elif len(whole) == len(chosen):
        how = tr("What is right in it is not known, so all is fetched: {total}.", total=total)
        if all(copy.state is State.MISSING for copy in chosen):
            how = tr("All is fetched: {total}.", total=total)
    else:
        how = trn(
            "{total} are fetched; of {amount} of them all, of the others what is wrong.",
            "{total} are fetched; of {amount} of them all, of the others what is wrong.",
            len(whole),
            total=total,
        )
    if changed := sum(copy.state is State.CHANGED for copy in chosen):
        since = tr("It was written to since: what was written is replaced.")
        if len(chosen) > 1:
            since = trn(
                "{amount} of them was written to since: what was written is replaced.",
                "{amount} of them were written to since: what was written is replaced.",
                changed,
            )
        how = f"{how} {since}"
    title = tr("Repair “{name}”?", name=Path(chosen[0].path).name)
    if len(chosen) > 1:
        title = trn("Repair {amount} file?", "Repair {amount} files?", len(chosen))
    keep = tr("Nothing is replaced before the new bytes are here and checked.")
    return Confirmation(title, f"{how} {keep}", (tr("Leave as it is"), tr("Repair")))


def repair(queue: Queue, chosen: Iterable[LocalCopy]) -> list[Job]:
    """Queue a download for each, which takes from the file what is right in it."""
    busy = {job.path for job in queue.running() if job.kind is Kind.DOWNLOAD}
    jobs = []
    for copy in chosen:
        path = Path(copy.path)
        if why_not(copy) or path in busy:
            continue
        record = DownloadRecord(
            copy.artifact_id,
            copy.path,
            Scope(copy.organization, copy.orbit, copy.collection),
            source=copy.path,
            sums=copy.sums,
        )
        jobs.append(Job.of(copy.name or path.name, record, copy.server))
        queue.add(jobs[-1])
    return jobs
