"""Pages, drawings and tables of strangers: bounded to be shown, and harmless where they go."""

import struct
import time
import zlib
from base64 import b64encode
from random import Random
from zlib import crc32

import pytest
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QApplication, QTextBrowser

from dfs_desktop.artifact.archive.byte_source import BytesSource
from dfs_desktop.artifact.card import Page
from dfs_desktop.artifact.comparison.comparison_export import Section, row, table
from dfs_desktop.artifact.formats.pictures import Picture, is_endless, picture_of, plain_png
from dfs_desktop.artifact.preview import Preview, preview_source
from dfs_desktop.artifact.safety.bounded_markdown import bounded_markdown
from dfs_desktop.artifact.safety.html_sanitizer import MOST_TEXT, sanitize_html
from dfs_desktop.artifact.safety.svg_sanitizer import SvgRefusedError, sanitize_svg
from dfs_desktop.artifact.safety.written_tables import guarded, table_text
from dfs_desktop.ui.details.tabs.card import caged, warning
from dfs_desktop.ui.preview.member_preview import picture_of as shown_picture
from dfs_desktop.workers.reader.preview_data import MOST_LINES, view_of

BEGINNINGS = ["<!--", "<a ", "<svg>", "<svg></svg>", "<script></script>", "<div>", "<p><b>", "</",
              '<a x="', "&", "<", "<!", "&#" + "9" * 5000,
              "<td colspan=50 rowspan=50>x", "<a '\">"]  # fmt: skip


