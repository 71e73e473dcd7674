"""Runs one command, and tells its failure in words."""

import argparse
import sys

from dfs_desktop import disk_errors
from dfs_desktop.api import DataForceError
from dfs_desktop.artifact import ArtifactError, visible
from dfs_desktop.credentials import CredentialsError
from dfs_desktop.redaction import redact
from dfs_desktop.settings import Places
from dfs_desktop.translation import tr

from . import differences, doctor, files, records, verification
from .references import Words
from .servers import Servers
from .terminal import note

_COMMANDS = {
    "ls": records.ls,
    "show": differences.show,
    "tag": records.tag,
    "rm": records.rm,
    "get": files.get,
    "put": files.put,
    "cp": files.cp,
    "diff": differences.diff,
    "verify": verification.verify,
    "doctor": doctor.doctor,
}


def run(options: argparse.Namespace) -> int:
    """The exit code of a command."""
    try:
        with Servers(Places.from_environment()) as servers:
            words = Words(servers, getattr(options, "place", ""))
            code = _COMMANDS[options.command](options, words, servers)
            sys.stdout.flush()
            return code
    except Exception as error:
        if (told := failure(error)) is None:
            raise
        note(told)
        return 1


def failure(error: BaseException) -> str | None:
    """What went wrong, in words; None for what is a fault of the program."""
    if isinstance(error, DataForceError | CredentialsError | ArtifactError):
        return visible(redact(str(error)), multiline=True)
    if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
        return visible(f"{error.filename or tr('The system')}: {disk_errors.reason(error)}")
    return None
