"""D-17, U-16, M-12, A-01: a kill at every point of every transfer loses nothing and doubles nothing."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fault_injection import names
from fault_injection.cloud import Cloud
from fault_injection.runs import Nurseries
from fault_injection.scenarios import SCENARIOS, Scenario
from fault_injection.sweep import Sweep

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="children are forked, and killed")

_reached: set[str] = set()
_counts = {"points": 0, "runs": 0}
# Points that no scenario here comes to, each with the reason.
MEMBERS = "only who may not delete marks a record, see test_discards_end.py"
ELSEWHERE = dict.fromkeys(("mark_failed:before", "mark_failed:after"), MEMBERS)


@pytest.fixture(scope="module")
def nurseries() -> Iterator[Nurseries]:
    with Nurseries(1) as nurseries:
        yield nurseries


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """In memory where that is possible: a kill, unlike a power cut, does not ask what the disk has."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory, prefix="dfs-sweep-") as name:
        yield Path(name)


@pytest.mark.fault("D-17", "U-16", "M-12", "A-01")
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: str(each).replace(" ", "_"))
def test_killed_at_every_point(
    scenario: Scenario, nurseries: Nurseries, folder: Path, make_cloud: Callable[..., Cloud]
) -> None:
    cloud = make_cloud(scenario.kind, folder=folder / "cloud")
    sweep = Sweep(scenario, cloud, nurseries, folder / "runs")
    points = sweep.trace()
    wrong = sweep.kill_everywhere(points)
    _reached.update(points)
    _counts["points"] += len(points)
    _counts["runs"] += sweep.runs
    print(f"{scenario.name}: {len(points)} points, {sweep.runs} runs")
    assert not wrong, "\n".join(wrong)


def test_no_point_is_forgotten() -> None:
    """Runs last: every step in the source was reached by a scenario, or has a reason."""
    if len(_reached) == 0:
        pytest.skip("needs the sweep before it")
    missing = names.in_source() - _reached - set(ELSEWHERE)
    assert not missing, f"no scenario comes to {sorted(missing)}"
    assert not set(ELSEWHERE) & _reached, "these are reached, so they need no reason"
    print(f"{len(_reached)} different points; {_counts['points']} in all, {_counts['runs']} runs")
