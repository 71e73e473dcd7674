"""Tables and texts as spreadsheets and editors of every country save them."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfs_desktop.artifact.archive.byte_source import BytesSource
from dfs_desktop.artifact.formats.separated_values import table_of
from dfs_desktop.artifact.preview import HEAD, Preview, preview_source


def shown(text: str | bytes, name: str = "t.csv", encoding: str = "utf-8") -> Preview:
    data = text if isinstance(text, bytes) else text.encode(encoding)
    return preview_source(BytesSource(data, name))


AB = (("a", "b"), ("1", "2"))


@pytest.mark.fault("RL-20")
@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('"a, b, c, d";x\n1;2\n', (("a, b, c, d", "x"), ("1", "2"))),
        ("loss, train, mean;loss, val\n1;2\n", (("loss, train, mean", "loss, val"), ("1", "2"))),
        ("a, b, c\td\n1\t2\n", (("a, b, c", "d"), ("1", "2"))),
        ("name;loss\na;0,5\nb;0,25\n", (("name", "loss"), ("a", "0,5"), ("b", "0,25"))),
        ("1,5;2,5\n3,5;4,5\n", (("1,5", "2,5"), ("3,5", "4,5"))),
        ("value\n0,5\n-0,25\n", (("value",), ("0,5",), ("-0,25",))),
        ("# made by x, y, z\n\na;b\n1;2\n", AB), ("\n\n\na;b\n1;2\n", AB),
        ("#a,b\n1,2\n", (("#a", "b"), ("1", "2"))),
        ("% it's \"5 wide\n a\tb\n1\t2", ((" a", "b"), ("1", "2"))),
        ("sep=;\na;b\n1;2\n", AB), ('"sep=|"\r\na|b\r\n1|2\r\n', AB), ("sep=\t\na\tb\n1\t2", AB),
        ('a; "b"\n1; "x;y"\n', (("a", "b"), ("1", "x;y"))),
        ("a,b\r1,2\r", AB), ("a,b\r\n1,2\r\n", AB), ("a,b\r\r\n1,2\r\r\n", AB), ("a|b\n1|2", AB),
        ('a,b\n"x\ny",2\n', (("a", "b"), ("x\ny", "2"))),
        ('a,b\n"5 disk,2\nx,3\n', (("a", "b"), ('"5 disk', "2"), ("x", "3"))),
        ("a,b\nx\u2028y,1\nz\x85w,2\n", (("a", "b"), ("x\u2028y", "1"), ("z\x85w", "2"))),
        ("a;b;c\n", (("a", "b", "c"),)), ("only\n", (("only",),)), ("a\n1\n2", (("a",), ("1",), ("2",))),
        ("a;b;c\n1;2\n3;4;5;6\n7;8;9\n",
         (("a", "b", "c"), ("1", "2"), ("3", "4", "5", "6"), ("7", "8", "9"))),
        ("x;y\n1.5,2;3\n", (("x", "y"), ("1.5,2", "3"))),
        ("\ufeffa,b\n1,2\n", AB),
    ],
)  # fmt: skip
def test_a_whole_table_has_its_columns(text: str, rows: tuple[tuple[str, ...], ...]) -> None:
    found = shown(text)
    assert (found.kind, found.rows, found.cut) == ("csv", rows, False)


CELLS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\x85#%/"), max_size=6
)


@pytest.mark.fault("RL-20")
@given(
    st.integers(2, 4).flatmap(
        lambda width: st.lists(
            st.lists(CELLS.map(lambda cell: f"c{cell}"), min_size=width, max_size=width),
            min_size=2,
            max_size=6,
        )
    ),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_what_the_csv_module_wrote_with_tabs_is_read_back(rows: list[list[str]], end: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter="\t", lineterminator=end).writerows(rows)
    assert shown(out.getvalue(), "t.tsv").rows == tuple(map(tuple, rows))


@pytest.mark.fault("RL-20")
@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Name,Größe\nMüller,1\n", "cp1252"), ("Straße;Übung\nä;ö\n", "latin-1"),
        ("名前,値\n犬,1\n", "shift_jis"), ("名称,值\n狗,1\n", "gbk"), ("a,b\n1,2\n", "utf-16-le"),
        ("a,b\n1,2\n", "utf-16-be"), ("имя;значение\nточность;1\n", "cp1251"),
    ],
)  # fmt: skip
def test_legacy_tables_are_text_marked_as_a_guess(text: str, encoding: str) -> None:
    found = shown(text, encoding=encoding)
    separator = ";" if ";" in text else ","
    assert found.rows == tuple(tuple(line.split(separator)) for line in text.splitlines())
    assert "(a guess)" in found.encoding
    for name in ("README.md", "code.py", "notes.txt"):
        assert shown(text, name, encoding).text == text


@pytest.mark.fault("RL-20")
def test_a_cut_row_is_left_out() -> None:
    start = "a,b\n" + "1,2\n" * 30 + ("x" * 900 + ",8\n") * ((HEAD - 1000) // 903)
    for rest in ('"one\ntwo ' + "x" * 3000 + '",9\n', "5,1234567" + "8" * 3000, "y," * 3000):
        found = shown(start + rest + "5,6\n" * 10)
        assert found.cut
        assert found.rows[-1][1] == "8"
    onecr = shown("a,b\r" + "1,2\r" * 100_000)
    assert (onecr.kind, onecr.rows[:2], onecr.rows[-1]) == ("csv", AB, ("1", "2"))
    assert preview_source(BytesSource(b"a,b\n" + b"1,2\n" * 30, "t.csv"), 60).rows[-1] == ("1", "2")
    assert shown("x," * 200_000).kind == "text"  # no whole row


@pytest.mark.fault("RL-20")
def test_only_a_table_that_goes_on_is_called_a_beginning() -> None:
    assert not shown("a,b\n" + '"x\ny",2\n' * 499).cut
    assert shown("a,b\n" + "1,2\n" * 500).cut
    wide = shown(";".join(map(str, range(300))) + "\n")
    assert (len(wide.rows[0]), wide.note) == (200, "The first 200 of 300 columns are shown.")
    assert shown("a,b\n" + "x" * 200_000 + ",2\n").rows[1] == ("x" * 1000, "2")


@pytest.mark.fault("RL-20")
@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("id,t\n1,'a,b'\n2,'c,d'\n", (("id", "t"), ("1", "a,b"), ("2", "c,d"))),
        ('id,t\n1,"a\\"b,c"\n2,d\n', (("id", "t"), ("1", 'a"b,c'), ("2", "d"))),
        ("a b c\n1 2 3\n4 5.5 6\n", (("a", "b", "c"), ("1", "2", "3"), ("4", "5.5", "6"))),
        ("said\nhello there\nyes\n", (("said",), ("hello there",), ("yes",))),
        ("it's;b\n1;2\n", (("it's", "b"), ("1", "2"))),
        ("v\n0,5\n\n-1.200,7\n", (("v",), ("0,5",), ("-1.200,7",))),
        ("0,5 0,6\n0,1 0,2\n", (("0,5", "0,6"), ("0,1", "0,2"))),
        ("1,2\n3,4\n", (("1", "2"), ("3", "4"))),
        (" epoch  loss\n     1   0.5\n    10   0.25\n",
         (("epoch", "loss"), ("1", "0.5"), ("10", "0.25"))),
        ("sep=\\t\na\tb\n1\t2\n", AB),
        ('p,q\n"C:\\dir\\",1\n', (("p", "q"), ("C:\\dir\\", "1"))),
    ],
)  # fmt: skip
def test_the_quotes_and_escapes_of_pandas_options_are_told(
    text: str, rows: tuple[tuple[str, ...], ...]
) -> None:
    table = table_of(text, "t.csv", whole=True)
    assert table is not None
    assert table.rows == rows
