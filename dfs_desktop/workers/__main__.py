"""The command line of a child: `python -m dfs_desktop.workers KIND`."""

import sys


def main(kind: str) -> None:
    """Become a child of this kind; returns for no kind that is known."""
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # as in dfs_desktop.app
    if kind == "reader":
        from dfs_desktop.workers.process.child_server import run
        from dfs_desktop.workers.process.limits import ReaderLimits
        from dfs_desktop.workers.reader.child import ReaderPerformer

        run(ReaderPerformer, ReaderLimits())
    if kind == "bytes":
        from dfs_desktop.workers.byte_worker.child import THREADS, BytePerformer
        from dfs_desktop.workers.process.child_server import run
        from dfs_desktop.workers.process.limits import ChildLimits

        run(BytePerformer, ChildLimits(), THREADS)
    if kind == "proxy-script":
        from dfs_desktop.workers.process.limits import ScriptLimits
        from dfs_desktop.workers.proxy_script.child import main as answer

        ScriptLimits()
        answer()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
    sys.exit(2)
