"""The recorded exchanges of the registry of August 2026, replayed through both faces."""

from __future__ import annotations

from typing import Any

import pytest
from support.registries.client_faces import FACES, Recorded, through
from support.registries.luml_recordings import PLAYED, SKIPPED, WIRE, Tape, recorded
from unit.api.test_wire import ERRORS, check_told

from dfs_desktop.api import (
    APIStatusError,
    BadRequestError,
    BucketSecret,
    Collection,
    ConflictError,
    ModelArtifact,
    Orbit,
    Organization,
)
from dfs_desktop.api.dialects.dataforce import EMPTY_MANIFEST
from dfs_desktop.api.protocol.upload_plan import UploadPlan

LAST_PAGE = {"status": 200, "json": {"items": [], "cursor": None}}
NOTHING_FOUND = ("orbit-get-unknown", "orbit-get-wrong-organization")
WORDS = {"model_name": "name", "metrics": "extra_values", "type": "type"}


def test_every_recording_is_played_or_skipped_with_a_reason() -> None:
    there = {path.stem for path in WIRE.glob("*.json")}
    assert there == set(PLAYED) | set(SKIPPED)
    assert not set(PLAYED) & set(SKIPPED)
    assert (len(PLAYED), len(SKIPPED)) == (79, 93)


def _answers(name: str, tape: Tape) -> tuple[list[dict[str, Any]], int]:
    """What the server says, and which of the requests is the recorded one."""
    if name.startswith("collection-update"):  # reads first: the server would wipe what is not sent
        old = {"id": tape.ids["collections"], "name": "Old", "description": "d", "tags": None}
        return [{"status": 200, "json": old}, tape.response], 1
    if name in ("artifact-update-status-refused", "artifact-update-status-not-assignable"):
        record = {"id": tape.ids["artifacts"], "status": "upload_failed"}
        return [tape.response, {"status": 200, "json": record}], 0
    if name == "artifact-delete-url-in-track":  # reads the record to name what is in the way
        return [tape.response, recorded("artifact-get-with-track")["response"]], 0
    if name == "artifact-create-too-big":  # asks for the role before it creates what needs parts
        return [{"status": 200, "json": []}, tape.response], 1
    if _more(tape):
        return [tape.response, LAST_PAGE], 0
    return [tape.response], 0


def _more(tape: Tape) -> bool:
    said = tape.response.get("json")
    return isinstance(said, dict) and said.get("cursor") is not None


def _without_defaults(body: dict[str, Any] | None) -> dict[str, Any] | None:
    """Nulls and what is filled in mean the same to the server as members that are left out."""
    if body is None:
        return None
    kept = {key: value for key, value in body.items() if value is not None and key != "notify"}
    if isinstance(kept.get("manifest"), dict) and "payload" not in kept["manifest"]:
        kept["manifest"] = {**EMPTY_MANIFEST, **kept["manifest"]}
    return kept


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("name", sorted(PLAYED))
def test_replay(name: str, face: str) -> None:
    tape = Tape(name)
    answers, which = _answers(name, tape)
    wire = Recorded(answers)
    result: Any = None
    error: APIStatusError | None = None
    try:
        result = through(
            face, lambda client: PLAYED[name](client, tape), transport=wire, **tape.options
        )
    except APIStatusError as raised:
        error = raised
    assert not wire.answers
    sent = wire.asked[which]
    assert (sent.method, sent.url.path) == (tape.request["method"], tape.path)
    assert sent.headers["authorization"] == "Bearer dfs_REDACTED"
    assert _without_defaults(wire.sent(which)) == _without_defaults(tape.request.get("json"))
    asked = {key: sent.url.params.get(key) for key in ("collection_ids", "search")}
    assert asked == {key: tape.query.get(key, [None])[0] for key in asked}
    status = tape.response["status"]
    if name == "artifact-update-file-name":
        assert isinstance(error, BadRequestError)
        assert "ignores a new file name" in error.detail
    elif name == "artifact-delete-url-in-track":
        assert isinstance(error, ConflictError)
        assert error.blockers == ["track 'Release'"]
        assert "track 'Release'" in error.detail
    elif name in NOTHING_FOUND:
        assert (error, result) == (None, None)
    elif status < 400:
        assert error is None
        _check_result(name, tape, result)
    else:
        assert type(error) is ERRORS[status]
        assert (error.status_code, error.retryable) == (status, status >= 500)
        check_told(tape, error)


def _check_result(name: str, tape: Tape, result: Any) -> None:
    said = tape.response.get("json")
    if said is None:
        assert result is None
    elif isinstance(said, list):
        for item, record in zip(result, said, strict=True):
            _same(item, record)
    elif "items" in said:
        # The server takes % and _ for wildcards; the client keeps what has them in its name.
        wanted = [] if name == "artifacts-list-search-wildcard" else said["items"]
        for item, record in zip(result, wanted, strict=True):
            _same(item, record)
    elif "upload_details" in said:
        assert result["url"] == said["upload_details"]["url"]
        _same(result["model"], said["artifact"])
    elif set(said) == {"url"}:
        assert result == said
    elif isinstance(result, UploadPlan):
        assert [(part.number, part.url, part.size) for part in result.parts] == [
            (part["part_number"], part["url"], part["part_size"]) for part in said["parts"]
        ]
        assert (result.complete_url, result.upload_id) == (said["complete_url"], said["upload_id"])
    else:
        _same(result, said)


def _same(item: Any, record: dict[str, Any]) -> None:
    assert isinstance(item, (ModelArtifact, Orbit, Collection, Organization, BucketSecret))
    for field in item.__struct_fields__:
        value = getattr(item, field)
        if field == "file_index" and isinstance(value, dict):
            value = {key: list(entry) for key, entry in value.items()}
        if field == "collection_name" and "collection" in record:
            assert value == record["collection"]["name"]
            continue
        expected = record.get(WORDS.get(field, field) if isinstance(item, ModelArtifact) else field)
        if expected == "(trimmed)":  # in the recording; the server sends an object
            assert value == {}
            continue
        assert value == expected or (value in ([], {}) and expected is None), field
