"""One program per person and data folder: a second start brings the first one's window to the front."""

import hashlib
import logging
import os
import stat
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from PySide6.QtCore import QDeadlineTimer, QLockFile, QObject, QThread

from dfs_desktop.translation import tr

if TYPE_CHECKING:  # loaded when it is needed, which is after the first paint
    from PySide6.QtNetwork import QLocalServer, QLocalSocket

log = logging.getLogger(__name__)

RAISE = b"raise"
WINDOW = b"window"
LOOK = b"look "  # and the path of a file that is to be shown, never anything else
UPLOAD = b"upload "  # and the path of a file that is to be reviewed, or of none
LINK = b"link "  # and a link that is to be gone to
LONGEST = 8 * 1024 * 1024  # bytes of one message: more than a command line has on any system
WAIT = 2000  # milliseconds that the first program has to take a message, or to begin to listen
_AGAIN = 20  # milliseconds between two tries
_SOCKET_NAME_LIMIT = 100  # bytes that every system takes for the path of a socket


class Wish(Struct, frozen=True):
    """What a start asks for: to look into a file, to review one for an upload, to go to a link, or
    another window."""

    file: Path | None = None
    link: str = ""
    upload: bool = False
    window: bool = False

    def message(self) -> bytes:
        """As it is sent to the first program: several are parted by a NUL, which no path has."""
        if self.window:
            return WINDOW
        if self.link:
            return LINK + self.link.encode(errors="replace")
        path = os.fsencode(self.file.absolute()) if self.file is not None else b""
        if self.upload:
            return UPLOAD + path
        return LOOK + path if path else RAISE

    @classmethod
    def read(cls, message: bytes) -> "Wish | None":
        """What a message asks for; of a path that is no file the window says so. None: no message."""
        if message == RAISE:
            return cls()
        if message == WINDOW:
            return cls(window=True)
        if message.startswith(LINK):
            return cls(link=message[len(LINK) :].decode(errors="replace"))
        for verb in (LOOK, UPLOAD):
            if message.startswith(verb):
                path = Path(os.fsdecode(message[len(verb) :]))
                named = path.is_absolute()
                upload = verb is UPLOAD and (named or message == UPLOAD)
                return cls(path if named else None, upload=upload)
        return None