@pytest.mark.fault("X-03")
@pytest.mark.parametrize("part", BEGINNINGS)
def test_a_page_is_cleaned_in_time_that_grows_with_its_length(part: str) -> None:
    start = time.process_time()
    page, _words, _cut = sanitize_html(part * (1_000_000 // len(part)))
    assert time.process_time() - start < 5  # half a second; parsers with its square take minutes
    assert len(page) < 8 * MOST_TEXT


@pytest.mark.fault("X-03", "X-05")
@pytest.mark.parametrize(
    "part",
    ["<tr><td>a<td>b", "<div>a", "<ul><li>a</ul>", "<p>a", "<tr><td colspan=50 rowspan=50>x",
     "<table><tr><td>", "<dl><dt>a<dd>b</dl>"],
)  # fmt: skip
def test_a_cleaned_page_is_laid_out_at_once(qapp: QApplication, part: str) -> None:
    page, _words, _cut = sanitize_html("<table>" + part * 20_000)
    browser = QTextBrowser()
    start = time.process_time()
    browser.setHtml(page)
    browser.document().size()
    assert time.process_time() - start < 2  # a tenth of that; forty seconds without the bounds


@pytest.mark.fault("X-03")
def test_an_honest_long_table_stays_readable() -> None:
    rows = "".join(f"<tr><td>row {n}<td>{n * 2}</tr>" for n in range(600))
    page, _words, cut = sanitize_html(f"<h1>T</h1><table>{rows}</table>")
    assert not cut
    assert "row 599 │ 1198" in page.replace("\n", "")
    assert page.count("<td>") < 800


LONG = {
    "table": "|a|b|c|\n|-|-|-|\n" + "|x|y|z|\n" * 9000, "one column": "|a|\n|-|\n" + "|x|\n" * 9000,
    "list": "- a\n" * 20_000, "ticks": "`a" * 50_000, "word": "a" * 250_000, "quotes": ">" * 90_000,
    "code": "```\n" + "x\n" * 50_000, "wide": ("|" + "a|" * 1000 + "\n") * 50,
}  # fmt: skip


@pytest.mark.fault("X-05")
@pytest.mark.parametrize("kind", list(LONG))
def test_markdown_is_laid_out_at_once(qapp: QApplication, kind: str) -> None:
    text, cut = bounded_markdown(LONG[kind])
    assert cut
    assert len(text) <= 21_000
    browser = QTextBrowser()
    feature = QTextDocument.MarkdownFeature
    start = time.process_time()
    browser.document().setMarkdown(text, feature.MarkdownDialectGitHub | feature.MarkdownNoHTML)
    browser.document().size()
    assert time.process_time() - start < 2


@pytest.mark.fault("X-05")
def test_honest_markdown_is_whole_and_its_long_table_is_aligned_lines() -> None:
    readme = (
        "# Title\n\nText with `code`.\n\n- a\n- b\n\n|a|b|\n|-|-|\n|1|2|\n\n```py\nx | y | z\n```\n"
    )
    assert bounded_markdown(readme) == (readme, False)
    rows = "".join(f"| row {n} | {n} |\n" for n in range(300))
    text, cut = bounded_markdown("| name | value |\n|---|---|\n" + rows + "\nbehind")
    assert not cut
    assert "row 7    7\n" in text
    assert "row 299  299\n" in text
    assert text.count("~~~~~~~~~~~~") == 2
    assert text.endswith("behind")


def png(width: int, height: int, color: bytes = b"\xff\0\0") -> bytes:
    """A picture of one color, as plots hold them."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc32(kind + data))

    rows = zlib.compress((b"\0" + color * width) * height)
    start = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + start + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.fault("X-06")
@pytest.mark.parametrize(
    "inner",
    [
        b'<g opacity=".5"><rect width="9" height="9"/></g>' * 9900,
        b'<g style="opacity:.5"><rect width="9" height="9"/></g>' * 50,
        b"<rect/>" * 2500, b'<path d="M' + b"1,2 " * 60_000 + b'"/>',
        b"<text>" + b"x" * 30_000 + b"</text>",
        b'<path id="a" d="M' + b"1,2 " * 9_000 + b'"/>' + b'<use href="#a"/>' * 9,
        b'<image href="data:image/png;base64,%b"/>',
    ],
)  # fmt: skip
def test_a_drawing_that_takes_long_to_paint_is_too_complex(inner: bytes) -> None:
    if b"%b" in inner:
        inner %= b64encode(png(4000, 4000))
    with pytest.raises(SvgRefusedError, match="too complex"):
        sanitize_svg(b'<svg xmlns="http://www.w3.org/2000/svg">' + inner + b"</svg>")


def _crossing(corners: int) -> str:
    """An outline that crosses itself as often as it can."""
    random = Random(1)
    return " ".join(
        f"{random.random() * 1200:.1f},{random.random() * 1200:.1f}" for _ in range(corners)
    )


@pytest.mark.fault("X-06")
@pytest.mark.parametrize(
    "inner",
    [
        f'<polyline fill="none" stroke="#000" stroke-width="10" points="{_crossing(2000)}"/>',
        f'<polygon points="{_crossing(4000)}"/>',
        '<rect width="1200" height="1200" fill="red" fill-opacity=".5"/>' * 1990,
        '<circle r="600" fill="none" stroke-width="400" stroke="red"/>' * 1990,
        '<defs><radialGradient id="a" r=".0001" spreadMethod="reflect"><stop stop-color="red"/>'
        '<stop offset="1" stop-opacity=".5"/></radialGradient></defs>'
        + '<rect width="1200" height="1200" fill="url(#a)"/>' * 1900,
        f'<text y="600" font-size="1000">{"W" * 10}</text>' * 1900,
    ],
)  # fmt: skip
def test_what_takes_long_to_paint_is_drawn_small_or_not_at_all(
    qapp: QApplication, inner: str
) -> None:
    began = time.process_time()
    data = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 1200">{inner}</svg>'.encode()
    found = view_of(Preview("image", len(data), image=data, media_type="image/svg+xml"))
    assert "shown small" in found.note or "too complex" in found.note
    assert found.image is None or 75 <= found.image.width < 1200
    assert time.process_time() - began < 5  # some twenty, drawn at full size


@pytest.mark.fault("X-06")
@pytest.mark.parametrize("head", ["", 'width="1" height="1e9"', 'viewBox="0 0 nan inf"'])
def test_a_plain_drawing_is_drawn_at_full_size(qapp: QApplication, head: str) -> None:
    curve = " ".join(f"{x},{150 + x % 7}" for x in range(300))
    inner = f'<polyline fill="none" stroke="#000" points="{curve}"/>'
    data = f'<svg xmlns="http://www.w3.org/2000/svg" {head}>{inner}</svg>'.encode()
    found = view_of(Preview("image", len(data), image=data, media_type="image/svg+xml"))
    assert found.image is not None
    assert max(found.image.width, found.image.height) == 1200
    assert "small" not in found.note


@pytest.mark.fault("X-06")
def test_dashes_as_small_as_one_likes_are_left_out() -> None:
    dashed = b'<path d="M0 0L9 9" stroke-dasharray="1e-9" style="stroke-dasharray:1e-9;fill:red"/>'
    clean = sanitize_svg(b'<svg xmlns="http://www.w3.org/2000/svg">' + dashed + b"</svg>")
    assert b"dash" not in clean
    assert b"fill:red" in clean


@pytest.mark.fault("X-06")
def test_pictures_have_bounds_of_pixels_and_scans() -> None:
    assert Picture("image/png", 8000, 8000).too_large
    assert not Picture("image/png", 4000, 4000).too_large
    deep = picture_of(b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIB", 13, b"IHDR", 4000, 4000, 16))
    assert deep is not None
    assert deep.too_large
    assert not Picture("image/jpeg", 6000, 4000).too_large  # made smaller while it is decoded
    assert is_endless(b"\xff\xda" * 101, 10, 10)
    assert is_endless(b"\xff\xda" * 70, 4000, 4000)
    assert not is_endless(b"\xff\xda" * 10, 6000, 4000)


@pytest.mark.fault("X-08")
def test_a_card_opens_without_rights_and_nothing_is_promised_of_it() -> None:
    hostile = '"\'></iframe><body onload=alert(1)><meta http-equiv="refresh" content="0;url=//x">'
    for scripts in (False, True):
        copy = caged(hostile, scripts=scripts)
        before, after = copy.split("srcdoc=")
        assert "default-src 'none'" in before
        assert "connect-src 'none'" in before
        assert "frame-src 'none'" in before
        assert f'sandbox="{"allow-scripts" if scripts else ""}"' in before
        assert ("script-src 'none'" in before) != scripts
        assert after.count("<") == after.count("</iframe></body></html>") * 3
    for page in (Page("", scripts=False, hosts=()), Page("", scripts=True, hosts=("a.example",))):
        assert "no scripts and names no" not in warning(page)
        assert "whoever made" in warning(page)


@pytest.mark.fault("X-15")
@pytest.mark.parametrize(
    "cell",
    ["=cmd|x", "+a", "-a", "@x", "\t=1+1", "\r=x", "＝1", "＋x", "－x", "＠x", "a;=cmd", "a,b\t=x",
     "a\n=x", "  =x", "\u200b=x", "\xa0@x", "a|=x", "-1+cmd", "\ufeff=x",
     "\x01=x", "\u3164=x", "\u115f+x", "\ufe62x"],
)  # fmt: skip
def test_nothing_that_leaves_as_a_table_is_a_formula(cell: str) -> None:
    for divider in (";", ",", "\t", "|"):
        for piece in guarded(cell).splitlines():
            for each in piece.split(divider):
                seen = each.strip(" \t\r\n\xa0\u200b\ufeff\x01\u3164\u115f")
                assert seen[:1] not in set("=+-@＝＋－＠\ufe62") or not seen
    written = table(
        [cell], [Section("s", (row(cell, [cell, None], cell),))], only_differences=False
    )
    assert f",{cell}" not in written


@pytest.mark.fault("X-15")
@pytest.mark.parametrize(
    "cell", ["-1", "+2.5", "-1e-9", "-0,5", "a;-1;b", "a-b", "x==1", "", "-inf"]
)
def test_numbers_and_plain_words_stay_as_they_are(cell: str) -> None:
    assert guarded(cell) == cell


@pytest.mark.fault("X-15")
def test_a_copied_table_has_the_cells_that_were_shown() -> None:
    assert table_text([["a\tb", "=x"], ["-1", "c\nd"]]) == "a b\t'=x\n-1\tc d"


@pytest.mark.fault("RL-20", "X-06")
def test_the_letters_marks_and_pictures_of_a_plot_are_drawn(qapp: QApplication) -> None:
    square = "M0 0L10 0L10 10L0 10z"
    inner = (
        f'<defs><path id="L-1" d="{square}"/><path id="L-2"/></defs>'
        '<use xlink:href="#L-1" transform="translate(20 20)" style="fill: #0000ff"/>'
        '<use href="#L-1" x="40" y="40"/><use xlink:href="#L-2"/><use xlink:href="#g"/>'
        '<g id="g"><use xlink:href="#g"/></g>'
        f'<a xlink:href="http://x"><path d="{square}" transform="translate(80 0)"/></a>'
        f'<image x="70" y="70" width="20" height="20" xlink:href="data:image/png;base64,'
        f'{b64encode(png(4, 4)).decode()}"/>'
        '<image width="99" height="99" xlink:href="file:///etc/x.png"/>'
    )
    data = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 100 100">{inner}</svg>'
    ).encode()
    clean = sanitize_svg(data)
    assert (clean.count(b"<ns0:use"), clean.count(b"href")) == (2, 3)
    assert b"http://x" not in clean.replace(b"http://www", b"")
    found = view_of(Preview("image", len(data), image=data, media_type="image/svg+xml")).image
    assert found is not None
    image = shown_picture(found)
    places = {(25, 25): "#0000ff", (45, 45): "#000000", (85, 5): "#000000", (80, 80): "#ff0000"}
    scale = found.width / 100
    for (x, y), color in places.items():
        assert image.pixelColor(round(x * scale), round(y * scale)).name() == color


ROWS = "x\n" * 9000
DRAWING = (
    b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    b'viewBox="0 0 9 9">%s</svg>'
)


@pytest.mark.fault("X-05")
@pytest.mark.parametrize(
    "text",
    [f"a|b\n-|-\n{ROWS}", f"|a|\n|-|\n{ROWS}", f"> a|b\n> -|-\n{ROWS}", f"- |a|\n  |:-:|\n{ROWS}"],
    ids=range(4),
)
def test_rows_of_a_table_are_counted_also_where_no_line_is_drawn(text: str) -> None:
    shown, _cut = bounded_markdown(text)
    assert "~~~~~~~~~~~~\n" in shown
    assert "|-" not in shown


@pytest.mark.fault("X-05")
@pytest.mark.parametrize("name", ["a.txt", "a.py", "a.html", "a.md"])
@pytest.mark.parametrize("part", ["\n", "'\n", "\u05d0\u202e", "\U0001f469\u200d", "word "])
def test_no_text_is_longer_than_a_view_takes(name: str, part: str) -> None:
    found = view_of(preview_source(BytesSource(("<html>a" + part * 60_000).encode(), name)))
    shown = found.preview.text if found.view in ("html", "markdown") else found.text
    assert shown.count("\n") <= MOST_LINES
    assert max(map(len, shown.split("\n"))) < 10_000


def png_with(*chunks: bytes) -> bytes:
    """A picture of one pixel, with more in it."""
    end = [png_chunk(b"IDAT", zlib.compress(b"\0\0\0\xff")), png_chunk(b"IEND", b"")]
    head = png_chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + b"".join([head, *chunks, *end])


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc32(kind + data))


@pytest.mark.fault("X-06")
@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt", b"iCCP", b"tEXt", b"abCd"])
def test_a_picture_is_decoded_without_what_is_packed_beside_it(
    qapp: QApplication, kind: bytes
) -> None:
    """900 texts of 7 MB each in 6 MB took two gigabytes and a minute."""
    begin = b"a\0\1\0\0\0" if kind == b"iTXt" else b"a\0\0"
    bomb = png_with(*[png_chunk(kind, begin + zlib.compress(bytes(7_000_000)))] * 80)
    assert plain_png(bomb) == png_with()
    start = time.process_time()
    image = b64encode(bomb)
    inside = b"<image width='9' height='9' xlink:href='data:image/png;base64,%s'/>" % image
    for found in (
        view_of(preview_source(BytesSource(bomb, "a.png"))),
        view_of(Preview("image", 1, image=DRAWING % inside, media_type="image/svg+xml")),
    ):
        assert found.image is not None
        shown = shown_picture(found.image).pixelColor(0, 0)
        assert (shown.red(), shown.green(), shown.blue()) == (0, 0, 255)
    assert time.process_time() - start < 2


@pytest.mark.fault("X-06")
def test_a_damaged_picture_loses_nothing_by_what_is_left_out() -> None:
    whole = png_with(png_chunk(b"tRNS", bytes(6)), png_chunk(b"tRNS", bytes(6)))
    assert plain_png(whole) == png_with(png_chunk(b"tRNS", bytes(6)))
    for length in range(len(whole)):
        assert plain_png(whole[:length])[:8] == whole[:8]
