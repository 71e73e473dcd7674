"""What an archive holds beside regular files and folders: left out of the index, and told."""

from dfs_desktop.artifact.findings import Finding
from dfs_desktop.artifact.names import shortened
from dfs_desktop.number_text import number_text

_NAMED = 3  # names in one finding; the rest are counted

_LINKS = "Build it again with the files themselves: tar --dereference --hard-dereference."
_SYSTEM = "Readers of artifacts look for ordinary files. Build it again without them."
_HISTORY = "Programs that back up folders write it; a model does not need it."
_KINDS = {
    b"1": ("a hard link to nothing in it", _LINKS),
    b"2": ("a symbolic link", _LINKS),
    b"3": ("a character device", _SYSTEM),
    b"4": ("a block device", _SYSTEM),
    b"6": ("a named pipe", _SYSTEM),
    b"D": ("a list of a folder's files, of an incremental backup", _HISTORY),
    b"M": (
        "the rest of a file that began in another volume",
        "The file is not whole. Build one archive, without --multi-volume.",
    ),
    b"N": ("a list of long names, of an old GNU tar", _HISTORY),
}
_NO_LOSS = (b"V",)  # a label of the whole archive


class Leftovers:
    """Members that are no regular files, counted by their kind, and names that had to be changed."""

    def __init__(self) -> None:
        self._found: dict[bytes, tuple[list[str], int]] = {}
        self._links: list[str] = []
        self._links_count = 0
        self._renamed: list[str] = []
        self._renamed_count = 0

    def add(self, kind: bytes, name: str, size: int) -> None:
        """A member of another kind than file or folder was passed by."""
        if kind in _NO_LOSS and not size:
            return
        names, count = self._found.get(kind, ([], 0))
        if len(names) < _NAMED:
            names.append(name)
        self._found[kind] = names, count + 1

    def add_link(self, name: str) -> None:
        """A hard link stands in the index with the bytes of its member."""
        self._links_count += 1
        if len(self._links) < _NAMED:
            self._links.append(name)

    def check_name(self, raw: bytes, name: str) -> None:
        """Note a regular file whose name is written otherwise than in the archive."""
        if "%" not in name or raw.isascii():
            return
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError:
            self._renamed_count += 1
            if len(self._renamed) < _NAMED:
                self._renamed.append(name)

    def findings(self) -> list[Finding]:
        """One warning a kind."""
        found = []
        for kind, (names, count) in self._found.items():
            letter = kind.decode("latin-1")
            what, remedy = _KINDS.get(kind, (f"of the kind “{shortened(letter)}”", _UNKNOWN))
            title = f"{_listed(names, count)} in the archive: {what}, left out of the index"
            found.append(Finding("warning", title, remedy))
        if self._links_count:
            title = f"Hard links in the archive: {_listed(self._links, self._links_count)}"
            remedy = "Some readers do not follow them. To be sure build it with --hard-dereference."
            found.append(Finding("note", title, remedy))
        if self._renamed_count:
            title = f"Names that are not UTF-8: {_listed(self._renamed, self._renamed_count)}"
            remedy = "A registry keeps them as they are written here. Rename the files if you can."
            found.append(Finding("warning", title, remedy))
        return found


_UNKNOWN = "Only some programs know this kind of entry. Build it again without it."


def _listed(names: list[str], count: int) -> str:
    shown = ", ".join(f"“{shortened(name or './', 60)}”" for name in names)
    return shown if count <= len(names) else f"{shown} and {number_text(count - len(names))} more"
