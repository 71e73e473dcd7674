"""The child: one script, one address, one answer, and the end. Qt's engine runs on its main thread."""

import os
import re
import sys
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import QCoreApplication, QObject, Slot
from PySide6.QtQml import QJSEngine, QJSValue

from dfs_desktop.proxy_question import Outcome, Question, written_outcome
from dfs_desktop.typed_decoding import prepared

from .names import Names, in_order, inside, masked, own_addresses

_FUNCTIONS = Path(__file__).with_name("functions.js")
_HTML_MARK = re.compile(
    r"^(\s*)(<!--|-->)", re.MULTILINE
)  # as scripts of the nineties stand in pages
# What a script declares with `const` is known only inside of it.
_FIND = """
;typeof FindProxyForURL === "function" ? FindProxyForURL
    : typeof FindProxyForURLEx === "function" ? FindProxyForURLEx : null"""


class _Own(QObject):
    """What the functions of scripts ask of Python."""

    def __init__(self) -> None:
        super().__init__()
        self._names = Names()

    @Slot(str, result=str)
    def resolve(self, host: str) -> str:
        return ";".join(self._names.addresses(host))

    @Slot(result=str)
    def mine(self) -> str:
        return ";".join(own_addresses())

    @Slot(str, result=str)
    def sorted(self, listed: str) -> str:
        return in_order(listed)

    @Slot(str, str, str, result=bool)
    def masked(self, host: str, pattern: str, mask: str) -> bool:
        return masked(host, pattern, mask)

    @Slot(str, str, result=bool)
    def inside(self, host: str, prefix: str) -> bool:
        return inside(host, prefix)


def evaluate(question: Question) -> Outcome:
    """What the script says to an address, or what is wrong with it."""
    own = _Own()
    QJSEngine.setObjectOwnership(own, QJSEngine.ObjectOwnership.CppOwnership)
    engine = QJSEngine()
    make = _run(engine, _FUNCTIONS.read_text("utf-8"))
    ask = make.call([engine.newQObject(own), engine.globalObject()])
    find = _run(engine, _HTML_MARK.sub(r"\1//", question.script) + _FIND)
    if find.isError():
        line = find.property("lineNumber").toInt()
        return Outcome(complaint=find.toString(), line=line)
    if not find.isCallable():
        return Outcome(missing=True)
    given = [find, *(QJSValue(each) for each in (question.url, question.host))]
    found = ask.call(given)
    if found.isError():
        return Outcome(complaint=found.toString())
    answer, complaint = found.property(0), found.property(1)
    if answer.isString():
        return Outcome(answer=answer.toString())
    return Outcome(complaint=complaint.toString() or "?")


def _run(engine: QJSEngine, program: str) -> QJSValue:
    value: Any = engine.evaluate(program)  # which PySide says to be a pair, and is none
    found: QJSValue = value[0] if isinstance(value, tuple) else value
    return found


def main() -> None:
    """Read the question, write what came of it, and end without waiting for anything."""
    source, target = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    question = msgspec.json.decode(source.read(), type=prepared(Question))
    application = QCoreApplication(sys.argv[:1])
    outcome = evaluate(question)
    del application
    target.write(written_outcome(outcome))
    target.flush()
    os._exit(0)
