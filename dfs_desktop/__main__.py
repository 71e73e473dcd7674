"""The command line: `dfs-desktop` opens the window, `--self-test` checks this machine."""

from __future__ import annotations

import argparse
import gc
import io
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from . import __version__, translation
from .translation import later, tr

if TYPE_CHECKING:
    from .ui.platform.single_instance import Wish

NO_DISPLAY = later(
    "DFS Desktop needs a display and found none: log in to a desktop session, connect with "
    "`ssh -X`, or run it on a virtual screen: xvfb-run -a dfs-desktop."
)
COMMANDS = (
    "ls", "get", "put", "rm", "cp", "tag", "show", "diff", "verify", "doctor", "completion", "serve",
)  # fmt: skip
LINKS = ("luml", "luml-desktop", "dfs-desktop", "http", "https")
BAD_PAIR = later(
    "PySide6 6.12 on Python 3.11 damages the interpreter's memory. "
    "Install a fitting one: pip install 'PySide6-Essentials<6.12', or use Python 3.12 or newer."
)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dfs-desktop",
        description=tr("Look after your model artifacts."),
        epilog=tr("Commands for a terminal: `dfs-desktop ls --help` names them all."),
    )
    parser.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help=tr("model files to look into, nothing is sent; or a link, ID or SHA-256 to go to"),
    )
    parser.add_argument(
        "--upload", action="store_true", help=tr("review the files for an upload, or choose some")
    )
    parser.add_argument(
        "--new-window", action="store_true", help=tr("open another window of the running program")
    )
    parser.add_argument("--version", action="version", version=f"dfs-desktop {__version__}")
    parser.add_argument(
        "--self-test",
        action="store_true",
        help=tr("open the window on a throw-away registry, upload, download and delete a sample"),
    )
    parser.add_argument(
        "--screenshot", type=Path, metavar="FILE", help=tr("with --self-test: save a picture (PNG)")
    )
    return parser


def _wishes(words: list[str], *, upload: bool, window: bool = False) -> tuple[Wish, ...]:
    """What the words of the command line ask for: paths, file URLs (as launchers give them), links."""
    from urllib.parse import unquote_to_bytes

    from .text.url_parts import url_parts
    from .ui.platform.single_instance import Wish

    wishes = [Wish(window=True)] if window else []
    for word in words:
        if (scheme := word.partition(":")[0].lower()) == "file":
            path = os.fsdecode(unquote_to_bytes(url_parts(word).path or word))
            if sys.platform == "win32":
                path = path.lstrip("/")
            wishes.append(Wish(Path(path), upload=upload))
        elif scheme in LINKS or _is_id_or_hash(word):
            wishes.append(Wish(link=word))
        else:
            wishes.append(Wish(Path(word).absolute(), upload=upload))
    return tuple(wishes) or ((Wish(upload=True),) if upload else ())


def _is_id_or_hash(word: str) -> bool:
    """Whether it names something in a registry; a file of this name is what is meant before."""
    if os.path.lexists(word):
        return False
    from .workspace.links.references import ContentHash, Identifier, parse

    return isinstance(parse(word), Identifier | ContentHash)


def _no_display() -> bool:
    """Whether Qt would find no screen: only X11 and Wayland systems say so in the environment."""
    if sys.platform in {"win32", "darwin"} or os.environ.get("QT_QPA_PLATFORM"):
        return False
    return not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _bad_pair() -> bool:
    if sys.version_info >= (3, 12):
        return False
    import PySide6

    major, minor = (int(part) for part in PySide6.__version__.split(".")[:2])
    return (major, minor) >= (6, 12)


def _choose_language() -> None:
    """Before anything is imported whose texts are made once."""
    from .settings import chosen_language

    given = os.environ.get(translation.VARIABLE, "")
    translation.use(given or chosen_language() or translation.of_the_system())


def _open_what_is_closed() -> None:
    """A standard stream that whoever started us has closed leads nowhere, as a write to it does.

    Else the next file that is opened would get its number, and what a child or a library prints.
    """
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        if getattr(sys, name) is None:
            nowhere = open(os.devnull, mode, encoding="utf-8")  # noqa: SIM115, PTH123 - till the end
            if nowhere.fileno() == number:
                os.set_inheritable(number, True)
            setattr(sys, name, nowhere)


def _escape_what_cannot_be_written() -> None:
    """A pipe's code page may lack letters of the language or of a name."""
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="backslashreplace")  # as stderr has it by itself


def _self_test(screenshot: Path | None) -> int:
    if _no_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory(prefix="dfs-self-test-", ignore_cleanup_errors=True) as home:
        os.environ["DFS_DESKTOP_HOME"] = home
        from .app import Options, run
        from .selftest import SelfTest

        def say(text: str) -> None:
            print(text, flush=True)  # noqa: T201  this is what the person asked to read

        test = SelfTest(say, Path(home), screenshot.resolve() if screenshot else None)
        return run(["dfs-desktop"], Options(drive=test.drive))


def main(arguments: list[str] | None = None) -> int:
    """Run the program. Exit codes: 0 fine, 1 the self-test failed, 2 it cannot run here."""
    _open_what_is_closed()
    if sys.argv[1:2] == ["--worker"]:  # how a bundle starts its children
        from dfs_desktop.workers.__main__ import main as become_child

        become_child(*sys.argv[2:3])
        return 2
    if sys.argv[1:2] == ["--local-registry"]:  # how a bundle starts the registry beside its window
        from dfs_desktop.server.__main__ import main as serve

        return serve(sys.argv[2:])
    given = sys.argv[1:] if arguments is None else arguments
    _choose_language()
    _escape_what_cannot_be_written()
    if given[:1] == ["serve"]:
        from .serve import main as serve_alone

        return serve_alone(given[1:])
    if (given and given[0] in COMMANDS) or "_ARGCOMPLETE" in os.environ:
        from .command_line.arguments import main as command

        return command(given)
    with translation.by_gettext():
        options = _parser().parse_args(given)
    if _bad_pair():
        print(tr(BAD_PAIR), file=sys.stderr)  # noqa: T201
        return 2
    if options.self_test:
        return _self_test(options.screenshot)
    if _no_display():
        print(tr(NO_DISPLAY), file=sys.stderr)  # noqa: T201
        return 2
    gc.disable()  # nothing to collect while the program is being built; the loop turns it on again
    from .app import Options, run

    return run(
        ["dfs-desktop"],
        Options(wishes=_wishes(options.files, upload=options.upload, window=options.new_window)),
    )


if __name__ == "__main__":
    sys.exit(main())
