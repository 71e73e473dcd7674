"""Lists page by page: every recorded one, item for item, on the records they were taken from."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from support.registries.local_luml import DATASET, LumlRoom, artifact_body, recording
from unit.server.test_luml_conformance import (
    CLASSIFIERS,
    DATASETS,
    ELSEWHERE,
    MAIN_ORBIT,
    REGRESSORS,
    VISION,
    translate,
)

LISTS = sorted(name for name in ELSEWHERE if re.match("(artifacts|collections)-list", name))
# Not equal by nature: chance, times, and what was cut out of the recordings.
VOLATILE = (
    "id", "orbit_id", "collection_id", "created_at", "updated_at", "manifest", "file_index",
    "bucket_location", "unique_identifier", "created_by_user", "file_hash",
)  # fmt: skip


class Shelves:
    """The orbit of the recordings: seven models, two others, a data set."""

    def __init__(self, room: LumlRoom) -> None:
        self.room = room
        room.json("DELETE", room.collection)
        self.ids = {VISION: room.organization, MAIN_ORBIT: room.orbit_record["id"]}
        self._add_collection(CLASSIFIERS, "Classifiers", tags=["vision", "prod"])
        self._add_collection(REGRESSORS, "Regressors")
        self._add_collection(DATASETS, "Datasets", "dataset")
        # Recorded last, but made first: the lists of the whole orbit were taken before it.
        self._fill(DATASETS, items("artifacts-list-types"), manifest=DATASET)
        self._fill(CLASSIFIERS, items("artifacts-list"))
        self._fill(REGRESSORS, items("artifacts-list-two-collections"))

    def _add_collection(self, recorded: str, name: str, kind: str = "model", **more: Any) -> None:
        self.ids[recorded] = self.room.add_collection(name, kind, **more)[-36:]

    def _fill(self, collection: str, records: list[dict[str, Any]], **more: Any) -> None:
        path = f"{self.room.orbit}/collections/{self.ids[collection]}/artifacts"
        fields = ("file_name", "name", "description", "extra_values", "size", "tags")
        for record in reversed(records):  # newest first
            changes = {field: record[field] for field in fields}
            self.room.json("POST", path, artifact_body(**changes, **more))

    def add_pages(self) -> None:
        """Four more collections, which the recordings of searching and paging had."""
        for number in range(4):
            body = {"description": "p", "tags": ["paging"]}
            self.room.add_collection(f"Page {number}", **body)

    def ask(self, sent: dict[str, Any], cursor: str | None = None) -> httpx.Response:
        """A recorded request; a recorded cursor is exchanged for *cursor*."""
        url = httpx.URL(translate(sent["path"], self.ids))
        given = url.params.get("cursor")
        if given not in (None, "garbage"):
            url = url.copy_set_param("cursor", cursor or self.first_cursor())
        return self.room.api.get(str(url))

    def first_cursor(self) -> str:
        """The cursor that the recorded requests with other parameters tried."""
        path = recording("flow-artifacts-paging")["steps"][0]["request"]["path"]
        cursor: str = self.room.json("GET", translate(path, self.ids))["cursor"]
        return cursor


def items(name: str) -> list[dict[str, Any]]:
    """The records in a recorded list."""
    found: list[dict[str, Any]] = recording(name)["response"]["json"]["items"]
    return found


def shown(records: list[dict[str, Any]], *leave_out: str) -> list[dict[str, Any]]:
    """Records without what may differ."""
    drop = {*VOLATILE, *leave_out}
    return [{key: each[key] for key in each if key not in drop} for each in records]


@pytest.fixture(scope="module")
def shelves(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelves]:
    """One registry, filled once; no test changes it."""
    with LumlRoom(tmp_path_factory.mktemp("registry")) as room:
        yield Shelves(room)


@pytest.fixture(scope="module")
def more_shelves(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelves]:
    """The same with four more collections."""
    with LumlRoom(tmp_path_factory.mktemp("registry")) as room:
        made = Shelves(room)
        made.add_pages()
        yield made


@pytest.fixture(autouse=True)
def settled(shelves: Shelves, more_shelves: Shelves) -> Iterator[None]:
    """Each test ends with idle registries."""
    yield
    shelves.room.settle()
    more_shelves.room.settle()


@pytest.mark.parametrize("name", LISTS)
def test_recorded_list(shelves: Shelves, more_shelves: Shelves, name: str) -> None:
    """The same records in the same order, and a cursor where there was one."""
    exchange = recording(name)
    chosen = more_shelves if name == "collections-list-search" else shelves
    expected = exchange["response"]
    answer = chosen.ask(exchange["request"])
    assert answer.status_code == expected["status"], answer.text
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    if "items" not in expected["json"]:
        assert body == translate(expected["json"], chosen.ids)
        return
    recorded = expected["json"]["items"]
    # Some lists of collections were recorded before the artifacts were made.
    totals = () if name == "collections-list-sort" else ("total_artifacts",)
    assert shown(body["items"], *totals) == shown(recorded, *totals)
    assert [each.keys() for each in body["items"]] == [each.keys() for each in recorded]
    assert (body["cursor"] is None) == (expected["json"]["cursor"] is None)


@pytest.mark.parametrize("name", ["flow-artifacts-paging", "flow-collections-paging"])
def test_recorded_paging(more_shelves: Shelves, name: str) -> None:
    """Page by page the recorded records, each page asked for with the cursor before."""
    cursor: str | None = None
    for step in recording(name)["steps"]:
        body = more_shelves.ask(step["request"], cursor).json()
        expected = step["response"]["json"]
        assert shown(body["items"]) == shown(expected["items"])
        assert (body["cursor"] is None) == (expected["cursor"] is None)
        cursor = body["cursor"]


def test_metric_paging_ends(shelves: Shelves) -> None:
    """The first page is the recorded one; where the servers repeat it for ever, this goes on."""
    steps = recording("flow-artifacts-metric-paging-loops")["steps"]
    first = shelves.ask(steps[0]["request"]).json()
    assert shown(first["items"]) == shown(steps[0]["response"]["json"]["items"])
    second = shelves.ask(steps[1]["request"], first["cursor"]).json()
    assert [each["name"] for each in second["items"]] == ["model 04", "model 03", "model 02"]
    collection = shelves.ids[CLASSIFIERS]
    for order, names in (("desc", [7, 6, 5, 4, 3, 2, 1]), ("asc", [1, 2, 3, 4, 5, 6, 7])):
        query = f"collection_ids={collection}&limit=2&sort_by=accuracy&order={order}"
        pages = shelves.room.pages(query)
        found = [each["name"] for page in pages for each in page]
        assert found == [f"model 0{number}" for number in names]
        assert [len(page) for page in pages] == [2, 2, 2, 1]


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize(
    "column", ["created_at", "name", "size", "description", "status", "type", "loss", "nonsense"]
)
def test_pages_are_complete_in_every_order(shelves: Shelves, column: str, order: str) -> None:
    """Whatever the page size: all records, no repeats, the same order. Nulls are no numbers."""
    room = shelves.room
    query = f"sort_by={column}&order={order}"
    whole = [each["id"] for page in room.pages(f"{query}&limit=100") for each in page]
    assert len(set(whole)) == len(whole) == 10
    for limit in (1, 3, 9, 10):
        pages = room.pages(f"{query}&limit={limit}")
        assert [each["id"] for page in pages for each in page] == whole
        assert all(len(page) == limit for page in pages[:-1])
    assert len(room.pages(f"{query}&limit=10")) == 1, "an empty last page"
    values = [_value(room, key, column) for key in whole]
    nulls = [value is None for value in values]
    assert nulls == sorted(nulls, reverse=order == "asc")
    known = [value for value in values if value is not None]
    assert known == sorted(known, reverse=order == "desc")


def _value(room: LumlRoom, key: str, column: str) -> Any:
    record = next(each for page in room.pages("") for each in page if each["id"] == key)
    if column == "nonsense":  # not known, hence sorted by creation
        return record["created_at"]
    return record["extra_values"].get("loss") if column == "loss" else record[column]


@pytest.mark.parametrize("column", ["id", "tags", "manifest", "metadata", "rowid", "a.id", "1; --"])
def test_columns_that_are_none_for_sorting(shelves: Shelves, column: str) -> None:
    """A 400 that names the column; some of these are a 500 on the servers."""
    params = {"collection_ids": shelves.ids[CLASSIFIERS], "sort_by": column}
    answer = shelves.room.api.get(shelves.room.list, params=params)
    assert answer.status_code == 400
    assert answer.json() == {"detail": f"Invalid sorting column: {column}"}


def test_cursor_is_bound_to_its_list(shelves: Shelves) -> None:
    """With anything else than the page size changed it counts as none: page one comes back."""
    room, one = shelves.room, shelves.ids[CLASSIFIERS]
    base = {"collection_ids": [one], "types": ["model"], "search": "o", "limit": 2}
    cursor = room.api.get(room.list, params=base).json()["cursor"]
    third = ["model 05", "model 04"]
    assert names(room, {**base, "cursor": cursor}) == third
    assert names(room, {**base, "cursor": cursor, "limit": 1}) == third[:1]
    assert names(room, {**base, "cursor": cursor, "collection_ids": [one, one]}) == third
    changes: list[dict[str, Any]] = [
        {"sort_by": "name"}, {"order": "asc"}, {"search": "m"}, {"types": ["model", "dataset"]},
        {"collection_ids": [one, shelves.ids[REGRESSORS]]}, {"collection_ids": []},
        {"sort_by": "accuracy"},
    ]  # fmt: skip
    for change in changes:
        asked = {**base, **change}
        assert names(room, {**asked, "cursor": cursor}) == names(room, asked), change
    collections = f"{room.orbit}/collections"
    other = room.api.get(collections, params={"limit": 1}).json()["cursor"]
    assert names(room, {**base, "cursor": other}) == names(room, base)


def names(room: LumlRoom, params: dict[str, Any]) -> list[str]:
    """What is listed."""
    return [each["name"] for each in room.api.get(room.list, params=params).json()["items"]]


def test_strange_cursors_count_as_none(shelves: Shelves) -> None:
    """Whatever is sent as a cursor, the answer is a page, never a failure."""
    room = shelves.room
    good = room.api.get(room.list, params={"limit": 2}).json()["cursor"]
    key, value, bound = json.loads(base64.urlsafe_b64decode(good))
    contents = [
        [], {}, None, 5, [key], [key, value], [key, value, bound, 1], [key, value, "other"],
        [5, value, bound], [key, [value], bound], [key, {"a": 1}, bound], [key, 2**63, bound],
        [key, -(2**70), bound], [key, value, None],
    ]  # fmt: skip
    texts = [base64.urlsafe_b64encode(json.dumps(each).encode()).decode() for each in contents]
    surrogate = base64.urlsafe_b64encode(b'["\\ud800", "x", "' + bound.encode() + b'"]').decode()
    texts += [surrogate, "", "=", "é", "%ff", "\0", "A" * 5000, good[:-3], good.replace("W", "!")]
    first = names(room, {"limit": 2})
    for text in texts:
        assert names(room, {"limit": 2, "cursor": text}) == first, text
    # Rightly bound but with a value of another type it leads somewhere, without a failure.
    for strange in (True, 1.5, None, 2**62):
        text = base64.urlsafe_b64encode(json.dumps([key, strange, bound]).encode()).decode()
        assert room.api.get(room.list, params={"cursor": text}).status_code == 200
