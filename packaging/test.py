"""Sets up what the tests need and runs them: ``python3 packaging/test.py [pytest arguments]``.

Paths among the arguments are relative to the clone. Without arguments the whole suite runs, with
the house rules (ruff, mypy, import contracts) in it.
"""

import os
import subprocess
import sys

import require_python  # noqa: F401  (stops here under an old Python)
import setup_environment
import system_packages


def main(arguments: list[str]) -> int:
    """Set up, run pytest with these arguments and return its exit code."""
    environment = setup_environment.prepare(extra="test")
    system_packages.check(environment.pyside, for_tests=True)
    variables = {"QT_QPA_PLATFORM": "offscreen", **os.environ, "PYTHONFAULTHANDLER": "1"}
    command = [str(environment.python), "-m", "pytest", *arguments]
    return subprocess.run(
        command, cwd=setup_environment.ROOT, env=variables, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
