"""Writes packaging/dfs-desktop.1, the manual page, from the parser of the command line.

python3 packaging/manual_page.py
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "packaging" / "dfs-desktop.1"


def page() -> str:
    """The page in the macros of man(7)."""
    from dfs_desktop import __version__
    from dfs_desktop.command_line.arguments import EXIT_CODES, PLACES, parser

    return "\n".join(
        [
            f'.TH DFS-DESKTOP 1 "" "DFS Desktop {__version__}"',
            ".SH NAME",
            "dfs-desktop \\- look after your model artifacts",
            ".SH SYNOPSIS",
            ".B dfs-desktop\n[\\fIFILE\\fR | \\fILINK\\fR ...]",
            ".br",
            ".B dfs-desktop\n\\fICOMMAND\\fR [\\fIoptions\\fR] ...",
            ".SH DESCRIPTION",
            "Without a command the window is opened; files are looked into, nothing is sent.",
            ".PP",
            _text(PLACES),
            ".SH COMMANDS",
            *_commands(parser()),
            ".SH EXIT STATUS",
            _text(EXIT_CODES),
            "",
        ]
    )


def _commands(whole: argparse.ArgumentParser) -> Iterator[str]:
    actions = [each for each in whole._actions if isinstance(each, argparse._SubParsersAction)]
    for name, command in actions[0].choices.items():
        yield f".SS {name}"
        usage = " ".join(command.format_usage().removeprefix("usage: ").split())
        yield f".B {_text(usage)}"
        yield f".PP\n{_text(command.description or '')}"
        for action in command._actions:
            if action.help and action.dest != "help":
                spelled = ", ".join(action.option_strings) or str(action.metavar or action.dest)
                yield f".TP\n.B {_text(spelled)}\n{_text(action.help)}"


def _text(text: str) -> str:
    """A line that begins with a dot or a quote would be a macro."""
    lines = text.replace("\\", "\\e").replace("-", "\\-").splitlines()
    return "\n".join(f"\\&{line}" if line[:1] in {".", "'"} else line for line in lines)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    PAGE.write_text(page(), "utf-8")
