"""In the tests of the client a failed request is tried again soon."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _quick(quick_retries: None) -> None:
    """For every test of this folder."""
