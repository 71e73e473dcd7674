"""Text among the members: which language it is in."""

import re

from dfs_desktop.artifact.names import extension

LANGUAGES = {
    ".py": "python", ".pyi": "python", ".json": "json", ".jsonl": "json", ".ndjson": "json",
    ".md": "markdown", ".markdown": "markdown", ".html": "html", ".htm": "html", ".xml": "xml",
    ".svg": "xml", ".yaml": "yaml", ".yml": "yaml", ".toml": "toml", ".ini": "ini",
    ".cfg": "ini", ".js": "javascript", ".ts": "typescript", ".css": "css", ".sh": "shell",
    ".sql": "sql", ".c": "c", ".h": "c", ".cpp": "cpp", ".rs": "rust", ".go": "go",
    ".java": "java", ".r": "r", ".jl": "julia", ".csv": "csv", ".tsv": "csv", ".tab": "csv",
    ".psv": "csv", ".proto": "protobuf",
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
