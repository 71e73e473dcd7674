"""What strangers' documents become before they are shown: HTML, drawings, texts, tables, pictures."""

from __future__ import annotations

import struct
import zlib

import pytest
from msgspec import structs
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QTableView

from dfs_desktop.artifact.archive.byte_source import BytesSource
from dfs_desktop.artifact.documents.graph_layout import MOST_STEPS, drawing_of
from dfs_desktop.artifact.documents.pipeline_graph import read_graph
from dfs_desktop.artifact.preview import preview_source
from dfs_desktop.artifact.safety.html_sanitizer import DEEPEST, sanitize_html
from dfs_desktop.artifact.safety.svg_sanitizer import SvgRefusedError, sanitize_svg
from dfs_desktop.ui.preview.highlighter import Highlighter
from dfs_desktop.ui.preview.member_preview import TextView, picture_of
from dfs_desktop.ui.preview.tensor_table import parameter_count
from dfs_desktop.ui.preview.text_table import RowsTable
from dfs_desktop.ui.theme import theme
from dfs_desktop.workers.reader.preview_data import PreviewData, plain_lines, view_of

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" %s</svg>'


def made(data: bytes, name: str) -> PreviewData:
    return view_of(preview_source(BytesSource(data, name)))


@pytest.mark.parametrize(
    "page",
    ["<script>alert(1)</script>", "<img src='file:///etc/passwd'>", "<link href=x rel=stylesheet>",
     "<p style='background:url(http://x)'>", "<a href='javascript:x'>", "<iframe src=x></iframe>",
     "<object data=x>", "<svg onload=x><image href=x /></svg>", "<p onclick='x()'>",
     "<table background='file:///x'>", "<style>@import 'x'</style>", "<body bgcolor=red>",
     "<script/src=x>", "<SCRIPT>x</SCRIPT >", "<scr<script>ipt>x</script>", "<!-- <img src=x> -->",
     "<![CDATA[<img src=x>]]>", "<base href='http://x'>", "<meta http-equiv=refresh content=0>"],
)  # fmt: skip
def test_html_keeps_no_address_no_style_and_no_script(page: str) -> None:
    text, _words, _cut = sanitize_html(page)
    inner = text.replace("&lt;", "").replace("&gt;", "")
    assert "=" not in inner.split("<", 1)[-1] or "<" not in inner
    for word in ("<script", "<img", "<style", "<link", "<iframe", "<a", "<svg", "<object", "<base"):
        assert word not in text.casefold()


def test_html_keeps_what_people_read() -> None:
    text, words, cut = sanitize_html(
        "<h1>A &amp; B</h1><table><tr><td colspan=2>x</td></tr></table>"
    )
    assert text == '<h1>A &amp; B</h1><table><tr><td colspan="2">x</td></tr></table>'
    assert words == 6
    assert not cut
    assert sanitize_html("<b>open<i>ended")[0] == "<b>open<i>ended</i></b>"
    assert sanitize_html("a</b></i>c")[0] == "ac"


def test_html_nested_without_end_is_flattened() -> None:
    text, _, _ = sanitize_html("<table><tr><td>" * 5000 + "deep")
    assert text.count("<table>") <= DEEPEST
    assert text.count("<") == 2 * text.count("</")
    assert sanitize_html("<div>xy" * 300_000)[2], "what was left out is told"


@pytest.mark.parametrize(
    "inner",
    [b"><image href='file:///etc/passwd'/>", b"><image xlink:href='http://x/y.png'/>",
     b"><script>x</script>", b"><use xlink:href='#a'/>", b"><a href='http://x'><rect/></a>",
     b"><rect fill='url(http://x/y)'/>", b"><foreignObject><p/></foreignObject>",
     b"><style>@import url(http://x);</style>", b" onload='x()'>", b"><rect style=\"fill:url( 'x')\"/>",
     b"><filter id='f'><feImage href='x'/></filter>"],
)  # fmt: skip
def test_a_drawing_reaches_for_nothing(inner: bytes) -> None:
    clean = sanitize_svg(SVG % inner)
    for word in (b"href", b"script", b"url(", b"http://x", b"<style", b"onload", b"foreignObject"):
        assert word not in clean.replace(b"xmlns", b"")


def test_a_drawing_may_refer_to_its_own_gradients() -> None:
    clean = sanitize_svg(SVG % b"><rect fill='url(#g)'/>")
    assert b"url(#g)" in clean


@pytest.mark.parametrize(
    ("data", "why"),
    [(b'<!DOCTYPE svg [<!ENTITY a "aa">]>' + SVG % b">&a;", "entities"),
     (b"<svg", "damaged"), (SVG % (b">" + b"<g>" * 100 + b"</g>" * 100), "complex"),
     (SVG % (b">" + b"<g/>" * 30_000), "complex"), (b" " * 3_000_000, "too large")],
)  # fmt: skip
def test_a_drawing_that_could_do_harm_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(SvgRefusedError, match=why):
        sanitize_svg(data)


