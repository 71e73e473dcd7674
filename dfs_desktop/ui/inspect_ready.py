"""What a preview needs before it can be shown, made on a worker thread: pictures, clean texts, trees."""

from __future__ import annotations

import json
from typing import Any

from msgspec import Struct
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader
from PySide6.QtSvg import QSvgRenderer

from dfs_desktop.artifact import visible
from dfs_desktop.artifact.inside.pictures import Picture, is_endless
from dfs_desktop.artifact.preview import Preview, preview_source
from dfs_desktop.artifact.source import Source
from dfs_desktop.ui.inspect_drawing import drawn
from dfs_desktop.ui.inspect_html import harmless
from dfs_desktop.ui.inspect_markdown import BEGINNING, bounded_markdown
from dfs_desktop.ui.inspect_svg import SvgRefusedError, harmless_svg

LONGEST_LINE = 4000  # characters; a document of one line is no pleasure for a text view
_LONGEST_SIDE = 2400  # pixels of a picture that is kept
_KEEP = Qt.AspectRatioMode.KeepAspectRatio


class Ready(Struct, frozen=True):
    """A preview with what its view takes; `view` names the view."""

    view: str
    preview: Preview
    text: str = ""
    value: Any = None
    image: QImage | None = None
    note: str = ""
    measures: str = ""  # of a picture as it is in the file


def ready(source: Source) -> Ready:
    """Read the beginning of a member (a picture wholly) and make it fit to be shown."""
    return dressed(preview_source(source))


def dressed(preview: Preview) -> Ready:
    """The view for a preview, with its content."""
    if preview.kind == "image":
        return _picture(preview)
    if preview.kind == "json":
        value = json.loads(preview.text)
        if isinstance(value, dict | list):
            return Ready("json", preview, plain_lines(preview.text), value=value, note=preview.note)
    if preview.kind == "csv":
        return Ready("table", preview, note=preview.note)
    if preview.kind == "weights":
        return Ready("weights", preview)
    if preview.kind == "markdown":
        text, cut = bounded_markdown(preview.text)
        note = f"{BEGINNING} “As text” shows more." if cut else preview.note
        return Ready("markdown", preview, visible(text, multiline=True), note=note)
    if preview.kind == "html":
        page, words, cut = harmless(preview.text)
        note = "Shown without scripts, styles and pictures."
        note += f" {BEGINNING} “As text” shows more." if cut else ""
        if words:
            return Ready("html", preview, page, note=note)
    if preview.kind == "binary":
        rows = (
            f"{row.offset:08x}  {row.pairs:<47}  {row.characters}" for row in preview.hexadecimal
        )
        return Ready("hex", preview, "\n".join(rows), note=preview.note)
    if preview.kind == "empty":
        return Ready("empty", preview)
    return Ready("text", preview, plain_lines(preview.text), note=preview.note)


def plain_lines(text: str) -> str:
    """Foreign text for a text view: control characters visible, no line without end."""
    lines = text.replace("\r\n", "\n").split("\n")
    if max(map(len, lines), default=0) > LONGEST_LINE:
        lines = [
            line
            if len(line) <= LONGEST_LINE
            else f"{line[:LONGEST_LINE]} … ({len(line):,} characters)"
            for line in lines
        ]
    return "\n".join(
        line if line.isascii() and line.isprintable() else visible(line, multiline=True)
        for line in lines
    )


def _picture(preview: Preview) -> Ready:
    if preview.media_type == "image/svg+xml":
        return _drawing(preview)
    buffer = QBuffer()
    buffer.setData(QByteArray(preview.image))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    size = reader.size()
    width, height = max(0, size.width()), max(0, size.height())
    jpeg = preview.media_type == "image/jpeg"
    if (
        Picture(preview.media_type, width, height).too_large
        or not width * height
        or (jpeg and is_endless(preview.image, width, height))
    ):
        note = (
            f"The picture is too large or too complex to be shown here: {width:,} × {height:,} "
            "pixels. Save it to look at it."
            if width * height
            else "The picture cannot be decoded. It may be damaged, or of a kind that is not known "
            "here."
        )
        return Ready("empty", preview, note=note)
    if jpeg and max(width, height) > _LONGEST_SIDE:
        reader.setScaledSize(size.scaled(QSize(_LONGEST_SIDE, _LONGEST_SIDE), _KEEP))
    image = reader.read()
    if image.isNull():
        note = (
            "The picture cannot be decoded. It may be damaged, or of a kind that is not known here."
        )
        return Ready("empty", preview, note=note)
    if max(image.width(), image.height()) > _LONGEST_SIDE:
        image = image.scaled(_LONGEST_SIDE, _LONGEST_SIDE, _KEEP)
    return Ready("image", preview, image=image, measures=f"{width} × {height}")


def _drawing(preview: Preview) -> Ready:
    try:
        renderer = QSvgRenderer(QByteArray(harmless_svg(preview.image)))
        if not renderer.isValid():
            return _source_of(preview, "The drawing cannot be shown.")
        image, whole = drawn(renderer)
    except SvgRefusedError as error:
        return _source_of(preview, str(error))
    small = "" if whole else "It takes long to draw, so it is shown small. "
    note = f"{small}Links and styles in the drawing are left out."
    return Ready("image", preview, image=image, note=note)


def _source_of(preview: Preview, why: str) -> Ready:
    text = preview.image[:262_144].decode("utf-8", "replace")
    return Ready("text", preview, plain_lines(text), note=why)
