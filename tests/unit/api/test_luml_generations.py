"""The generations between the two that were recorded: the same calls in each one's words."""

from __future__ import annotations

from typing import Any

import pytest
from support.registries.client_faces import FACES, Recorded, through
from support.registries.scripted import COLLECTION, KEY, ORBIT, ORGANIZATION

from dfs_desktop.api import FileError, UnexpectedAnswerError

ID = "00000000-0000-7000-8000-0000000000aa"
BASE = f"/organizations/{ORGANIZATION}/orbits/{ORBIT}"
HOME = f"{BASE}/collections/{COLLECTION}"
# prefix, noun, name, metrics, the collection's type, key of a new record
WORDS = {
    "A": ("", "model_artifacts", "model_name", "metrics", "collection_type", "model"),
    "B": ("", "model_artifacts", "model_name", "metrics", "collection_type", "model"),
    "C": ("", "model_artifacts", "model_name", "metrics", "collection_type", "model"),
    "D": ("", "model_artifacts", "model_name", "metrics", "collection_type", "model"),
    "E": ("", "artifacts", "name", "extra_values", "type", "artifact"),
    "F": ("/v1", "artifacts", "name", "extra_values", "type", "artifact"),
    "G": ("/v1", "artifacts", "name", "extra_values", "type", "artifact"),
}
SINGLE = "DEFG"  # they read one record by its own address
DETAILS: dict[str, Any] = {"url": "https://s.example/o?X=1", "multipart": False}
PART = {"part_number": 1, "url": DETAILS["url"], "start_byte": 0, "end_byte": 9, "part_size": 9}
UPLOADS: dict[str, dict[str, Any]] = {
    "before A": {"url": DETAILS["url"]},
    "A": {"url": {"upload_id": None, "parts": [PART], "complete_url": None}},
    "B": {"upload_details": {**DETAILS, "bucket_location": "o", "bucket_secret_id": "b"}},
    "C": {"upload_details": {**DETAILS, "type": "s3"}},
    "azure": {"upload_details": {**DETAILS, "type": "azure"}},
}


@pytest.fixture(params=FACES)
def face(request: pytest.FixtureRequest) -> str:
    return str(request.param)


# Before a record is made the orbit's storage is asked for; who may not read it goes on.
NOT_TOLD = {"status": 403, "json": {"detail": "Not enough rights"}}

NO_RECORD_LEFT = {"items": [], "cursor": None}  # told to a client that looks for what it made


def ask(
    face: str, generation: str, operation: Any, *answers: Any, before: tuple[Any, ...] = ()
) -> tuple[Any, Recorded]:
    wire = Recorded([*before, *({"status": 200, "json": answer} for answer in answers)])
    result = through(
        face,
        operation,
        base_url="https://api.example",
        api_key=KEY,
        transport=wire,
        generation=generation,
        organization=ORGANIZATION,
        orbit=ORBIT,
        collection=COLLECTION,
    )
    assert wire.answers == []
    return result, wire


def create(client: Any) -> Any:
    return client.model_artifacts.create(
        file_name="a.fnnx",
        metrics={"f1": 1},
        manifest={"artifact_type": "model", "payload": {}},
        file_hash="h",
        file_index={"x": (0, 1)},
        size=9,
        model_name="n",
    )


@pytest.mark.parametrize("generation", WORDS)
@pytest.mark.parametrize("upload", UPLOADS)
def test_create(face: str, generation: str, upload: str) -> None:
    """Whatever the server is taken for, the form of its answer decides."""
    prefix, noun, name, metrics, _, key = WORDS[generation]
    record = {"id": ID, name: "n", metrics: {"f1": 1}, "size": 9, "status": "pending_upload"}
    answer = {key: record, **UPLOADS[upload]}
    made, wire = ask(face, generation, create, answer, before=(NOT_TOLD,))
    assert wire.asked[-1].url.path == f"{prefix}{HOME}/{noun}"
    assert (wire.sent()[name], wire.sent()[metrics]) == ("n", {"f1": 1})
    assert made["url"] == DETAILS["url"]
    assert (made["model"].model_name, made["model"].metrics) == ("n", {"f1": 1})


@pytest.mark.parametrize(
    "upload",
    [
        {},
        {"url": None},
        {"upload_details": {"multipart": True}},
        {"upload_details": {"type": "tape", "url": "https://s.example/o"}},
        {"upload_details": {"type": "s3", "url": None}},
        {"upload_details": {"multipart": True, "bucket_location": "o", "bucket_secret_id": "b"}},
    ],
)
def test_an_answer_that_leads_nowhere(face: str, upload: dict[str, Any]) -> None:
    answer = {"artifact": {"id": ID}, **upload}
    with pytest.raises(UnexpectedAnswerError):
        ask(face, "G", create, answer, NO_RECORD_LEFT, before=(NOT_TOLD,))


@pytest.mark.parametrize("generation", WORDS)
def test_get_and_update(face: str, generation: str) -> None:
    prefix, noun, name, metrics, _, _ = WORDS[generation]
    record = {"id": ID, name: "n", metrics: None, "status": "uploaded"}
    single = generation in SINGLE
    found, wire = ask(
        face, generation, lambda c: c.model_artifacts.get(ID), record if single else [record]
    )
    assert (found.model_name, found.metrics) == ("n", {})
    assert wire.asked[0].url.path == f"{prefix}{HOME}/{noun}" + (f"/{ID}" if single else "")
    _, wire = ask(face, generation, lambda c: c.model_artifacts.update(ID, model_name="m"), record)
    assert (wire.asked[0].method, wire.sent()) == ("PATCH", {name: "m"})


@pytest.mark.parametrize("generation", WORDS)
def test_collections(face: str, generation: str) -> None:
    prefix, _, _, _, kind, _ = WORDS[generation]
    record = {"id": COLLECTION, "name": "n", "description": "d", kind: "model", "tags": ["t"]}
    made, wire = ask(face, generation, lambda c: c.collections.create("n", "d"), record)
    assert wire.sent() == {"name": "n", "description": "d", kind: "model"}
    assert made.type == "model"
    single = generation in SINGLE
    _, wire = ask(
        face,
        generation,
        lambda c: c.collections.update(COLLECTION, description="new"),
        record if single else [record],
        record,
    )
    read = f"{prefix}{HOME}" if single else f"{BASE}/collections"
    assert wire.asked[0].url.path == read
    assert wire.sent() == {"name": "n", "description": "new", "tags": ["t"]}


@pytest.mark.parametrize("generation", WORDS)
def test_formats_and_sizes(face: str, generation: str, tmp_path: Any) -> None:
    """A format that a server does not take is refused before anything is asked or read."""
    other = tmp_path / "x.luml"
    other.write_bytes(b"")
    words = "archive|empty|not" if generation in "EFG" else "formats that this server takes"
    with pytest.raises(FileError, match=words):
        ask(face, generation, lambda c: c.model_artifacts.upload(str(other), "n"))
