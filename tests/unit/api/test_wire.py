"""The recorded exchanges of the 2025 registry, replayed through both faces of the client."""

from __future__ import annotations

from typing import Any

import pytest
from support.registries.client_faces import FACES, Recorded, through
from support.registries.dataforce_recordings import PLAYED, SKIPPED, WIRE, Tape

from dfs_desktop.api import (
    APIStatusError,
    AuthenticationError,
    BadRequestError,
    Collection,
    ConflictError,
    ModelArtifact,
    NotFoundError,
    Orbit,
    PermissionDeniedError,
    ServerError,
    UnprocessableEntityError,
)

ERRORS: dict[int, type[APIStatusError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    422: UnprocessableEntityError,
    500: ServerError,
}


def test_every_recording_is_played_or_skipped_with_a_reason() -> None:
    recorded = {path.stem for path in WIRE.glob("*.json")}
    assert recorded == set(PLAYED) | set(SKIPPED)
    assert not set(PLAYED) & set(SKIPPED)
    assert (len(PLAYED), len(SKIPPED)) == (65, 55)


def _answers(name: str, tape: Tape) -> tuple[list[dict[str, Any]], int]:
    """What the server says, and which of the requests is the recorded one."""
    if name.startswith("collection-update"):  # reads first: the server would wipe what is not sent
        old = {"id": tape.ids["collections"], "name": "Old", "description": "d", "tags": None}
        return [{"status": 200, "json": [old]}, tape.response], 1
    if name in ("artifact-update-status-refused", "artifact-update-status-not-assignable"):
        record = {"id": tape.ids["model_artifacts"], "status": "upload_failed"}
        return [tape.response, {"status": 200, "json": [record]}], 0
    return [tape.response], 0


def _without_defaults(body: Any) -> Any:
    """A body without members that say nothing: null, and the flag about mails."""
    if not isinstance(body, dict):
        return body
    return {k: v for k, v in body.items() if v is not None and (k, v) != ("notify", False)}


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
    sent = wire.asked[which]
    assert (sent.method, sent.url.path) == (tape.request["method"], tape.path)
    assert sent.headers["authorization"] == "Bearer dfs_REDACTED"
    assert _without_defaults(wire.sent(which)) == _without_defaults(tape.request.get("json"))
    status = tape.response["status"]
    if status < 400:
        assert error is None
        _check_result(name, tape, result)
    elif name in ("orbit-get-unknown", "orbit-get-wrong-organization"):
        assert error is None
        assert result is None
    else:
        assert type(error) is ERRORS[status]
        assert error.status_code == status
        assert error.retryable == (status >= 500)
        check_told(tape, error)


def check_told(tape: Tape, error: APIStatusError) -> None:
    """The server's words are passed on; what it was sent is not repeated."""
    detail = (tape.response.get("json") or {}).get("detail")
    if isinstance(detail, str):
        assert detail in error.detail
    elif isinstance(detail, list):
        assert detail[0]["msg"][:40] in error.detail
        assert str(detail[0]["loc"][-1]) in error.detail
    assert len(error.detail) <= 520


def _check_result(name: str, tape: Tape, result: Any) -> None:
    recorded = tape.response.get("json")
    if recorded is None:
        assert result is None
    elif isinstance(recorded, list):
        assert [item.id for item in result] == [item["id"] for item in recorded]
        assert [item.created_at for item in result] == [item["created_at"] for item in recorded]
    elif "url" in recorded and "model" in recorded:
        assert result["url"] == recorded["url"]["parts"][0]["url"]
        _same_artifact(result["model"], recorded["model"])
    elif set(recorded) == {"url"}:
        assert result == recorded
    elif isinstance(result, ModelArtifact):
        _same_artifact(result, recorded)
    elif isinstance(result, Collection):
        assert (result.type, result.total_artifacts) == (
            recorded["collection_type"],
            recorded["total_models"],
        )
        assert (result.name, result.description, result.tags) == (
            recorded["name"],
            recorded["description"],
            recorded["tags"],
        )
    else:
        assert isinstance(result, Orbit)
        assert (result.name, result.total_artifacts, result.permissions) == (
            recorded["name"],
            recorded["total_model_artifacts"],
            recorded["permissions"] or {},
        )


def _same_artifact(artifact: ModelArtifact, recorded: dict[str, Any]) -> None:
    for field, value in recorded.items():
        found = getattr(artifact, field)
        if field == "file_index":
            found = {key: list(entry) for key, entry in found.items()}
        assert found == value, field
