"""Tracks on the wire of LUML servers: exchanges after the servers' public source, played by both faces."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.registries.client_faces import FACES, Recorded, through

from dfs_desktop.api import (
    APIStatusError,
    BadRequestError,
    ConfigurationError,
    ConflictError,
    DataForceClient,
    NotFoundError,
    Track,
    TrackEntry,
)

WIRE = Path(__file__).parents[2] / "wire" / "luml_source"
TRACK = "01a20a2f-4804-769c-9b96-be43a926b722"
ENTRY = "01a20a2f-5000-7000-8000-000000000003"
ARTIFACT = "01a20a2f-39b7-7674-b38d-875965606a43"

# The call, the requests that come before the recorded one, and what it ends with.
Case = tuple[Callable[[Any], Any], tuple[str, ...], Any]
CASES: dict[str, Case] = {
    "track-create": (
        lambda tracks: tracks.create("Release", tags=["prod"], stages=["staging", "production"]),
        (), Track,
    ),
    "track-list": (lambda tracks: tracks.list(), (), list),
    "track-get": (lambda tracks: tracks.get(TRACK), (), Track),
    "track-get-unknown": (lambda tracks: tracks.get(TRACK), (), type(None)),
    "track-update": (lambda tracks: tracks.update(TRACK, name="Releases"), (), Track),
    "track-update-held-stage-left-out": (
        lambda tracks: tracks.update(TRACK, stages=["staging"]), ("track-get",), ConflictError,
    ),
    "track-delete": (lambda tracks: tracks.delete(TRACK), (), type(None)),
    "entry-list": (lambda tracks: tracks.entries(TRACK), (), list),
    "entry-create": (lambda tracks: tracks.add(TRACK, ARTIFACT), (), TrackEntry),
    "entry-create-again": (lambda tracks: tracks.add(TRACK, ARTIFACT), (), ConflictError),
    "entry-create-other-type": (lambda tracks: tracks.add(TRACK, ARTIFACT), (), BadRequestError),
    "entry-stage-held": (
        lambda tracks: tracks.set_stage(TRACK, ENTRY, "production"), ("track-get",), ConflictError,
    ),
    "entry-stage-forced": (
        lambda tracks: tracks.set_stage("Release", ENTRY, "production", force=True),
        ("track-list", "track-get"), TrackEntry,
    ),
    "entry-stage-taken-away": (
        lambda tracks: tracks.set_stage(TRACK, ENTRY, None), (), TrackEntry,
    ),
    "entry-remove": (lambda tracks: tracks.remove(TRACK, ENTRY), (), type(None)),
}  # fmt: skip


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((WIRE / f"{name}.json").read_text("utf-8"))
    return found


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("name", sorted(path.stem for path in WIRE.glob("*.json")))
def test_a_call_about_tracks_sends_what_the_server_reads_and_reads_what_it_answers(
    name: str, face: str
) -> None:
    call, before, kind = CASES[name]
    exchange = _read(name)
    parts = exchange["request"]["path"].split("/")
    wire = Recorded([*(_read(each)["response"] for each in before), exchange["response"]])
    result: Any
    try:
        result = through(
            face,
            lambda client: call(client.tracks),
            base_url="http://api.example", api_key="dfs_REDACTED", allow_http=True, generation="G",
            organization=parts[3], orbit=parts[5], transport=wire,
        )  # fmt: skip
    except APIStatusError as error:
        result = error
    assert isinstance(result, kind)
    if isinstance(result, APIStatusError):
        assert exchange["response"]["json"]["detail"] in result.detail
    sent, request = wire.asked[-1], exchange["request"]
    assert (sent.method, str(sent.url).removeprefix("http://api.example")) == (
        request["method"], request["path"],
    )  # fmt: skip
    assert wire.sent(len(wire.asked) - 1) == request.get("json")
    if isinstance(result, list):
        (result,) = result
    if isinstance(result, Track):
        assert [stage.name for stage in result.stages] == ["staging", "production"]
        assert result.total_entries == exchange["response"]["json"].get("total_entries", 1)
    if isinstance(result, TrackEntry):
        assert (result.version, result.artifact_id) == (1, ARTIFACT)


def test_a_track_of_an_unknown_server_version_is_read_without_what_is_odd() -> None:
    odd = {"id": TRACK, "name": "R", "stages": None, "next_version": -5, "total_entries": "many",
           "colour": "red", "tags": None, "description": None}  # fmt: skip
    wire = Recorded([{"status": 200, "json": {"items": [odd], "cursor": None}}])
    with DataForceClient(
        "http://api.example", "dfs_REDACTED", ENTRY, TRACK, allow_http=True, generation="G",
        transport=wire,
    ) as client:  # fmt: skip
        (track,) = client.tracks.list()
    assert (track.stages, track.next_version, track.total_entries) == ([], 1, None)


def test_an_older_server_is_not_asked_about_tracks_and_an_odd_id_not_sent() -> None:
    for generation, error in (("E", ConfigurationError), ("G", NotFoundError)):
        wire = Recorded([])
        with DataForceClient(
            "http://api.example", "dfs_REDACTED", ENTRY, TRACK, allow_http=True,
            generation=generation, transport=wire,
        ) as client:  # fmt: skip
            assert client.has_tracks is (generation == "G")
            with pytest.raises(error):
                client.tracks.remove(TRACK, "../../x")
        assert not wire.asked
