"""JSON that grows when it is decoded: it is read, or refused, in little time and memory."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from support.registries.client_faces import Recorded, through
from support.registries.scripted import KEY

from dfs_desktop.api.http.answers import read_answer

PLACE = dict.fromkeys(
    ("organization", "orbit", "collection"), "00000000-0000-7000-8000-000000000001"
)

CHILD = """
import json, resource, sys, time
sys.path[:0] = sys.argv[1:3]
import httpx
from support.registries.client_faces import Recorded, through
from support.registries.scripted import KEY
from unit.api.test_heavy_answers import PLACE, heavy
from dfs_desktop.api import DataForceError
from dfs_desktop.api.dialects import records
def rss(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
def ask(said):
    def one(client): return client.model_artifacts.list()
    found = through("sync", one, base_url="https://api.example", api_key=KEY, generation="A",
                    transport=Recorded([{"status": 200, "content": said}]), **PLACE)
    return [(item.manifest, item.file_index) for item in found]
ask(b"[]")
for name in sys.argv[3:]:
    said = heavy()[name]()
    before, begun = rss(), time.process_time()
    try:
        ask(said)
        end = "read"
    except DataForceError as error:
        end = type(error).__name__
    print(json.dumps([name, end, time.process_time() - begun, rss() - before]), flush=True)
"""


def heavy() -> dict[str, Callable[[], bytes]]:
    """JSON that becomes many times as large when it is decoded."""
    lists = b"[]," * (5 << 20)
    return {
        "lists in a list": lambda: b"[" + lists + b"[]]",
        "objects in a list": lambda: b"[" + b"{}," * (5 << 20) + b"{}]",
        "numbers in a list": lambda: b"[" + b"1," * (7 << 20) + b"1]",
        "lists in a page": lambda: b'{"items": [' + lists + b"[]]}",
        "records": lambda: b"[" + b'{"id":"1"},' * (1 << 20) + b'{"id":"1"}]',
        "metrics": lambda: b'[{"id":"1","metrics":{"a":[' + lists + b"[]]}}]",
        "values": lambda: b'[{"id":"1","extra_values":{"a":[' + lists + b"[]]}}]",
        "deployments": lambda: b'[{"id":"1","deployments":[' + b"{}," * (5 << 20) + b"{}]}]",
        "a wide text": lambda: (
            b'[{"id":"1","model_name":"%s\xf0\x9f\x98\x80"}]' % (b"x" * (46 << 20))
        ),
        "an escape": lambda: b'[{"id":"1","tags":["%s\\ud83d\\ude00"]}]' % (b"x" * (46 << 20)),
        "a manifest": lambda: b'[{"id":"1","manifest":{"a":[' + lists + b"[]]}}]",
        "half characters": lambda: b'[{"id":"1","tags":["' + b"\\ud800" * 3_000_000 + b'"]}]',
        "backslashes": lambda: b'[{"id":"1","tags":["' + b"\\\\" * 10_000_000 + b'\\ud800"]}]',
        "an index": lambda: b'[{"id":"1","file_index":{"a":[' + lists + b"[]]}}]",
    }


@pytest.mark.fault("X-01")
@pytest.mark.skipif(sys.platform == "win32", reason="memory is told otherwise there")
def test_heavy_json_takes_little_time_and_memory(
    sampled: Callable[[Iterable[str]], list[str]],
) -> None:
    here, names = Path(__file__).parents[2], sampled(heavy())
    run = subprocess.run(
        [sys.executable, "-c", CHILD, str(here), str(here.parent), *names],
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    told = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(told) == len(names)
    for name, end, seconds, grown in told:
        assert end == ("read" if name in ("a manifest", "an index") else "UnexpectedAnswerError")
        assert seconds < 5, name
        assert grown < 100, name


@pytest.mark.fault("X-01")
def test_a_long_list_of_large_records_is_read() -> None:
    """42 MB for 10 000 records with manifests: what registries without pages send."""
    index = {f"member{n}": [n * 512, 512] for n in range(100)}
    record = {
        "id": "",
        "model_name": "n",
        "metrics": {f"m{n}": n / 7 for n in range(20)},
        "manifest": {"inputs": [{"name": "x"}] * 10},
        "file_index": index,
    }
    many = json.dumps([{**record, "id": f"id{n}"} for n in range(10_000)]).encode()
    assert len(many) > 30 << 20
    found = through(
        "sync",
        lambda c: c.model_artifacts.list(),
        base_url="https://api.example",
        api_key=KEY,
        generation="A",
        transport=Recorded([{"status": 200, "content": many}]),
        **PLACE,
    )
    assert len(found) == 10_000
    assert found[7].file_index == index


@pytest.mark.fault("X-01")
@pytest.mark.parametrize(("count", "beside"), [(2, False), (100, True)])
def test_a_page_of_records_is_decoded_beside_the_loop(
    monkeypatch: pytest.MonkeyPatch, count: int, beside: bool
) -> None:
    threads: list[threading.Thread] = []

    def read(*facts: Any) -> Any:
        threads.append(threading.current_thread())
        return read_answer(*facts)

    monkeypatch.setattr("dfs_desktop.api.async_transport.read_answer", read)
    records = [{"id": f"id{n}", "model_name": "n", "tags": ["x" * 300]} for n in range(count)]
    found = through(
        "async",
        lambda c: c.model_artifacts.list(),
        base_url="https://api.example",
        api_key=KEY,
        generation="A",
        transport=Recorded([{"status": 200, "json": records}]),
        **PLACE,
    )
    assert len(found) == count
    assert (threading.main_thread() not in threads) == beside
