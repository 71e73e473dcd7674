"""Records as every generation sends them, and how they become our types.

One tolerant reading for all: a field has its old or its new name, a list is bare or a page.
"""

import contextlib
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from msgspec import Raw, Struct, structs

from dfs_desktop.api.http.decoded_size import check_list, check_records, check_weight
from dfs_desktop.api.protocol.paging import Page
from dfs_desktop.api.types import (
    BucketSecret,
    Collection,
    ModelArtifact,
    ModelArtifactStatus,
    Orbit,
    Organization,
    Permissions,
    Stage,
    Track,
    TrackEntry,
    UndecodedArtifact,
)
from dfs_desktop.typed_decoding import prepared

T = TypeVar("T")
W = TypeVar("W", bound=Struct)
_MOST = 10**12  # things of a kind; no registry has as many


class _Home(Struct):
    name: str | None = None


class WireArtifact(UndecodedArtifact, frozen=True, kw_only=True, gc=False):
    """An artifact; ``model_name`` and ``metrics`` are ``name`` and ``extra_values`` since E."""

    metrics: dict[str, Any] | None = None  # type: ignore[assignment]
    file_hash: str | None = None  # type: ignore[assignment]
    status: ModelArtifactStatus = ModelArtifactStatus("")
    deployments: list[dict[str, Any]] | None = None  # type: ignore[assignment]
    tracks: list[dict[str, Any]] | None = None  # type: ignore[assignment]
    name: str | None = None
    extra_values: dict[str, Any] | None = None
    collection: _Home | None = None


class _Orbit(Orbit, frozen=True, kw_only=True):
    name: str | None = None  # type: ignore[assignment]
    total_model_artifacts: int | None = None
    permissions: Permissions | None = None  # type: ignore[assignment]


class _Organization(Organization, frozen=True, kw_only=True):
    name: str | None = None  # type: ignore[assignment]
    permissions: Permissions | None = None  # type: ignore[assignment]


class _Collection(Collection, frozen=True, kw_only=True):
    name: str | None = None  # type: ignore[assignment]
    description: str | None = None  # type: ignore[assignment]
    collection_type: str = "model"
    type: str | None = None  # type: ignore[assignment]
    total_models: int | None = None


class _Track(Track, frozen=True, kw_only=True):
    name: str | None = None  # type: ignore[assignment]
    description: str | None = None  # type: ignore[assignment]
    stages: list[Raw] | None = None  # type: ignore[assignment]


class _Stage(Stage, frozen=True, kw_only=True):
    name: str | None = None  # type: ignore[assignment]


class _Entry(TrackEntry, frozen=True, kw_only=True):
    track_id: str = ""
    artifact_id: str = ""


class _Url(Struct):
    url: str


def build_artifact(wire: WireArtifact) -> ModelArtifact:
    """Our record of an artifact."""
    told = structs.asdict(wire)  # manifest and index undecoded, see ModelArtifact
    name, values, home = told.pop("name"), told.pop("extra_values"), told.pop("collection")
    if name is not None:
        told["model_name"] = name
    if home is not None:
        told["collection_name"] = home.name
    told["metrics"] = told["metrics"] or values or {}
    told["file_hash"] = told["file_hash"] or ""
    told["deployments"], told["tracks"] = told["deployments"] or [], told["tracks"] or []
    return ModelArtifact(**told)


def _total(*told: int | None) -> int | None:
    """The first number that can be one of things; None, not known, for what is absurd."""
    return next((each for each in told if each is not None and 0 <= each < _MOST), None)


def _typed(kind: type[W], wire: Struct, **ours: Any) -> W:
    """A record of our type: what the server says under the same names, and ``ours``.

    One that is told without a name has its id for one.
    """
    told = {name: getattr(wire, name) for name in kind.__struct_fields__} | ours
    if "name" in told and told["name"] is None:
        told["name"] = told["id"]
    return kind(**told)


def _orbit(wire: _Orbit) -> Orbit:
    return _typed(
        Orbit,
        wire,
        total_members=_total(wire.total_members),
        total_collections=_total(wire.total_collections),
        total_artifacts=_total(wire.total_artifacts, wire.total_model_artifacts),
        permissions=wire.permissions or {},
    )


def _organization(wire: _Organization) -> Organization:
    return _typed(Organization, wire, permissions=wire.permissions or {})


def _collection(wire: _Collection) -> Collection:
    return _typed(
        Collection,
        wire,
        description=wire.description or "",
        type=wire.collection_type if wire.type is None else wire.type,
        total_artifacts=_total(wire.total_artifacts, wire.total_models),
    )


