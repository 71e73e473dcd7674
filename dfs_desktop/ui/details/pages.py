"""Which tabs the detail pane has, in their order, and how each is made when it is first seen."""

from __future__ import annotations

from dfs_desktop.ui.local_file.page import LocalPage
from dfs_desktop.workspace.workspace import Workspace

from .card import CardPage
from .environment import EnvironmentPage
from .experiment import ExperimentPage
from .files import FilesPage
from .graph import GraphPage
from .interface import InterfacePage
from .manifest import ManifestPage
from .metadata import MetadataPage
from .reading_page import InsidePage
from .safety import SafetyPage
from .weights import WeightsPage

_PAGES: tuple[type[InsidePage], ...] = (
    CardPage, EnvironmentPage, ExperimentPage, FilesPage, GraphPage, InterfacePage, LocalPage,
    ManifestPage, MetadataPage, SafetyPage, WeightsPage,
)  # fmt: skip
_BY_KEY = {page.key: page for page in _PAGES}


def make_page(key: str, workspace: Workspace) -> InsidePage:
    """The page of this key, with nothing in it yet."""
    return _BY_KEY[key](workspace)
