"""Sets up what DFS Desktop needs and starts it: ``python3 packaging/run.py [arguments]``."""

import os
import sys
from pathlib import Path
from typing import NoReturn

import require_python  # noqa: F401  (stops here under an old Python)
import setup_environment
import system_packages

NO_DISPLAY = (
    "DFS Desktop needs a display and found none: log in to a desktop session, connect with "
    "`ssh -X`, or run it on a virtual screen: xvfb-run -a python3 packaging/run.py."
)
NEEDS_NO_DISPLAY = {"--self-test", "--help", "-h", "--version"}


def main(arguments: list[str]) -> NoReturn:
    """Set up, then become the app with these arguments."""
    if lacks_display(arguments):
        system_packages.stop(NO_DISPLAY)
    environment = setup_environment.prepare()
    system_packages.check(environment.pyside, for_tests=False)
    # -P: a stray logging.py in the working folder must not become part of the app.
    command = [str(environment.python), "-P", "-m", "dfs_desktop", *arguments]
    setup_environment.become(command, Path.cwd(), dict(os.environ))


def lacks_display(arguments: list[str]) -> bool:
    """Return whether a window is wanted on Linux where no display and no Qt platform is named."""
    if not sys.platform.startswith("linux") or NEEDS_NO_DISPLAY.intersection(arguments):
        return False
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return not any(os.environ.get(name) for name in names)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
