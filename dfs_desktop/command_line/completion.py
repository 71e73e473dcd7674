"""Completion of words in bash, zsh and fish, by argcomplete."""

import argparse

from argcomplete import autocomplete
from argcomplete.shell_integration import shellcode


def script(shell: str) -> str:
    """What the shell is to source."""
    return str(shellcode(["dfs-desktop"], shell=shell))


def answer(whole: argparse.ArgumentParser) -> None:
    """Print the words that fit, and end."""
    autocomplete(whole)
