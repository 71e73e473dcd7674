"""What pages that look inside use of the workspace."""

from typing import NamedTuple

from dfs_desktop.workspace.downloads.downloads import Downloads
from dfs_desktop.workspace.downloads.member_saver import MemberSaver
from dfs_desktop.workspace.inspection.inspector import Inspector
from dfs_desktop.workspace.offline.reconnector import Reconnector
from dfs_desktop.workspace.state import AppState


class PageServices(NamedTuple):
    """They read, wait for a server that is away, and save members."""

    state: AppState
    inspector: Inspector
    reconnector: Reconnector
    downloads: Downloads
    member_saver: MemberSaver