def _track(wire: _Track) -> Track:
    return _typed(
        Track,
        wire,
        description=wire.description or "",
        stages=_stages(wire.stages or []),
        next_version=_total(wire.next_version) or 1,
        total_entries=_total(wire.total_entries),
    )


def _stages(told: list[Raw]) -> list[Stage]:
    found = []
    for each in told:
        with contextlib.suppress(msgspec.ValidationError):  # what has no id is no record
            found.append(_typed(Stage, _stage(each)))
    return found


def _entry(wire: _Entry) -> TrackEntry:
    return _typed(TrackEntry, wire)


class _Page(Struct):
    items: list[Raw]
    cursor: str | None = None


_PAGE = msgspec.json.Decoder(_Page)
_RECORDS = msgspec.json.Decoder(list[Raw])


def _decoder(wire: type[W]) -> Callable[[bytes | Raw], W]:
    """Decodes one record. Of an odd one that is left which is as documented: it hides no other."""
    strictly = msgspec.json.Decoder(prepared(wire)).decode

    def decode(record: bytes | Raw) -> W:
        try:
            return strictly(record)
        except msgspec.ValidationError:
            given = msgspec.json.decode(record, type=prepared(dict[str, Raw]))
            fitting: dict[str, Any] = {}
            for field in structs.fields(wire):
                with contextlib.suppress(KeyError, msgspec.ValidationError):
                    value = given[field.encode_name]
                    fitting[field.name] = msgspec.json.decode(
                        value, type=prepared(field.type), strict=False
                    )
            return msgspec.convert(fitting, prepared(wire))  # what has no id is no record

    return decode


def _one(wire: type[W], build: Callable[[W], T]) -> Callable[[bytes], T]:
    decode = _decoder(wire)

    def read(body: bytes) -> T:
        check_weight(body)
        return build(decode(body))

    return read


def _many(wire: type[W], build: Callable[[W], T]) -> Callable[[bytes], list[T]]:
    """A reader of bare lists that lets other threads in between two records.

    One call over a list of 20 000 would hold the interpreter's lock, and an event loop, for
    80 ms; finding where the records begin takes 20 ms, each record some microseconds.
    """
    one = _decoder(wire)
    return lambda body: [build(one(item)) for item in _records(body)]


def _some(wire: type[W], build: Callable[[W], T]) -> Callable[[bytes], Page[T]]:
    """A reader of a page of a list, or of a bare list, which is a first and last page."""
    one = _decoder(wire)

    def read(body: bytes) -> Page[T]:
        page = _page(body)
        return Page([build(one(item)) for item in page.items], page.cursor)

    return read


def _page(body: bytes) -> Page[Raw]:
    if body[:64].lstrip()[:1] == b"[":
        return Page(_records(body))
    check_list(body, paged=True)
    page = _PAGE.decode(body)
    check_records(body, page.items)
    return Page(page.items, page.cursor or None)


def _records(body: bytes) -> list[Raw]:
    check_list(body, paged=False)
    items = _RECORDS.decode(body)
    check_records(body, items)
    return items


def detached(artifact: ModelArtifact) -> ModelArtifact:
    """One of a list, fit to be kept: what it holds undecoded keeps the whole answer alive."""
    _ = artifact.manifest, artifact.file_index
    return artifact


def read_nothing(body: bytes) -> None:
    """A deletion is answered with nothing; who answers something else may be a page of the network."""
    said = msgspec.json.decode(body) if body.strip() else None
    if said is not None and not (isinstance(said, dict) and said.keys() <= {"detail"}):
        raise ValueError("a deletion was answered with something else")


_documented = msgspec.json.Decoder(UndecodedArtifact).decode
_tolerant = _decoder(WireArtifact)
_stage = _decoder(_Stage)


def _read_documented(item: Raw) -> ModelArtifact:
    try:
        return _documented(item)
    except msgspec.ValidationError:  # a null or a name that only later servers send
        return build_artifact(_tolerant(item))


def read_old_artifacts(body: bytes) -> Page[ModelArtifact]:
    """A list of generations A to D; in A it may be very long."""
    page = _page(body)
    return Page([_read_documented(item) for item in page.items], page.cursor)


read_artifact = _one(WireArtifact, build_artifact)
read_artifacts = _some(WireArtifact, build_artifact)
read_collection = _one(_Collection, _collection)
read_collections = _some(_Collection, _collection)
read_orbit = _one(_Orbit, _orbit)
read_orbits = _many(_Orbit, _orbit)
read_organizations = _many(_Organization, _organization)
read_secrets = _many(BucketSecret, lambda secret: secret)
read_track = _one(_Track, _track)
read_tracks = _some(_Track, _track)
read_entry = _one(_Entry, _entry)
read_entries = _some(_Entry, _entry)
read_url = _one(_Url, lambda answer: answer.url)
