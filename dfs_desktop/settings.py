"""Preferences, saved connections and window layout in one JSON file; never a secret."""

import contextlib
import errno
import os
import secrets
import stat
import time
from pathlib import Path
from typing import Any, Literal

import msgspec
import platformdirs

from dfs_desktop.translation import tr

from . import disk_errors
from .system import private_files
from .text.decoding import decode_json
from .typed_decoding import prepared

APPLICATION = "dfs-desktop"
LOCAL = "local"  # the profile of the registry on this computer
HOME_VARIABLE = "DFS_DESKTOP_HOME"
VERSION = 1
_MAX_SIZE = 8 * 1024 * 1024  # bytes; what is larger was not written by this program


class Places(msgspec.Struct, frozen=True):
    """The folders of this program and this person; none needs to exist yet."""

    config: Path
    data: Path
    cache: Path
    state: Path
    downloads: Path

    @classmethod
    def from_environment(cls) -> "Places":
        """Where the system wants them, or all below the folder that DFS_DESKTOP_HOME names."""
        if home := os.environ.get(HOME_VARIABLE, ""):
            root = Path(home).expanduser().absolute()
            return cls(*(root / name for name in cls.__struct_fields__))
        named = platformdirs.PlatformDirs(APPLICATION, appauthor=False)
        return cls(*(getattr(named, f"user_{name}_path") for name in cls.__struct_fields__))

    @property
    def settings(self) -> Path:
        """The settings file."""
        return self.config / "settings.json"


class TrustedCertificate(msgspec.Struct, frozen=True):
    """The one certificate that the person accepts from a server, and what it says of itself."""

    host: str
    port: int
    sha256: str
    issuer: str = ""
    ends: float = 0.0


class NetworkSettings(msgspec.Struct, kw_only=True):
    """How connections leave this computer; all servers have it in common."""

    proxy: Literal["system", "script", "manual", "none"] = "system"
    script: str = ""  # the address of a proxy script (PAC)
    kind: Literal["http", "https", "socks5"] = "http"
    host: str = ""
    port: int | None = None
    exceptions: str = ""  # as in NO_PROXY
    users: dict[str, str] = {}  # who logs in at a proxy, by its host and port; passwords: keyring
    authorities: str = ""  # a file of certificates (PEM) that are trusted beside the system's
    trusted: list[TrustedCertificate] = []


class Profile(msgspec.Struct, kw_only=True):
    """A saved server. Its API key is in the keyring, under this id (a UUID)."""

    id: str
    name: str
    base_url: str
    allow_http: bool = False
    storage_hosts: list[str] = []  # in a private network, approved by the person
    color: str = ""  # a name of the window's; empty: one that stays with its id
    certificate: str = ""  # a file (PEM) that is shown to a server which wants one
    certificate_key_file: str = ""  # its key, where that is in another file
    certificate_locked: bool = False  # the key has a password, which is in the keyring


class Columns(msgspec.Struct, kw_only=True):
    """How one table is laid out; columns are named by their key, widths are in pixels."""

    hidden: list[str] = []
    order: list[str] = []
    widths: dict[str, int] = {}
    sort: str | None = None
    descending: bool = False


class View(msgspec.Struct, kw_only=True):
    """A filter, a sort and columns under a name, and the collection that they were saved for."""

    id: str
    name: str
    profile: str = ""
    place: str = ""  # organization/orbit/collection
    filter: str = ""
    columns: Columns = msgspec.field(default_factory=Columns)


class RecentPlace(msgspec.Struct, frozen=True):
    """A collection that was open: its server, its place as for a view, and what people call it."""

    profile: str
    place: str
    name: str
    orbit: str = ""


class LimitHours(msgspec.Struct, frozen=True):
    """From one minute of the day to another, in local time; ``weekdays``: Monday to Friday only."""

    start: int = 8 * 60
    end: int = 18 * 60
    weekdays: bool = True


class OpenWindow(msgspec.Struct, frozen=True):
    """A window beside the one in front: its server, its place there, and what `layout` is for that."""

    profile: str
    place: str = ""
    layout: dict[str, str] = {}


class Settings(msgspec.Struct, kw_only=True):
    """Everything that outlives the window. `layout` holds opaque texts under the window's own keys."""

    version: int = VERSION
    profiles: list[Profile] = []
    last_profile: str | None = None
    download_folder: str | None = None
    parallel_transfers: int = 3
    parallel_at: dict[str, int] = {}  # the same at one server, by the profile's id
    upload_limit: int | None = None  # bytes per second; None is as fast as it goes
    download_limit: int | None = None
    limit_hours: LimitHours | None = None  # in which the two hold; None is always
    resume_transfers: bool = True  # at the next start; else they wait, paused
    network: NetworkSettings = msgspec.field(default_factory=NetworkSettings)
    theme: Literal["system", "light", "dark"] = "system"
    contrast: Literal["system", "high", "usual"] = "system"
    look_for_versions: bool = False  # once a week, at PyPI
    windows: list[OpenWindow] = []  # that were open, beside the one in front
    reopen_windows: bool = True  # at the next start
    language: str = ""  # a code of `translation.LANGUAGES`; empty is that of the system
    columns: dict[str, Columns] = {}  # by "profile/collection"; "" is for all that have none
    views: list[View] = []
    recent: list[RecentPlace] = []  # the latest first
    pinned: dict[str, list[str]] = {}  # ids of collections, by the profile's id
    # What is better in a metric: 1 more, -1 less, 0 neither; names that are not here are guessed.
    metric_directions: dict[str, Literal[-1, 0, 1]] = {}
    layout: dict[str, str] = {}

    def last_place(self, profile: str) -> str:
        """Where a server was open last, as a view's `place`; "" for nowhere."""
        return self.layout.get(f"place:{profile}", "")

    def remember_place(self, profile: str, place: str) -> None:
        """Open a server there the next time; "" forgets it."""
        if place:
            self.layout[f"place:{profile}"] = place
        else:
            self.layout.pop(f"place:{profile}", None)

    def remember_folder(self, key: str, folder: Path) -> None:
        """Keep a folder in `layout`, unless its name is not UTF-8, which no settings file takes."""
        if not any("\ud800" <= character <= "\udfff" for character in str(folder)):
            self.layout[key] = str(folder)


