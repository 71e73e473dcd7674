"""SVG pictures of strangers made harmless before they are drawn: no references, no entities, no mazes."""

import base64
import io
import re
from xml.etree import ElementTree as ET

from dfs_desktop.artifact.formats.pictures import picture_of, plain_png
from dfs_desktop.translation import later, tr

MOST_BYTES = 1024 * 1024
MOST_ELEMENTS = 2000
MOST_LAYERS = 200  # shapes that are see-through; a group, painted beside the rest, counts ten
MOST_TEXT = 20_000  # characters
MOST_PATH = 50_000  # characters of all outlines
MOST_USED = 150_000  # characters of the outlines that are used again, each time counted
MOST_PIXELS = 4_000_000  # of all pictures inside
DEEPEST = 60
TOO_COMPLEX = later("The drawing is too complex to draw here. It is shown as text.")
_DROPPED = frozenset(
    ["script", "foreignObject", "feImage", "filter", "pattern", "mask", "marker",
     "animate", "animateTransform", "animateMotion", "set", "style"]
)  # fmt: skip
_NO_ATTRIBUTE = frozenset(["href", "src", "base", "stroke-dasharray", "stroke-dashoffset"])
_XLINK = "http://www.w3.org/1999/xlink"
_HREF = f"{{{_XLINK}}}href"
ET.register_namespace("xlink", _XLINK)  # Qt knows the attribute by this prefix
_REFERRING = frozenset(["use", "image"])
_SHAPES = frozenset(["path", "rect", "circle", "ellipse", "line", "polyline", "polygon"])
_PNG = re.compile(r"data:image/png;base64,([\sA-Za-z0-9+/=]+)")
_GROUPS = frozenset(["g", "svg", "switch", "symbol", "defs"])
_OPACITY = re.compile(r"(?:^|[;\s])opacity\s*:", re.IGNORECASE)
_DASHES = re.compile(r"stroke-dash(?:array|offset)\s*:[^;]*", re.IGNORECASE)
_OUTSIDE = re.compile(r"url\s*\(\s*['\"]?\s*(?!#)", re.IGNORECASE)


class SvgRefusedError(ValueError):
    """The picture is not shown; the text says why."""


def sanitize_svg(data: bytes) -> bytes:
    """The same picture without what reaches outside or could be drawn without end.

    Scripts, links and style sheets are left out. Of what is drawn again plain shapes stay, as
    plots have for their letters; of pictures inside, PNG. Raises SvgRefusedError for what is too
    large, too deep, or defines entities.
    """
    if len(data) > MOST_BYTES:
        raise SvgRefusedError(tr("The drawing is too large to be shown here."))
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or b"\x00" in data[:64]:
        data = re.sub(rb"<!DOCTYPE[^\[\]<>]*>", b"", data, count=1)
        if b"<!" in data.replace(b"<!--", b"").replace(b"<![CDATA[", b""):
            raise SvgRefusedError(tr("The drawing defines entities, which are not read."))
    try:
        root = _parsed(data)
    except (ET.ParseError, ValueError) as error:
        if isinstance(error, SvgRefusedError):
            raise
        raise SvgRefusedError(tr("The drawing is damaged.")) from None
    _check_layers(root)
    references = _references(root)
    _clean(root, references)
    for element, target in references.items():
        element.set(_HREF, target)
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
            raise SvgRefusedError(tr(TOO_COMPLEX))
    if root is None:
        raise SvgRefusedError(tr("The drawing is empty."))
    return root


def _check_layers(root: ET.Element) -> None:
    """Refuse what takes long to paint although it is small to read."""
    layers = text = path = 0
    for element in root.iter():
        style = element.get("style", "")
        if "opacity" in element.attrib or _OPACITY.search(style):
            layers += 10 if _local(element) in _GROUPS else 1
        text += len(element.text or "") + len(element.tail or "")
        path += len(element.get("d", "")) + len(element.get("points", ""))
    if layers > MOST_LAYERS or text > MOST_TEXT or path > MOST_PATH:
        raise SvgRefusedError(tr(TOO_COMPLEX))


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _references(root: ET.Element) -> dict[ET.Element, str]:
    """The shapes and pictures inside the drawing that parts of it refer to.

    A shape holds nothing, so that no reference leads to another one.
    """
    shapes = {
        each.get("id"): len(each.get("d", "")) + len(each.get("points", ""))
        for each in root.iter()
        if _local(each) in _SHAPES and each.get("id") and (each.get("d") or _local(each) != "path")
    }
    found: dict[ET.Element, str] = {}
    outlines = pixels = 0
    for element in root.iter():
        target = next((v for k, v in element.attrib.items() if k in ("href", _HREF)), "")
        if _local(element) == "use" and target[:1] == "#" and target[1:] in shapes:
            outlines += shapes[target[1:]]
            found[element] = target
        elif _local(element) == "image" and (match := _PNG.fullmatch(target)):
            data = _bytes_of(match[1])
            picture = picture_of(data)
            pixels += picture.width * picture.height if picture else MOST_PIXELS + 1
            plain = base64.b64encode(plain_png(data)).decode()
            found[element] = f"data:image/png;base64,{plain}"
    if outlines > MOST_USED or pixels > MOST_PIXELS:
        raise SvgRefusedError(tr(TOO_COMPLEX))
    return found


def _bytes_of(text: str) -> bytes:
    try:
        return base64.b64decode(text)
    except ValueError:
        return b""


def _clean(element: ET.Element, references: dict[ET.Element, str]) -> None:
    if "style" in element.attrib:
        # A dash may be as small as one likes: a line of them is painted without end.
        element.attrib["style"] = _DASHES.sub("", element.attrib["style"])
    for name, value in list(element.attrib.items()):
        local = name.rpartition("}")[2].lower()
        if local in _NO_ATTRIBUTE or local.startswith("on") or _OUTSIDE.search(value):
            del element.attrib[name]
    for child in list(element):
        local = _local(child)
        nothing = not local or (local == "path" and not child.get("d"))
        if nothing or local in _DROPPED or (local in _REFERRING and child not in references):
            element.remove(child)
        else:
            if local == "a":  # what a link holds is drawn, and leads nowhere
                child.tag = child.tag.replace("}a", "}g") if "}" in child.tag else "g"
            _clean(child, references)
