"""How long acts on a thousand transfers hold the event loop, beside very many rows.

    .venv/bin/python tests/benchmarks/acts.py [TRANSFERS] [ROWS] [--profile ACT]

Each line: the longest time that the GUI thread computed between two ticks of a timer, and all that
it computed, both in CPU time. Offscreen unless DISPLAY is set. `--profile` tells where the time of
one act goes.
"""

from __future__ import annotations

import argparse
import asyncio
import copy
import cProfile
import itertools
import os
import pstats
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "benchmarks"), str(TESTS), str(TESTS.parent)]


def main(options: argparse.Namespace) -> None:
    """Queue, pause, resume, cancel; the same with downloads."""
    if not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    home = Path(tempfile.mkdtemp())
    os.environ |= {"DFS_DESKTOP_HOME": str(home), "XDG_RUNTIME_DIR": str(home)}
    import gc

    gc.disable()  # as dfs_desktop.__main__ does
    from PySide6.QtCore import QTimer
    from support.qt.desktop import Desktop
    from unit.workspace.test_workspace import artifact
    from window_transfer import make_model

    desktop = Desktop(home)
    desktop.ready()
    workspace, view = desktop.workspace, desktop.window.transfers
    place = workspace.session.place.collection
    records = [
        artifact(
            f"m{n:06}", id=f"id{n}", tags=["prod"], metrics={"acc": n / 1e4}, collection_id=place
        )
        for n in range(options.rows)
    ]
    workspace.listing.replace(records)
    ticks: list[float] = []
    timer = QTimer()
    timer.setInterval(1)
    timer.timeout.connect(lambda: ticks.append(time.thread_time()))

    def timed(what: str, act: Callable[[], object], seconds: float = 2.0) -> None:
        async def through() -> None:
            ticks.clear()
            timer.start()
            await asyncio.sleep(0.05)
            found = act()
            if asyncio.iscoroutine(found):
                await found
            end = time.monotonic() + seconds
            while time.monotonic() < end:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            await asyncio.sleep(0.05)

        profile = cProfile.Profile() if options.profile and options.profile in what else None
        if profile:
            profile.enable()
        desktop._turn(through())
        timer.stop()
        if profile:
            profile.disable()
            pstats.Stats(profile).sort_stats("cumulative").print_stats(38)
        longest = max(after - before for before, after in itertools.pairwise(ticks))
        whole = ticks[-1] - ticks[0]
        print(f"{what:28} longest {longest * 1000:7.0f} ms of {whole * 1000:7.0f} ms", flush=True)

    path = home / "small.fnnx"
    make_model(path, 0)
    (draft,) = desktop.run(workspace.uploads.review([path]))
    drafts = [copy.copy(draft) for _ in range(options.transfers)]
    many = f"{options.transfers}"
    desktop.window.toggle_transfers()

    workspace.queue._limit = 0  # nothing runs, so that only the acts are seen
    desktop.run(asyncio.sleep(8))  # the start is over
    desktop._freeze()  # as the program does with what lives long; a test does not
    timed("(nothing)", lambda: None)
    timed(f"{many} uploads queued", lambda: workspace.uploads.submit(drafts))
    timed("pause all", lambda: view.transfer_actions.pause_all(view))
    timed("resume all", view.transfer_actions.resume_all)
    timed(
        "move half to the front",
        lambda: view.transfer_actions.move(
            workspace.queue.jobs[len(workspace.queue.jobs) // 2 :], to_front=True
        ),
    )
    timed("cancel all", lambda: view.transfer_actions.give_up(workspace.queue.jobs, view))
    timed("clear finished", view.clear_finished)
    fetched = records[:: max(1, options.rows // options.transfers)][: options.transfers]
    timed(f"{many} downloads", lambda: workspace.downloads.fetch(fetched), 3)
    timed("cancel all downloads", lambda: view.transfer_actions.give_up(workspace.queue.jobs, view))
    timed("clear finished downloads", view.clear_finished)
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("transfers", type=int, nargs="?", default=1000)
    parser.add_argument("rows", type=int, nargs="?", default=100_000)
    parser.add_argument("--profile", default="")
    main(parser.parse_args())
