"""The words for transfers, and tooltips that show foreign text as it is."""

from __future__ import annotations

import pytest
from support.qt.widgets import HTML

from dfs_desktop.api import (
    APIConnectionError,
    Ledger,
    ModelArtifact,
    Phase,
    Scope,
    SentPart,
    UnconfirmedUploadError,
    UploadPlan,
    UploadRecord,
    UploadStep,
)
from dfs_desktop.api.errors import DiskFullError
from dfs_desktop.transfers.job import Job, Kind, Snapshot, State
from dfs_desktop.transfers.problem import Problem
from dfs_desktop.ui.widgets.naming import tooltip
from dfs_desktop.workspace.transfers import progress_text
from dfs_desktop.workspace.transfers.confirmations import confirm_discard, on_quit

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


def upload(state: State = State.RUNNING, **facts: object) -> Job:
    """A transfer of 200 MB, of which `parts` times 50 MB have arrived."""
    record = UploadRecord("/models/bert.fnnx", "bert", Scope("o", "b", "c"), size=200 * MB)
    record.parts = {
        n: SentPart(n, n * 50 * MB, 50 * MB, "e") for n in range(int(str(facts.pop("parts", 0))))
    }
    job = Job("bert", Ledger(record))
    job.provisional = ModelArtifact(id="job:1", file_name="bert.fnnx", size=200 * MB)
    job.state = state
    for name, value in facts.items():
        setattr(record if name == "step" else job, name, value)
    return job


@pytest.mark.fault("W-10")
def test_w10_a_transfer_that_waits_out_a_fault_says_so_and_since_when() -> None:
    job = upload()
    job.meter.enter(Phase.LOOKING)
    assert progress_text.sentence(job.snapshot(), job) == "Asking the storage"
    job.meter.stumbled("The storage could not do this now (503 SlowDown).")
    job.meter._since -= 12  # type: ignore[operator]
    said = progress_text.sentence(job.snapshot(), job)
    assert said.startswith("Waiting, 13 s so far · The storage could not do this now")
    assert "left" not in said
    assert "%" not in progress_text.brief(job.snapshot(), job.kind, job.title)
    job.meter.recovered()
    assert progress_text.sentence(job.snapshot(), job) == "Asking the storage"


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
    seen = shot(**changes)
    assert progress_text.sentence(seen, upload(seen.state)) == text


UNREACHED = APIConnectionError("Nothing answers.")


@pytest.mark.parametrize(
    ("job", "text"),
    [
        (upload(State.PAUSED), "Paused"),
        (upload(State.PAUSED, parts=2), "Paused · 100 MB of 200 MB kept"),
        (
            upload(State.PAUSED, error=DiskFullError("It needs 3 MB more.")),
            "Paused · There is not enough room on the disk. It needs 3 MB more.",
        ),
        (
            upload(State.RETRYING, parts=1, error=UNREACHED),
            "Retrying in 12 s · 50 MB of 200 MB kept · "
            "The server cannot be reached. Nothing answers.",
        ),
        (
            upload(State.ATTENTION, problem=Problem("AuthenticationError")),
            "Needs you · The API key was not accepted.",
        ),
        (
            upload(State.FAILED, problem=Problem("ChecksumError")),
            "The downloaded file is not the registered one.",
        ),
        (upload(State.FAILED, problem=Problem("no such thing")), "Failed"),
        (
            upload(State.FAILED, problem=Problem("ValueError", "It went wrong. Do this.", 1.0)),
            "It went wrong. Do this.",
        ),
        (upload(State.WAITING, parts=1, error=UNREACHED), "Waiting · 50 MB of 200 MB kept"),
    ],
)
def test_what_stands_still_says_why_and_what_it_keeps(job: Job, text: str) -> None:
    """Also after a restart, when only the kind of the error is known (`problem`)."""
    retry_in = 11.4 if job.state is State.RETRYING else None
    seen = shot(state=job.state, retry_in=retry_in)
    assert progress_text.sentence(seen, job) == text


@pytest.mark.parametrize("phase", Phase)
def test_every_phase_has_words(phase: Phase) -> None:
    assert progress_text.phase_word(shot(phase=phase))


