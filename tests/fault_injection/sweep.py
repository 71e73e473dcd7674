"""Killing a scenario at its points, carrying it on in another process, and looking at what became of it."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from fault_injection import quick
from fault_injection.cloud import Cloud
from fault_injection.runs import Nurseries
from fault_injection.scenarios import Run, Scenario

KILLED = -9
SLEPT = 13 * 3600.0  # seconds; links live for twelve hours


def everywhere(points: Counter[str]) -> list[str]:
    """Every point, and of those that come often also one from the middle."""
    return [*points, *(f"{name}:{n // 2 + 1}" for name, n in points.items() if n > 2)]


def told_last(run: Run) -> str:
    """The end of the log of its latest life."""
    return "\n".join(Path(run.plan["log"]).read_text("utf-8").splitlines()[-40:])


class Sweep:
    """One scenario on one cloud. ``runs`` counts the lives that were begun."""

    def __init__(
        self, scenario: Scenario, cloud: Cloud, nurseries: Nurseries, folder: Path
    ) -> None:
        self.scenario, self.cloud, self.nurseries = scenario, cloud, nurseries
        self.folder = folder
        self.runs = 0
        self._lock = threading.Lock()

    def _child(self, run: Run, *, kill_after: float | None = None, **more: object) -> int:
        with self._lock:
            self.runs += 1
        return self.nurseries.run({**run.plan, **more}, kill_after=kill_after)

    def prepare(self) -> Run:
        """A run that stands where the scenario begins."""
        run = self.scenario.begin(self.cloud, self.folder)
        if self.scenario.stand:
            code = self._child(run, failpoint=self.scenario.stand)
            assert code == KILLED, f"{run.name} never came to {self.scenario.stand}"
            run.look()
            run.plan["only_restore"] = True
            run.plan["discard"] = self.scenario.discard
            run.plan.pop("rate", None)
        return run

    def trace(self) -> Counter[str]:
        """Undisturbed: the points that are reached, and how often."""
        run = self.prepare()
        self._sleep(run)
        log = run.folder.parent / "points.txt"
        with quick.later(run.plan.get("ahead", 0.0)):
            assert self._child(run, points=str(log), here=True) == 0, f"{run.name} did not end"
        self.scenario.verify(run)
        names = log.read_text("utf-8").split("\n")[:-1]
        end = names.index(self.scenario.until) + 1 if self.scenario.until else len(names)
        return Counter(names[:end])

    def kill_at(self, run: Run, point: str) -> None:
        """Kill at a point (``name`` or ``name:n``), carry on to the end, verify."""
        code = self._child(run, failpoint=point)
        # Reached every few milliseconds, or not at all; and how many parts were noted before the
        # program of the beginning was killed depends on the machine, so none may be left to send.
        by_time = point.startswith("note.held") or self.scenario.stand.startswith("note.part")
        assert code == KILLED or (by_time and code == 0), (
            f"{run.name} never came to {point}: it ended with {code}, and told last\n{told_last(run)}"
        )
        run.plan["only_restore"] = True
        self.carry_on(run, point)

    def carry_on(self, run: Run, point: str) -> None:
        """The next start of the program: it goes on by itself to the good end."""
        run.look()
        try:
            assert self._child(run) == 0, "it did not end"
            self.scenario.verify(run)
        except AssertionError as error:
            raise AssertionError(f"killed at {point}: {error}") from error

    def kill_at_each(self, chosen: list[str]) -> list[str]:
        """A run for each of these points, killed there; what went wrong."""
        with ThreadPoolExecutor(self.nurseries.count) as pool:
            runs = list(pool.map(lambda _: self.prepare(), chosen))
            for run in runs:
                self._sleep(run)
            with quick.later(runs[0].plan.get("ahead", 0.0)):
                outcomes = list(pool.map(self._attempt, runs, chosen))
            return [text for text in outcomes if text]

    def _sleep(self, run: Run) -> None:
        """From now on it is so much later that every link has expired, if that is the scenario."""
        if self.scenario.expires:
            run.plan["ahead"] = SLEPT

    def _attempt(self, run: Run, point: str) -> str:
        try:
            self.kill_at(run, point)
        except AssertionError as error:
            return str(error)
        return ""
