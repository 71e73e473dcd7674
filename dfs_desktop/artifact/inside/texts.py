"""Text among the members: which language, and tables of separated values."""

import csv
import io
import re

from dfs_desktop.artifact.names import extension

MAX_ROWS = 500
MAX_COLUMNS = 200
MAX_CELL = 1000  # characters
LANGUAGES = {
    ".py": "python", ".pyi": "python", ".json": "json", ".jsonl": "json", ".ndjson": "json",
    ".md": "markdown", ".markdown": "markdown", ".html": "html", ".htm": "html", ".xml": "xml",
    ".svg": "xml", ".yaml": "yaml", ".yml": "yaml", ".toml": "toml", ".ini": "ini",
    ".cfg": "ini", ".js": "javascript", ".ts": "typescript", ".css": "css", ".sh": "shell",
    ".sql": "sql", ".c": "c", ".h": "c", ".cpp": "cpp", ".rs": "rust", ".go": "go",
    ".java": "java", ".r": "r", ".jl": "julia", ".csv": "csv", ".tsv": "csv", ".proto": "protobuf",
    ".ipynb": "json", ".tex": "latex", ".dockerfile": "docker", ".txt": "", ".log": "",
}  # fmt: skip


def language_of(name: str, text: str) -> str:
    """The language by the name's extension, else by how the text begins; "" for plain text."""
    base = name.rsplit("/", 1)[-1].lower()
    if base in ("dockerfile", "makefile"):
        return base
    known = LANGUAGES.get(extension(name))
    if known is not None:
        return known
    start = text[:200].lstrip()
    if start.startswith("#!") and "python" in start.split("\n", 1)[0]:
        return "python"
    if start.lower().startswith(("<!doctype html", "<html")):
        return "html"
    return "json" if re.match(r'(\{\s*("|\})|\[\s*[\[{"\d\]])', start) else ""


def table_of(text: str, name: str, *, whole: bool) -> tuple[tuple[str, ...], ...] | None:
    """The first rows of separated values, or None when the text is no such table.

    Unless the text is whole, its last line may be half a row and is left out.
    """
    if not whole:
        text = text[: text.rfind("\n") + 1]
    first = text.split("\n", 1)[0]
    separator = max("\t,;|", key=first.count)
    if extension(name) == ".tsv":
        separator = "\t"
    if not text or separator not in first:
        separator = ","
    rows: list[tuple[str, ...]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            rows.append(tuple(cell[:MAX_CELL] for cell in row[:MAX_COLUMNS]))
            if len(rows) == MAX_ROWS:
                break
    except csv.Error:
        return None
    return tuple(rows)
