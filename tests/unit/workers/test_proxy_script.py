"""The child that runs a proxy script: what scripts may call, and what they cannot do to the program."""

from __future__ import annotations

import json
import time
from datetime import datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfs_desktop.api.http.proxy import script_evaluation
from dfs_desktop.api.http.proxy.script_evaluation import evaluate
from dfs_desktop.proxy_question import MOST_ANSWER, Outcome, Question, written_outcome
from dfs_desktop.workers.proxy_script.names import LOOKUPS, Names, in_order, inside, masked


def said(script: str) -> Outcome:
    return evaluate(Question(script, "https://models.example:8443/", "models.example"))


def values(*expressions: str) -> list[object]:
    """What JavaScript expressions are in a script, all asked of one child."""
    each = ", ".join(expressions)
    outcome = said(f"function FindProxyForURL(url, host) {{ return JSON.stringify([{each}]); }}")
    assert not outcome.complaint, outcome
    found: list[object] = json.loads(outcome.answer)
    return found


def test_the_functions_that_scripts_call_say_what_they_say_in_a_browser() -> None:
    expected: dict[str, object] = {
        "[url, host]": ["https://models.example:8443/", "models.example"],
        "isPlainHostName('intra')": True,
        "isPlainHostName('intra.example')": False,
        "isPlainHostName('::1')": False,
        "dnsDomainIs('www.Example.com', '.example.COM')": True,
        "dnsDomainIs('example.com.evil', '.example.com')": False,
        "localHostOrDomainIs('www', 'www.example.com')": True,
        "localHostOrDomainIs('www.example.com', 'www.example.com')": True,
        "localHostOrDomainIs('www.example.net', 'www.example.com')": False,
        "isResolvable('localhost')": True,
        "isResolvable('nowhere.invalid')": False,
        "dnsResolve('10.1.2.3')": "10.1.2.3",
        "dnsResolve('nowhere.invalid')": None,
        "isInNet('10.1.2.3', '10.1.0.0', '255.255.0.0')": True,
        "isInNet('10.2.2.3', '10.1.0.0', '255.255.0.0')": False,
        "isInNet('nowhere.invalid', '0.0.0.0', '0.0.0.0')": False,
        "isInNetEx('fe80::1', 'fe80::/10')": True,
        "isInNetEx('10.1.2.3', '10.0.0.0/8')": True,
        r"/^[0-9]+(\.[0-9]+){3}$/.test(myIpAddress())": True,
        "dnsDomainLevels('www.example.com')": 2,
        "shExpMatch('http://home.example/a', '*/home.example/*')": True,
        "shExpMatch('homeXexample', 'home.example')": False,
        "shExpMatch('a.example', '?.example')": True,
        "shExpMatch('b.net', '*.(com|net)')": True,
        "shExpMatch('x', '[a-c]')": False,
        "shExpMatch('x', '[!a-c]')": True,
        "shExpMatch('a[', 'a[')": True,
        "shExpMatch('A', 'a')": False,
        "sortIpAddressList('10.2.3.9;::1;9.1.1.1')": "::1;9.1.1.1;10.2.3.9",
        "sortIpAddressList('none')": "",
        "[alert('x'), typeof globalThis]": [None, "object"],
    }
    assert dict(zip(expected, values(*expected), strict=True)) == expected


def test_ranges_of_days_dates_and_hours_hold_now_and_go_round() -> None:
    now = datetime.now().astimezone()  # the child is asked in the same minute, or nearly
    days = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]
    months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
    today, tomorrow = (days[(now.weekday() + more) % 7] for more in (0, 1))
    month, after = (months[(now.month - 1 + more) % 12] for more in (0, 1))
    later = (now.hour + 2) % 24
    expected = {
        f"weekdayRange('{tomorrow}', '{today}')": True,
        "weekdayRange('MON', 'SUN', 'GMT')": True,
        "weekdayRange('someday')": False,
        f"dateRange('{month}', '{after}')": True,
        f"dateRange('{after}', '{month}')": True,  # from the next month round to this one
        f"dateRange({now.year - 1}, {now.year + 1})": True,
        f"dateRange({now.year + 2})": False,
        f"dateRange(1, 'JAN', {now.year - 1}, 31, 'DEC', {now.year + 1})": True,
        f"dateRange('JAN', {now.year - 2}, 'DEC', {now.year - 2})": False,
        "dateRange(1, 31, 'GMT')": True,
        "dateRange()": False,
        "dateRange(1, 'JAN')": False,
        "timeRange(0, 23)": True,
        "timeRange(0, 0, 0, 23, 59, 59, 'GMT')": True,
        f"timeRange({later}, {later})": False,
        "timeRange()": False,
    }
    assert dict(zip(expected, values(*expected), strict=True)) == expected


