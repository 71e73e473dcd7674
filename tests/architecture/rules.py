"""The rules of the house that no linter knows: each takes a source and returns what breaks it."""

import ast
import functools
import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parents[2]

LONGEST_MODULE = 350
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
QT_STATIC_DIALOGS = {
    "QMessageBox": {"about", "aboutQt", "critical", "information", "question", "warning"},
    "QFileDialog": {
        "getExistingDirectory",
        "getExistingDirectoryUrl",
        "getOpenFileContent",
        "getOpenFileName",
        "getOpenFileNames",
        "getOpenFileUrl",
        "getOpenFileUrls",
        "getSaveFileName",
        "getSaveFileUrl",
        "saveFileContent",
    },
    "QInputDialog": {"getDouble", "getInt", "getItem", "getMultiLineText", "getText"},
    "QColorDialog": {"getColor"},
    "QFontDialog": {"getFont"},
}
UNVERIFIED = {"_create_unverified_context", "CERT_NONE"}
PINNED = "PinnedContext"  # of dfs_desktop.api.http.trusted_authorities
# Written in two pieces, so that this file may be read by its own rule.
PRIVATE_PLACES = ("/wor" + "k/", "../sha" + "red")


def python_files(*folders: str) -> list[Path]:
    """Return the Python files below these folders of the clone."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def tracked_files() -> list[Path]:
    """Return what git tracks, or everything but environments and caches where there is no git."""
    # The clone may belong to another user than the one who tests, as in containers.
    command = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"]
    try:
        listing = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError:  # a machine without git
        listing = subprocess.CompletedProcess(command, 1, "", "")
    if listing.returncode == 0:
        paths = [ROOT / name for name in listing.stdout.split("\0") if name]
    else:
        hidden = {path for path in ROOT.glob(".*") if path.name != ".ci"}
        seen = [path for path in ROOT.iterdir() if path not in hidden]
        paths = [path for each in seen for path in (each, *each.rglob("*"))]
    return [path for path in paths if path.is_file() and "__pycache__" not in path.parts]


def nodes(source: str, *words: str) -> tuple[ast.AST, ...]:
    """Everything in a module; nothing where none of the words is that a rule looks for."""
    return _all_nodes(source) if not words or any(word in source for word in words) else ()


@functools.lru_cache(maxsize=1)
def _all_nodes(source: str) -> tuple[ast.AST, ...]:
    """Of the latest module: several rules look at one after the other."""
    return tuple(ast.walk(ast.parse(source)))


def named(node: ast.expr) -> str:
    """The dotted name that this is; empty when it is something else."""
    if isinstance(node, ast.Attribute):
        owner = named(node.value)
        return owner and f"{owner}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def nested_event_loops(source: str) -> Iterator[str]:
    """Qt: ``exec()`` and the like start a second loop inside asyncio's, which then stands still.

    ``drag.exec(…)`` may stand in a handler of the mouse: there is no other way to drag, and Qt's own
    views run the same loop there.
    """
    words = "exec", "processEvents", *QT_STATIC_DIALOGS
    drags = {
        id(call.func)
        for call in nodes(source, "drag.exec")
        if isinstance(call, ast.Call) and named(call.func) == "drag.exec"
    }
    for node in nodes(source, *words):
        if not isinstance(node, ast.Attribute):
            continue
        if node.attr in {"exec", "exec_"} and id(node) not in drags:
            yield f"{node.lineno}: .{node.attr}() runs a nested event loop; use open() or popup()"
        if node.attr == "processEvents":
            yield f"{node.lineno}: .{node.attr}() runs events inside an event; await instead"
        owner = node.value.attr if isinstance(node.value, ast.Attribute) else None
        owner = node.value.id if isinstance(node.value, ast.Name) else owner
        if node.attr in QT_STATIC_DIALOGS.get(owner or "", ()):
            yield f"{node.lineno}: {owner}.{node.attr}() waits in a nested event loop; use open()"


def unowned_tasks(source: str) -> Iterator[str]:
    """``asyncSlot`` and ``asyncClose`` of qasync start tasks whose errors nobody ever sees."""
    for node in nodes(source, "asyncSlot", "asyncClose"):
        names = [getattr(node, "id", ""), getattr(node, "attr", "")]
        if isinstance(node, ast.ImportFrom):
            names = [each.name for each in node.names]
        for name in names:
            if name in {"asyncSlot", "asyncClose"}:
                yield f"{node.lineno}: {name} hides errors; start a task in the task registry"


def unverified_tls(source: str) -> Iterator[str]:
    """Certificates are checked, always: there is no switch to forget. In one place a certificate is
    compared with the one that a person chose, or shown and refused."""
    switches = {"verify", "check_hostname"}
    pinned = {
        id(each)
        for owner in nodes(source, PINNED)
        if isinstance(owner, ast.ClassDef) and owner.name == PINNED
        for method in owner.body
        if getattr(method, "name", "") == "pin"
        for each in ast.walk(method)
    }
    for node in nodes(source, *switches, *UNVERIFIED):
        if id(node) in pinned:
            continue
        names, value = [], None
        if isinstance(node, ast.keyword):
            names, value = [node.arg], node.value
        elif isinstance(node, ast.Assign):
            names, value = [getattr(each, "attr", "") for each in node.targets], node.value
        elif isinstance(node, ast.Attribute) and node.attr in UNVERIFIED:
            yield f"{node.lineno}: {node.attr} trusts everybody"
        if isinstance(value, ast.Constant) and not value.value and switches.intersection(names):
            yield f"{value.lineno}: {value.value} switches the check of certificates off"


def unprepared_types(source: str) -> Iterator[str]:
    """Two threads that decode a Struct first at once crash (msgspec 0.22): types are prepared."""
    for node in nodes(source, "msgspec"):
        if not isinstance(node, ast.Call) or not named(node.func).startswith("msgspec."):
            continue
        kinds = [each.value for each in node.keywords if each.arg == "type"]
        if named(node.func) == "msgspec.convert":
            kinds += node.args[1:2]
        for kind in kinds:
            if not ast.unparse(kind).startswith("prepared("):
                yield f"{node.lineno}: {ast.unparse(kind)} may be decoded first by two threads; prepared()"


def narrow_decoding(source: str) -> Iterator[str]:
    """A byte that is not UTF-8, or nesting without end, is no error of msgspec's own kinds."""
    for node in nodes(source, "MsgspecError", "DecodeError"):
        clauses = [each.type for each in node.handlers] if isinstance(node, ast.Try) else []
        if isinstance(node, ast.Call) and named(node.func).endswith("suppress"):
            clauses = [*node.args]
        parts = (part for clause in clauses if clause for part in ast.walk(clause))
        expected = {named(part).rpartition(".")[2] for part in parts if isinstance(part, ast.expr)}
        if expected & {"MsgspecError", "DecodeError"} and not expected & {"UnicodeDecodeError"}:
            yield f"{node.lineno}: decoding raises ValueError and RecursionError; expect these"


