"""A small file system of its own, as only root may mount one."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def mounted(folder: Path, mebibytes: int) -> Iterator[Path]:
    """``folder`` as a file system of that size; skips the test where none can be mounted."""
    mount = shutil.which("mount")
    folder.mkdir()
    if mount is None or getattr(os, "geteuid", lambda: 1)() != 0:
        pytest.skip("only root may mount a small tmpfs")
    done = subprocess.run([mount, "-t", "tmpfs", "-o", f"size={mebibytes}m", "tmpfs", str(folder)])
    if done.returncode:
        pytest.skip("a tmpfs cannot be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path, left: int) -> Path:
    """Use up a disk but for some bytes; returns the file that does."""
    filler = folder / "filler"
    with filler.open("ab") as file:
        file.write(bytes(max(0, shutil.disk_usage(folder).free - left)))
    return filler
