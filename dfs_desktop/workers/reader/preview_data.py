"""What a preview needs before it can be shown, made in the reader: pictures, clean texts, trees."""

import json
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from dfs_desktop.artifact import visible
from dfs_desktop.artifact.preview import Preview
from dfs_desktop.artifact.safety.bounded_markdown import bounded_markdown
from dfs_desktop.artifact.safety.html_sanitizer import sanitize_html
from dfs_desktop.artifact.safety.svg_sanitizer import SvgRefusedError
from dfs_desktop.number_text import number_text
from dfs_desktop.translation import later, sentences, tr, trn

from .picture_decoding import PictureRefusedError, Pixels, decoded, drawn

LONGEST_LINE = 4000  # characters; a document of one line is no pleasure for a text view
LONGEST_FOREIGN = 1000  # of a line for which a font may have to be looked for
MOST_LINES = 10_000


_BEGINNING = later("The beginning is laid out. “As text” shows more.")


class PreviewData(Struct, frozen=True):
    """A preview with what its view takes; `view` names the view."""

    view: str
    preview: Preview
    text: str = ""
    value: Any = None
    image: Pixels | None = None
    note: str = ""


def view_of(preview: Preview) -> PreviewData:
    """The view for a preview, with its content."""
    if preview.kind == "image":
        return _picture(preview)
    if preview.kind == "json":
        value = json.loads(preview.text)
        if isinstance(value, dict | list):
            return PreviewData(
                "json", preview, plain_lines(preview.text), value=value, note=preview.note
            )
    if preview.kind == "csv":
        return PreviewData("table", preview, note=preview.note)
    if preview.kind == "weights":
        return PreviewData("weights", preview)
    if preview.kind == "markdown":
        plain = replace(preview, text=plain_lines(preview.text))
        text, cut = bounded_markdown(preview.text)
        note = tr(_BEGINNING) if cut else preview.note
        return PreviewData("markdown", plain, visible(text, multiline=True), note=note)
    if preview.kind == "html":
        page, words, cut = sanitize_html(preview.text)
        note = sentences(
            tr("Shown without scripts, styles and pictures."), tr(_BEGINNING) if cut else ""
        )
        if words:
            plain = replace(preview, text=plain_lines(preview.text))
            return PreviewData("html", plain, page, note=note)
    if preview.kind == "binary":
        return PreviewData("hex", preview, preview.text, note=preview.note)
    if preview.kind == "empty":
        return PreviewData("empty", preview)
    return PreviewData("text", preview, plain_lines(preview.text), note=preview.note)


def plain_lines(text: str) -> str:
    """Foreign text for a text view: control characters visible, no line and no text without end."""
    lines = text.replace("\r\n", "\n").split("\n", MOST_LINES)
    if len(lines) > MOST_LINES and lines[-1]:
        lines[-1] = tr("… (the first {most} lines are shown)", most=number_text(MOST_LINES))
    return "\n".join(map(_plain_line, lines))


def _plain_line(line: str) -> str:
    longest = LONGEST_LINE if line.isascii() else LONGEST_FOREIGN
    if len(line) > longest:
        length = trn(
            "({amount} character)",
            "({amount} characters)",
            len(line),
            amount=number_text(len(line)),
        )
        line = f"{line[:longest]} … {length}"
    return line if line.isascii() and line.isprintable() else visible(line, multiline=True)


def _picture(preview: Preview) -> PreviewData:
    drawing = preview.media_type == "image/svg+xml"
    try:
        if drawing:
            image, whole = drawn(preview.image)
            small = "" if whole else tr("It takes long to draw, so it is shown small.")
            note = sentences(small, tr("Links and styles in the drawing are left out."))
            return PreviewData("image", preview, image=image, note=note)
        return PreviewData("image", preview, image=decoded(preview.image, preview.media_type))
    except (PictureRefusedError, SvgRefusedError) as error:
        if drawing:
            text = preview.image[:262_144].decode("utf-8", "replace")
            return PreviewData("text", preview, plain_lines(text), note=str(error))
        return PreviewData("empty", preview, note=str(error))