def narrow_signals(source: str) -> Iterator[str]:
    """``Signal(int)`` carries 32 bits: 5 000 000 000 bytes arrive as 705 032 704.

    A signal that carries a row says so in a comment on its line, ``# row``, and is let through.
    """
    lines = source.splitlines()
    for node in nodes(source, "Signal"):
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            types = [each for given in node.args for each in ast.walk(given)]
            if lines[node.lineno - 1].partition("#")[2].split()[:1] == ["row"]:
                continue
            if name in {"Signal", "pyqtSignal"} and any(
                isinstance(each, ast.Name) and each.id == "int" for each in types
            ):
                yield f"{node.lineno}: Signal(int) has 32 bits; use object, or pull a snapshot"


MOST_SERVICES = 4  # of the workspace that a class takes by name
_WHOLE = {"Workspace", "MainWindow"}


def whole_taken(source: str) -> Iterator[str]:
    """A widget or a handler takes the services that it uses, by name: who takes the whole workspace
    or window to use a few of them can reach everything, and is tested with everything."""
    for owner in nodes(source, *_WHOLE):
        if not isinstance(owner, ast.ClassDef) or owner.name == "Windows":  # it makes both
            continue
        init = next((each for each in owner.body if getattr(each, "name", "") == "__init__"), None)
        if not isinstance(init, ast.FunctionDef):
            continue
        for given in init.args.args + init.args.kwonlyargs:
            if given.annotation is None or named(given.annotation) not in _WHOLE:
                continue
            names = {given.arg, f"self.{given.arg}", f"self._{given.arg}"}
            used = {
                each.attr
                for each in ast.walk(owner)
                if isinstance(each, ast.Attribute) and named(each.value) in names
            }
            if len(used) <= MOST_SERVICES:
                yield f"{owner.lineno}: {owner.name} takes the whole {given.arg} for {sorted(used)}"


NAME = "DFS Desktop"  # the same in every language
# What shows its arguments to people, and Qt's setters of texts.
_SHOWS = re.compile(
    r"(Notice|Action|Confirmation|Question|from_error|plain_label|(primary|secondary|link|icon)_button"
    r"|head|headline|note|passing_dialog|offer|tick"
    r"|ElidedLabel|Q(Label|PushButton|CheckBox|RadioButton|GroupBox|Action|Menu)|add(Action|Menu|Tab)"
    r"|set(Text|WindowTitle|ToolTip|PlaceholderText|AccessibleName|AccessibleDescription|Title)"
    r"|choose_(folder|files?)|confirm|ask|show_facts|_?say|set(H|V)\w+HeaderLabels|addItems)"
)
_SHOWN = {"text", "title", "tip", "reads", "detail"}  # keywords of these
_WORDS = re.compile(r"[A-Za-z]{2,}[,;:]? +[“A-Za-z(]|^[A-Z][a-z]{2,}…?$")