class SingleInstance(QObject):
    """`first()` tells whether this program is the first in its folder; the others `ask` it.

    The right to be first is a lock that ends with the process, so a killed program leaves nothing
    in the way; its socket is taken over only by who holds the lock. Everything lies in a folder
    that only its owner can enter, and messages of other users are not read.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        """The lock lies in the first of ``folders`` that can be written."""
        super().__init__()
        self._folders = folders
        self._socket = ""  # none: a second start cannot be heard, and opens a window of its own
        self._lock: QLockFile | None = None
        self._server: QLocalServer | None = None
        self._heard: Callable[..., object] | None = None

    def first(self) -> bool:
        """Take the right, if nobody has it. Where no lock can be written, everybody is first."""
        for folder in self._folders:
            try:
                private = _private(folder)
            except OSError as error:
                log.warning("no lock in %s: %s", folder, error.strerror)
                continue
            lock = QLockFile(str(private / "instance.lock"))
            lock.setStaleLockTime(0)  # never by age: only when its process is gone
            taken = lock.tryLock(0)
            if taken or lock.error() is QLockFile.LockError.LockFailedError:
                self._lock = lock if taken else None
                self._socket = _socket(private)
                return taken
            log.warning("no lock in %s: %s", folder, lock.error().name)
        return True

    def ask(self, *wishes: Wish) -> bool:
        """Ask the first program to show itself, and what is wished; False when it does not answer."""
        if not self._socket:
            return False
        from PySide6.QtNetwork import QLocalSocket

        socket, deadline = QLocalSocket(), QDeadlineTimer(WAIT)
        socket.connectToServer(self._socket)
        while not socket.waitForConnected(WAIT):  # it may still be starting
            if deadline.hasExpired():
                return False
            QThread.msleep(_AGAIN)
            socket.connectToServer(self._socket)
        if not _same_user(socket):
            return False
        socket.write(b"\0".join(each.message() for each in wishes or (Wish(),))[:LONGEST])
        socket.disconnectFromServer()  # once all is written
        unconnected = QLocalSocket.LocalSocketState.UnconnectedState
        return socket.state() is unconnected or socket.waitForDisconnected(WAIT)

    def listen(self, heard: Callable[..., object]) -> bool:
        """Hear what later starts ask for, all of one start at once; only the first program may."""
        self._heard = heard
        if not self._socket or self._lock is None:
            return False
        from PySide6.QtNetwork import QLocalServer

        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        if not server.listen(self._socket):
            # Of a program that was killed: the lock is ours.
            QLocalServer.removeServer(self._socket)
            if not server.listen(self._socket):
                return False
        server.newConnection.connect(self._connected)
        self._server = server
        return True

    def close(self) -> None:
        """Let the next one be the first."""
        if self._server is not None:
            self._server.close()
            self._server = None
        if self._lock is not None:
            self._lock.unlock()

    def _connected(self) -> None:
        while self._server is not None and (socket := self._server.nextPendingConnection()):
            if not _same_user(socket):
                socket.deleteLater()
                continue
            socket.readyRead.connect(lambda socket=socket: self._bound(socket))
            socket.disconnected.connect(lambda socket=socket: self._read(socket))

    def _bound(self, socket: "QLocalSocket") -> None:
        if socket.bytesAvailable() > LONGEST:
            socket.blockSignals(True)  # nothing of it is read
            socket.deleteLater()

    def _read(self, socket: "QLocalSocket") -> None:
        messages = bytes(socket.readAll().data()).split(b"\0")
        socket.deleteLater()
        wishes = [wish for each in messages if (wish := Wish.read(each)) is not None]
        if wishes and self._heard is not None:
            self._heard(*wishes)


def _socket(folder: Path) -> str:
    """The socket of the programs that use this folder; "" where there is no safe place for one.

    It lies in a folder that only its owner can enter: this one, or the system's folder for this
    session where the path of this one is too long for a socket. Windows guards its pipes by user.
    """
    told = hashlib.sha256(os.fsencode(folder)).hexdigest()[:32]
    if sys.platform == "win32":
        return f"dfs-desktop-{told}"
    path = folder / "instance.sock"
    if len(os.fsencode(path)) <= _SOCKET_NAME_LIMIT:
        return str(path)
    session = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    path = session / f"dfs-desktop-{told}.sock"
    try:
        found = session.stat()
    except OSError:
        return ""
    private = found.st_uid == os.getuid() and not stat.S_IMODE(found.st_mode) & 0o077
    fits = session.is_absolute() and len(os.fsencode(path)) <= _SOCKET_NAME_LIMIT
    return str(path) if private and fits else ""


def _private(folder: Path) -> Path:
    """The folder, which nobody else can enter; OSError when it belongs to somebody else."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if hasattr(os, "getuid"):
        found = folder.stat()
        if found.st_uid != os.getuid():
            raise PermissionError(tr("{folder} belongs to another user.", folder=folder))
        if stat.S_IMODE(found.st_mode) & 0o077:
            folder.chmod(0o700)
    return folder.resolve()


def _same_user(socket: "QLocalSocket") -> bool:
    """Whether the other end is a program of this person: asked of the system, where it tells."""
    descriptor = int(socket.socketDescriptor())
    if sys.platform != "linux" or descriptor < 0:
        return True  # the folder's rights, and those of the pipe, have decided
    import socket as sockets
    import struct

    with sockets.socket(fileno=os.dup(descriptor)) as peer:
        told = peer.getsockopt(sockets.SOL_SOCKET, sockets.SO_PEERCRED, struct.calcsize("3i"))
    return bool(struct.unpack("3i", told)[1] == os.getuid())
