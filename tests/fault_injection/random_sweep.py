"""Kills at random: any scenario, any point or any moment, again and again, until the count is full.

python -m fault_injection.random_sweep --kills 200 --seed 7 [--http] [--byte-worker]      (in tests/)
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import ssl
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from support.network.certificates import trusted_context

from fault_injection import byte_child, invariants, quick
from fault_injection.cloud import Cloud
from fault_injection.runs import Nurseries
from fault_injection.scenarios import SCENARIOS, Run
from fault_injection.sweep import KILLED, Sweep

LONGEST_LIFE = 0.35  # seconds; most runs have ended by then
SLOWER = 3  # times that a life may last whose bytes move in a child, which has to start
MESSAGES = 15  # of byte workers, at some of which they are harmed
LIVES = 3  # kills that one transfer has to survive at most


class Random:
    """Kills runs of all scenarios that need no clock of their own."""

    def __init__(
        self,
        seed: int,
        nurseries: Nurseries,
        folder: Path,
        context: ssl.SSLContext | None,
        *,
        by_child: bool,
    ) -> None:
        self.random = random.Random(seed)
        self.by_child = by_child
        chosen = [each for each in SCENARIOS if not each.expires]
        self.clouds = {
            kind: Cloud(folder / kind, kind, context=context) for kind in {s.kind for s in chosen}
        }
        self.sweeps = [Sweep(s, self.clouds[s.kind], nurseries, folder / "runs") for s in chosen]
        self.points = [list(sweep.trace().elements()) for sweep in self.sweeps]
        self.harms = 0  # that byte workers of last lives came to
        self.kills: Counter[str] = Counter()
        self.transfers = 0
        self.wrong: list[str] = []

    def one(self) -> None:
        """One transfer: a few kills, then its end."""
        which = self.random.randrange(len(self.sweeps))
        sweep, points = self.sweeps[which], self.points[which]
        run, told = sweep.prepare(), []
        run.plan["by_child"] = self.by_child
        self.transfers += 1
        self.kills[sweep.scenario.name] += bool(sweep.scenario.stand)
        for _ in range(self.random.randint(1, LIVES)):
            told.append(self._kill(sweep, run, points))
            if not told[-1]:
                break
            self.kills[sweep.scenario.name] += 1
            run.look()
            run.plan["only_restore"] = run.plan["only_restore"] or run.has_begun()
        try:
            if told[-1]:
                self._harm(run)
                sweep.carry_on(run, ", ".join(told))
            else:
                sweep.scenario.verify(run)
            self.harms += json.loads(Path(run.plan["result"]).read_text("utf-8"))["harmed"]
        except AssertionError as error:
            self.wrong.append(str(error))

    def _harm(self, run: Run) -> None:
        """Let the byte worker of the next life be killed, or stand still."""
        if self.by_child:
            run.plan["harm"] = byte_child.some_harm(self.random, MESSAGES)

    def _kill(self, sweep: Sweep, run: Run, points: list[str]) -> str:
        """How it was killed; empty when it had ended before."""
        self._harm(run)
        if self.random.random() < 0.5:
            longest = LONGEST_LIFE * (SLOWER if self.by_child else 1)
            delay = self.random.uniform(0.0, longest)
            code, how = sweep._child(run, kill_after=delay), f"after {delay:.3f} s"
        else:
            name = self.random.choice(points)
            point = f"{name}:{self.random.randint(1, max(1, points.count(name)))}"
            code, how = sweep._child(run, failpoint=point), f"at {point}"
        if code not in (KILLED, 0):
            self.wrong.append(f"{run.name} ended with {code} {how}")
        return how if code == KILLED else ""

    def close(self) -> None:
        """The invariants of everything together."""
        for cloud in self.clouds.values():
            try:
                invariants.check(cloud)
            except AssertionError as error:
                self.wrong.append(str(error))
            cloud.close()


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--kills", type=int, default=200)
    asked.add_argument("--seed", type=int, default=int(time.time()))
    asked.add_argument("--http", action="store_true", help="without encryption")
    asked.add_argument("--byte-worker", action="store_true", help="bytes move in a child")
    options = asked.parse_args()
    begun = time.monotonic()
    memory = Path("/dev/shm")
    where = memory if memory.is_dir() else None
    with (
        tempfile.TemporaryDirectory(dir=where, prefix="dfs-sweep-") as name,
        Nurseries(2) as nurseries,
        quick.hastened(quick.WAITS),
        contextlib.ExitStack() as stack,
    ):
        context = None if options.http else trusted_context(Path(name) / "authority")
        sweep = Random(options.seed, nurseries, Path(name), context, by_child=options.byte_worker)
        stack.callback(sweep.close)
        while sweep.kills.total() < options.kills:
            sweep.one()
        stack.close()
    for text in sweep.wrong:
        print(text)
    print(
        f"seed {options.seed}: {sweep.kills.total()} kills in {sweep.transfers} transfers of "
        f"{len(sweep.kills)} kinds, {sweep.harms} harms to byte workers of last lives, "
        f"{len(sweep.wrong)} violations, {time.monotonic() - begun:.0f} s"
    )
    return 1 if sweep.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
