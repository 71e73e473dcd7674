"""Searching, filtering and sorting beyond the recordings; what a collection says about its content."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.registries.local import NOBODY
from support.registries.local_luml import DATASET, LumlRoom

from dfs_desktop.server import Rules


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LumlRoom]:
    """A registry with names that are hard to find."""
    with LumlRoom(tmp_path_factory.mktemp("registry")) as made:
        for name in ("Größe", "GRÖSSE zwei", "100%", "100 percent", "a_b", "aXb", "Ärger", ""):
            made.create(name=name)
        yield made


@pytest.fixture(autouse=True)
def settled(room: LumlRoom) -> Iterator[None]:
    """Each test ends with an idle registry."""
    yield
    room.settle()


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("größe", ["Größe", "GRÖSSE zwei"]),  # ß and SS are one letter when case does not count
        ("ärg", ["Ärger"]),
        ("100%", ["100%", "100 percent"]),  # a wildcard, as on the servers
        ("a_b", ["a_b", "aXb"]),
        ("zwei", ["GRÖSSE zwei"]),
        ("'; DROP TABLE artifacts; --", []),
        ("model.fnnx", []),  # names only, not files
        ("", ["Größe", "GRÖSSE zwei", "100%", "100 percent", "a_b", "aXb", "Ärger", ""]),
    ],
)
def test_search(room: LumlRoom, search: str, found: list[str]) -> None:
    """Case-blind in every alphabet, part of the name."""
    answer = room.api.get(room.list, params={"search": search, "order": "asc"})
    assert [each["name"] for each in answer.json()["items"]] == found


@pytest.mark.parametrize("place", ["artifacts", "collections"])
def test_search_has_limits(room: LumlRoom, place: str) -> None:
    """Neither endless patterns nor NUL reach the database."""
    for search in ("%" * 1001, "a\0b"):
        answer = room.api.get(f"{room.orbit}/{place}", params={"search": search})
        assert answer.status_code == 422
        assert answer.json()["detail"][0]["loc"] == ["query", "search"]
    answer = room.api.get(f"{room.orbit}/{place}", params={"search": "%_" * 500})
    assert answer.status_code == 200


def test_parameters_that_nobody_knows_are_ignored(room: LumlRoom) -> None:
    """As unknown members of bodies are; of repeated ones the last counts."""
    answer = room.api.get(f"{room.list}?bogus=1&limit=1&limit=2&excluded_tracks={NOBODY}")
    assert len(answer.json()["items"]) == 2


def test_metrics_that_are_no_numbers(tmp_path_factory: pytest.TempPathFactory) -> None:
    """They count as null instead of failing the list; odd names are names too."""
    metrics = [
        {"m": 2}, {"m": "text"}, {"m": 10.5}, {"m": None}, {}, {"m": True}, {"m": [3]},
        {"m": -1e300}, {"m": 10**30}, {'"odd" $.name': 1},
    ]  # fmt: skip
    with LumlRoom(tmp_path_factory.mktemp("metrics")) as room:
        keys = [room.create(extra_values=each)["artifact"]["id"] for each in metrics]
        for limit in (1, 4, 100):
            pages = room.pages(f"sort_by=m&limit={limit}")
            order = [keys.index(each["id"]) for page in pages for each in page]
            assert order == [8, 2, 0, 7, 9, 6, 5, 4, 3, 1]
        answer = room.api.get(room.list, params={"sort_by": '"odd" $.name', "limit": 1}).json()
        assert answer["items"][0]["id"] == keys[9]


def test_collection_says_what_is_in_use(tmp_path_factory: pytest.TempPathFactory) -> None:
    """All tags and names of metrics, sorted, for menus; the orbit knows its collections' tags."""
    with LumlRoom(tmp_path_factory.mktemp("labels")) as room:
        room.create(tags=["b", "a"], extra_values={"x": 1})
        room.create(tags=None, extra_values={"y": "text", "x": 2})
        room.create(tags=["c"], extra_values={})
        details = room.json("GET", room.collection)
        assert details["artifacts_tags"] == ["a", "b", "c"]
        assert details["artifacts_extra_values"] == ["x", "y"]
        room.add_collection("two", tags=["z", "k"])
        room.add_collection("three", tags=["k"])
        assert room.json("GET", room.orbit)["collections_tags"] == ["k", "z"]


def test_types_filter_both_lists(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Artifacts by their type; collections by exactly theirs."""
    with LumlRoom(tmp_path_factory.mktemp("types")) as room:
        room.artifacts = room.add_collection("All", "mixed") + "/artifacts"
        for kind in ("dataset", "experiment"):
            room.create(name=kind, manifest={**DATASET, "artifact_type": kind})
        room.create(name="model")
        for types in (["model"], ["dataset", "experiment"], ["model", "dataset", "experiment"]):
            answer = room.api.get(room.list, params={"types": types, "order": "asc"}).json()
            assert sorted(each["type"] for each in answer["items"]) == sorted(types)
        collections = f"{room.orbit}/collections"
        for kind, names in (("mixed", ["All"]), ("model", ["Models"]), ("dataset", [])):
            answer = room.api.get(collections, params={"types": kind}).json()
            assert [each["name"] for each in answer["items"]] == names
        assert room.api.get(collections, params={"types": "model_dataset"}).status_code == 422


def test_lists_stay_within_their_orbit(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Artifacts of another orbit are not listed, not found, and their collection is refused."""
    with LumlRoom(tmp_path_factory.mktemp("orbits"), Rules(), second=True) as room:
        secret = room.orbit_record["bucket_secret_id"]
        body = {"name": "Other", "bucket_secret_id": secret}
        other = f"{room.orbits}/{room.json('POST', room.orbits, body)['id']}"
        made = room.create()["artifact"]
        assert room.json("GET", f"{other}/artifacts") == {"items": [], "cursor": None}
        assert room.json("GET", f"{other}/collections") == {"items": [], "cursor": None}
        query = f"collection_ids={made['collection_id']}&collection_ids={NOBODY}"
        answer = room.api.get(f"{other}/artifacts?{query}")
        assert answer.status_code == 404
        assert made["collection_id"] in answer.text
        assert NOBODY in answer.text
        second = room.json("GET", "/v1/users/me/organizations")[1]["id"]
        path = room.list.replace(room.organization, second)
        assert room.api.get(path).status_code == 404
        assert room.api.get(path.replace(second, NOBODY)).status_code == 403
