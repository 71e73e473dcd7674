"""Writes packaging/requirements.lock: the exact packages of the program, with their hashes.

    python3 packaging/lock.py

For every system and every Python that the project supports at once. Run it to take newer versions
in. Needs a package index; uv, in an environment of its own, resolves.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import require_python

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "packaging" / "requirements.lock"
HEAD = """\
# The packages of the program with their hashes, for every system: pip install --require-hashes -r.
# Made by packaging/lock.py.
"""


def main() -> int:
    """Resolve anew and write the file."""
    oldest = ".".join(map(str, require_python.OLDEST))
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python = Path(folder, "Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", "uv"], check=True)
        wanted = ["--universal", "--python-version", oldest, "--generate-hashes", "--no-header"]
        quiet = ["--no-emit-index-url", "--no-emit-find-links", "--quiet", "--no-annotate"]
        resolved = subprocess.run(
            [python, "-m", "uv", "pip", "compile", "pyproject.toml", *wanted, *quiet],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    LOCK.write_text(HEAD + resolved.stdout, encoding="utf-8")
    print(f"{LOCK.relative_to(ROOT)}: {resolved.stdout.count('==')} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
