"""One artifact opened for looking into it: a local file, or a record whose bytes lie in a store."""

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from dfs_desktop.artifact.archive.byte_source import (
    CachedSource,
    LocalSource,
    Slice,
    Source,
    read_exactly,
)
from dfs_desktop.artifact.archive.file_fingerprint import AnyPath
from dfs_desktop.artifact.archive.file_index import checked_index, last_of_each, walked
from dfs_desktop.artifact.archive.tar_walk import Member, by_name
from dfs_desktop.artifact.documents.manifest import (
    MANIFEST,
    EffectiveManifest,
    apply_patches,
    is_patch,
    load_manifest,
)
from dfs_desktop.artifact.documents.metadata import (
    META,
    Entry,
    check_metrics,
    metadata_names,
    read_entries,
    registry_metrics,
)
from dfs_desktop.artifact.documents.strict_json import (
    MAX_DOCUMENT,
    check_sendable,
    parse,
    unreadable,
)
from dfs_desktop.number_text import number_text
from dfs_desktop.text.decoding import decode_json
from dfs_desktop.translation import later, tr, trn

from .artifact_kind import Kind, kind_of
from .errors import ArtifactError, UnreachableError
from .findings import Finding
from .names import shortened

ROOT_FILES = (MANIFEST, "ops.json", "variant_config.json", "dtypes.json", "env.json", META)
MAX_DOCUMENTS_TOTAL = 64 * 1024 * 1024  # bytes of manifest, patches, metadata, sidecars together
_SMALL = 256 * 1024  # members up to this size are fetched together

_T = TypeVar("_T")


def _go_on() -> None:
    """No wish to stop."""


