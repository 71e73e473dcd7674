"""A run of the program as a child process, which may be killed at any moment.

    python -m fault_injection.child PLAN.json      (in tests/) one run
    python -m fault_injection.child                a nursery: a plan a line on stdin, most in a fork

A plan says: environment, folder, options, uploads, downloads, repairs, deletions, discard, insist, waits,
failpoint, log of failpoints, result; by_child, and the harm that is done to that child. What the
journal has goes before what the plan asks for.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
import json
import logging
import os
import sys
import threading
from pathlib import Path
from typing import Any

from dfs_desktop.api import UploadExpiredError, failpoints
from dfs_desktop.api.blocking_job import IDLE
from dfs_desktop.transfers.job import Job, Kind, State
from dfs_desktop.transfers.unfinished_deletions import Deletions
from fault_injection import byte_child, quick
from fault_injection.engine import Engine

# What a run imports when it needs it, which would cost each fork a fifth of its time.
IMPORTS = (
    *("_strptime", "anyio._backends._asyncio", "encodings.idna", "resource", "truststore"),
    *("dfs_desktop.artifact.artifact_reader", "dfs_desktop.server.identity"),
)


async def _run(plan: dict[str, Any]) -> dict[str, Any]:
    folder = Path(plan["folder"])
    async with Engine(folder, plan["options"], limit=plan.get("limit", 3)) as engine:
        engine.queue.set_rate(Kind.DOWNLOAD, plan.get("rate"))
        jobs = await engine.restore(paused=plan.get("discard", False))
        if not jobs and not plan.get("only_restore"):
            for path, name in plan.get("uploads", ()):
                engine.upload(Path(path), name)
            for artifact_id, target, replace in plan.get("downloads", ()):
                engine.download(artifact_id, Path(target), replace=replace)
            for artifact_id, target, sums in plan.get("repairs", ()):
                engine.repair(artifact_id, Path(target), bytes.fromhex(sums))
        if plan.get("discard"):
            for job in jobs:
                engine.queue.cancel(job)
        await engine.all_rest()
        if plan.get("insist"):
            await _insist(engine, all_of_them=plan["insist"] == "all")
        deleted = await _delete(engine, plan)
        return {"jobs": deleted + [_told(job) for job in engine.queue.jobs], "texts": engine.texts}


async def _insist(engine: Engine, *, all_of_them: bool) -> None:
    """The person says "again" where a link expired; of an earlier run no error is left to be shown."""
    for job in list(engine.queue.jobs):
        expired = job.error is None or isinstance(job.error, UploadExpiredError)
        failed = all_of_them and job.state in (State.ATTENTION, State.FAILED)
        if failed or (job.state is State.ATTENTION and expired):
            engine.queue.resume(job)
            await engine.reach(job)


def _told(job: Job) -> dict[str, Any]:
    return {
        "kind": job.kind.value,
        "state": job.state.value,
        "path": str(job.path),
        "title": job.title,
        "artifact": job.artifact_id,
        "error": f"{type(job.error).__name__}: {job.error}" if job.error else "",
    }


async def _delete(engine: Engine, plan: dict[str, Any]) -> list[dict[str, Any]]:
    """What an earlier run began to delete, else what the plan says; tried again like the rest."""
    deletions, said = Deletions(engine.journal), []
    for unfinished in await deletions.unfinished():
        await deletions.finish(engine.client, unfinished)
        said.append(unfinished.ledger.record.artifact_id)
    if not plan.get("only_restore"):
        for artifact_id in plan.get("deletions", ()):
            await deletions.delete(engine.client, artifact_id, engine.place, "", "it")
            said.append(artifact_id)
    return [{"kind": "deletion", "state": "done", "artifact": each, "error": ""} for each in said]


def main(plan: dict[str, Any]) -> None:
    """One run, from the journal's opening to its closing."""
    quick.hasten(quick.WAITS)
    quick.hasten(plan.get("waits", {}))
    logging.basicConfig(
        level=logging.DEBUG, filename=plan["log"] if plan.get("log") else os.devnull, force=True
    )
    with contextlib.ExitStack() as stack:
        stack.enter_context(quick.later(plan.get("ahead", 0.0)))
        struck: list[int] = []
        if plan.get("by_child"):
            Engine.by_child = True
            stack.enter_context(byte_child.hasty())
            struck = stack.enter_context(byte_child.harmed(*plan.get("harm", ())))
        result = asyncio.run(_run(plan))
    result["rss"], result["harmed"] = _peak(), len(struck)
    Path(plan["result"]).write_text(json.dumps(result), "utf-8")


def _peak() -> int:
    """Most bytes that this process had in memory."""
    try:
        import resource
    except ImportError:
        return 0
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _arm(plan: dict[str, Any]) -> None:
    """Set the environment of this run: the module of the failpoints reads it once, at its import."""
    variables = {"DFS_FAILPOINT": plan.get("failpoint"), "DFS_FAILPOINT_LOG": plan.get("points")}
    for name, value in {**variables, **plan.get("environment", {})}.items():
        os.environ.pop(name, None)
        if value:
            os.environ[name] = value
    importlib.reload(failpoints)


def nursery() -> None:
    """A run per line: in a fork, which may be killed, or `here`, after which forks do the same faster.

    What a run imports, caches and makes the interpreter specialise is there when the next begins.
    """
    for name in IMPORTS:
        importlib.import_module(name)
    gc.freeze()
    for line in sys.stdin:
        plan = json.loads(line)
        if plan.get("here"):
            print(json.dumps({"pid": os.getpid()}), flush=True)
            status = _lived(plan)
            gc.collect()
            gc.freeze()
        else:
            threads = [each for each in threading.enumerate() if each.name != IDLE]
            assert len(threads) == 1, f"a fork has one thread, and would miss {threads}"
            child = os.fork()
            if not child:
                os._exit(_lived(plan))
            print(json.dumps({"pid": child}), flush=True)
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(json.dumps({"status": status}), flush=True)


def _lived(plan: dict[str, Any]) -> int:
    """The exit code of a run; whatever it raises ends it, and nothing else."""
    try:
        _arm(plan)
        main(plan)
    except BaseException:  # noqa: BLE001 - the fork must end here, whatever it was
        import traceback

        traceback.print_exc()
        sys.stderr.flush()
        return 1
    return 0


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(json.loads(Path(sys.argv[1]).read_text("utf-8")))
    else:
        nursery()
