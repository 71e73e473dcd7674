"""The subcommands and their arguments. Nothing here imports what a command needs to run."""

import argparse
import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from dfs_desktop.translation import by_gettext, later, tr

PLACES = later("""\
A PLACE is [SERVER:]/ORGANIZATION/ORBIT/COLLECTION, by names or IDs; what is left out at its end is
the one there is. An ARTIFACT is a name, an ID or a pattern such as 'resnet*', in the collection that
the window looked at last, in --in PLACE, or behind a PLACE: team:/Acme/Vision/Models/resnet50.
A link (luml:…, https://…) is both. `local:` is the registry on this computer. Where DFS_BASE_URL and
DFS_API_KEY are set, what names no server is there.""")

EXIT_CODES = later("""\
Exit codes: 0 done, 1 something failed or differs, 2 it was not asked for rightly, 130 interrupted.""")


# What argparse says by itself: Python has no translations of it, and ours are found by gettext. To the
# letter; another Python may have others, which are read in English.
WORDS = (
    later("usage: "),
    later("positional arguments"),
    later("options"),
    later("show this help message and exit"),
    later("show program's version number and exit"),
    later("%(prog)s: error: %(message)s\n"),
    later("argument %(argument_name)s: %(message)s"),
    later("the following arguments are required: %s"),
    later("unrecognized arguments: %s"),
    later("expected one argument"),
    later("expected at least one argument"),
    later("expected at most one argument"),
    later("invalid choice: %(value)r (choose from %(choices)s)"),
    later("invalid %(type)s value: %(value)r"),
    later("ignored explicit argument %r"),
    later("not allowed with argument %s"),
    later("one of the arguments %s is required"),
    later("ambiguous option: %(option)s could match %(matches)s"),
)

_AS_IT_STANDS = argparse.RawDescriptionHelpFormatter  # keeps the lines behind the options


def parser() -> argparse.ArgumentParser:
    """All commands; `command` in the result is the name of the one that was given."""
    whole = argparse.ArgumentParser(
        prog="dfs-desktop",
        description=tr("Look after your model artifacts. Without a command it opens the window."),
        epilog=f"{tr(PLACES)}\n\n{tr(EXIT_CODES)}",
        formatter_class=_AS_IT_STANDS,
    )
    commands = whole.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(name: str, what: str) -> argparse.ArgumentParser:
        added = commands.add_parser(
            name,
            help=what,
            description=f"{what}.",
            epilog=tr(PLACES),
            formatter_class=_AS_IT_STANDS,
        )
        added.add_argument("--json", action="store_true", help=tr("print JSON and nothing else"))
        return added

    def artifacts(added: argparse.ArgumentParser, count: int | str = "+") -> None:
        added.add_argument(
            "artifacts", nargs=count, metavar="ARTIFACT", help=tr("name, ID or pattern")
        )
        _within(added)

    ls = command("ls", tr("List artifacts; or what an organization or orbit holds"))
    ls.add_argument(
        "place", nargs="?", default="", metavar="PLACE", help=tr("/ lists organizations")
    )
    ls.add_argument("--servers", action="store_true", help=tr("list the saved servers instead"))
    ls.add_argument(
        "-f", "--filter", default="", help=tr("as in the window: 'tag:prod, accuracy > 0.9'")
    )
    ls.add_argument("-m", "--metric", action="append", default=[], help=tr("show it as a column"))
    ls.add_argument(
        "-s", "--sort", default="", metavar="FIELD", help=tr("name, size, created, a metric")
    )
    ls.add_argument("-r", "--reverse", action="store_true", help=tr("the largest first"))

    get = command("get", tr("Download artifacts and check their SHA-256"))
    artifacts(get)
    get.add_argument(
        "-o",
        "--output",
        default="",
        metavar="PATH",
        help=tr("a folder, or for one artifact a file"),
    )
    get.add_argument("--force", action="store_true", help=tr("replace files that exist"))

    put = command("put", tr("Look into files, upload them and check what arrived"))
    put.add_argument("files", nargs="+", type=Path, metavar="FILE")
    _within(put)
    put.add_argument("-n", "--name", help=tr("for one file; else it is called like its file"))
    put.add_argument("-d", "--description")
    put.add_argument("-t", "--tag", action="append", default=[])
    put.add_argument(
        "--send-all-the-same", action="store_true", help=tr("despite what speaks against")
    )

    rm = command("rm", tr("Delete artifacts for good"))
    artifacts(rm)
    rm.add_argument("-y", "--yes", action="store_true", help=tr("do not ask"))

    cp = command("cp", tr("Copy artifacts to another collection, which may be at another server"))
    artifacts(cp)
    cp.add_argument("target", metavar="PLACE", help=tr("the collection that gets them"))
    cp.add_argument("--move", action="store_true", help=tr("delete the originals of proven copies"))

    tag = command("tag", tr("Add, remove or set tags"))
    artifacts(tag)
    tag.add_argument("-a", "--add", action="append", default=[], metavar="TAG")
    tag.add_argument("-d", "--remove", action="append", default=[], metavar="TAG")
    tag.add_argument("--set", action="append", metavar="TAG", help=tr("exactly these; '' is none"))

    show = command("show", tr("Show what is known of an artifact or a file on this computer"))
    artifacts(show, 1)

    diff = command("diff", tr("Compare two artifacts, or files on this computer"))
    artifacts(diff, 2)
    diff.add_argument("--all", action="store_true", help=tr("what is the same as well"))

    verify = command("verify", tr("Read files and compare them with what was registered"))
    verify.add_argument("files", nargs="+", type=Path, metavar="FILE")
    verify.add_argument(
        "--with", dest="artifact", metavar="ARTIFACT", help=tr("the artifact it is")
    )
    _within(verify)

    doctor = command(
        "doctor", tr("Try the connection to a server step by step and say what is wrong")
    )
    doctor.add_argument(
        "server",
        nargs="?",
        default="",
        metavar="SERVER",
        help=tr("name of a saved server, or any address"),
    )

    completion = commands.add_parser(
        "completion", help=tr("Print what a shell needs to complete words")
    )
    completion.add_argument("shell", choices=("bash", "zsh", "fish"))
    commands.add_parser(
        "serve", help=tr("Keep the local registry up without the window"), add_help=False
    )
    return whole


def _within(added: argparse.ArgumentParser) -> None:
    added.add_argument(
        "-i", "--in", dest="place", default="", metavar="PLACE", help=tr("collection")
    )


def main(arguments: list[str]) -> int:
    """Run one command. Exit codes: see EXIT_CODES."""
    with by_gettext():
        whole = parser()
        if "_ARGCOMPLETE" in os.environ:  # a shell asks which words fit
            from argcomplete import autocomplete

            autocomplete(whole)
        options = whole.parse_args(arguments)
    try:
        with _interrupted_politely():
            if options.command == "completion":
                from argcomplete.shell_integration import shellcode

                sys.stdout.write(str(shellcode(["dfs-desktop"], shell=options.shell)))
                sys.stdout.flush()
                return 0
            from .run import run

            return run(options)
    except BrokenPipeError:  # `… | head` has seen enough
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        sys.stderr.write(tr("Interrupted.") + "\n")
        return 130


@contextlib.contextmanager
def _interrupted_politely() -> Iterator[None]:
    """Inside, a kill or a closed terminal interrupts as Ctrl+C does: what was begun is cleaned up."""
    found = (getattr(signal, name, None) for name in ("SIGTERM", "SIGHUP", "SIGBREAK"))
    ours = [each for each in found if each and signal.getsignal(each) is signal.SIG_DFL]
    for number in ours:
        signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)
