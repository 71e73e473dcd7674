"""Kills transfers at random, at least 200 times, and checks that nothing is lost or doubled.

    python3 packaging/kill_sweep.py [--kills 200] [--seed N] [--http] [--byte-worker]

The tests kill at every step once; this goes on for as long as wanted. The last line sums it up.
Needs what packaging/test.py sets up, and a system that can fork.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def python() -> str:
    """The clone's own Python where there is one: it has what the tests need."""
    folder = ROOT / ".venv" / ("Scripts" if os.name == "nt" else "bin")
    own = folder / ("python.exe" if os.name == "nt" else "python")
    return str(own) if own.exists() else sys.executable


def main() -> int:
    """Run it in the folder of the tests; its exit code is 1 when an invariant was violated."""
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--kills", type=int, default=200, help="how often at least")
    asked.add_argument("--seed", type=int, default=None, help="to repeat a sweep")
    asked.add_argument("--http", action="store_true", help="without encryption; else by https")
    asked.add_argument(
        "--byte-worker", action="store_true", help="it moves the bytes, and is killed"
    )
    options = asked.parse_args()
    if not hasattr(os, "fork"):
        print("This system cannot fork, which the sweep needs.")
        return 2
    command = [python(), "-m", "fault_injection.random_sweep", "--kills", str(options.kills)]
    command += ["--http"] * options.http + ["--byte-worker"] * options.byte_worker
    if options.seed is not None:
        command += ["--seed", str(options.seed)]
    paths = os.pathsep.join((str(ROOT / "tests"), str(ROOT)))
    environment = {**os.environ, "PYTHONPATH": paths}
    return subprocess.run(command, cwd=ROOT / "tests", env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
