"""Bring the catalogues of `resources/locale` in step with the texts in the code, and compile them.

    .venv/bin/python packaging/translations.py [--check] [--untranslated LANGUAGE]

A text is what `tr`, `trn` or `later` is given in quotes, what `count` counts, the words of the table
of actions, and what is said when a task fails that `start` was given under a name.
What nobody says any more is removed; what is new has no translation yet, and is read in English
until it has. `--check` changes nothing and fails when something is to be done.
`--untranslated` prints the texts of one language that wait, as JSON.
"""

from __future__ import annotations

import argparse
import ast
import functools
import gc
import json
import string
import sys
from collections.abc import Iterator
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]
LOCALE = ROOT / "resources" / "locale"
PLURALS = {
    "de": "nplurals=2; plural=(n != 1);",
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : "
    "n%100>=11 ? 4 : 5);",
}
Text = tuple[str, str]  # one, many; many is empty where nothing is counted


def texts() -> dict[Text, list[str]]:
    """Every text of the program, with the modules that say it."""
    found: dict[Text, list[str]] = {}
    for place, call in calls():
        for text in _texts(call):
            modules = found.setdefault(text, [])
            if place not in modules:
                modules.append(place)
    return found


@functools.cache
def calls() -> list[tuple[str, ast.Call]]:
    """Every call in the program, with its module."""
    found = []
    for path in sorted((ROOT / "dfs_desktop").rglob("*.py")):
        place = path.relative_to(ROOT).as_posix()
        nodes = ast.walk(ast.parse(path.read_bytes()))
        found += [(place, node) for node in nodes if isinstance(node, ast.Call)]
    return found


def _texts(node: ast.Call) -> Iterator[Text]:
    words = [_text(each) for each in node.args]
    match _name(node.func), words:
        case "tr" | "later", [str(text), *_] if text:
            yield text, ""
        case "trn", [str(one), str(many), *_] if one and many:
            yield one, many
        case "count", [_, str(one), *rest] if one and len(rest) < 2:
            yield f"{{amount}} {one}", f"{{amount}} {rest[0] if rest else one + 's'}"
        case "start" | "start_once" | "_start" | "_begin", [_, *_, str(text)] if text:
            yield f"Could not {text}", ""
        case "ActionSpec", [_, str(text), *rest]:
            yield text, ""
            if len(rest) > 2 and rest[2]:
                yield rest[2], ""


def faults() -> Iterator[str]:
    """Calls whose forms of a number are not in quotes, so that this script does not see them (`count`
    is seen itself), and those whose values are not the names in the braces of their text."""
    for place, call in calls():
        if _name(call.func) not in {"tr", "trn"}:
            continue
        several = _name(call.func) == "trn"
        said = [_text(each) for each in call.args[: 1 + several]]
        given = {word.arg for word in call.keywords} | ({"amount"} if several else set())
        if several and not all(said) and not place.endswith("/quantities.py"):
            yield f"{place}:{call.lineno}: both forms belong in quotes"
        if all(said) and given and None not in given:
            named = [places(text) for text in said]
            if not set.union(*named) <= given <= set.union({"amount"}, *named):
                yield f"{place}:{call.lineno}: {given} for {said}"


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _text(node: ast.expr) -> str:
    constant = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return node.value if constant else ""  # type: ignore[attr-defined]


def places(text: str) -> set[str]:
    """The names in braces of a text."""
    return {name for _before, name, _spec, _conversion in string.Formatter().parse(text) if name}


def catalogue(language: str, found: dict[Text, list[str]]) -> polib.POFile:
    """The catalogue of a language with these texts, and the translations that there are."""
    file = LOCALE / language / "LC_MESSAGES" / "dfs_desktop.po"
    known = {entry.msgid: entry for entry in polib.pofile(str(file))} if file.is_file() else {}
    made = polib.POFile(wrapwidth=100)
    made.metadata = {
        "Project-Id-Version": "DFS Desktop",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURALS[language],
    }
    for (one, many), modules in sorted(found.items(), key=lambda each: (each[1][0], each[0])):
        old = known.get(one)
        entry = polib.POEntry(msgid=one, occurrences=[(modules[0], "")])
        if many:
            entry.msgid_plural = many
            forms = old.msgstr_plural if old is not None else {}
            number = int(PLURALS[language].split("nplurals=")[1].split(";")[0])
            entry.msgstr_plural = {form: forms.get(form, "") for form in range(number)}
        elif old is not None:
            entry.msgstr = old.msgstr
        made.append(entry)
    return made


def wrong(made: polib.POFile) -> list[str]:
    """The translations whose names in braces are not those of their text."""
    bad = []
    for entry in made:
        allowed = places(entry.msgid) | places(entry.msgid_plural or "")
        for said in (entry.msgstr, *entry.msgstr_plural.values()):
            missing = places(entry.msgid) - places(said) - {"amount"} if said else set()
            if missing or not places(said) <= allowed:
                bad.append(f"{entry.msgid!r} is translated as {said!r}")
    return bad


def main() -> int:
    """0 when all is well, 1 when a translation is wrong or, with --check, something is to be done."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--untranslated", metavar="LANGUAGE")
    options = parser.parse_args()
    gc.disable()  # half of the time went on looking for garbage among what was parsed
    found, bad = texts(), list(faults())
    # A text with one plural here and another there cannot be told apart by its first form.
    firsts: dict[str, str] = {}
    for one, many in found:
        if firsts.setdefault(one, many) != many:
            bad.append(f"{one!r} is counted in two ways: {firsts[one]!r} and {many!r}")
    for language in PLURALS:
        made = catalogue(language, found)
        bad += wrong(made)
        waiting = made.untranslated_entries()
        if options.untranslated == language:
            print(json.dumps([[e.msgid, e.msgid_plural] for e in waiting], ensure_ascii=False))
        file = LOCALE / language / "LC_MESSAGES" / "dfs_desktop.po"
        compiled, named = file.with_suffix(".mo"), file.relative_to(ROOT).as_posix()
        if options.check:
            if not file.is_file() or file.read_text("utf-8") != str(made) + "\n":
                bad.append(f"{named} is not in step: run packaging/translations.py")
            elif compiled.read_bytes() != made.to_binary():
                bad.append(f"{named} is not compiled: run packaging/translations.py")
            bad += [f"{named} wants a translation of {entry.msgid!r}" for entry in waiting]
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(str(made) + "\n", encoding="utf-8", newline="\n")
            compiled.write_bytes(made.to_binary())
            print(f"{language}: {len(made)} texts, {len(waiting)} wait", file=sys.stderr)
    for line in bad:
        print(line, file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
