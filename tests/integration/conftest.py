"""A client, a registry and S3 together, with failed requests tried again soon."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.stores.place import Place
from support.stores.registry import PART
from support.stores.s3 import S3Rules


@pytest.fixture(autouse=True)
def _quick(quick_retries: None) -> None:
    """For every test of this folder."""


@pytest.fixture(params=[True, False], ids=["lists", "careful"])
def place(
    request: pytest.FixtureRequest, tmp_path: Path, tls: ssl.SSLContext | None
) -> Iterator[Place]:
    """With a store whose keys may list, so that what is not there gives 404, and one that says 403."""
    place = Place(tmp_path, S3Rules(smallest_part=PART, lists=request.param), context=tls)
    yield place
    place.close()
