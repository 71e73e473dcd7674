"""Which tabs the detail pane has, in their order, and how each is made when it is first seen."""

from __future__ import annotations

from dfs_desktop.ui.detail_card import CardPage
from dfs_desktop.ui.detail_environment import EnvironmentPage
from dfs_desktop.ui.detail_experiment import ExperimentPage
from dfs_desktop.ui.detail_files import FilesPage
from dfs_desktop.ui.detail_graph import GraphPage
from dfs_desktop.ui.detail_interface import InterfacePage
from dfs_desktop.ui.detail_manifest import ManifestPage
from dfs_desktop.ui.detail_metadata import MetadataPage
from dfs_desktop.ui.detail_safety import SafetyPage
from dfs_desktop.ui.detail_weights import WeightsPage
from dfs_desktop.ui.inspect_page import InsidePage
from dfs_desktop.ui.local_page import LocalPage
from dfs_desktop.workspace.workspace import Workspace

_PAGES: tuple[type[InsidePage], ...] = (
    CardPage, EnvironmentPage, ExperimentPage, FilesPage, GraphPage, InterfacePage, LocalPage,
    ManifestPage, MetadataPage, SafetyPage, WeightsPage,
)  # fmt: skip
_BY_KEY = {page.key: page for page in _PAGES}


def make_page(key: str, workspace: Workspace) -> InsidePage:
    """The page of this key, with nothing in it yet."""
    return _BY_KEY[key](workspace)
