"""HTML of strangers made harmless: text, headings, lists and tables stay, everything else goes.

What comes out names no address, carries no style and no script, and is nested within limits, so
that a rich-text view can neither fetch anything nor be driven out of its stack.
"""

from __future__ import annotations

import html
from html.parser import HTMLParser

MOST_INPUT = 4 * 1024 * 1024  # characters that are looked at
MOST_OUTPUT = 400_000  # characters that are shown
DEEPEST = 24
_KEPT = frozenset(
    ["h1", "h2", "h3", "h4", "h5", "h6", "p", "b", "strong", "i", "em", "u", "s", "sub", "sup",
     "code", "pre", "blockquote", "ul", "ol", "li", "table", "thead", "tbody", "tr", "td", "th",
     "dl", "dt", "dd", "div", "span", "caption"]
)  # fmt: skip
_EMPTY = frozenset(["br", "hr"])
_SILENT = frozenset(["script", "style", "head", "title", "noscript", "svg", "template", "iframe",
                     "object", "math", "select", "textarea", "button"])  # fmt: skip


class _Cleaner(HTMLParser):
    """Writes the kept tags without attributes; counts what is open so that all is closed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.size = 0
        self.cut = False
        self.words = 0  # characters of text that a person can read
        self._open: list[str] = []
        self._silent: list[str] = []

    def _write(self, text: str) -> None:
        if self.size + len(text) > MOST_OUTPUT:
            self.cut = True
            return
        self.size += len(text)
        self.parts.append(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent.append(tag)
        elif self._silent or self.cut:
            return
        elif tag in _EMPTY:
            self._write(f"<{tag}>")
        elif tag in _KEPT and len(self._open) < DEEPEST:
            spans = "".join(
                f' {name}="{value}"'
                for name, value in attrs
                if tag in ("td", "th") and name in ("colspan", "rowspan")
                if value is not None and value.isascii() and value.isdigit() and int(value) <= 50
            )
            self._open.append(tag)
            self._write(f"<{tag}{spans}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _EMPTY and not self._silent:
            self._write(f"<{tag}>")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._silent:
            while self._silent.pop() != tag:
                pass
        elif not self._silent and tag in self._open:
            while True:
                last = self._open.pop()
                self.parts.append(f"</{last}>")
                if last == tag:
                    break

    def handle_data(self, data: str) -> None:
        if not self._silent and not self.cut:
            self.words += len(data.strip())
            self._write(html.escape(data))

    def finish(self) -> str:
        self.close()
        self.parts += [f"</{tag}>" for tag in reversed(self._open)]
        return "".join(self.parts)


def harmless(page: str) -> tuple[str, int, bool]:
    """The harmless page, how many characters of text it has, and whether something was cut off."""
    cleaner = _Cleaner()
    cleaner.feed(page[:MOST_INPUT])
    text = cleaner.finish()
    return text, cleaner.words, cleaner.cut or len(page) > MOST_INPUT
