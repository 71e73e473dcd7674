"""The words for transfers, and tooltips that show foreign text as it is."""

from __future__ import annotations

import pytest
from ui_room import HTML

from dfs_desktop.api import Phase
from dfs_desktop.transfers.job import Kind, Snapshot, State
from dfs_desktop.ui import progress_text
from dfs_desktop.ui.tooltips import tooltip

MB = 10**6


def shot(**changes: object) -> Snapshot:
    values: dict[str, object] = {
        "state": State.RUNNING,
        "phase": Phase.SENDING,
        "done": 48 * MB,
        "total": 200 * MB,
        "speed": 61e6,
        "seconds_left": 18.0,
        "stalled": False,
        "cancelling": False,
    }
    return Snapshot(**{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "Sending · 48 MB of 200 MB · 61 MB/s · about 20 s left"),
        ({"phase": Phase.HASHING}, "Hashing · 48 MB of 200 MB · 61 MB/s · about 20 s left"),
        ({"stalled": True}, "Sending · 48 MB of 200 MB · Stalled: no bytes for 5 s"),
        ({"cancelling": True}, "Cancelling…"),
        ({"state": State.WAITING, "done": 0}, "Waiting"),
        ({"state": State.CANCELLED, "cancelling": True}, "Cancelled"),
        ({"state": State.FAILED}, "Failed"),
        ({"state": State.DONE}, "Uploaded · 200 MB"),
        (
            {
                "phase": Phase.CONFIRMING,
                "total": None,
                "done": 0,
                "speed": 0.0,
                "seconds_left": None,
            },
            "Confirming",
        ),
        (
            {"total": 5 * 10**12, "done": 3 * 10**9},
            "Sending · 3 GB of 5 TB · 61 MB/s · about 20 s left",
        ),
    ],
)
def test_the_words_for_each_state(changes: dict[str, object], text: str) -> None:
    assert progress_text.sentence(shot(**changes), Kind.UPLOAD, 200 * MB) == text


def test_the_status_line_names_one_transfer_and_counts_several() -> None:
    one = progress_text.brief(shot(done=122 * MB), Kind.UPLOAD, "bert-tiny")
    assert one == "⬆ bert-tiny 61 % · 61 MB/s · 18 s"
    assert progress_text.brief(shot(stalled=True), Kind.DOWNLOAD, "x").startswith("⬇ x stalled")
    assert progress_text.together([shot(), shot(speed=35e6)]) == "2 transfers · 96 MB/s"


def test_hashing_is_not_counted_as_sent() -> None:
    assert progress_text.moved(shot(phase=Phase.HASHING), 200 * MB) == 0
    assert progress_text.moved(shot(), 200 * MB) == 48 * MB
    assert progress_text.moved(shot(phase=Phase.CONFIRMING, done=0), 200 * MB) == 200 * MB


def test_a_tooltip_shows_text_and_never_renders_it() -> None:
    shown = tooltip(HTML + "\nnext\u202eline")
    assert "<img" not in shown
    assert "&lt;img" in shown
    assert "<br>next⟨U+202E⟩line" in shown
    assert tooltip("") == ""
    assert len(tooltip("x" * 10**6)) < 3000
