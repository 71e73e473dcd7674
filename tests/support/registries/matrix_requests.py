"""What recorded matrices send to registries of every generation, and what they must answer."""

from __future__ import annotations

import json
from typing import Any

from support.registries.local import Room

# Part size by total size, as the recorded servers divided.
RECORDED = ((1 << 30, 32 << 20), (5 << 30, 64 << 20), (10 << 30, 128 << 20), (100 << 30, 512 << 20))


def send_odd_value(room: Room, row: dict[str, Any], name: str, values: str) -> None:
    """Unusual values are stored, or refused in the recorded words; a 500 becomes a 422.

    ``name``, ``values``: what this generation calls the name and the metrics of a record.
    """
    body = room.body()
    manifest = body["manifest"]
    changes: dict[str, dict[str, Any]] = {
        "NaN metric": {values: {"a": float("nan")}},
        "Infinity metric": {values: {"a": float("inf")}},
        "NUL in description": {"description": "a\0b"},
        "nested metric": {values: {"a": {"b": [1, None, "x"]}}},
        "string metric": {values: {"a": "x"}},
        "empty tags": {"tags": []},
        "null tags": {"tags": None},
        "500 tags of 500 chars": {"tags": ["t" * 500] * 500},
        "10k name": {name: "n" * 10_000},
        "empty name": {name: ""},
        "size 2**63": {"size": 2**63},
        "size float": {"size": 1.0},
        "size string": {"size": "20480"},
        "hash empty": {"file_hash": ""},
        "hash not hex": {"file_hash": "zz"},
        "index triple": {"file_index": {"a": [1, 2, 3]}},
        "index empty": {"file_index": {}},
        "unknown field": {"bogus": 1},
        "manifest unknown field": {"manifest": manifest | {"bogus": 1}},
        "manifest null name": {"manifest": manifest | {"name": None}},
        "name integer": {name: 5},
    }
    changed = changes[row["case"]]
    headers = {"content-type": "application/json"}
    content = json.dumps(body | changed).encode()
    answer = room.api.post(room.artifacts, content=content, headers=headers)
    assert answer.status_code == (422 if row["status"] == 500 else row["status"]), answer.text
    if "stored" in row:
        assert answer.json()[room.record_name][next(iter(changed))] == row["stored"]
    if row["case"] == "manifest unknown field":
        assert "bogus" not in answer.json()[room.record_name]["manifest"]
    if "detail" in row:
        told = answer.json()["detail"]
        assert [{key: each[key] for key in ("type", "loc", "msg")} for each in told] == row[
            "detail"
        ]
    if row["status"] == 400:
        assert answer.text == row["text"]


def send_in_status(room: Room, stored: str, request: str, expected: dict[str, Any]) -> None:
    """A request for a record in this status: answer, words, and what is stored afterwards."""
    key = room.artifact_in(stored)["id"]
    path = f"{room.artifacts}/{key}"
    if request.startswith("patch"):
        answer = room.api.patch(path, json={"status": request.partition("=")[2]})
    elif request in ("download-url", "delete-url"):
        answer = room.api.get(f"{path}/{request}")
    else:
        answer = room.api.delete(path + ("/force" if request == "force" else ""))
    assert answer.status_code == expected["status"], (stored, request)
    if expected["detail"]:
        assert answer.json()["detail"] == expected["detail"]
    if "status_after" in expected:
        after = [each["status"] for each in room.kept(key)] or ["(gone)"]
        assert after == [expected["status_after"]], (stored, request)