@pytest.mark.parametrize(
    "script",
    [
        "const FindProxyForURL = (url, host) => 'PROXY a:1'",
        "var FindProxyForURL = function () { return 'PROXY a:1' } // the last word",
        "function FindProxyForURLEx(url, host) { return 'PROXY a:1' }",
        "<!--\nfunction FindProxyForURL() { return 'PROXY a:1' }\n-->",
    ],
    ids=["const", "function", "ex", "page"],
)
def test_the_function_is_found_however_it_is_declared(script: str) -> None:
    assert said(script) == Outcome(answer="PROXY a:1")


def test_what_is_wrong_with_a_script_is_said_with_its_line() -> None:
    wrong = said("function FindProxyForURL() {\n  return (;\n}")
    assert (wrong.line, "SyntaxError" in wrong.complaint) == (2, True)
    assert "nothing" in said("function FindProxyForURL() { return nothing }").complaint
    assert said("<html>Please log in</html>").complaint
    assert said("var a = 1").missing
    assert said("function FindProxyForURL() { return null }") == Outcome()


@pytest.mark.parametrize(
    "body",
    [
        "while (true) {}",
        "var a = 'a'; while (true) a += a",
        "var a = []; while (true) a.push(new Array(1000).fill(a))",
        "return FindProxyForURL()",
        "return /^((a+)+)+$/.test('a'.repeat(64) + 'b')",
        "return 'x'.repeat(1 << 24)",
        "return { toString() { throw 1 } }",
        "return '\\ud800 \\0'",
    ],
    ids=["loop", "text", "lists", "recursion", "expression", "long", "object", "halves"],
)
def test_no_script_holds_the_program_up_or_brings_it_down(
    body: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(script_evaluation, "SECONDS", 1.0)
    began = time.monotonic()
    outcome = said(f"function FindProxyForURL() {{ {body} }}")
    assert time.monotonic() - began < 30
    assert outcome.complaint or outcome.answer
    assert len(outcome.answer) <= MOST_ANSWER


def test_a_script_that_is_nothing_but_brackets_or_a_loop_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(script_evaluation, "SECONDS", 1.0)
    for script in ("[" * 500_000, "while (true) {}"):
        assert said(script).complaint


def test_names_beyond_a_number_and_a_time_have_no_address() -> None:
    names = Names()
    names._known = {f"{number}.invalid": [] for number in range(LOOKUPS)}
    assert names.addresses("localhost") == []
    assert names.addresses("127.0.0.1") == ["127.0.0.1"]
    assert Names().addresses("localhost")
    held = Names()
    held._left = 0.0
    assert held.addresses("localhost") == []
    assert Names().addresses("x" * 10_000) == []


@given(st.text(), st.text(), st.text())
def test_whatever_stands_in_place_of_addresses_is_no_fault(a: str, b: str, c: str) -> None:
    masked(a, b, c)
    inside(a, b)
    in_order(a)


@given(st.text(), st.text(), st.text(st.characters(exclude_categories=["Cs"])))
def test_questions_and_outcomes_arrive_as_they_were_sent(a: str, b: str, text: str) -> None:
    outcome = msgspec.json.decode(written_outcome(Outcome(a, b, 3)), type=Outcome)
    assert (len(outcome.answer), len(outcome.complaint), outcome.line) == (len(a), len(b), 3)
    question = Question(text, text, text)
    assert msgspec.json.decode(msgspec.json.encode(question), type=Question) == question
