"""What an archive holds beside regular files and folders: left out of the index, and told."""

from collections import defaultdict
from collections.abc import Iterator

from dfs_desktop.artifact.findings import Finding
from dfs_desktop.artifact.names import shortened
from dfs_desktop.number_text import number_text
from dfs_desktop.translation import later, tr

_NAMED = 3  # names in one finding; the rest are counted

_LINKS = later("Build it again with the files themselves: tar --dereference --hard-dereference.")
_SYSTEM = later("Readers of artifacts look for ordinary files. Build it again without them.")
_HISTORY = later("Programs that back up folders write it; a model does not need it.")
_KINDS = {
    b"1": (later("a hard link to nothing in it"), _LINKS),
    b"2": (later("a symbolic link"), _LINKS),
    b"3": (later("a character device"), _SYSTEM),
    b"4": (later("a block device"), _SYSTEM),
    b"6": (later("a named pipe"), _SYSTEM),
    b"D": (later("a list of a folder's files, of an incremental backup"), _HISTORY),
    b"M": (
        later("the rest of a file that began in another volume"),
        later("The file is not whole. Build one archive, without --multi-volume."),
    ),
    b"N": (later("a list of long names, of an old GNU tar"), _HISTORY),
}
_UNKNOWN = later("Only some programs know this kind of entry. Build it again without it.")
_NO_LOSS = (b"V",)  # a label of the whole archive


class _Names:
    """How many entries there are of a kind, and the names of the first ones."""

    def __init__(self) -> None:
        self._first: list[str] = []
        self.count = 0

    def add(self, name: str) -> None:
        self.count += 1
        if self.count <= _NAMED:
            self._first.append(name)

    def __str__(self) -> str:
        shown = ", ".join(tr("“{name}”", name=shortened(name or "./", 60)) for name in self._first)
        more = self.count - len(self._first)
        more_too = tr("{names} and {number} more", names=shown, number=number_text(more))
        return more_too if more else shown


class SpecialEntries:
    """Members that are no regular files, counted by their kind, and names that had to be changed."""

    def __init__(self) -> None:
        self._found: defaultdict[bytes, _Names] = defaultdict(_Names)
        self._links, self._renamed = _Names(), _Names()

    def add(self, kind: bytes, name: str, size: int) -> None:
        """A member of another kind than file or folder was passed by."""
        if size or kind not in _NO_LOSS:
            self._found[kind].add(name)

    def add_link(self, name: str) -> None:
        """A hard link stands in the index with the bytes of its member."""
        self._links.add(name)

    def check_name(self, raw: bytes, name: str) -> None:
        """Note a regular file whose name, with a “%” in it, is written otherwise than in the archive."""
        if raw.isascii():
            return
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError:
            self._renamed.add(name)

    def findings(self) -> Iterator[Finding]:
        """One warning a kind."""
        for kind, names in self._found.items():
            letter = kind.decode("latin-1")
            what, remedy = _KINDS.get(kind, (later("of the kind “{kind}”"), _UNKNOWN))
            title = tr(
                "{names} in the archive: {kind}, left out of the index",
                names=names,
                kind=tr(what, kind=shortened(letter)),
            )
            yield Finding("warning", title, tr(remedy))
        if self._links.count:
            title = tr("Hard links in the archive: {names}", names=self._links)
            remedy = tr(
                "Some readers do not follow them. To be sure build it with --hard-dereference."
            )
            yield Finding("note", title, remedy)
        if self._renamed.count:
            title = tr("Names that are not UTF-8: {names}", names=self._renamed)
            remedy = tr(
                "A registry keeps them as they are written here. Rename the files if you can."
            )
            yield Finding("warning", title, remedy)
