"""Lists every fault of tests/faults.toml with the tests that prove it: ``fault_table.py [ID ...]``.

The exit code is 1 when an id has no test and no reason to wait, when all of its tests are `slow`, or
when a test names an unknown id.
Reads the sources of the tests, so that it needs neither pytest nor Qt.
"""

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1] / "tests"
SLOW = "  (slow)"  # ends the name of a test that runs with --slow only


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
    """Return what is wrong: faults without a test that always runs, and ids that are not listed."""
    missing = [f"{each}: no test proves it" for each in faults if each not in {*proofs, *waiting}]
    unknown = [f"{each}: not in faults.toml" for each in {*proofs, *waiting} if each not in faults]
    proven = [f"{each}: proven, so it waits no longer" for each in waiting if each in proofs]
    slow = [f"{each}: all its tests are slow" for each in proofs if all_slow(proofs[each])]
    return missing + sorted(unknown) + proven + slow


def all_slow(tests: list[str]) -> bool:
    """Return whether a default run proves nothing of what these tests prove."""
    return all(test.endswith(SLOW) for test in tests)


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
            yield from marked(node.name, node.decorator_list)
        elif isinstance(node, ast.Assign) and any(
            getattr(target, "id", "") == "pytestmark" for target in node.targets
        ):
            yield from marked("(every test)", [node.value])
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "param":
            given = [keyword.value for keyword in node.keywords if keyword.arg == "marks"]
            yield from marked("(one case)", given)


def marked(test: str, given: list[ast.expr]) -> Iterator[tuple[str, str]]:
    """Yield (fault id, test) for each id among the marks that a test is given."""
    each = [
        mark for node in given for mark in (node.elts if isinstance(node, ast.List) else [node])
    ]
    slow = any(getattr(mark, "attr", "") == "slow" for mark in each)
    for mark in each:
        yield from ((fault, test + SLOW * slow) for fault in ids(mark))


def ids(tree: ast.AST) -> Iterator[str]:
    """Yield the ids given to each ``pytest.mark.fault(...)`` below this node."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "fault":
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