def test_a_drawing_is_drawn_and_a_refused_one_is_shown_as_text(qapp: QApplication) -> None:
    good = made(
        SVG % b" width='20' height='10'><rect width='20' height='10' fill='#ff0000'/>", "a.svg"
    )
    assert good.view == "image"
    assert good.image is not None
    image = picture_of(good.image)
    assert image.pixelColor(image.rect().center()) == QColor("#ff0000")
    assert good.image.width == 2 * good.image.height
    bomb = made(b'<!DOCTYPE svg [<!ENTITY a "aa">]>\n' + SVG % b">&a;", "a.svg")
    assert bomb.view == "text"
    deep = made(SVG % (b">" + b"<g>" * 100 + b"</g>" * 100), "a.svg")
    assert deep.view == "text"
    assert "complex" in deep.note


def png(width: int, height: int, data: bytes) -> bytes:
    """A PNG with this header, whatever its content is."""
    parts = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
             (b"IDAT", zlib.compress(data)), (b"IEND", b"")]  # fmt: skip
    chunks = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def test_pictures_are_decoded_and_bombs_are_not(qapp: QApplication) -> None:
    good = made(png(2, 2, b"\0\xff\x00\0\x00\xff"), "a.png")
    assert good.view == "image"
    assert good.image is not None
    assert picture_of(good.image).pixelColor(1, 0) == QColor("#000000")
    assert picture_of(structs.replace(good.image, data=b"short")).isNull()
    assert made(png(60_000, 60_000, b"\0"), "a.png").view == "hex"
    broken = made(b"\x89PNG\r\n\x1a\n" + bytes(100), "a.png")
    assert broken.view in ("empty", "hex")


def test_texts_are_cut_where_a_view_would_stand_still() -> None:
    assert plain_lines("a\r\nb\x07\u202e") == "a\nb␇⟨U+202E⟩"
    long = plain_lines("x" * 100_000 + "\nshort")
    assert len(long) < 5000
    assert "(100\u202f000 characters)" in long
    assert long.endswith("\nshort")
    assert made(b"", "a.txt").view == "empty"
    assert made(b"a,b\n1,2\n", "a.csv").view == "table"
    assert made(b'{"a": 1}', "a.json").value == {"a": 1}
    assert made(b"3", "a.json").view == "text"
    assert made(bytes(range(256)), "a.bin").text.startswith("00000000  00 01 02")


def test_source_is_coloured_in_pieces_of_its_language(qapp: QApplication) -> None:
    theme.install(qapp)
    view = TextView("x")
    view.show_text('def f():  # why\n    return "text" + str(12)\n', "python")
    found = []
    block = view.document().begin()
    while block.isValid():
        text = block.text()
        found += [text[f.start : f.start + f.length] for f in block.layout().formats()]
        block = block.next()
    assert found == ["def", "# why", "return", '"text"', "12"]
    assert isinstance(view.highlighter, Highlighter)
    view.show_text("def", "")
    assert not view.document().begin().layout().formats()


@pytest.mark.parametrize("top", [0, 200])
def test_a_column_is_as_wide_as_its_widest_text(qapp: QApplication, top: int) -> None:
    theme.install(qapp)
    letters = ["a", "W", "i.", "1234", "é", "مرحبا", "漢字", "\n"]
    rows = [[letters[n % 8] * (n * 37 % 23), letters[n % 5] * (n * 11 % 17)] for n in range(200)]
    table = RowsTable("Things", ["Name", "Value"])
    table.show_rows(rows)
    table.show()
    qapp.processEvents()
    table.verticalScrollBar().setValue(top)
    for column in range(2):
        assert table.sizeHintForColumn(column) == QTableView.sizeHintForColumn(table, column)
    table.deleteLater()


def test_a_pipeline_is_laid_out_in_layers() -> None:
    nodes = [("c", ["p", "q"], ["y"]), ("a", ["x"], ["p"]), ("b", ["x"], ["q"])]
    config = {"nodes": [{"op_instance_id": n, "inputs": i, "outputs": o} for n, i, o in nodes]}
    graph = read_graph(config, [], {"inputs": [{"name": "x"}], "outputs": [{"name": "y"}]})
    drawing = drawing_of(graph, ["x"], ["y"])
    layers = {box.title: box.layer for box in drawing.boxes}
    assert layers == {"x": 0, "a": 1, "b": 1, "c": 2, "y": 3}
    assert (drawing.layers, drawing.widest) == (4, 2)
    assert {(line.source, line.target) for line in drawing.lines} >= {("in:x", "1"), ("1", "0")}


def test_loops_and_vast_pipelines_are_drawn_too() -> None:
    loop = {"nodes": [{"op_instance_id": "a", "inputs": ["q"], "outputs": ["p"]},
                      {"op_instance_id": "b", "inputs": ["p"], "outputs": ["q"]}]}  # fmt: skip
    assert len(drawing_of(read_graph(loop, [], {}), [], []).boxes) == 2
    chain = [
        {"op_instance_id": "n", "inputs": [f"{n}"], "outputs": [f"{n + 1}"]} for n in range(2000)
    ]
    vast = drawing_of(read_graph({"nodes": chain}, [], {}), ["0"], ["2000"])
    assert vast.left_out == 2000 - MOST_STEPS
    assert len(vast.boxes) == MOST_STEPS + 2


def test_counts_of_parameters_read_well() -> None:
    assert [parameter_count(n) for n in (7, 1234, 1_200_000, 6_740_000_000, 2 * 10**12)] == [
        "7", "1234", "1.2 million", "6.74 billion", "2 trillion",
    ]  # fmt: skip
