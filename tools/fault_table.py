"""Lists every fault of tests/faults.toml with the tests that prove it: ``fault_table.py [ID ...]``.

The exit code is 1 when an id has no test and no reason to wait, or when a test names an unknown id.
Reads the sources of the tests, so that it needs neither pytest nor Qt.
"""

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1] / "tests"


def main(chosen: list[str]) -> int:
    """Print the table, or the rows that were asked for, and what is wrong with it."""
    listed = tomllib.loads((TESTS / "faults.toml").read_text(encoding="utf-8"))
    faults: dict[str, str] = listed["faults"]
    waiting: dict[str, str] = listed["waiting"]
    proofs = collect()
    for fault in chosen or faults:
        print(f"{fault}  {faults.get(fault, 'is not listed')}")
        for test in proofs.get(fault, []):
            print(f"       {test}")
        if fault in waiting:
            print(f"       waits: {waiting[fault]}")
    troubles = complaints(faults, waiting, proofs)
    print(*troubles, sep="\n", file=sys.stderr)
    print(
        f"{len(faults)} faults, {sum(map(len, proofs.values()))} proofs, {len(troubles)} complaints"
    )
    return 1 if troubles else 0


def complaints(
    faults: dict[str, str], waiting: dict[str, str], proofs: dict[str, list[str]]
) -> list[str]:
    """Return what is wrong: faults without a test, and ids that are not in the list."""
    missing = [f"{each}: no test proves it" for each in faults if each not in {*proofs, *waiting}]
    unknown = [f"{each}: not in faults.toml" for each in {*proofs, *waiting} if each not in faults]
    proven = [f"{each}: proven, so it waits no longer" for each in waiting if each in proofs]
    return missing + sorted(unknown) + proven


def collect(folder: Path = TESTS) -> dict[str, list[str]]:
    """Return the tests of each id, as "file.py::test"."""
    proofs: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        for fault, test in marks(ast.parse(source)) if ".fault(" in source else ():
            proofs.setdefault(fault, []).append(f"{path.relative_to(folder).as_posix()}::{test}")
    return proofs


def marks(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield each (fault id, test) of a module: marks of functions, of classes, of the module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for decorator in node.decorator_list:
                yield from ((fault, node.name) for fault in ids(decorator))
        elif isinstance(node, ast.Assign) and any(
            getattr(target, "id", "") == "pytestmark" for target in node.targets
        ):
            yield from ((fault, "(every test)") for fault in ids(node.value))
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "param":
            for keyword in node.keywords:
                if keyword.arg == "marks":
                    yield from ((fault, "(one case)") for fault in ids(keyword.value))


def ids(tree: ast.AST) -> Iterator[str]:
    """Yield the ids given to each ``pytest.mark.fault(...)`` below this node."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "fault":
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