def _columns(node: ast.AST) -> list[list[ast.expr]]:
    """What is of one kind: the keys or values of a literal, its elements, the columns of a table of
    tuples; the two sides of a condition; what a function returns."""
    if isinstance(node, ast.IfExp):
        return [[node.body, node.orelse]]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        returned = [each.value for each in ast.walk(node) if isinstance(each, ast.Return)]
        return [list(filter(None, returned))]
    if isinstance(node, ast.Dict):
        return [list(filter(None, node.keys)), node.values]
    if not isinstance(node, ast.List | ast.Tuple | ast.Set):
        return []
    rows = [each.elts for each in node.elts if isinstance(each, ast.Tuple)]
    if rows and len(rows) == len(node.elts):
        return [list(column) for column in zip(*rows, strict=False)]
    return [] if isinstance(node, ast.Tuple) else [node.elts]


def untranslated(source: str) -> Iterator[str]:
    """A text for people is asked for with `tr`, `trn`: else it is English in every language. So is one
    that stands in a table among those that are."""
    for place in nodes(source):
        shown: list[ast.expr] = []
        if isinstance(place, ast.Call) and _SHOWS.fullmatch(named(place.func).split(".")[-1]):
            shown = [*place.args, *(word.value for word in place.keywords if word.arg in _SHOWN)]
        for column in _columns(place):
            calls = [named(each.func) for each in column if isinstance(each, ast.Call)]
            if {"tr", "trn", "later"} & set(calls):
                shown += column
        while shown:
            node = shown.pop()
            if isinstance(node, ast.IfExp):
                shown += [node.body, node.orelse]
            elif isinstance(node, ast.List | ast.Tuple):
                shown += node.elts
            elif isinstance(node, ast.Dict):
                shown += [*filter(None, node.keys), *node.values]
            elif isinstance(node, ast.Constant | ast.JoinedStr):
                pieces = node.values if isinstance(node, ast.JoinedStr) else [node]
                texts = [piece.value for piece in pieces if isinstance(piece, ast.Constant)]
                if any(
                    isinstance(text, str) and _WORDS.search(text) for text in texts
                ) and texts != [NAME]:
                    yield f"{node.lineno}: {texts} is shown as it stands"


def too_early(source: str) -> Iterator[str]:
    """What a module or a class says, or what an argument is by default, is `later`, and `tr` where it is
    shown: the language is chosen anew while the program runs."""
    functions = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    waiting: list[ast.AST] = [*nodes(source, "tr(", "trn(", "listed(")[:1]]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call) and named(node.func) in {"tr", "trn", "listed"}:
            yield f"{node.lineno}: is said in one language for good"
        if isinstance(node, functions):
            waiting += [*node.args.defaults, *filter(None, node.args.kw_defaults)]
        else:
            waiting += ast.iter_child_nodes(node)


def missing_docstring(source: str) -> Iterator[str]:
    """Every module opens with a sentence that says what it is for."""
    blank = {tokenize.COMMENT, tokenize.NL}
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    first = next(each for each in tokens if each.type not in blank)
    text = ast.literal_eval(first.string) if first.type == tokenize.STRING else ""
    if not text:
        yield "1: no docstring that says what this module is for"
    elif not text.partition("\n\n")[0].rstrip(" `)").endswith((".", ":")):
        yield "1: the docstring does not open with a sentence"


def too_long(source: str) -> Iterator[str]:
    """A long module wants a wall."""
    lines = len(source.splitlines())
    if lines > LONGEST_MODULE:
        yield f"{lines}: longer than {LONGEST_MODULE} lines; divide it where the subject changes"


def empty_name(path: str) -> Iterator[str]:
    """A module or folder is named for what is in it."""
    for part in Path(path).with_suffix("").parts:
        for word in part.lower().split("_"):
            if word in EMPTY_NAMES:
                yield f"{part}: {word!r} says nothing about the content"


def poor_icon(source: str) -> Iterator[str]:
    """Icons are well-formed SVG drawn in ``currentColor``, and reach for nothing outside."""
    if "<!DOCTYPE" in source or "<!ENTITY" in source:
        yield "has a document type: not needed, and able to name outside entities"
        return
    try:
        root = ET.fromstring(source)
    except ET.ParseError as error:
        yield f"is not well-formed XML: {error}"
        return
    if root.tag != "{http://www.w3.org/2000/svg}svg":
        yield f"is not an SVG picture but {root.tag}"
    if "viewBox" not in root.attrib:
        yield "has no viewBox, so it does not scale"
    if "currentColor" not in source:
        yield "names no currentColor, so it cannot follow the theme"
    for node in root.iter():
        for key, value in node.attrib.items():
            if key.rpartition("}")[2] == "href" and not value.startswith("#"):
                yield f"refers to something outside: {value[:60]}"


def private_place(text: str) -> Iterator[str]:
    """Nothing in the repository leans on the place where it was written."""
    for number, line in enumerate(text.splitlines(), start=1):
        for place in PRIVATE_PLACES:
            if place in line:
                yield f"{number}: names {place}, which exists on one machine only"
