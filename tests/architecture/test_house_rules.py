"""Every rule of the house, on the whole tree, and proof that each rule can fail."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from architecture import rules

Rule = Callable[[str], Iterator[str]]


def broken(rule: Rule, files: Iterable[Path]) -> list[str]:
    """Return "file:line: complaint" for every place that breaks the rule."""
    return [
        f"{path.relative_to(rules.ROOT)}:{complaint}"
        for path in files
        for complaint in rule(path.read_text(encoding="utf-8"))
    ]


def explain(complaints: list[str], why: str | None) -> str:
    """Return the text of a failed rule: why it is there, then every place."""
    return "\n".join(["", why or "", *complaints])


PROGRAM_RULES: list[Rule] = [
    rules.nested_event_loops,
    rules.unowned_tasks,
    rules.unverified_tls,
    rules.narrow_signals,
    rules.narrow_decoding,
    rules.unprepared_types,
    rules.untranslated,
    rules.whole_taken,
    rules.too_early,
]


@pytest.fixture(scope="module")
def complaints_of() -> dict[Rule, list[str]]:
    """What each rule says of the program; every module is taken apart once."""
    files = rules.python_files("dfs_desktop")
    assert len(files) > 20
    said: dict[Rule, list[str]] = {rule: [] for rule in PROGRAM_RULES}
    for path in files:
        for rule in PROGRAM_RULES:
            said[rule] += broken(rule, [path])
    return said


@pytest.mark.fault("Q-04", "Q-07")
@pytest.mark.parametrize("rule", PROGRAM_RULES, ids=lambda rule: rule.__name__)
def test_the_program_keeps_the_rule(rule: Rule, complaints_of: dict[Rule, list[str]]) -> None:
    assert not complaints_of[rule], explain(complaints_of[rule], rule.__doc__)


@pytest.mark.parametrize(
    "rule", [rules.missing_docstring, rules.too_long], ids=lambda r: r.__name__
)
def test_every_module_keeps_the_rule(rule: Rule) -> None:
    complaints = broken(rule, rules.python_files("dfs_desktop", "packaging", "tools", "tests"))
    assert not complaints, explain(complaints, rule.__doc__)


def test_modules_are_named_for_their_content() -> None:
    paths = rules.python_files("dfs_desktop", "packaging", "tools")
    names = [str(path.relative_to(rules.ROOT)) for path in paths]
    complaints = [f"{name}: {text}" for name in names for text in rules.empty_name(name)]
    assert not complaints, explain(complaints, rules.empty_name.__doc__)


def test_a_folder_has_at_most_sixteen_modules() -> None:
    """More names than that are not read at a glance; what belongs together gets a room."""
    modules = [path for path in rules.python_files("dfs_desktop") if path.name != "__init__.py"]
    many = Counter(path.parent.relative_to(rules.ROOT).as_posix() for path in modules)
    assert len(many) > 30
    assert not {folder: count for folder, count in many.items() if count > 16}


def test_icons_follow_the_theme() -> None:
    files = sorted((rules.ROOT / "resources").rglob("*.svg"))
    assert len(files) > 10
    complaints = broken(rules.poor_icon, files)
    assert not complaints, explain(complaints, rules.poor_icon.__doc__)


def test_every_icon_is_named_by_the_program() -> None:
    program = "".join(path.read_text("utf-8") for path in rules.python_files("dfs_desktop/ui"))
    icons = {path.stem for path in (rules.ROOT / "resources" / "icons").iterdir()}
    unused = sorted(icon for icon in icons if f'"{icon}"' not in program)
    assert not unused, f"no module of dfs_desktop/ui names these of resources/icons: {unused}"


def test_nothing_names_a_private_place() -> None:
    complaints = []
    for path in rules.tracked_files():
        text = path.read_bytes().decode("utf-8", errors="ignore")
        complaints += [f"{path.relative_to(rules.ROOT)}:{c}" for c in rules.private_place(text)]
    assert not complaints, explain(complaints, rules.private_place.__doc__)


@pytest.mark.fault("RL-39")
def test_without_git_every_file_but_caches_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    test_the_tracked_files_are_found()


def test_the_tracked_files_are_found() -> None:
    names = {str(path.relative_to(rules.ROOT)) for path in rules.tracked_files()}
    assert {"pyproject.toml", "LICENSE", ".ci/run", "dfs_desktop/__init__.py"} <= names
    assert not [name for name in names if name.startswith((".venv", ".git/"))]


BAD = [
    (rules.nested_event_loops, "dialog.exec()"),
    (rules.nested_event_loops, "menu.exec_(point)"),
    (rules.nested_event_loops, "start = drag.exec"),
    (rules.nested_event_loops, "QApplication.processEvents()"),
    (rules.nested_event_loops, "QMessageBox.question(self, 'a', 'b')"),
    (rules.nested_event_loops, "QtWidgets.QMessageBox.critical(self, 'a', 'b')"),
    (rules.nested_event_loops, "QFileDialog.getOpenFileNames(self)"),
    (rules.nested_event_loops, "name, ok = QInputDialog.getText(self, 'a', 'b')"),
    (rules.unowned_tasks, "from qasync import QEventLoop, asyncSlot"),
    (rules.unowned_tasks, "@qasync.asyncClose\nasync def closeEvent(self, event): ..."),
    (rules.unowned_tasks, "@asyncSlot()\nasync def clicked(self): ..."),
    (rules.unverified_tls, "httpx.Client(verify=False)"),
    (rules.unverified_tls, "context.check_hostname = False"),
    (rules.unverified_tls, "context.verify_mode = ssl.CERT_NONE"),
    (rules.unverified_tls, "ssl._create_unverified_context()"),
    (rules.narrow_decoding, "try: f()\nexcept (OSError, msgspec.MsgspecError): ..."),
    (rules.narrow_decoding, "with contextlib.suppress(msgspec.DecodeError): f()"),
    (rules.narrow_signals, "class A(QObject):\n    moved = Signal(int)"),
    (rules.narrow_signals, "moved = QtCore.Signal(str, int)"),
    (rules.narrow_signals, "moved = Signal(int)  # bytes, not a row"),
    (rules.narrow_signals, "moved = Signal([int], [str])"),
    (rules.unprepared_types, "msgspec.json.decode(text, type=Checkpoint)"),
    (rules.unprepared_types, "msgspec.convert(value, hints[name])"),
    (rules.untranslated, "QLabel('Nothing here')"),
    (rules.untranslated, "action.setText('Delete' if one else tr('Delete all'))"),
    (rules.untranslated, "state.notify(Notice(f'{n} files are gone', detail))"),
    (rules.untranslated, "dialogs.ask(window, tr('Sure?'), '', ['Keep it', tr('Go')])"),
    (rules.untranslated, "plain_label(name, reads='Name of it')"),
    (rules.untranslated, "said = 'No files' if none else tr('Some files')"),
    (rules.untranslated, "def f(a):\n if a: return tr('It is well')\n return f'{a} is not well'"),
    (rules.untranslated, "pane.show_facts({'Checked at': when})"),
    (rules.untranslated, "facts = {tr('Size'): size, 'Checked at': when}"),
    (rules.untranslated, "WORDS = {'a': later('one thing'), 'b': 'another thing'}"),
    (rules.untranslated, "PAGES = (('a', later('one thing')), ('b', 'another thing'))"),
    (rules.whole_taken, "class A:\n def __init__(self, w: Workspace): self.x = w.tasks"),
    (rules.too_early, "WORDS = {1: tr('one')}"),
    (rules.too_early, "class A:\n    title = tr('A thing')"),
    (rules.too_early, "def show(text: str = tr('A thing')): ..."),
    (rules.missing_docstring, "import os\n"),
    (rules.missing_docstring, '"""what it is for"""\n'),
    (rules.too_long, "x = 1\n" * (rules.LONGEST_MODULE + 1)),
    (rules.empty_name, "dfs_desktop/api/utils.py"),
    (rules.empty_name, "dfs_desktop/ui/window_manager.py"),
    (rules.empty_name, "dfs_desktop/common/sizes.py"),
    (rules.poor_icon, "<svg"),
    (rules.poor_icon, "<html viewBox='0 0 1 1' color='currentColor'/>"),
    (rules.poor_icon, "<svg xmlns='http://www.w3.org/2000/svg' fill='currentColor'/>"),
    (rules.poor_icon, "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1' fill='#000'/>"),
    (
        rules.poor_icon,
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1' fill='currentColor'>"
        "<image href='http://example.org/a.png'/></svg>",
    ),
    (rules.private_place, f"see {rules.PRIVATE_PLACES[0]}notes"),
    (rules.private_place, f"\nsee {rules.PRIVATE_PLACES[1]}/notes"),
]
GOOD = [
    (rules.narrow_decoding, "try: f()\nexcept (ValueError, RecursionError): ..."),
    (rules.narrow_decoding, "try: f()\nexcept m.DecodeError: ...\nexcept UnicodeDecodeError: ..."),
    (
        rules.untranslated,
        "QLabel(tr('Nothing here'))\nlog.info('nothing here')\nQLabel('DFS Desktop')",
    ),
    (rules.too_early, "WORDS = {1: later('one')}\ndef words():\n    return tr(WORDS[1])"),
    (rules.untranslated, "primary_button('', 'uploadButton', self._accept)"),
    (rules.untranslated, "PAGES = (('General', later('All of it')), ('Network', later('Proxy')))"),
    (rules.untranslated, "facts = {tr('Size'): size, tr('Licence'): 'Apache License 2.0'}"),
    (rules.nested_event_loops, "exec(code)\ndialog.open()\nmenu.popup(point)\nbox.warning(1)"),
    (rules.unowned_tasks, "import asyncio\ntasks.start(job())"),
    (rules.unverified_tls, "httpx.Client(verify=context)\ncontext.check_hostname = True"),
    (
        rules.unverified_tls,
        "class PinnedContext:\n def pin(self):\n  self.verify_mode = ssl.CERT_NONE",
    ),
    (rules.narrow_signals, "pressed = Signal(int)  # row"),
    (rules.narrow_signals, "moved = Signal(object)\ncount = int(3)\nSignal(str, QPoint)"),
    (rules.unprepared_types, "msgspec.json.decode(text)\nmsgspec.convert(value, prepared(kind))"),
    (
        rules.whole_taken,
        "class A:\n def __init__(self, w: Workspace, t: Tasks):\n  self._w = w, w.a, w.b\n"
        " def f(self): self._w.c, self._w.d(), self._w.e",
    ),
    (rules.missing_docstring, '"""Says what it is for."""\nimport os\n'),
    (rules.too_long, "x = 1\n" * rules.LONGEST_MODULE),
    (rules.empty_name, "dfs_desktop/workspace/database.py"),
    (
        rules.poor_icon,
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1' fill='currentColor'>"
        "<use href='#a'/></svg>",
    ),
    (rules.private_place, "a shared folder for work"),
]


@pytest.mark.parametrize(("rule", "source"), BAD)
def test_the_rule_sees_the_fault(rule: Rule, source: str) -> None:
    assert list(rule(source))


@pytest.mark.parametrize(("rule", "source"), GOOD)
def test_the_rule_lets_the_right_way_pass(rule: Rule, source: str) -> None:
    assert not list(rule(source))


def test_every_rule_is_proved() -> None:
    named = {rule for rule in vars(rules).values() if callable(rule) and is_rule(rule)}
    assert named == {rule for rule, _ in BAD} == {rule for rule, _ in GOOD}


def is_rule(candidate: Callable[..., object]) -> bool:
    """Return whether this is a function of house_rules that yields complaints."""
    notes = getattr(candidate, "__annotations__", {})
    return notes.get("return") == Iterator[str]
