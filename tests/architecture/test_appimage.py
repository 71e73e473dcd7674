"""The AppImage's runtime runs what lies behind it, mounted or unpacked, and leaves nothing behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEEDED = (
    Path("/usr/include/squashfuse/ll.h"),
    Path("/usr/include/fuse3"),
    Path("/usr/include/zstd.h"),
)
APP_RUN = """\
#!/bin/sh
echo "$APPIMAGE|$APPDIR|$OWD|$ARGV0|$(cat "$APPDIR/data" | wc -c)|$*"
read line
echo "heard $line"
exit 7
"""
MOUNTS = Path("/dev/fuse").exists() and shutil.which("fusermount3")

pytestmark = pytest.mark.skipif(
    sys.platform != "linux"
    or not all(path.exists() for path in NEEDED)
    or not (shutil.which("gcc") and shutil.which("mksquashfs")),
    reason="needs what packaging/appimage.py names",
)


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("an image")
    tree = folder / "AppDir"
    (tree / "empty/deep").mkdir(parents=True)
    (tree / "data").write_bytes(os.urandom(2_500_000))
    (tree / "AppRun").symlink_to("run")
    (tree / "run").write_text(APP_RUN)
    (tree / "run").chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "packaging")
        import appimage

        appimage.pack(tree, folder / "small.AppImage")
    return folder / "small.AppImage"


@pytest.fixture
def places(tmp_path: Path) -> dict[str, str]:
    """An environment whose temporary folder is looked into afterwards."""
    (tmp_path / "temporary").mkdir()
    kept = {name: os.environ[name] for name in ("PATH",)}
    return kept | dict.fromkeys(("TMPDIR", "XDG_RUNTIME_DIR"), str(tmp_path / "temporary"))


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def nothing_left(places: dict[str, str]) -> None:
    until(lambda: not list(Path(places["TMPDIR"]).iterdir()))
    assert places["TMPDIR"] not in Path("/proc/mounts").read_text()


def start(image: Path, places: dict[str, str], *words: str) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [image, *words], stdin=pipe, stdout=pipe, text=True, env=places, cwd="/usr"
    )


@pytest.mark.parametrize(
    "how",
    [
        pytest.param([], id="mounted", marks=pytest.mark.skipif(not MOUNTS, reason="no FUSE here")),
        pytest.param(["--appimage-extract-and-run"], id="unpacked"),
    ],
)
def test_the_program_runs_as_the_process_that_was_started_and_nothing_is_left(
    image: Path, places: dict[str, str], how: list[str]
) -> None:
    running = start(image, places, *how, "--upload", "a b")
    assert running.stdout is not None
    told = running.stdout.readline().rstrip("\n").split("|")
    assert told == [str(image), told[1], "/usr", str(image), "2500000", "--upload a b"]
    assert told[1].startswith(places["TMPDIR"])
    assert (told[1] in Path("/proc/mounts").read_text()) is not bool(how)
    answer, _ = running.communicate("me\n")
    assert (answer, running.returncode) == ("heard me\n", 7)
    nothing_left(places)

    killed = start(image, places, *how)
    assert killed.stdout is not None
    assert killed.stdout.readline()
    killed.kill()
    killed.communicate()
    assert killed.returncode == -signal.SIGKILL
    nothing_left(places)


def test_the_image_is_unpacked_as_it_was_packed(
    image: Path, places: dict[str, str], tmp_path: Path
) -> None:
    for expected in (0, 1):  # what is there already is not written over
        done = subprocess.run([image, "--appimage-extract"], env=places, cwd=tmp_path)
        assert done.returncode == expected
    compare = [
        "diff",
        "-r",
        "--no-dereference",
        image.parent / "AppDir",
        tmp_path / "squashfs-root",
    ]
    subprocess.run(compare, check=True)
    assert os.access(tmp_path / "squashfs-root/run", os.X_OK)


def test_what_cannot_run_says_why_and_unknown_options_are_refused(
    image: Path, places: dict[str, str], tmp_path: Path
) -> None:
    ask = lambda *words: subprocess.run(  # noqa: E731
        [image, *words], env=places, capture_output=True, text=True
    )
    assert image.read_bytes()[8:11] == b"AI\x02"
    assert image.read_bytes()[int(ask("--appimage-offset").stdout) :][:4] == b"hsqs"
    assert ask("--appimage-help").stdout == ask("--appimage-unknown").stderr
    assert ask("--appimage-unknown").returncode == 1
    cut = tmp_path / "cut.AppImage"
    cut.write_bytes(image.read_bytes()[:-1_500_000])
    cut.chmod(0o755)
    done = subprocess.run([cut], env=places, capture_output=True, text=True)
    assert done.returncode == 127
    assert done.stderr == f"{cut} is cut or damaged: fetch it again.\n"
    nothing_left(places)
