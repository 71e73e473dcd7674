"""RL-11, W-08: records that are not as documented are shown as far as they are, and hide no others."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from support.registries.client_faces import FACES, Recorded, through
from support.registries.scripted import COLLECTION, KEY, ORBIT, ORGANIZATION, Stage

from dfs_desktop.api import ModelArtifact, UnexpectedAnswerError
from dfs_desktop.api.dialects import records
from dfs_desktop.api.dialects.upload_plans import read_creation
from dfs_desktop.api.types import UndecodedArtifact

ABSENT = object()
ODD = (None, 5, -1.5, 10**400, True, "", "x", [], [None], ["x"], {}, {"x": 5}, ABSENT)
# What servers send of each kind, under all names that they have for it, and its reader.
KINDS: dict[str, tuple[Callable[[bytes], Any], type[msgspec.Struct]]] = {
    "old artifact": (records.read_old_artifacts, records.WireArtifact),
    "artifact": (records.read_artifacts, records.WireArtifact),
    "organization": (records.read_organizations, records._Organization),
    "orbit": (records.read_orbits, records._Orbit),
    "collection": (records.read_collections, records._Collection),
    "secret": (records.read_secrets, records.BucketSecret),
    "track": (records.read_tracks, records._Track),
    "entry": (records.read_entries, records._Entry),
}
FIELDS = [(kind, field) for kind, (_, wire) in KINDS.items() for field in wire.__struct_fields__]


@pytest.fixture
def stage() -> Iterator[Stage]:
    with_stage = Stage()
    yield with_stage
    with_stage.close()


@pytest.mark.fault("RL-11", "W-08")
@pytest.mark.parametrize(
    "odd",
    [
        {"size": None},
        {"size": 10**4000},
        {"size": "12", "tags": "prod", "metrics": [1], "status": 7},
        {"size": 1e30, "description": 5, "created_at": 1700000000, "deployments": "none"},
        {"file_name": None, "model_name": {"en": "x"}, "file_hash": 0},
        {"file_name": "\ud800.fnnx", "model_name": "a\\ud800 \U0001f600 \udc00"},
    ],
)
@pytest.mark.parametrize("face", FACES)
def test_a_record_that_is_not_as_documented_hides_no_other(
    stage: Stage, face: str, odd: dict[str, Any]
) -> None:
    ids = [stage.add(bytes([number]))["id"] for number in range(3)]
    stage.records[ids[1]].update(odd)
    found = through(face, lambda c: c.model_artifacts.list(), **stage.options)
    assert {each.id for each in found} == set(ids)
    one = next(each for each in found if each.id == ids[1])
    name = odd.get("model_name")
    if isinstance(name, str):
        assert one.model_name == "a\\ud800 \U0001f600 \ufffd"
    assert isinstance(one.size, int)


@pytest.mark.parametrize("beside", [b"", b',"x":NaN', b',"x":"\\ud800"'])
@pytest.mark.parametrize("face", FACES)
def test_a_byte_that_is_not_utf_8_hides_no_other(face: str, beside: bytes) -> None:
    options = {"base_url": "https://api.example", "api_key": KEY, "generation": "A"}
    body = b'[{"id":"1","name":"caf\xe9"%b},{"id":"2","name":"\xe6\xa8\xa1"}]' % beside
    kind = {"content-type": "application/json"}
    answer = Recorded([{"status": 200, "content": body, "headers": kind}])
    found = through(face, lambda c: c.organizations.list(), transport=answer, **options)
    assert [(each.id, each.name) for each in found] == [("1", "caf\ufffd"), ("2", "\u6a21")]


@pytest.mark.parametrize("face", FACES)
def test_numbers_that_are_not_finite_hide_no_other(face: str) -> None:
    options = {"base_url": "https://api.example", "api_key": KEY, "generation": "A"}
    options |= {"organization": ORGANIZATION, "orbit": ORBIT, "collection": COLLECTION}
    body = (
        b'[{"id":"1","model_name":": NaN \\", -Infinity","metrics":{"a":NaN,"b":[-Infinity, Infinity]}},'
        b'{"id":"2","model_name":"m"}]'
    )
    kind = {"content-type": "application/json"}
    answer = Recorded([{"status": 200, "content": body, "headers": kind}])
    one, two = through(face, lambda c: c.model_artifacts.list(), transport=answer, **options)
    assert one.model_name == ': NaN ", -Infinity'
    assert one.metrics == {"a": None, "b": [None, None]}
    assert two.id == "2"


@pytest.mark.parametrize("face", FACES)
def test_what_has_no_id_is_no_record(face: str) -> None:
    options = {"base_url": "https://api.example", "api_key": KEY, "generation": "A"}
    answer = Recorded([{"status": 200, "json": [{"name": "x"}]}])
    with pytest.raises(UnexpectedAnswerError):
        through(face, lambda c: c.organizations.list(), transport=answer, **options)


def good(kind: str, number: int) -> dict[str, Any]:
    """A record of a kind as servers send it."""
    record = {"id": f"{kind} {number}", "name": f"n{number}", "description": "d", "tags": ["t"]}
    if kind == "old artifact":
        record["model_name"] = record.pop("name")
    return record | {"track_id": "t", "artifact_id": "a"} if kind == "entry" else record


def listed(kind: str, there: list[dict[str, Any]]) -> list[Any]:
    found = KINDS[kind][0](json.dumps(there).encode())
    return found if isinstance(found, list) else found.items


@pytest.mark.fault("RL-11", "W-08")
@pytest.mark.parametrize(("kind", "field"), FIELDS, ids=map(" ".join, FIELDS))
def test_one_odd_field_of_any_kind_hides_no_record(kind: str, field: str) -> None:
    there = [good(kind, number) for number in range(3)]
    first, _, last = listed(kind, there)
    for value in ODD:
        odd = {key: told for key, told in there[1].items() if key != field}
        if value is not ABSENT:
            odd[field] = value
        if field == "id" and not isinstance(value, str):
            with pytest.raises(msgspec.ValidationError):
                listed(kind, [there[0], odd, there[2]])
            continue
        found = listed(kind, [there[0], odd, there[2]])
        assert [found[0], found[2]] == [first, last]
        assert found[1].id == odd["id"]
        type_ = UndecodedArtifact if isinstance(found[1], ModelArtifact) else type(found[1])
        told = msgspec.json.decode(msgspec.json.encode(found[1]), type=type_)
        assert told == found[1]  # every field is of its type
        if kind not in ("old artifact", "artifact", "secret", "entry"):
            assert found[1].name or odd["name"] == ""


@pytest.mark.parametrize("odd", [{"name": None}, {"name": 5}, {}, {"name": "x", "track_id": 7}])
def test_an_odd_stage_hides_neither_its_track_nor_the_others(odd: dict[str, Any]) -> None:
    stages = [{"id": "1", "name": "a"}, {"id": "2"} | odd, {"id": "3", "name": "c"}, {"name": "d"}]
    (track,) = listed("track", [good("track", 0) | {"stages": stages}])
    assert [each.name for each in track.stages] == ["a", "x" if "track_id" in odd else "2", "c"]


def test_an_upload_goes_on_when_the_record_that_it_made_is_odd() -> None:
    record = good("old artifact", 1) | {"description": 5, "size": None}
    body = {"model": record, "artifact": None, "url": "https://store.example/x"}
    made = read_creation(json.dumps(body).encode())
    assert (made.artifact.id, made.artifact.description) == (record["id"], None)
