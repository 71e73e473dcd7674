"""Which generation a server speaks: every state that was measured, and servers that are none."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.registries.client_faces import FACES, through
from support.registries.scripted import KEY

from dfs_desktop.api import (
    APIConnectionError,
    AsyncDataForceClient,
    ConfigurationError,
    DataForceClient,
    NotFoundError,
    UnexpectedAnswerError,
)
from dfs_desktop.api.dialects.detection import COLLECTION, NOBODY, ORBIT
from dfs_desktop.api.dialects.server_dialect import dialect_for

STATES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "wire" / "generations.json").read_text("utf-8")
)["rows"]
# The first D has no address yet that tells it from A: its answers do.
SPOKEN = ["A", "A", "A", "A", "A", "D", "E", "F", "G"]
QUESTIONS = {"A": 2, "D": 3, "E": 3, "F": 3, "G": 2}

WORDS = {401: "Not authenticated", 404: "Not Found", 405: "Method Not Allowed"}
PORTAL = "<!DOCTYPE html><html><body>Please sign in to the hotel network</body></html>"


class Measured(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A server in one of the measured states: addresses that exist, and nothing in them."""

    def __init__(self, state: dict[str, Any]) -> None:
        self.asked: list[httpx.Request] = []
        self.state = state

    def status(self, request: httpx.Request) -> int:
        path, state = request.url.path, self.state
        if path in state["unauthenticated_probe"]:
            return int(state["unauthenticated_probe"][path])
        prefix = state["prefix"]
        if not path.startswith(f"{prefix}/") or (not prefix and path.startswith("/v1/")):
            return 404
        table = {
            f"{ORBIT}/artifacts": "artifacts below orbit",
            f"{COLLECTION}/artifacts": "artifacts below collection",
            f"{COLLECTION}/model_artifacts": "model_artifacts below collection",
            COLLECTION: "one collection",
            f"{COLLECTION}/artifacts/{NOBODY}": "one artifact",
            f"{COLLECTION}/model_artifacts/{NOBODY}": "one model_artifact",
            "/bucket-secrets/upload/multipart": "multipart urls",
        }
        row = table.get(path.removeprefix(prefix))
        return 404 if row is None else int(state["unauthenticated_probe_GET"][row])

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if request.headers.get("authorization"):
            return httpx.Response(200, json=[])
        status = self.status(request)
        return httpx.Response(status, json={"detail": WORDS[status]})

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self.answer(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self.answer(request)


class Everywhere(Measured):
    """One answer to every question; then the next one, if there are several."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        super().__init__({})
        self.answers = list(answers)

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        said = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        if isinstance(said, Exception):
            raise said
        return httpx.Response(said.status_code, headers=said.headers, content=said.content)


def options(server: httpx.BaseTransport, **more: Any) -> dict[str, Any]:
    return {"base_url": "https://api.example", "api_key": KEY, "transport": server, **more}


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("number", range(len(STATES)), ids=lambda n: str(STATES[n]["date"]))
def test_every_measured_state(face: str, number: int) -> None:
    server, expected = Measured(STATES[number]), SPOKEN[number]

    def look(client: Any) -> Any:
        assert client.generation is None
        return client.organizations.list()

    assert through(face, look, **options(server)) == []
    *questions, first = server.asked
    assert len(questions) == QUESTIONS[expected]
    assert {request.method for request in questions} == {"GET"}
    for request in questions:
        assert "authorization" not in request.headers
        assert KEY not in str(request.headers.raw)
    assert first.headers["authorization"] == f"Bearer {KEY}"
    assert first.url.path == f"{STATES[number]['prefix']}/users/me/organizations"


def test_the_dialects_fit_the_states() -> None:
    for state, letter in zip(STATES, SPOKEN, strict=True):
        dialect: Any = dialect_for(letter)
        assert (dialect.generation, dialect.prefix) == (letter, state["prefix"])
        assert dialect.noun == state["artifact_segment"]
        assert dialect.orbit_wide == (state["artifact_list"]["where"] == "below orbit")
        if letter != "A":
            assert (state["artifact_get"], state["collection_get"]) == (200, 200)
    with pytest.raises(ConfigurationError, match="generation"):
        DataForceClient("https://x", KEY, generation="Z")


@pytest.mark.parametrize("face", FACES)
def test_asked_once_for_a_client_and_its_views(face: str) -> None:
    server = Measured(STATES[-1])

    def look(client: Any) -> Any:
        view = client.at("00000000-0000-7000-8000-000000000009")
        if face == "sync":
            return [client.organizations.list(), view.organizations.list(), view.generation]

        async def run() -> list[Any]:
            await asyncio.gather(*(c.organizations.list() for c in (client, view, client, view)))
            return [await view.organizations.list(), view.generation]

        return run()

    assert through(face, look, **options(server))[-1] == "G"
    assert sum("authorization" not in request.headers for request in server.asked) == 2


MINIO = """<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>AccessDenied</Code><Message>Access Denied.</Message></Error>"""
AZURE = "\ufeff<?xml version='1.0'?><Error><Code>InvalidUri</Code><Message>No.</Message></Error>"


@pytest.mark.fault("W-03", "RL-40")
@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (httpx.Response(200, html=PORTAL), "a web page (status 200)"),
        (httpx.Response(403, html=PORTAL), "a web page (status 403)"),
        (httpx.Response(403, json={"message": "Forbidden"}), "forbids us to ask"),
        (httpx.Response(511, html=PORTAL), "sign in, then try again"),
        (httpx.Response(403, text=MINIO), "an object store and no registry"),
        (httpx.Response(400, text=AZURE), "an object store and no registry"),
        (httpx.Response(404, html="<h1>nginx</h1>"), "a web page (status 404)"),
        (httpx.Response(401, html="<h1>Sign in</h1>"), "a web page (status 401)"),
        (httpx.Response(302, headers={"location": "http://portal/"}), "sends us elsewhere"),
        (httpx.Response(502, html="<h1>Bad Gateway</h1>"), "a proxy does"),
        (httpx.Response(200, json=[]), "other JSON (status 200)"),
        (httpx.Response(404, text=""), "an empty answer (status 404)"),
        (httpx.Response(404, text="no route"), "text (status 404)"),
        (httpx.Response(404, json={"detail": "Not Found"}), "an unknown address (status 404)"),
        (httpx.Response(401, json={"detail": "Not authenticated"}), "for every address"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_no_registry(face: str, answer: httpx.Response, words: str) -> None:
    server = Everywhere(answer)
    with pytest.raises(UnexpectedAnswerError) as raised:
        through(face, lambda client: client.organizations.list(), **options(server))
    detail = raised.value.detail
    assert words in detail
    assert "api.example" in detail
    assert raised.value.retryable == (answer.status_code in (502, 511))
    assert all("authorization" not in request.headers for request in server.asked)


def test_a_web_page_may_hint_at_its_api() -> None:
    server = Everywhere(httpx.Response(200, html=PORTAL))
    with (
        DataForceClient("https://app.luml.ai", KEY, transport=server) as client,
        pytest.raises(UnexpectedAnswerError, match="an address of its own"),
    ):
        client.organizations.list()


@pytest.mark.parametrize("face", FACES)
def test_an_unreachable_server_is_asked_again_next_time(face: str) -> None:
    server = Everywhere(httpx.ConnectError("refused"))

    def look(client: Any) -> Any:
        if face == "sync":
            for _ in range(2):
                with pytest.raises(APIConnectionError):
                    client.organizations.list()
            return None

        async def run() -> None:
            for _ in range(2):
                with pytest.raises(APIConnectionError):
                    await client.organizations.list()

        return run()

    through(face, look, **options(server))
    assert len(server.asked) == 2


class TestUpdatedMeanwhile:
    """A server that was exchanged under a running client."""

    def test_found_out_at_the_first_missing_address(self) -> None:
        server = Measured(STATES[1])
        honest = server.answer

        def answer(request: httpx.Request) -> httpx.Response:
            if server.status(request) != 404:
                return honest(request)
            server.asked.append(request)
            return httpx.Response(404, json={"detail": "Not Found"})

        server.answer = answer  # type: ignore[method-assign]
        with DataForceClient(**options(server)) as client:
            assert client.organizations.list() == []
            server.state = STATES[-1]
            with pytest.raises(UnexpectedAnswerError, match="Try again"):
                client.organizations.list()
            assert client.organizations.list() == []
            assert client.generation == "G"

    def test_the_awaiting_face_too(self) -> None:
        server = Measured(STATES[1])

        async def run() -> None:
            async with AsyncDataForceClient(**options(server)) as client:
                await client.organizations.list()
                assert client.generation == "A"
                server.state = STATES[-1]
                server.answer = lambda request: httpx.Response(  # type: ignore[method-assign]
                    server.status(request), json={"detail": WORDS[server.status(request)]}
                )
                with pytest.raises(
                    UnexpectedAnswerError,
                    match=r"spoke the DataForce API of 2025 and speaks the API of LUML \(/v1\) now",
                ) as raised:
                    await client.organizations.list()
                assert raised.value.retryable
                assert client.generation == "G"

        asyncio.run(run())

    def test_a_missing_object_asks_nothing(self) -> None:
        server = Everywhere(httpx.Response(404, json={"detail": "Artifact not found"}))
        place = dict.fromkeys(("organization", "orbit", "collection"), NOBODY)
        with DataForceClient(**options(server, generation="G", **place)) as client:
            with pytest.raises(NotFoundError):
                client.model_artifacts.download_url(NOBODY)
            assert len(server.asked) == 1

    def test_doubted_once_a_minute(self) -> None:
        server = Measured(STATES[-1])
        missing = httpx.Response(404, json={"detail": "Not Found"})

        def answer(request: httpx.Request) -> httpx.Response:
            server.asked.append(request)
            if "authorization" in request.headers:
                return httpx.Response(404, content=missing.content, headers=missing.headers)
            status = server.status(request)
            return httpx.Response(status, json={"detail": WORDS[status]})

        server.answer = answer  # type: ignore[method-assign]
        with DataForceClient(**options(server)) as client:
            for _ in range(3):
                with pytest.raises(NotFoundError):
                    client.organizations.list()
        assert len(server.asked) == 2 + 3 + 2
