"""SVG pictures of strangers made harmless before they are drawn: no references, no entities, no mazes."""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree as ET

MOST_BYTES = 1024 * 1024
MOST_ELEMENTS = 2000
MOST_LAYERS = 200  # shapes that are see-through; a group, painted beside the rest, counts ten
MOST_TEXT = 20_000  # characters
MOST_PATH = 50_000  # characters of all outlines
DEEPEST = 60
TOO_COMPLEX = "The drawing is too complex to draw here. It is shown as text."
_DROPPED = frozenset(
    ["script", "foreignObject", "image", "feImage", "filter", "pattern", "mask", "marker",
     "animate", "animateTransform", "animateMotion", "set", "style", "use", "a"]
)  # fmt: skip
_NO_ATTRIBUTE = frozenset(["href", "src", "base", "stroke-dasharray", "stroke-dashoffset"])
_GROUPS = frozenset(["g", "svg", "switch", "symbol", "defs"])
_OPACITY = re.compile(r"(?:^|[;\s])opacity\s*:", re.IGNORECASE)
_DASHES = re.compile(r"stroke-dash(?:array|offset)\s*:[^;]*", re.IGNORECASE)
_OUTSIDE = re.compile(r"url\s*\(\s*['\"]?\s*(?!#)", re.IGNORECASE)


class SvgRefusedError(ValueError):
    """The picture is not shown; the text says why."""


def harmless_svg(data: bytes) -> bytes:
    """The same picture without what reaches outside or could be drawn without end.

    Scripts, links, embedded pictures, style sheets and repeated parts are left out. Raises
    SvgRefusedError for what is too large, too deep, or has a document type.
    """
    if len(data) > MOST_BYTES:
        raise SvgRefusedError("The drawing is too large to be shown here.")
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or b"\x00" in data[:64]:
        data = re.sub(rb"<!DOCTYPE[^\[\]<>]*>", b"", data, count=1)
        if b"<!" in data.replace(b"<!--", b"").replace(b"<![CDATA[", b""):
            raise SvgRefusedError("The drawing defines entities, which are not read.")
    try:
        root = _parsed(data)
    except (ET.ParseError, ValueError) as error:
        if isinstance(error, SvgRefusedError):
            raise
        raise SvgRefusedError("The drawing is damaged.") from None
    _check_layers(root)
    _clean(root)
    return ET.tostring(root)


def _parsed(data: bytes) -> ET.Element:
    """The tree, counted while it is read, so that a bomb is met early."""
    count = depth = 0
    root: ET.Element | None = None
    # Entities were refused before, which is what the linter warns of.
    walk = ET.iterparse(io.BytesIO(data), events=("start", "end"))  # noqa: S314
    for event, element in walk:
        root = element if root is None else root
        count, depth = (count + 1, depth + 1) if event == "start" else (count, depth - 1)
        if count > MOST_ELEMENTS or depth > DEEPEST:
            raise SvgRefusedError(TOO_COMPLEX)
    if root is None:
        raise SvgRefusedError("The drawing is empty.")
    return root


def _check_layers(root: ET.Element) -> None:
    """Refuse what takes long to paint although it is small to read."""
    layers = text = path = 0
    for element in root.iter():
        style = element.get("style", "")
        group = isinstance(element.tag, str) and element.tag.rpartition("}")[2] in _GROUPS
        if "opacity" in element.attrib or _OPACITY.search(style):
            layers += 10 if group else 1
        text += len(element.text or "") + len(element.tail or "")
        path += len(element.get("d", "")) + len(element.get("points", ""))
    if layers > MOST_LAYERS or text > MOST_TEXT or path > MOST_PATH:
        raise SvgRefusedError(TOO_COMPLEX)


def _clean(element: ET.Element) -> None:
    if "style" in element.attrib:
        # A dash may be as small as one likes: a line of them is painted without end.
        element.attrib["style"] = _DASHES.sub("", element.attrib["style"])
    for name, value in list(element.attrib.items()):
        local = name.rpartition("}")[2].lower()
        if local in _NO_ATTRIBUTE or local.startswith("on") or _OUTSIDE.search(value):
            del element.attrib[name]
    for child in list(element):
        if not isinstance(child.tag, str) or child.tag.rpartition("}")[2] in _DROPPED:
            element.remove(child)
        else:
            _clean(child)