class OpenArtifact:
    """The content of one artifact, read piece by piece when somebody asks for a piece.

    Every document is read once and remembered. All methods may be called from any thread, block
    while bytes come, and raise ArtifactError for what cannot be read. What is wrong and yet no
    reason to stop is told in `findings()`.
    """

    def __init__(
        self,
        source: Source,
        index: Mapping[str, Any],
        manifest: Mapping[str, Any] | None = None,
        *,
        check: Callable[[], None] = _go_on,
    ) -> None:
        """For a record of a registry: its `file_index` is checked, its manifest may be None."""
        members, findings = checked_index(index, source.size)
        self.source, self.name = source, source.name
        self.index = members  # all by their names, in the order of the archive
        self.archive_order: tuple[Member, ...] = ()  # with repeated names; empty for a record
        self._check = check
        self._registered = None if manifest is None else dict(manifest)
        self._findings: dict[str, list[Finding]] = {"index": list(findings)}
        self._known: dict[str, Any] = {}
        self._documents: set[Member] = set()
        self._guessed: set[str] = set()  # documents whose encoding is a guess
        self._patch_error: ArtifactError | None = None
        self.unread: dict[str, ArtifactError] = {}  # metadata documents, found by the reads so far
        self._lock = threading.RLock()
        self._close: Callable[[], None] = _go_on

    @classmethod
    def walk(cls, source: Source, *, check: Callable[[], None] = _go_on) -> "OpenArtifact":
        """The archive in `source`, its members found by reading all headers."""
        archive, findings = walked(source, check)
        self = cls(source, {}, check=check)
        self.index, self.archive_order = last_of_each(archive), tuple(archive)
        self._findings["archive"] = findings
        return self

    @classmethod
    def local(cls, path: AnyPath, *, check: Callable[[], None] = _go_on) -> "OpenArtifact":
        """The file at `path`; close it afterwards, or use it in a with statement."""
        source = LocalSource(path)
        try:
            self = cls.walk(source, check=check)
        except BaseException:
            source.close()
            raise
        self._close = source.close
        return self

    def close(self) -> None:
        """Give back the file that `local` opened; what was read already stays."""
        self._close()

    def __enter__(self) -> "OpenArtifact":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # The archive

    def __contains__(self, name: object) -> bool:
        return name in self.index

    def members(self) -> list[Member]:
        """All members by name, in natural order."""
        return list(self._once("members", lambda: by_name(self.index.values())))

    def member(self, name: str) -> Member:
        """The place of one member; ArtifactError when there is none of that name."""
        if (found := self.index.get(name)) is None:
            raise ArtifactError(
                tr("No such file in the artifact"),
                tr("It holds no “{name}”.", name=shortened(name)),
            )
        return found

    def slice(self, name: str) -> Slice:
        """One member as a source of its own."""
        found = self.member(name)
        return Slice(self.source, found.offset, found.size, name)

    def read(self, name: str, limit: int = MAX_DOCUMENT) -> bytes:
        """A whole member; ArtifactError when it is larger than `limit` bytes."""
        found = self.member(name)
        if found.size > limit:
            too_large = trn(
                "is too large ({amount} byte; {limit} are allowed)",
                "is too large ({amount} bytes; {limit} are allowed)",
                found.size,
                amount=number_text(found.size),
                limit=number_text(limit),
            )
            raise unreadable(name, too_large)
        return read_exactly(self.source, found.offset, found.size)

    def expect(self, names: Iterable[str]) -> None:
        """Members that are read next: small neighbours in one far away come in one request."""
        if isinstance(self.source, CachedSource):
            found = [self.index[name] for name in names if name in self.index]
            self.source.prepare((each.offset, each.size) for each in found if each.size <= _SMALL)

    # The documents

    def manifest(self) -> EffectiveManifest:
        """The manifest with its patches, and what each of these changed."""
        return self._once("manifest", self._read_manifest)

    def metadata(self) -> list[Entry]:
        """All metadata entries: meta.json first, then the sidecars in the byte order of names."""
        return self._once("metadata", self._read_metadata)

    def metrics(self) -> dict[str, Any]:
        """The metrics by the rule that the registry's columns follow."""
        return self._once(
            "metrics",
            lambda: registry_metrics(
                self.manifest().value,
                (self._entries(name) for name in metadata_names(self.index)),
                self._check,
            ),
        )

    def dtypes(self) -> dict[str, Any]:
        """The JSON dtypes by name: schemas, unchecked; {} when the file is missing."""
        return self._once("dtypes.json", lambda: self._typed("dtypes.json", dict))

    def ops(self) -> list[Any]:
        """The op instances as ops.json has them; [] when the file is missing."""
        return self._once("ops.json", lambda: self._typed("ops.json", list))

    def variant(self) -> dict[str, Any]:
        """The configuration of the variant; {} when the file is missing."""
        return self._once("variant_config.json", lambda: self._typed("variant_config.json", dict))

    def environment(self) -> dict[str, Any]:
        """The environments by kind as env.json has them; {} when the file is missing."""
        return self._once("env.json", lambda: self._typed("env.json", dict))

    def check_sendable(self) -> None:
        """Raise ArtifactError unless manifest and metrics are what a registry can store.

        A document that was skipped or guessed at while reading counts here: nothing is sent that
        may differ from what the file means.
        """
        check_sendable(self.manifest().value, MANIFEST)
        if self._patch_error is not None:
            raise self._patch_error
        check_metrics(self.metrics())
        for name in (MANIFEST, *filter(is_patch, self.index)):
            if name in self._guessed:
                raise unreadable(name, tr("is not valid UTF-8. Save it as UTF-8"))
        for error in self.unread.values():
            raise error

    @property
    def kind(self) -> Kind:
        """What the artifact is; needs the manifest."""
        return self._once("kind", lambda: kind_of(self.manifest().value, self))

    def findings(self) -> list[Finding]:
        """What was noticed by the reads so far, each with its remedy; never waits for a read."""
        return [each for group in list(self._findings.values()) for each in group]

    def _once(self, what: str, make: Callable[[], _T]) -> _T:
        with self._lock:
            if what not in self._known:
                self._known[what] = make()
            known: _T = self._known[what]
            return known

    def _document(self, name: str) -> bytes:
        """One of the small JSON files, each and all together below a limit."""
        self._once("documents", self._expect_documents)
        found = self.member(name)
        if found.size <= MAX_DOCUMENT:
            self._documents.add(found)
        if sum(each.size for each in self._documents) > MAX_DOCUMENTS_TOTAL:
            why = later("is too large: all documents together may have {most} bytes")
            raise unreadable(name, tr(why, most=number_text(MAX_DOCUMENTS_TOTAL)))
        return self.read(name)

    def _expect_documents(self) -> None:
        names = self.index
        self.expect({*ROOT_FILES, *metadata_names(names), *filter(is_patch, names)})

    def _text(self, name: str) -> str:
        """The text of one of the small JSON files; a finding when its encoding is a guess."""
        found = decode_json(self._document(name))
        if found.guessed and name not in self._guessed:
            self._guessed.add(name)
            remedy = tr(
                "{document} was read as {encoding}, which is a guess: letters may be wrong. "
                "Save it as UTF-8 and build the artifact again.",
                document=shortened(name),
                encoding=found.encoding,
            )
            found_so = Finding("warning", tr("A document is not in UTF-8"), remedy)
            self._findings[f"encoding {name}"] = [found_so]
        return found.text

    def _typed(self, name: str, kind: type[_T]) -> _T:
        """The value of a document that must be an object or a list; empty when it is missing."""
        if name not in self.index:
            return kind()
        value = parse(self._text(name), name)
        if not isinstance(value, kind):
            raise unreadable(
                name, tr("is not a JSON object") if kind is dict else tr("is not a JSON array")
            )
        return value

    def _read_manifest(self) -> EffectiveManifest:
        if MANIFEST not in self.index:
            if self._registered is not None:
                return EffectiveManifest(self._registered, self._registered, from_registry=True)
            name = shortened(self.name)
            raise ArtifactError(
                tr("Not an artifact file"),
                tr("“{name}” is an archive without a {manifest}.", name=name, manifest=MANIFEST),
            )
        text = self._text(MANIFEST)
        value = load_manifest(text)
        changes, failed = apply_patches(value, self.index, self._text, self._check)
        self._patch_error = failed
        if failed is not None:
            self._findings["patches"] = [Finding("warning", failed.title, failed.detail)]
        base = load_manifest(text) if changes else value
        return EffectiveManifest(value, base, tuple(changes))

    def _read_metadata(self) -> list[Entry]:
        entries: list[Entry] = []
        for name in metadata_names(self.index):
            self._check()
            entries += read_entries(self._entries(name), name)
        return entries

    def _entries(self, name: str) -> list[Any]:
        """The entries of one metadata document; none, with a finding, when it has no such list."""
        return self._once(f"entries {name}", lambda: self._read_list(name))

    def _read_list(self, name: str) -> list[Any]:
        try:
            value = parse(self._text(name), name)
        except UnreachableError:
            raise  # no word about the content: the next look reads it again
        except ArtifactError as error:
            self.unread[name] = error
            self._findings[name] = [Finding("warning", error.title, error.detail)]
            return []
        if isinstance(value, list):
            return value
        title = tr("A document holds no list of metadata entries")
        remedy = later("No entry and no metric is taken from {document}; it is sent as it is.")
        remedy = tr(remedy, document=shortened(name))
        self._findings[name] = [Finding("warning", title, remedy)]
        return []
