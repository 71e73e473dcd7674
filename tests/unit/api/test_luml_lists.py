"""Long lists: pages as they arrive, guards against lists that never end, search, get by name."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from support.registries.client_faces import FACES, through
from support.registries.luml_recordings import gathered, recorded
from support.registries.scripted import COLLECTION, KEY, ORBIT, ORGANIZATION
from support.registries.scripted_luml import LumlStage

from dfs_desktop.api import DataForceClient, MultipleResourcesFoundError

Serve = Callable[[httpx.Request], Any]
PLACE = {"organization": ORGANIZATION, "orbit": ORBIT, "collection": COLLECTION}


@pytest.fixture(params=FACES)
def face(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class Server(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Answers every request with what a function makes of it."""

    def __init__(self, serve: Serve) -> None:
        self.serve = serve
        self.asked: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return httpx.Response(200, json=self.serve(request))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self.handle_request(request)


def do(face: str, serve: Serve, operation: Any, generation: str = "G") -> tuple[Any, Server]:
    server = Server(serve)
    result = through(
        face,
        operation,
        base_url="https://api.example",
        api_key=KEY,
        transport=server,
        generation=generation,
        **PLACE,
    )
    return result, server


def page(numbers: Any, cursor: str | None) -> dict[str, Any]:
    items = [{"id": f"id-{n}", "name": f"name {n}", "file_name": f"f{n}.fnnx"} for n in numbers]
    return {"items": items, "cursor": cursor}


def ids(items: list[Any]) -> list[str]:
    return [item.id for item in items]


def test_all_pages(face: str) -> None:
    stage = LumlStage()
    stage.many(250)
    found = through(face, lambda c: c.model_artifacts.list(), **stage.options)
    assert [item.model_name for item in found] == [f"number {n}" for n in range(250)]
    assert stage.count("list") == 3
    stage.close()


def test_pages_arrive_one_by_one() -> None:
    stage = LumlStage()
    stage.many(250)
    with DataForceClient(**stage.options) as client:
        pages = client.model_artifacts.pages()
        assert len(next(pages)) == 100
        assert stage.count("list") == 1
        assert [len(rest) for rest in pages] == [100, 50]
    stage.close()


def test_what_is_asked(face: str) -> None:
    _, server = do(face, lambda _: page([], None), lambda c: c.model_artifacts.list())
    asked = server.asked[0].url
    assert asked.path == f"/v1/organizations/{ORGANIZATION}/orbits/{ORBIT}/artifacts"
    assert dict(asked.params) == {
        "limit": "100",
        "sort_by": "created_at",
        "order": "asc",
        "collection_ids": COLLECTION,
    }
    wide = lambda c: gathered(c.model_artifacts.pages(search="a b&c=%", whole_orbit=True))  # noqa: E731
    _, server = do(face, lambda _: page([], None), wide)
    asked = server.asked[0].url
    assert dict(asked.params) == {
        "limit": "100",
        "sort_by": "created_at",
        "order": "desc",
        "search": "a b&c=%",
    }


class TestGuards:
    def test_a_cursor_that_repeats(self, face: str) -> None:
        """The recorded defect: the same page and the same cursor for ever."""
        looping = recorded("flow-artifacts-metric-paging-loops")["steps"][0]["response"]["json"]
        found, server = do(face, lambda _: looping, lambda c: c.model_artifacts.list())
        assert ids(found) == [item["id"] for item in looping["items"]]
        assert len(server.asked) == 2

    def test_two_cursors_that_take_turns(self, face: str) -> None:
        def serve(request: httpx.Request) -> Any:
            n = len(server_asked)
            server_asked.append(request)
            return page([n], "odd" if n % 2 else "even")

        server_asked: list[Any] = []
        found, _ = do(face, serve, lambda c: c.model_artifacts.list())
        assert ids(found) == ["id-0", "id-1", "id-2"]

    def test_new_cursors_but_old_items(self, face: str) -> None:
        def serve(_request: httpx.Request) -> Any:
            count.append(1)
            return page([1, 2], f"cursor {len(count)}")

        count: list[int] = []
        found, _ = do(face, serve, lambda c: c.model_artifacts.list())
        assert (ids(found), len(count)) == (["id-1", "id-2"], 2)

    def test_an_item_seen_again_is_shown_once(self, face: str) -> None:
        pages = {None: page([1, 2], "a"), "a": page([2, 3], "b"), "b": page([4], None)}
        found, _ = do(
            face, lambda r: pages[r.url.params.get("cursor")], lambda c: c.model_artifacts.list()
        )
        assert ids(found) == ["id-1", "id-2", "id-3", "id-4"]

    def test_collections_too(self, face: str) -> None:
        looping = {"items": [{"id": "c", "name": "n"}], "cursor": "again"}
        found, server = do(face, lambda _: looping, lambda c: c.collections.list())
        assert (ids(found), len(server.asked)) == (["c"], 2)

    def test_cursors_go_back_as_they_came(self, face: str) -> None:
        odd = "WyI=+/&?#%C3 é"
        pages = {None: page([1], odd), odd: page([2], None)}
        found, _ = do(
            face, lambda r: pages[r.url.params.get("cursor")], lambda c: c.model_artifacts.list()
        )
        assert len(found) == 2


