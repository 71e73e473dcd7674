"""Sets up what the tests need and runs them: ``python3 packaging/test.py [pytest arguments]``.

Paths among the arguments are relative to the clone. Without arguments the whole suite runs, with
the house rules (ruff, mypy, import contracts) in it, three workers for two cores (at most four).
"""

import os
import sys
from typing import NoReturn

import require_python  # noqa: F401  (stops here under an old Python)
import setup_environment
import system_packages


def main(arguments: list[str]) -> NoReturn:
    """Set up, then become pytest with these arguments."""
    environment = setup_environment.prepare(extra="test")
    system_packages.check(environment.pyside, for_tests=True)
    variables = {"QT_QPA_PLATFORM": "offscreen", **os.environ, "PYTHONFAULTHANDLER": "1"}
    # Where modules are not kept compiled, every child process would compile them anew.
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    words = arguments or setup_environment.WHOLE_SUITE
    command = [str(environment.python), "-m", "pytest", *words]
    setup_environment.become(command, setup_environment.ROOT, variables)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
