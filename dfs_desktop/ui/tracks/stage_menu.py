"""The menu of the stages of one version or of several: who holds each now stands beside its name."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget

from dfs_desktop.api import TrackEntry
from dfs_desktop.artifact import visible
from dfs_desktop.artifact.names import shortened
from dfs_desktop.translation import tr
from dfs_desktop.ui.widgets.dialogs import offer, passing_menu
from dfs_desktop.workspace.tracks.track_list import Membership, TrackList

Choose = Callable[[Membership, str | None], object]


def held_by(holder: TrackEntry | None) -> str:
    """` — now v3 “resnet”`, or nothing for a stage that is free."""
    if holder is None:
        return ""
    version = f"v{holder.version}"
    if holder.artifact_name:
        name = visible(shortened(holder.artifact_name, 40))
        version = tr("v{version} “{name}”", version=holder.version, name=name)
    return " — " + tr("now {version}", version=version)


def open_stage_menu(
    parent: QWidget,
    tracks: TrackList,
    members: Sequence[Membership],
    choose: Choose,
    corner: QPoint,
) -> QMenu:
    """Open it; of several tracks each has a heading."""
    menu = passing_menu(parent, "stageMenu")
    for member in members:
        track, entry = member.track, member.entry
        if len(members) > 1:
            menu.addSection(visible(f"{track.name} v{entry.version}").replace("&", "&&"))
        for stage in track.stages:
            holder = tracks.holder(track.id, stage.id)
            own = holder is not None and holder.id == entry.id
            words = stage.name + ("" if own else held_by(holder))
            _add(menu, words, own, partial(choose, member, stage.id))
        if not track.stages:
            menu.addAction(tr("This track has no stages")).setEnabled(False)
        elif entry.stage_id:
            menu.addSeparator()
            _add(menu, tr("No Stage"), False, partial(choose, member, None))
    menu.popup(corner)
    return menu


def _add(menu: QMenu, words: str, checked: bool, run: Callable[[], object]) -> None:
    action = offer(menu, visible(words), run)
    action.setCheckable(True)
    action.setChecked(checked)
