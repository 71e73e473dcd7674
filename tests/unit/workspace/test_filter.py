"""The filter line understands what people type, and says what it took for plain words."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dfs_desktop.api import ModelArtifact, ModelArtifactStatus
from dfs_desktop.ui.artifact_table.filter_help import EXAMPLES
from dfs_desktop.workspace.listing.filtering.filter_completion import offers
from dfs_desktop.workspace.listing.filtering.filter_parser import (
    FIELDS,
    TEXT,
    Comparison,
    Words,
    folded,
    parse,
)
from dfs_desktop.workspace.listing.filtering.filter_writer import written
from dfs_desktop.workspace.listing.listing import Listing

ODD = {"F1 macro": 0.95, "MAP@k": 0.95, "val:acc": 0.95, "val/acc": 0.95, "f1-score": 0.95,
       "a>b": 0.95, "größe": 0.95, "huber[delta=1.3]": 0.95}  # fmt: skip


def noon(day: int) -> str:
    """Of a day in November where the test runs."""
    return datetime(2026, 11, day, 12).astimezone().isoformat()


def listing() -> Listing:
    made = Listing()
    made.replace(
        [
            ModelArtifact(
                id="a", model_name="best", file_name="resnet-v2.fnnx", size=1_500_000_000,
                tags=["prod", "so excited", "Jones, Jr."], created_at=noon(20),
                metrics={"accuracy": 0.95, "loss": 0.1, "kind": "adam", "ok": True, **ODD},
            ),
            ModelArtifact(
                id="b", model_name="salt and pepper", file_name="b.fnnx", size=3 * 2**30,
                tags=["prod-old", "team:vision"], created_at=noon(25),
                metrics={"Accuracy": 0.6, "loss": 2, **dict.fromkeys(ODD, 0.1)},
            ),
            ModelArtifact(
                id="c", file_name="lr=0.1-run.fnnx", size=5, metrics={},
                status=ModelArtifactStatus.UPLOAD_FAILED,
            ),
        ]
    )  # fmt: skip
    return made


def found(line: str) -> str:
    rows = listing()
    rows.filter(line)
    return "".join(sorted(row.key for row in rows.visible))


def notes(line: str) -> list[str]:
    rows = listing()
    rows.filter(line)
    return rows.notes()


@pytest.mark.fault("RL-32")
@pytest.mark.parametrize(
    ("line", "keys"),
    [
        ("accuracy > 0.9 loss < 0.2", "a"), ("accuracy>0.9, loss<0.2", "a"),
        ("accuracy>0.9,loss<0.2", "a"), ("accuracy>0.9; loss<0.2", "a"),
        ("accuracy>0.9 and loss<0.2", "a"), ("accuracy > 0,9 & loss<0,2", "a"),
        ("ACCURACY ≥ 95%", "a"), ("accuracy≤.6", "b"), ("accuracy ≠ 0.95", "b"), ("loss==2", "b"),
        ("loss>−1", "ab"), ("loss: 2", "b"), ("-loss<1", "bc"), ("kind=adam", "a"), ("ok:yes", "a"),
        ('tag:"so excited"', "a"), ("tag:'so excited'", "a"), ("tag:“so excited”", "a"),
        ('"tag:so excited"', "a"), ('tag="prod"', "a"), ("tag:prod", "ab"), ("tag!=prod", "bc"),
        ("-tag:prod", "c"), ("tags: prod", "ab"), ('tag:"Jones, Jr."', "a"), ('tag:"so exc', "a"),
        ("tag:team:vision", "b"), ("tag:prod,accuracy>0.9", "a"), ("TAG = PROD", "a"),
        ('status:"upload failed"', "c"), ("status:failed", "c"), ("name:salt", "b"),
        ("file:resnet", "a"), ("size < 2 GB", "ac"), ("size<1,6gb", "ac"), ("size >= 3 GiB", "b"),
        ("size>1 500 000", "ab"), ("created > 2026-11-22", "b"), ("created:2026-11-20", "a"),
        ("salt and pepper", "b"), ('"and"', "b"), ("lr=0.1", "c"), ("tag:", "abc"), ("best,", "a"),
        ("accuracy>0.9&loss<0.2", "a"), ("tag:prod&accuracy>0.9", "a"), ("R&D", ""),
        ("0.9 < accuracy", "a"), ("0.5<accuracy<0.7", "b"), ("0.05 < loss ≤ 0,1 best", "a"),
        ('90% < "F1 macro"', "a"), ("1 GB < size < 2 GB", "a"), ("not tag:prod", "c"),
        ("!tag:prod", "c"), ("accuracy:>0.9", "a"), ("size:>2GB", "b"), ("tag:=prod", "a"),
        ("accuracy＞0.9", "a"), ("tag：vision", "b"), ("accuracy>0.9，loss<1", "a"),
        ("tag:‘so excited’", "a"), ("tag:»so excited«", "a"), ("tag:「so excited」", "a"),
        ("ok=true", "a"), ("ok!=false", "a"), ("kind:ada", "a"), ("kind=ada", ""),
        ("size > 1 600 000 000", "b"), ("accuracy>0.9 accuracy", ""), ('"   "', "abc"), (", ;", "abc"),
    ],
)  # fmt: skip
def test_what_people_type_is_understood(line: str, keys: str) -> None:
    assert found(line.replace("1 500 000", "1\u202f500\u202f000")) == keys


@pytest.mark.fault("RL-32")
@pytest.mark.parametrize("name", ODD)
def test_a_metric_may_have_any_name(name: str) -> None:
    forms = [f"{name}>0.9", f'"{name}">0.9', f'"{name}>0.9"', f"{name} > 0,9", f"'{name}'>0.9"]
    for form in [*forms, f"{name.replace(' ', '_')}>0.9", f"best {name}>0.9, tag:prod"]:
        assert found(form) == "a", form


@pytest.mark.fault("RL-32")
@pytest.mark.parametrize(
    ("line", "note"),
    [
        ("acuracy>0.9", "no metric “acuracy” here; there are accuracy, "),
        ("acuracy > 0.9", "no metric “acuracy” here; there are accuracy, "),
        ("loss<low", "“low” is no number"),
        ("loss<1,234.5", "“1,234.5” may be two numbers; write 1234.5"),
        ("loss>1,234", "“1,234” was read as 1.234"),
        ("0.9<acuracy", "no metric “acuracy” here; there are accuracy, "),
        ("size>1 500 000", "“1 500 000” was read as one number"),
        ("taag:prod", "no field “taag” here; there is “tag:”"),
        ("tag>prod", "“tag” is a text"),
        ("created:nonsense", "“nonsense” is no day"),
        ("loss<1 or accuracy>0.9", "“or” is looked for as a word"),
    ],
)
def test_what_was_taken_for_words_is_told(line: str, note: str) -> None:
    assert any(each.startswith(note) for each in notes(line)), notes(line)


@pytest.mark.fault("RL-32")
@pytest.mark.parametrize(
    "line",
    ["resnet v2", "http://example.org", "don't", "salt or pepper", "accuracy>", "a - b", "-"],
)
def test_plain_words_are_not_marked(line: str) -> None:
    assert notes(line) == []


NAMES = st.text(min_size=1, max_size=8).filter(lambda text: text.strip() != "")
CLEAN = st.text(max_size=10).map(lambda text: " ".join(text.split()))
VALUES = st.one_of(st.integers(-(10**12), 10**12), st.floats(allow_nan=False, allow_infinity=False))
TERMS = st.one_of(
    st.builds(Words, CLEAN.filter(bool)),
    st.builds(
        Comparison,
        st.sampled_from([name for name, kind in FIELDS.items() if kind == TEXT]),
        st.sampled_from([":", "=", "!="]),
        st.text(min_size=1, max_size=10),
        negative=st.booleans(),
    ),
    st.builds(
        Comparison,
        st.sampled_from([n for n, kind in FIELDS.items() if kind == TEXT and n != "have"]),
        st.sampled_from(["=", "!="]),
        st.just(""),
        negative=st.booleans(),
        without=st.just(True),
    ),
    st.builds(Comparison, st.sampled_from(["tag", "have"]), st.just(":"), st.just("")),
    st.builds(
        Comparison,
        NAMES,
        st.sampled_from([":", "=", "!=", "<", "<=", ">", ">="]),
        VALUES,
        metric=st.just(True),
        negative=st.booleans(),
    ),
)


@pytest.mark.fault("RL-32")
@given(st.lists(TERMS, max_size=5))
@example([Comparison("f1", ":", 0, metric=True), Words("%")])
@example([Comparison("size", "<", 2), Words("GB")])
def test_what_is_written_is_read_again(terms: list[Words | Comparison]) -> None:
    names: dict[str, str] = {}
    for term in terms:  # names that differ only in case are one to a person
        if isinstance(term, Comparison) and term.metric:
            names.setdefault(folded(term.name), term.name)
    known = set(names.values())
    terms = [t for t in terms if isinstance(t, Words) or not t.metric or t.name in known]
    assert [part.term for part in parse(written(terms), known)] == terms


@pytest.mark.fault("RL-32")
@given(st.text(max_size=60), st.lists(NAMES, max_size=3))
def test_any_line_is_read(line: str, names: list[str]) -> None:
    for part in parse(line, names):
        assert 0 <= part.start < part.end <= len(line)
    rows = listing()
    rows.filter(line)
    offers(line, len(line), names, names)


@pytest.mark.fault("RL-32", "X-02")
@pytest.mark.parametrize(
    "part",
    ["a:b,", "a>1,", '"', "a ", ",", "tag:x;", "-", "1e9,", "tag:&x", "1<a", "b&&", "1 000"],
)
def test_a_very_long_line_is_read_at_once(part: str) -> None:
    assert len(parse(part * (30_000 // len(part)), ["a"])) <= 30_000


@pytest.mark.fault("RL-32")
@pytest.mark.parametrize(
    ("line", "texts"),
    [
        ("acc", ("accuracy",)),
        ("loss<1 stat", ("status:",)),
        ("f1 m", ('"F1 macro"',)),
        ("tag:pr", ("tag:prod", "tag:prod-old")),
        ("tag:exc", ('tag:"so excited"',)),
        ("status:fail", ('status:"Deletion failed"', 'status:"Upload failed"')),
        ("accuracy>0.9", ()),
        ("resnet ", ()),
    ],
)
def test_fields_metrics_and_tags_are_offered(line: str, texts: tuple[str, ...]) -> None:
    tags = ["so excited", "prod-old", "prod"]
    offer = offers(line, len(line), ["accuracy", "loss", "F1 macro"], tags)
    assert offer.texts[: len(texts)] == texts
    assert bool(offer.texts) is bool(texts)


def test_the_page_and_the_question_mark_show_the_same_examples() -> None:
    page = Path(__file__).parents[3].joinpath("docs", "filter.md").read_text("utf-8")
    assert all(f"| `{example}` | {meaning} |" in page for example, meaning in EXAMPLES)
    for line, _ in EXAMPLES:
        parts = parse(line, ["accuracy", "F1 macro", "loss"])
        assert parts
        assert not any(part.note for part in parts)
