"""How many transfers run at once and how fast: taken over at once and kept in the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dfs_desktop.transfers.job import Kind

if TYPE_CHECKING:
    from dfs_desktop.workspace.workspace import Workspace

MOST_AT_ONCE = 8
MB = 10**6
RATES: tuple[int | None, ...] = (None, 1 * MB, 5 * MB, 10 * MB, 50 * MB)  # bytes a second
HIGHEST_RATE = 100_000 * MB


def use_parallel(workspace: Workspace, at_once: int) -> None:
    """Let so many transfers run at once, from now on."""
    chosen = max(1, min(at_once, MOST_AT_ONCE))
    workspace.settings.parallel_transfers = chosen
    workspace.queue.set_limit(chosen)
    workspace.save_settings()


def rate(workspace: Workspace, kind: Kind) -> int | None:
    """Bytes a second that all uploads, or all downloads, may take together; None is no limit."""
    settings = workspace.settings
    return settings.upload_limit if kind is Kind.UPLOAD else settings.download_limit


def use_rate(workspace: Workspace, kind: Kind, wanted: int | None) -> None:
    """Change that; transfers that run slow down, or speed up, at once."""
    chosen = None if wanted is None else max(1, min(wanted, HIGHEST_RATE))
    if kind is Kind.UPLOAD:
        workspace.settings.upload_limit = chosen
    else:
        workspace.settings.download_limit = chosen
    workspace.queue.set_rate(kind, chosen)
    workspace.save_settings()


def use_resume(workspace: Workspace, on: bool) -> None:
    """Whether what has not ended goes on by itself at the next start, or waits there, paused."""
    workspace.settings.resume_transfers = on
    workspace.save_settings()