@pytest.mark.parametrize(
    ("flow", "operation"),
    [
        ("flow-artifacts-paging", lambda c: c.model_artifacts.list()),
        ("flow-collections-paging", lambda c: c.collections.list()),
    ],
)
def test_recorded_pages(face: str, flow: str, operation: Any) -> None:
    steps = recorded(flow)["steps"]
    said = iter([step["response"]["json"] for step in steps])
    found, server = do(face, lambda _: next(said), operation)
    items = [item for step in steps for item in step["response"]["json"]["items"]]
    assert ids(found) == [item["id"] for item in items]
    cursors = [step["response"]["json"]["cursor"] for step in steps]
    assert [request.url.params.get("cursor") for request in server.asked] == [None, *cursors[:-1]]


class TestOlderGenerations:
    """A whole orbit, collection by collection; what servers ignore is done here."""

    @pytest.mark.parametrize("generation", ["A", "D", "E", "F"])
    def test_a_whole_orbit(self, face: str, generation: str) -> None:
        noun = "model_artifacts" if generation in "AD" else "artifacts"
        word = "model_name" if generation in "AD" else "name"

        def serve(request: httpx.Request) -> Any:
            assert request.url.path.startswith("/v1/") == (generation == "F")
            if request.url.path.endswith("/collections"):
                items = [{"id": n, "name": n} for n in ("one", "two")]
            else:
                where = request.url.path.split("/")
                assert where[-1] == noun
                items = [{"id": f"{where[-2]}-{n}", word: n} for n in ("Model", "other")]
            return items if generation == "A" else {"items": items, "cursor": None}

        wide = lambda c: gathered(c.model_artifacts.pages(whole_orbit=True, search="mod"))  # noqa: E731
        found, _ = do(face, serve, wide, generation)
        assert ids(found) == ["one-Model", "two-Model"]

    def test_the_first_server_with_pages_looks_like_a(self, face: str) -> None:
        """Found out when the list comes: then it is paged to its end."""
        pages = {None: page(range(50), "next"), "next": page(range(50, 70), None)}
        found, server = do(
            face,
            lambda r: pages[r.url.params.get("cursor")],
            lambda c: c.model_artifacts.list(),
            "A",
        )
        assert len(found) == 70
        assert [str(r.url.query) for r in server.asked][1] == "b'limit=100&cursor=next'"


class TestGet:
    def test_beyond_the_first_page(self, face: str) -> None:
        stage = LumlStage()
        stage.many(230)
        last = list(stage.records.values())[-1]
        for value in ("number 229", "229.fnnx", last["id"]):
            found = through(face, lambda c, v=value: c.model_artifacts.get(v), **stage.options)
            assert found.id == last["id"]
        assert through(face, lambda c: c.model_artifacts.get("number"), **stage.options) is None
        stage.close()

    def test_a_name_is_asked_for(self, face: str) -> None:
        stage = LumlStage()
        stage.many(230)
        found = through(face, lambda c: c.model_artifacts.get("number 7"), **stage.options)
        assert found.model_name == "number 7"
        assert stage.count("list") == 1
        stage.close()

    @pytest.mark.parametrize("value", ["a.fnnx", "a\\b", " a", "a\tb", ""])
    def test_what_search_would_miss_is_looked_for_everywhere(self, face: str, value: str) -> None:
        _, server = do(face, lambda _: page([], None), lambda c: c.model_artifacts.get(value))
        assert "search" not in server.asked[0].url.params

    def test_twice(self, face: str) -> None:
        stage = LumlStage()
        stage.many(3)
        for record in list(stage.records.values())[:2]:
            record["name"] = "same"
        with pytest.raises(MultipleResourcesFoundError, match="2 model artifacts"):
            through(face, lambda c: c.model_artifacts.get("same"), **stage.options)
        stage.close()


def test_fields_of_the_future(face: str) -> None:
    item = {
        "id": "1",
        "name": "n",
        "status": "melting",
        "type": "sculpture",
        "deployments": None,
        "tracks": [{"id": "t", "new": {}}],
        "nonsense": [1],
        "extra_values": None,
    }
    (found,), _ = do(
        face,
        lambda _: {"items": [item], "cursor": "", "more": 1},
        lambda c: c.model_artifacts.list(),
    )
    assert (found.type, found.status, found.deployments) == ("sculpture", "melting", [])
    assert (found.tracks, found.metrics, found.model_name) == (item["tracks"], {}, "n")
    assert json.dumps(found.manifest) == "{}"
