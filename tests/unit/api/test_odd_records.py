"""RL-11, W-08: records that are not as documented are shown as far as they are, and hide no others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from support.registries.client_faces import FACES, Recorded, through
from support.registries.scripted import COLLECTION, KEY, ORBIT, ORGANIZATION, Stage

from dfs_desktop.api import UnexpectedAnswerError


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
