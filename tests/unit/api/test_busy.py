"""W-12: a registry that is busy for a moment costs nobody more than that moment."""

from __future__ import annotations

import time
from typing import Any

import pytest
from support.registries.client_faces import FACES, Recorded, through
from support.registries.scripted import KEY

from dfs_desktop.api import APIStatusError


@pytest.mark.fault("W-12")
@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("code", [408, 425, 429, 502, 503, 504])
def test_a_registry_that_is_busy_for_a_moment_is_asked_again(face: str, code: int) -> None:
    """Also by who waits for the answer; a longer wait that it asks for is told at once."""
    busy, good = {"status": code, "headers": {"retry-after": "0"}}, {"status": 200, "json": []}

    def ask(*answers: dict[str, Any]) -> Any:
        return through(
            face,
            lambda client: client.organizations.list(),
            base_url="https://api.example",
            api_key=KEY,
            generation="A",
            transport=Recorded(list(answers)),
        )

    assert ask(busy, busy, good) == []
    with pytest.raises(APIStatusError):
        ask(busy, busy, busy)
    begun = time.monotonic()
    with pytest.raises(APIStatusError):
        ask({**busy, "headers": {"retry-after": "30"}})
    assert time.monotonic() - begun < 10
