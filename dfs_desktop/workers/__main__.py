"""The command line of a child: `python -m dfs_desktop.workers KIND`."""

import sys


def main(kind: str) -> None:
    """Become a child of this kind; returns for no kind that is known."""
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # as in dfs_desktop.app
    if kind == "reader":
        from dfs_desktop.workers.limits import Limits
        from dfs_desktop.workers.reading import Reading
        from dfs_desktop.workers.serving import run

        run(Reading, Limits())
    if kind == "bytes":
        from dfs_desktop.workers.carrying import THREADS, Carrying
        from dfs_desktop.workers.limits import Modesty
        from dfs_desktop.workers.serving import run

        run(Carrying, Modesty(), THREADS)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
    sys.exit(2)
