"""Clouds for the fault tests; whatever a test does to one, the invariants hold when it ends."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fault_injection import invariants, quick
from fault_injection.cloud import Cloud


@pytest.fixture
def make_cloud(tmp_path: Path, tls: ssl.SSLContext | None) -> Iterator[Callable[..., Cloud]]:
    """Makes clouds of any kind, by http and by https; each is checked and closed at the end."""
    before = invariants.open_files()
    made: list[Cloud] = []

    def make(kind: str = "s3", folder: Path | None = None, **more: Any) -> Cloud:
        made.append(Cloud(folder or tmp_path / f"cloud{len(made)}", kind, context=tls, **more))
        return made[-1]

    with quick.hastened(quick.WAITS):
        yield make
    try:
        for cloud in made:
            invariants.check(cloud)
    finally:
        for cloud in made:
            cloud.close()
    made.clear()
    invariants.check_open_files(before)


@pytest.fixture
def cloud(make_cloud: Callable[..., Cloud]) -> Cloud:
    """S3 behind the registry of today."""
    return make_cloud()
