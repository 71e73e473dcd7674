"""The pages that look inside an artifact, by the key of their tab."""

from dfs_desktop.ui.details.tabs.card import CardPage
from dfs_desktop.ui.details.tabs.dashboard import DashboardPage
from dfs_desktop.ui.details.tabs.environment import EnvironmentPage
from dfs_desktop.ui.details.tabs.experiment import ExperimentPage
from dfs_desktop.ui.details.tabs.files import FilesPage
from dfs_desktop.ui.details.tabs.graph import GraphPage
from dfs_desktop.ui.details.tabs.interface import InterfacePage
from dfs_desktop.ui.details.tabs.manifest import ManifestPage
from dfs_desktop.ui.details.tabs.metadata import MetadataPage
from dfs_desktop.ui.details.tabs.safety import SafetyPage
from dfs_desktop.ui.details.tabs.weights import WeightsPage
from dfs_desktop.ui.local_file.overview import LocalPage

from .detail_page import DetailPage

_PAGES: tuple[type[DetailPage], ...] = (
    CardPage, DashboardPage, EnvironmentPage, ExperimentPage, FilesPage, GraphPage, InterfacePage,
    LocalPage, ManifestPage, MetadataPage, SafetyPage, WeightsPage,
)  # fmt: skip


def page_class(key: str) -> type[DetailPage]:
    """The page of a tab."""
    return next(page for page in _PAGES if page.key == key)
