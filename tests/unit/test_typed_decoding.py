"""Types that several threads decode for the first time at once."""

import subprocess
import sys

import pytest

PROGRAM = """
import sys, threading, msgspec
from dfs_desktop.typed_decoding import prepared

sys.setswitchinterval(1e-6)
names = [f"f{number}" for number in range(12)]
value = {name: [{"b": 1}] for name in names}
data = msgspec.msgpack.encode([[value], {"k": value}])
for number in range(30):
    inner = msgspec.defstruct("Inner", [(name, list[dict[str, int]] | None, None) for name in names])
    outer = msgspec.defstruct(
        "Outer", [("x", list[inner], []), ("y", dict[str, inner] | None, None)], array_like=True
    )
    start, seen = threading.Barrier(6), []

    def decode():
        start.wait()
        kind = prepared(outer) if sys.argv[1] == "prepared" else outer
        seen.append(msgspec.msgpack.decode(data, type=kind).x[0].f11)

    threads = [threading.Thread(target=decode) for _ in range(6)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert seen == [[{"b": 1}]] * 6
"""


@pytest.mark.fault("RL-47")
def test_threads_that_decode_a_type_first_at_once_do_not_end_the_process() -> None:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, "prepared"], capture_output=True, text=True
    )
    assert (run.returncode, run.stderr) == (0, "")
