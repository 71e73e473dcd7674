"""Files on this computer that are not right any more are made right: only what is wrong is fetched."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from dfs_desktop.api import DownloadRecord, Ledger, Scope
from dfs_desktop.artifact.archive.part_sums import PART, WIDTH, fit
from dfs_desktop.transfers.job import Job, Kind
from dfs_desktop.transfers.queue import Queue
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.notices import Confirmation

from .local_copy import LocalCopy, State


def why_not(copy: LocalCopy) -> str:
    """Why a copy cannot be repaired; empty when it can."""
    if copy.state is State.FINE:
        return "It is right."
    if copy.state is State.AWAY:
        return "Its drive or folder is not there now."
    if not copy.known:
        return "Nobody knows a server that has it."
    if copy.on_server == "no":
        return "It is not on the server any more."
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
        how = f"{parts} of {quantities.count(of, 'part')} are wrong: {total} are fetched."
    elif len(whole) == len(chosen):
        how = f"What is right in it is not known, so all is fetched: {total}."
        if all(copy.state is State.MISSING for copy in chosen):
            how = f"All is fetched: {total}."
    else:
        how = f"{total} are fetched; of {len(whole)} of them all, of the others what is wrong."
    if changed := sum(copy.state is State.CHANGED for copy in chosen):
        whose = "It was" if len(chosen) == 1 else f"{changed} of them were"
        how += f" {whose} written to since: what was written is replaced."
    name = f"“{Path(chosen[0].path).name}”" if len(chosen) == 1 else f"{len(chosen)} files"
    keep = "Nothing is replaced before the new bytes are here and checked."
    return Confirmation(f"Repair {name}?", f"{how} {keep}", ("Leave as it is", "Repair"))


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
        jobs.append(
            Job(
                Kind.DOWNLOAD,
                copy.name or path.name,
                path,
                collection_id=copy.collection,
                ledger=Ledger(record),
                profile=copy.server,
            )
        )
        queue.add(jobs[-1])
    return jobs
