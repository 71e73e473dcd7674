"""Tables that leave the program: what is in a cell stays in it, and is markup nowhere."""

from __future__ import annotations

import csv
import io
import re

from hypothesis import given
from hypothesis import strategies as st

from dfs_desktop.artifact.safety.written_tables import Cell, Form, written_table

ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(st.lists(st.tuples(ANY, ANY, ANY), max_size=4))
def test_every_row_has_as_many_cells_as_its_head(rows: list[tuple[str, str, str]]) -> None:
    head = ["a", "b|c", "100 %"]
    cells = [[Cell(text, strong=number == 1) for number, text in enumerate(row)] for row in rows]
    found = written_table(Form.MARKDOWN, head, cells, right={2}).splitlines()
    assert len(found) == len(rows) + 2
    assert all(len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) == 4 for line in found)
    latex = written_table(Form.LATEX, head, cells, right={2}).splitlines()
    assert latex[0] == r"\begin{tabular}{llr}"
    body = [line for line in latex if line.endswith(r" \\")]
    assert len(body) == len(rows) + 1
    for line in body:
        assert len(re.findall(r"(?<!\\)&", line)) == 2
        assert not re.search(r"(?<!\\)[#%_]", line)
    told = list(csv.reader(io.StringIO(written_table(Form.CSV, head, cells), newline="")))
    assert [len(row) for row in told] == [3] * (len(rows) + 1)


def test_what_is_best_is_strong_and_no_cell_is_a_formula() -> None:
    rows = [[Cell("=1+1"), Cell("0.5", strong=True)], [Cell("a_b 50%"), Cell("-2")]]
    assert written_table(Form.MARKDOWN, ["n", "f1"], rows, {1}) == (
        "| n | f1 |\n| --- | ---: |\n| =1+1 | **0.5** |\n| a\\_b 50% | -2 |\n"
    )
    assert "a\\_b 50\\% & -2 \\\\" in written_table(Form.LATEX, ["n", "f1"], rows, {1})
    assert "=1+1 & \\textbf{0.5} \\\\" in written_table(Form.LATEX, ["n", "f1"], rows, {1})
    assert written_table(Form.CSV, ["n", "f1"], rows) == "n,f1\r\n'=1+1,0.5\r\na_b 50%,-2\r\n"
