"""D-17, U-16, M-12, A-01: a kill at any point of a transfer loses nothing and doubles nothing.

Each step is killed in the first scenario that comes to it, and each scenario at least once; with
`--slow` every scenario is killed at every point that it comes to.
"""

from __future__ import annotations

import os
import ssl
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fault_injection import names
from fault_injection.cloud import Cloud
from fault_injection.runs import Nurseries
from fault_injection.scenarios import SCENARIOS, Scenario
from fault_injection.sweep import Sweep, everywhere

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="children are forked, and killed")

_reached: set[str] = set()
_killed: set[str] = set()
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


def _first_kills(points: Counter[str]) -> list[str]:
    """The points at which nothing was killed yet; if there is none, the one in the middle."""
    chosen = [each for each in points if each not in _killed] or [list(points)[len(points) // 2]]
    _killed.update(chosen)
    return chosen


@pytest.mark.fault("D-17", "U-16", "M-12", "A-01")
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: str(each).replace(" ", "_"))
def test_killed_at_any_point(
    scenario: Scenario,
    nurseries: Nurseries,
    folder: Path,
    make_cloud: Callable[..., Cloud],
    tls: ssl.SSLContext | None,
    pytestconfig: pytest.Config,
) -> None:
    cloud = make_cloud(scenario.kind, folder=folder / "cloud")
    sweep = Sweep(scenario, cloud, nurseries, folder / "runs")
    points = sweep.trace()
    chosen = everywhere(points)
    if not pytestconfig.getoption("slow"):
        chosen = _first_kills(points) if tls is not None else chosen[::4]
    wrong = sweep.kill_at_each(chosen)
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
