"""Five minutes of transfers through clouds that fail all the time, in programs that are killed.

    python tests/benchmarks/soak.py --minutes 5 --transfers 300 [--seed N] [--http] [--byte-worker]

Every file has to arrive byte for byte or be refused with a reason, and nothing may be left: see
tests/fault_injection/soaking.py. Prints what happened; the exit code is 1 when something is wrong.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    tests = Path(__file__).resolve().parents[1]
    sys.path[:0] = [str(tests), str(tests.parent)]
    from fault_injection.soaking import main

    sys.exit(main())