@pytest.mark.fault("U-13")
def test_u13_what_is_stored_but_not_confirmed_says_so() -> None:
    error = UnconfirmedUploadError("The registry could not be told.", reason=UNREACHED)
    job = upload(State.RETRYING, step=UploadStep.CONFIRMING, error=error)
    words = progress_text.sentence(shot(state=State.RETRYING, retry_in=60.0), job)
    assert words.startswith("Uploaded, waiting to confirm · Retrying in 1 min · ")
    assert progress_text.shown_permille(job.snapshot(), job) == 999, "never whole before its end"


@pytest.mark.fault("U-17")
@pytest.mark.parametrize("phase", [Phase.SENDING, Phase.CONFIRMING])
def test_u17_past_the_last_way_back_a_cancel_says_so(phase: Phase) -> None:
    words = progress_text.sentence(shot(cancelling=True, phase=phase), upload())
    last = phase is Phase.CONFIRMING
    assert words == ("Finishing, cannot be undone" if last else "Cancelling…")


def test_the_status_line_names_one_transfer_and_counts_several() -> None:
    one = progress_text.brief(shot(done=122 * MB), Kind.UPLOAD, "bert-tiny")
    assert one == "⬆ bert-tiny 61 % · 61 MB/s · 18 s"
    assert progress_text.brief(shot(stalled=True), Kind.DOWNLOAD, "x").startswith("⬇ x stalled")
    assert progress_text.together(2, 0, 96e6) == "2 transfers · 96 MB/s"
    assert progress_text.together(2, 1, 96e6) == "2 transfers · 1 paused · 96 MB/s"


def test_hashing_is_not_counted_as_sent() -> None:
    assert progress_text.moved(shot(phase=Phase.HASHING), upload()) == 0
    assert progress_text.moved(shot(), upload()) == 48 * MB
    assert progress_text.moved(shot(phase=Phase.CONFIRMING, done=0), upload()) == 200 * MB
    assert progress_text.moved(shot(state=State.PAUSED), upload(State.PAUSED, parts=2)) == 100 * MB


def test_stalled_and_paused_are_more_than_a_colour() -> None:
    for seen, icon, color in (
        (shot(stalled=True), "warning", "waiting"),
        (shot(state=State.PAUSED), "pause", "dim"),
        (shot(state=State.ATTENTION), "warning", "waiting"),
        (shot(state=State.FAILED), "error", "failed"),
        (shot(), "upload", "accent"),
    ):
        assert progress_text.icon_name(seen, Kind.UPLOAD) == icon
        assert progress_text.icon_color(seen) == color


def test_a_tooltip_shows_text_and_never_renders_it() -> None:
    shown = tooltip(HTML + "\nnext\u202eline")
    assert "<img" not in shown
    assert "&lt;img" in shown
    assert "<br>next⟨U+202E⟩line" in shown
    assert tooltip("") == ""
    assert len(tooltip("x" * 10**6)) < 3000


def test_the_closing_question_says_what_each_way_leaves() -> None:
    whole, parts = upload(), upload(parts=2, step=UploadStep.SENDING)
    one = on_quit([whole], resumes=True)
    assert one == "Kept, it goes on at the next start. Cancelled, it is given up."
    words = on_quit([whole, parts], resumes=False)
    assert words.startswith("Kept, they wait, paused, at the next start. The 100 MB that are safe")
    assert "Cancelled, they are given up, and 100 MB moved for nothing." in words
    assert "Then 100 MB stays in the storage, unseen and paid for" in words


@pytest.mark.fault("M-15")
def test_m15_what_stays_depends_on_the_store() -> None:
    azure = upload(parts=1, step=UploadStep.SENDING)
    azure.ledger.record.plan = UploadPlan((), store="azure")  # type: ignore[union-attr]
    doubted = confirm_discard([azure])
    assert doubted is not None
    assert "until Azure drops it, in about a week" in doubted.text
    both = confirm_discard([azure, upload()])
    assert both is not None
    assert both.title == "Discard 2 uploads?"
    assert both.text.endswith("The other transfer would leave nothing there.")
    assert confirm_discard([upload()]) is None, "a file in one piece leaves nothing"
    finishing = upload(parts=1, step=UploadStep.CONFIRMING)
    assert confirm_discard([finishing]) is None, "what is stored is finished instead"
