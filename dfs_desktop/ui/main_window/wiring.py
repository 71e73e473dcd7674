"""Gives panes and dialogs what they use of the workspace: they do not know it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from dfs_desktop.ui.details.page_services import PageServices
from dfs_desktop.ui.details.pane import DetailPane
from dfs_desktop.ui.platform.timers import RefreshTimer
from dfs_desktop.ui.sidebar.collection_picker import Picker
from dfs_desktop.workspace.editing.tags import known_tags
from dfs_desktop.workspace.workspace import Workspace

if TYPE_CHECKING:
    from dfs_desktop.ui.details.tabs.overview import OverviewTab
    from dfs_desktop.ui.editing.many_panel import ManyPanel
    from dfs_desktop.ui.quick_look.panel import QuickLook
    from dfs_desktop.ui.transfers.panel import TransfersView


def picker(workspace: Workspace) -> Picker:
    """Where the person is."""
    return Picker(
        workspace.state,
        workspace.browser,
        workspace.place_editor,
        workspace.tracks,
        workspace.groups,
        workspace.views,
        workspace.pins,
    )


def page_services(workspace: Workspace) -> PageServices:
    """For tabs that look inside."""
    return PageServices(
        workspace.state,
        workspace.inspector,
        workspace.reconnector,
        workspace.downloads,
        workspace.member_saver,
    )


def detail_pane(workspace: Workspace) -> DetailPane:
    """What is known of the selected artifacts."""

    def overview(parent: QWidget) -> "OverviewTab":
        from dfs_desktop.ui.details.tabs.overview import OverviewServices, OverviewTab

        services = OverviewServices(
            workspace.editor,
            workspace.tracks,
            workspace.library,
            workspace.finder,
            workspace.copies.records,
            workspace.record_lookup,
            workspace.metric_directions,
            partial(known_tags, workspace.listing),
        )
        return OverviewTab(services, parent)

    def many(parent: QWidget) -> "ManyPanel":
        from dfs_desktop.ui.editing.many_panel import ManyPanel

        known = partial(known_tags, workspace.listing)
        return ManyPanel(workspace.state, workspace.mass_editor, known, parent)

    return DetailPane(page_services(workspace), workspace.editor, overview, many)


def quick_look(window: QWidget, workspace: Workspace) -> "QuickLook":
    """What Space opens."""
    from dfs_desktop.ui.quick_look.panel import QuickLook

    return QuickLook(window, page_services(workspace))


def transfers_view(
    workspace: Workspace, refresh_timer: RefreshTimer, reveal: Callable[[Path], None]
) -> "TransfersView":
    """What moves, at the foot of the window."""
    from dfs_desktop.ui.transfers.panel import TransfersView

    state, transfers = workspace.state, workspace.transfers
    return TransfersView(state, workspace.queue, transfers, workspace.limits, refresh_timer, reveal)
