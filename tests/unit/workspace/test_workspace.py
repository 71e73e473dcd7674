"""The workspace's plain parts: formats, the filter line, columns, the listing, rates."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dfs_desktop.api import (
    AsyncDataForceClient,
    CertificateError,
    FileUploadError,
    ModelArtifact,
    ModelArtifactStatus,
    ProxyLoginError,
    StorageAddressError,
)
from dfs_desktop.credentials import Credentials
from dfs_desktop.settings import Profile, Settings, SettingsFile
from dfs_desktop.transfers.rate import Rate
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.downloads.downloads import why_no_file
from dfs_desktop.workspace.editing.tags import typed_tags
from dfs_desktop.workspace.events import Event
from dfs_desktop.workspace.listing.filtering import filter_parser, record_filter
from dfs_desktop.workspace.listing.listing import Listing
from dfs_desktop.workspace.listing.row import Row
from dfs_desktop.workspace.registry.clients import Clients, LocalServer
from dfs_desktop.workspace.state import AppState


def no_server() -> LocalServer:
    raise AssertionError("no test of this module needs the registry")


def artifact(name: str, **values: Any) -> ModelArtifact:
    given: dict[str, Any] = {
        "id": f"id-{name}",
        "collection_id": "c",
        "file_name": f"{name}.fnnx",
        "model_name": name,
        "status": ModelArtifactStatus.UPLOADED,
        "created_at": "2026-11-23T20:00:00Z",
    }
    return ModelArtifact(**{**given, **values})


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (None, ""),
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1 kB"),
        (1_449_000_000, "1.4 GB"),
        (999_600, "1 MB"),
        (99_400_000, "99.4 MB"),
        (5_497_558_138_880, "5.5 TB"),
    ],
)
def test_sizes_read_short(count: int | None, text: str) -> None:
    assert quantities.size(count) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.9598319, "0.9598"),
        (0.95, "0.9500"),
        (12.5, "12.50"),
        (1.2e-05, "1.200e-05"),
        (1024.4, "1024.4"),
        (True, "yes"),
        (1024, "1024"),
    ],
)
def test_metrics_have_four_digits(value: object, text: str) -> None:
    assert quantities.number(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (3, "just now"),
        (300, "5 min ago"),
        (7200, "2 h ago"),
        (86400, "yesterday"),
        (3 * 86400, "3 days ago"),
    ],
)
def test_times_are_relative(seconds: int, text: str) -> None:
    now = datetime(2026, 11, 23, 22, tzinfo=UTC)
    assert quantities.ago(now - timedelta(seconds=seconds), now) == text


def test_a_broken_time_is_no_time() -> None:
    assert quantities.parse_time("yesterday-ish") is None
    assert quantities.parse_time("2026-11-23T20:52:31.917994Z") is not None


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("", "abc"),
        ("res", "a"),
        ("RES vision", "a"),
        ("tag:prod", "ab"),
        ("accuracy>=0.9", "a"),
        ("accuracy>0.5 tag:prod", "ab"),
        ("accuracy!=0.95", "b"),
        ("size<2GB", "ac"),
        ("size>=2GiB", "b"),
        ("status:failed", "c"),
        ('"resnet 50"', "a"),
        ("accuracy>", "abc"),
        ("nothing-like-it", ""),
        ("id-bert", "b"),
        ("d-bert", ""),
        ("<<<>>>", ""),
    ],
)
def test_the_filter_line(line: str, found: str) -> None:
    rows = {
        "a": artifact("resnet 50", tags=["prod", "vision"], metrics={"accuracy": 0.95}, size=10),
        "b": artifact(
            "bert", id="id-bert-1", tags=["prod"], metrics={"Accuracy": 0.6}, size=3 * 2**30
        ),
        "c": artifact(
            "old", size=5, metrics={"accuracy": "n/a"}, status=ModelArtifactStatus.UPLOAD_FAILED
        ),
    }
    names = {name for one in rows.values() for name in one.metrics}
    test = record_filter.all_of(filter_parser.parse(line, names), names)
    assert "".join(key for key, one in rows.items() if test is None or test(Row(one))) == found


@pytest.mark.parametrize("descending", [True, False])
def test_missing_values_sort_last_both_ways(descending: bool) -> None:
    listing = Listing()
    listing.replace(
        [
            artifact("a", metrics={"f1": 0.1}),
            artifact("b"),
            artifact("c", metrics={"f1": 0.9}),
            artifact("d", metrics={"f1": float("nan")}),
            artifact("e", metrics={"f1": "text"}),
        ]
    )
    listing.sort("metric:f1", descending=descending)
    names = [row.artifact.model_name for row in listing.visible]
    assert names[:3] == (["e", "c", "a"] if descending else ["a", "c", "e"])
    assert set(names[3:]) == {"b", "d"}


@pytest.mark.fault("RL-07")
def test_struck_rows_stay_in_place_and_struck_through_a_refresh() -> None:
    listing = Listing()
    listing.replace([artifact("a"), artifact("b")])
    listing.strike(["id-a"])
    assert len(listing) == 1
    listing.replace([artifact("a"), artifact("b")])
    assert {row.key: row.going for row in listing.visible} == {"id-a": True, "id-b": False}
    listing.unstrike(["id-a"])
    assert len(listing) == 2


@pytest.mark.fault("RL-09")
@pytest.mark.parametrize(
    "status", ["pending_upload", "upload_failed", "pending_deletion", "deletion_failed"]
)
def test_records_without_a_file_do_not_count_as_artifacts(status: str) -> None:
    listing = Listing()
    listing.replace([artifact("a"), artifact("b", status=ModelArtifactStatus(status))])
    assert len(listing.visible) == 2
    assert len(listing) == 1
    assert why_no_file(listing.row("id-b").artifact)
    assert why_no_file(listing.row("id-a").artifact) == ""


def test_tags_are_trimmed_and_merged() -> None:
    assert typed_tags(" prod , Prod,, big  model ") == ["prod", "big model"]


def test_speed_falls_to_zero_when_bytes_stop() -> None:
    rate = Rate()
    for tick in range(20):
        rate.sample(tick / 10, tick * 1_000_000)
    assert rate.speed() == pytest.approx(10_000_000)
    assert rate.seconds_left(29_000_000) == pytest.approx(1.0)
    for tick in range(20, 80):
        rate.sample(tick / 10, 19_000_000)
    assert rate.speed() == 0
    assert rate.stalled(7.9)
    assert rate.seconds_left(29_000_000) is None


def test_speed_starts_anew_when_an_attempt_does() -> None:
    rate = Rate()
    rate.sample(0.0, 5_000)
    rate.sample(1.0, 9_000)
    rate.sample(1.1, 0)
    assert rate.speed() is None


@pytest.mark.fault("Q-02")
@pytest.mark.expects_errors
def test_q02_a_listener_that_fails_is_heard_and_the_others_go_on() -> None:
    heard: list[BaseException] = []
    told: list[int] = []
    event: Event[[int]] = Event()
    event.connect(lambda _number: 1 / 0)
    event.connect(told.append)

    def fail_while_hearing(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        heard.append(context["exception"])
        event.emit(2)  # fails again, and must not be told for ever

    async def play() -> None:
        asyncio.get_running_loop().set_exception_handler(fail_while_hearing)
        event.emit(1)

    asyncio.run(play())
    assert told == [2, 1]
    assert [type(error) for error in heard] == [ZeroDivisionError]


@pytest.mark.fault("S-07")
def test_s07_a_private_storage_is_offered_for_approval(tmp_path: Path) -> None:
    refused = StorageAddressError("10.0.0.5")
    failed = FileUploadError(refused.detail)
    failed.__cause__ = refused
    profile = Profile(id="p", name="Lab", base_url="https://api.example")
    tried: list[str] = []
    file = SettingsFile(tmp_path / "settings.json")

    async def play() -> None:
        state = AppState(file, Settings(profiles=[profile]))
        clients = Clients(state, Credentials(backends=()), no_server)
        async with AsyncDataForceClient("https://api.example", "dfs_" + "x" * 43) as client:
            clients.open["p"] = client
            action = clients.retry_action(failed, "p", lambda: tried.append("again"))
            assert action.text == "Approve 10.0.0.5"
            action.run()
            assert client._transport.store.approved == {"10.0.0.5"}
        assert clients.retry_action(ValueError(), "p", tried.clear).text == "Try again"
        asked: list[object] = []
        clients.network.trust_requested.connect(lambda error, _then: asked.append(error))
        clients.network.login_requested.connect(lambda error, _then: asked.append(error))
        for cause, text in (
            (CertificateError("Who?", may_trust=True), "Look at the Certificate…"),
            (ProxyLoginError("407", proxy="p:1"), "Enter Password…"),
        ):
            failed.__cause__ = cause
            mend = clients.retry_action(failed, "p", tried.clear)
            mend.run()
            assert (mend.text, asked.pop()) == (text, cause)
        failed.__cause__ = CertificateError("A virus scanner.")
        assert clients.retry_action(failed, "p", tried.clear).text == "Try again"
        await state.write_settings()
        await state.tasks.stop()

    asyncio.run(play())
    (saved,) = file.load().profiles
    assert saved.storage_hosts == ["10.0.0.5"]
    assert profile.storage_hosts == ["10.0.0.5"]
    assert tried == ["again"]


@pytest.mark.fault("W-16")
@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((500, 500, 2000), "500 of 2000 artifacts loaded"),
        ((500, 2, 2000), "2 of 500 artifacts shown, 500 of 2000 loaded"),
        ((500, 500, 500), "500 artifacts"),
        ((1, 1, None), "1 artifact"),
        ((3, 2, None), "2 of 3 artifacts shown"),
    ],
)
def test_counts_say_of_how_many(given: tuple[int, int, int | None], words: str) -> None:
    assert quantities.counted(*given) == words
    if given[2] is None:
        so_far = quantities.counted(*given, coming=True)
        assert so_far == re.sub("artifacts?", r"\g<0> so far", words)


@pytest.mark.fault("RL-31")
@pytest.mark.parametrize(
    ("ahead", "text"),
    [
        (timedelta(seconds=20), "just now"), (timedelta(minutes=2), "just now"),
        (timedelta(minutes=10), "in 10 min"), (timedelta(hours=3), "in 3 h"),
        (timedelta(days=1), "tomorrow"), (timedelta(days=3), "in 3 days"),
        (timedelta(days=400), "2027-12-28"),
    ],
)  # fmt: skip
def test_a_time_ahead_of_this_clock_is_told_as_such(ahead: timedelta, text: str) -> None:
    now = datetime(2026, 11, 23, 22).astimezone()
    assert quantities.ago(now + ahead, now) == text


@pytest.mark.fault("RL-31")
@pytest.mark.parametrize("ahead", [-3 * 3600, 400 * 86400, 1e18])
def test_what_a_server_made_now_is_new_although_the_clocks_differ(ahead: float) -> None:
    quantities.use_server_clock(ahead)
    try:
        there = datetime.now(UTC) + timedelta(seconds=min(ahead, 3e9))
        assert quantities.ago_there(there - timedelta(seconds=5)) == "just now"
        assert quantities.ago_there(there - timedelta(hours=2)) == "2 h ago"
    finally:
        quantities.use_server_clock(0.0)


@pytest.mark.fault("RL-07")
def test_an_answer_from_before_a_deletion_brings_no_row_back() -> None:
    listing = Listing()
    records = [artifact("stays"), artifact("goes")]
    listing.replace(records)
    listing.remove(records[1].id)
    listing.replace(records)
    listing.extend(records)
    listing.put(records[1])
    assert [row.artifact.model_name for row in listing.visible] == ["stays"]
