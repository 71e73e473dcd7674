"""Runs one piece of test code through both faces of the client."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from support.registries.scripted import KEY, Stage

from dfs_desktop.api import AsyncDataForceClient, DataForceClient

FACES = ("sync", "async")
# When the exchanges were recorded: their links live for twelve hours by the server's clock.
RECORDED = "Mon, 23 Nov 2026 20:55:00 GMT"
SAMPLE = next((Path(__file__).parents[3] / "resources" / "sample").glob("*.fnnx"))


def through(face: str, operation: Callable[[Any], Any], **options: Any) -> Any:
    """``operation(client)`` with a fresh client of one face; awaited where it has to be."""
    if face == "sync":
        with DataForceClient(**options) as client:
            return operation(client)

    async def run() -> Any:
        async with AsyncDataForceClient(**options) as client:
            return await operation(client)

    return asyncio.run(run())


class Recorded(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Answers from a list, in order, and keeps what was asked."""

    def __init__(self, answers: list[dict[str, Any]]) -> None:
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []
        self.bodies: list[bytes] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        self.bodies.append(b"".join(request.stream))  # type: ignore[arg-type]
        return self._answer()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        self.bodies.append(await request.aread())
        return self._answer()

    def _answer(self) -> httpx.Response:
        assert self.answers, "more requests than recorded"
        answer = self.answers.pop(0)
        content = answer.get("content", b"")
        if "json" in answer:
            content = json.dumps(answer["json"]).encode()
        elif "text" in answer:
            content = answer["text"].encode()
        headers = {"date": RECORDED, **answer.get("headers", {})}
        return httpx.Response(answer["status"], headers=headers, stream=httpx.ByteStream(content))

    def sent(self, index: int = -1) -> Any:
        """The JSON of one request, None when it had no body."""
        return json.loads(self.bodies[index]) if self.bodies[index] else None


def target(request: httpx.Request) -> str:
    """The request target as it goes over the wire."""
    raw: bytes = request.url.raw_path
    return raw.decode()


def upload(stage: Stage, face: str, path: Path = SAMPLE, **more: Any) -> Any:
    return through(
        face,
        lambda client: client.model_artifacts.upload(str(path), "name", **more),
        **stage.options,
    )


def download(stage: Stage, face: str, artifact_id: str, path: Path | None) -> Any:
    return through(
        face,
        lambda client: client.model_artifacts.download(artifact_id, path and str(path)),
        **stage.options,
    )


def delete(stage: Stage, face: str, artifact_id: str) -> Any:
    return through(face, lambda c: c.model_artifacts.delete(artifact_id), **stage.options)


def secrets_in(error: BaseException) -> list[str]:
    """Everything about an exception that could be logged, searched for secrets."""
    found = []
    step: BaseException | None = error
    while step is not None:
        text = f"{step} {step!r} {step.args}"
        found += [mark for mark in ("X-Amz-Signature", "epoch=", KEY) if mark in text]
        step = step.__cause__ or step.__context__
    return found
