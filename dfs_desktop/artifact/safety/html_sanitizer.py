"""HTML of strangers made harmless: text, headings, lists and tables stay, everything else goes.

What comes out names no address, carries no style and no script, and is bounded in text, in tags, in
spans and in depth, so that a rich-text view can neither fetch anything nor stand still over it. The
page is walked once, in time that grows with its length alone: parsers of the standard library and
of Rust take the square of it for pages of unclosed comments or of nested tags.
"""

import html
import re

MOST_INPUT = 8 * 1024 * 1024  # characters that are looked at
MOST_TEXT = 20_000  # characters that are laid out
MOST_TAGS = 800  # that are kept; what follows is laid out as plain lines
MOST_STEPS = 200_000  # tags and comments that are looked at
MOST_SPANNED = 500  # cells that all spans together may cover
DEEPEST = 24
DEEPEST_TABLES = 3
_TABLES = frozenset(["table", "thead", "tbody", "tr", "td", "th", "caption"])
_KEPT = _TABLES | frozenset(
    ["h1", "h2", "h3", "h4", "h5", "h6", "p", "b", "strong", "i", "em", "u", "s", "sub", "sup",
     "code", "pre", "blockquote", "ul", "ol", "li", "dl", "dt", "dd", "div", "span"]
)  # fmt: skip
_EMPTY = frozenset(["br", "hr"])
_INLINE = frozenset(["b", "strong", "i", "em", "u", "s", "sub", "sup", "code", "span"])
_SILENT = frozenset(["script", "style", "title", "noscript", "svg", "template", "iframe",
                     "object", "math", "select", "textarea", "button"])  # fmt: skip
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*+)((?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+)>")
_SPAN = re.compile(r"\b(colspan|rowspan)\s*=\s*[\"']?([1-9][0-9]?)\b", re.IGNORECASE)
_LONG_REFERENCE = re.compile(r"&#[xX]?[0-9a-fA-F]{9,};?")  # too large for a character, slow to read


class _Cleaner:
    """Writes the kept tags without attributes; counts what is open so that all is closed."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.words = 0  # characters of text that a person can read
        self.cut = False
        self._room = MOST_TEXT
        self._tags = MOST_TAGS
        self._spanned = MOST_SPANNED
        self._open: list[str] = []
        self._plain = False

    def text(self, raw: str) -> None:
        text = html.unescape(_LONG_REFERENCE.sub("\ufffd", raw))
        if not self._plain and "pre" not in self._open:
            text = re.sub(r"[ \t\r\n\f]+", " ", text)
        self.words += len(text.strip())
        self.cut = self.cut or len(text) > self._room
        self.parts.append(html.escape(text[: self._room]))
        self._room -= min(self._room, len(text))

    def start(self, tag: str, attributes: str) -> None:
        if self._plain:
            self._line(tag)
        elif tag in _EMPTY or tag in _KEPT:
            self._tags -= 1
            if self._tags < 0:
                self._go_plain()
                self._line(tag)
            elif tag in _EMPTY:
                self.parts.append(f"<{tag}>")
            elif self._fits(tag):
                self._open.append(tag)
                self.parts.append(f"<{tag}{self._spans(tag, attributes)}>")

    def end(self, tag: str) -> None:
        if not self._plain and tag in self._open:
            while True:
                last = self._open.pop()
                self.parts.append(f"</{last}>")
                if last == tag:
                    break

    def finish(self) -> str:
        self.parts += [f"</{tag}>" for tag in reversed(self._open)]
        return "".join(self.parts)

    def _fits(self, tag: str) -> bool:
        tables = self._open.count("table")
        return len(self._open) < DEEPEST and (tag != "table" or tables < DEEPEST_TABLES)

    def _spans(self, tag: str, attributes: str) -> str:
        if tag not in ("td", "th"):
            return ""
        spans = {name.lower(): int(value) for name, value in _SPAN.findall(attributes[:1000])}
        covered = spans.get("colspan", 1) * spans.get("rowspan", 1)
        if covered == 1 or covered > self._spanned:
            return ""
        self._spanned -= covered
        return "".join(f' {name}="{value}"' for name, value in sorted(spans.items()))

    def _go_plain(self) -> None:
        """Close what is open: the rest is lines of text, the cells of a row beside each other."""
        self.parts += [f"</{tag}>" for tag in reversed(self._open)]
        self.parts.append("<pre>")
        self._open = ["pre"]
        self._plain = True

    def _line(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._room -= 3
            self.parts.append(" \u2502 ")
        elif tag not in _INLINE:
            self._room -= 1
            self.parts.append("\n")
        self.cut = self.cut or self._room <= 0


def sanitize_html(page: str) -> tuple[str, int, bool]:
    """The harmless page, how many characters of text it has, and whether something was cut off."""
    cleaner = _Cleaner()
    page, longer = page[:MOST_INPUT], len(page) > MOST_INPUT
    at = steps = 0
    while 0 <= at < len(page) and not cleaner.cut:
        begin = page.find("<", at)
        if begin != at:
            cleaner.text(page[at : begin if begin >= 0 else None])
        at = _marked(cleaner, page, begin) if begin >= 0 else begin
        steps += 1
        longer = longer or steps > MOST_STEPS
        if steps > MOST_STEPS:
            break
    return cleaner.finish(), cleaner.words, cleaner.cut or longer


def _marked(cleaner: _Cleaner, page: str, at: int) -> int:
    """Take what begins with this "<"; where it ends, -1 where the rest of the page belongs to it."""
    if page.startswith("<!--", at):
        end = page.find("-->", at + 4)
        return end + 3 if end >= 0 else end
    if (match := _TAG.match(page, at)) is None:
        if not re.match("</?[a-zA-Z]|<[!?/]", page[at : at + 3]):
            cleaner.text("<")
            return at + 1
        letter = page[at + 1].isalpha() or page[at + 2 : at + 3].isalpha()
        end = -1 if letter and page[at + 1] not in "!?" else page.find(">", at)
        return end + 1 if end >= 0 else end
    tag = match[2].lower()
    if match[1]:
        cleaner.end(tag)
    elif tag in _SILENT and not match[3].endswith("/"):
        return _behind(page, tag, match.end())
    else:
        cleaner.start(tag, match[3])
    return match.end()


def _behind(page: str, tag: str, at: int) -> int:
    """Where an element ends whose content is not shown, those of the same name in it included."""
    depth = 1
    for match in re.compile(rf"<(/?){tag}\b[^>]*+>?", re.IGNORECASE).finditer(page, at):
        depth += -1 if match[1] else tag == "svg"
        if depth == 0:
            return match.end()
    return -1
