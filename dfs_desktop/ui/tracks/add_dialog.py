"""Adding artifacts to a track: which track, and which stage the new version gets."""

from collections.abc import Sequence

from PySide6.QtWidgets import QFormLayout, QWidget

from dfs_desktop.api import ModelArtifact, Track
from dfs_desktop.artifact import visible
from dfs_desktop.artifact.names import shortened
from dfs_desktop.translation import tr, trn
from dfs_desktop.ui.widgets.dialogs import (
    FittedDialog,
    choice_box,
    fill_box,
    primary_button,
    secondary_button,
)
from dfs_desktop.ui.widgets.labels import headline, plain_label, say
from dfs_desktop.ui.widgets.layouts import row, sheet
from dfs_desktop.workspace.tracks.track_list import TrackList

from .stage_menu import held_by


def fitting(listed: TrackList, artifacts: Sequence[ModelArtifact]) -> list[Track]:
    """The tracks that take all of these, which are of one type, and do not hold all of them yet."""
    kinds = {each.type or "model" for each in artifacts}
    wanted = {each.id for each in artifacts}
    return [
        track
        for track in listed.tracks
        if kinds <= {track.artifact_type}
        and not wanted <= {entry.artifact_id for entry in listed.entries.get(track.id, ())}
    ]


class AddToTrackDialog(FittedDialog):
    """`track` is None when a new one is wanted."""

    def __init__(
        self, parent: QWidget, listed: TrackList, artifacts: Sequence[ModelArtifact]
    ) -> None:
        super().__init__(parent)
        self.setObjectName("addToTrackDialog")
        name = artifacts[0].display_name
        title = trn(
            "Add {amount} artifact to a track", "Add {amount} artifacts to a track", len(artifacts)
        )
        if len(artifacts) == 1:
            title = tr("Add “{name}” to a track", name=visible(shortened(name, 60)))
        self.setWindowTitle(tr("Add to track"))
        self._listed, self._many = listed, len(artifacts)
        self._tracks = fitting(listed, artifacts)
        self.tracks = choice_box("trackBox", tr("Track"))
        self.stages = choice_box("stageBox", tr("Stage"))
        self.tracks.addItems([*(visible(track.name) for track in self._tracks), tr("New track…")])
        self._note = plain_label(wrap=True, dim=True)
        self._ok = primary_button("", "addToTrackButton", self.accept)
        cancel = secondary_button(tr("Cancel"), self.reject)
        heading = headline(title, wrap=True)
        form = QFormLayout(fieldGrowthPolicy=QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(tr("&Track"), self.tracks)
        form.addRow(tr("&Stage"), self.stages)
        sheet(self, heading, form, self._note, row(None, cancel, self._ok))
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 64)
        self.tracks.currentIndexChanged.connect(self._show)
        self._show()

    @property
    def track(self) -> Track | None:
        number = self.tracks.currentIndex()
        return self._tracks[number] if number < len(self._tracks) else None

    @property
    def stage_id(self) -> str | None:
        return self.stages.currentData() or None

    def _show(self) -> None:
        track = self.track
        stages = [("", tr("None"))]
        for stage in track.stages if track is not None else ():
            words = stage.name + held_by(self._listed.holder(track.id, stage.id) if track else None)
            stages.append((stage.id, words))
        fill_box(self.stages, stages)
        self.stages.setEnabled(self.stages.count() > 1)
        first = track.next_version if track is not None else 1
        if track is None:
            self._ok.setText(tr("Continue…"))
        elif self._many == 1:
            self._ok.setText(tr("Add as v{first}", first=first))
        else:
            last = first + self._many - 1
            self._ok.setText(tr("Add as v{first} to v{last}", first=first, last=last))
        several = tr("The oldest comes first; the stage goes to the last one.")
        say(self._note, several if self._many > 1 else "")