class SettingsFile:
    """One settings file. Reading never fails; `notice` then says in words what was wrong."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.notice = ""
        self._written = b""

    def load(self) -> Settings:
        """The saved settings. What cannot be understood becomes the default, and is kept aside."""
        self.notice = ""
        self._sweep()
        try:
            raw = _read(self.path)
        except FileNotFoundError:
            return Settings()
        except OSError as error:
            self.notice = tr(
                "Your settings could not be read ({reason})", reason=disk_errors.reason(error)
            )
            if error.errno != errno.EINVAL:
                self._keep_aside("bad", self.notice)
            return Settings()
        try:
            document = msgspec.json.decode(decode_json(raw).text)
        except (ValueError, RecursionError):
            document = None
        if not isinstance(document, dict):
            self._keep_aside("bad", tr("Your settings were damaged and have been reset"))
            return Settings()
        settings, complete = _understand(document)
        version = document.get("version")
        if isinstance(version, int) and version > VERSION:
            # A copy: the newer program must find its own file again if this one saves nothing.
            self._keep_aside("newer", tr("Your settings come from a newer version"), raw)
        elif not complete:
            self._keep_aside(
                "bad", tr("A part of your settings was damaged and has been reset"), raw
            )
        return settings

    def save(self, settings: Settings) -> None:
        """Write the settings so that a crash leaves either the old file or the new one.

        The file keeps its mode, and a link stays a link. OSError names the settings file.
        """
        try:
            self._save(settings)
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(self.path)) from error

    def _save(self, settings: Settings) -> None:
        try:
            content = msgspec.json.format(msgspec.json.encode(settings), indent=2) + b"\n"
        except UnicodeEncodeError:  # a folder whose name is not UTF-8
            raise OSError(errno.EILSEQ, tr("a folder's name is not valid Unicode")) from None
        if content == self._written and disk_errors.is_there(self.path):
            return
        # A link stays a link: some people keep their settings in a repository.
        target = Path(os.path.realpath(self.path))
        _check_kind(target)
        private_files.make_private(target.parent)
        temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
        try:
            private_files.write_new(temporary, content, _mode(target))
            private_files.replace(temporary, target)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
        private_files.sync_folder(target.parent)
        self._written = content

    def _sweep(self) -> None:
        """Remove what a killed process left half written; a minute old, so nobody's any more."""
        folder = Path(os.path.realpath(self.path)).parent
        for left in folder.glob(f".{self.path.name}.*.tmp"):
            with contextlib.suppress(OSError):
                if time.time() - left.stat().st_mtime > 60:
                    left.unlink()

    def _keep_aside(self, why: str, notice: str, copy: bytes | None = None) -> None:
        """Move the file away, or write a copy of it, before anything is saved over it."""
        original = Path(os.path.realpath(self.path))
        try:
            kept = private_files.keep_aside(original, why, copy)
        except OSError as error:
            file, reason = str(original), disk_errors.reason(error)
            what = tr("{file} could not be kept aside ({reason}).", file=file, reason=reason)
        else:
            what = tr("The old file was kept as {file}.", file=str(kept))
        self.notice = f"{notice}. {what}"


def _read(path: Path) -> bytes:
    _check_kind(path)
    with path.open("rb") as file:
        return file.read(_MAX_SIZE)


def chosen_language() -> str:
    """The language that the settings of this person name; read alone, before all that has texts."""
    try:
        document = msgspec.json.decode(decode_json(_read(Places.from_environment().settings)).text)
    except (OSError, RuntimeError, ValueError):
        return ""  # `SettingsFile.load` says what is wrong
    named = document.get("language") if isinstance(document, dict) else ""
    return named if isinstance(named, str) else ""


def _understand(document: dict[str, Any]) -> tuple[Settings, bool]:
    """Every part of the document that is as expected; and whether that was all of it."""
    settings = Settings()
    complete = True
    for field in msgspec.structs.fields(Settings):
        if field.name == "version" or field.name not in document:
            continue
        value = document[field.name]
        if field.name == "profiles" and isinstance(value, list):
            found = [profile for profile in map(_profile, value) if profile is not None]
            complete = complete and len(found) == len(value)
            settings.profiles = found
            continue
        try:
            setattr(settings, field.name, msgspec.convert(value, prepared(field.type)))
        except msgspec.ValidationError:
            complete = False
    return settings, complete


def _profile(value: Any) -> Profile | None:
    try:
        return msgspec.convert(value, prepared(Profile))
    except msgspec.ValidationError:
        return None


def _check_kind(path: Path) -> None:
    """OSError for a pipe or a device: reading it may not end, and it must not be replaced."""
    with contextlib.suppress(FileNotFoundError):
        mode = path.stat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            raise OSError(errno.EINVAL, tr("it is no file, but a pipe or a device"), str(path))


def _mode(path: Path) -> int:
    """The rights of a file as its owner chose them; a new one is for its owner only."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return 0o600
