"""What is wrong with a transfer, and what it waits for."""

from datetime import UTC, datetime

from dfs_desktop import credentials
from dfs_desktop.api import DataForceError, errors
from dfs_desktop.artifact import visible
from dfs_desktop.credentials import CredentialsError
from dfs_desktop.transfers.job import Job, State
from dfs_desktop.transfers.problem import storage_host
from dfs_desktop.translation import tr
from dfs_desktop.workspace.notices import from_error

LAST_SECOND = 253_402_300_799  # of the year 9999


def problem_kind(job: Job) -> type[BaseException] | None:
    """What kind of error a transfer stands at, in this run or the one before; None for none."""
    if job.error is not None:
        return type(job.error)
    if job.problem is None:
        return None
    kinds = [getattr(module, job.problem.kind, None) for module in (errors, credentials)]
    ours = (DataForceError, CredentialsError)
    return next((k for k in kinds if isinstance(k, type) and issubclass(k, ours)), None)


def why(job: Job) -> str:
    """What is wrong with a transfer, fit to act on; empty when nothing is."""
    if job.error is not None:
        return visible(from_error(job.error, "").detail)
    if job.problem is not None and job.problem.text:
        return visible(job.problem.text)
    kind = problem_kind(job)
    return f"{tr(kind.heading)}." if kind is not None and issubclass(kind, DataForceError) else ""


def waits_for(job: Job) -> str:
    """The storage in a private network that a transfer waits to have approved; empty for none."""
    if job.state is not State.ATTENTION:
        return ""
    return storage_host(job.error) or (job.problem.host if job.problem is not None else "")


def failed_at(job: Job) -> datetime | None:
    """When it failed last; None when nobody knows."""
    if job.problem is None or not 0 < job.problem.at < LAST_SECOND:
        return None
    return datetime.fromtimestamp(job.problem.at, UTC)
