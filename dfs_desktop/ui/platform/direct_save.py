"""The XDS protocol of X11: a file manager tells the source of a drag where it wants the file.

The name stands as a property on the window that owns the drag; at the drop the target writes a URL
in its place and asks. Qt knows nothing of it, so libxcb, which Qt's own X11 plugin needs, is spoken to.
"""

import ctypes
import sys
from ctypes import POINTER, Structure, c_int, c_uint, c_uint8, c_uint16, c_uint32, c_void_p
from pathlib import Path

from PySide6.QtCore import QByteArray, QUrl
from PySide6.QtGui import QGuiApplication

from dfs_desktop.disk_errors import is_folder

from .local_paths import path_of

FORMAT = "XdndDirectSave0"
SAVED, REFUSED = QByteArray(b"S"), QByteArray(b"E")
_LONGEST = 16_384  # units of four bytes; no URL is longer
_ANY, _REPLACE, _BYTES = 0, 0, 8


class _Cookie(Structure):
    _fields_ = (("sequence", c_uint),)


class _Reply(Structure):
    """The beginning of the replies that are asked for here: their `value` is an atom or a window."""

    _fields_ = (
        ("kind", c_uint8), ("detail", c_uint8), ("sequence", c_uint16), ("length", c_uint32),
        ("value", c_uint32),
    )  # fmt: skip


def is_possible() -> bool:
    """Whether this program's windows are X11's."""
    return sys.platform.startswith("linux") and QGuiApplication.platformName() == "xcb"


class DirectSave:
    """One drag. OSError where libxcb or its server is not to be had."""

    def __init__(self, name: str) -> None:
        """``name``: of the file, proposed to the target."""
        self._name = name.encode(errors="replace")
        self._xcb = xcb = ctypes.CDLL("libxcb.so.1")
        self._free = ctypes.CDLL(None).free
        self._free.argtypes = [c_void_p]
        xcb.xcb_connect.restype = c_void_p
        for call in ("intern_atom", "get_selection_owner", "get_property", "change_property"):
            getattr(xcb, f"xcb_{call}").restype = _Cookie
        for reply in (xcb.xcb_intern_atom_reply, xcb.xcb_get_selection_owner_reply):
            reply.restype = POINTER(_Reply)
        xcb.xcb_get_property_reply.restype = c_void_p
        xcb.xcb_get_property_value.restype = c_void_p
        self._connection = c_void_p(xcb.xcb_connect(None, None))
        if xcb.xcb_connection_has_error(self._connection):
            self.close()
            raise OSError("no connection to the X server")
        self._property = self._atom(FORMAT)
        self._text = self._atom("text/plain")

    def _value(self, reply: POINTER(_Reply)) -> int:  # type: ignore[valid-type]
        if not reply:
            return 0
        found = int(reply.contents.value)
        self._free(reply)
        return found

    def _atom(self, name: str) -> int:
        text = name.encode()
        cookie = self._xcb.xcb_intern_atom(self._connection, c_uint8(0), c_uint16(len(text)), text)
        return self._value(self._xcb.xcb_intern_atom_reply(self._connection, cookie, None))

    def _owner(self) -> int:
        """The window that the drag belongs to."""
        selection = c_uint32(self._atom("XdndSelection"))
        cookie = self._xcb.xcb_get_selection_owner(self._connection, selection)
        return self._value(self._xcb.xcb_get_selection_owner_reply(self._connection, cookie, None))

    def propose(self) -> None:
        """Name the file, once the drag has begun."""
        if owner := self._owner():
            self._xcb.xcb_change_property(
                self._connection, c_uint8(_REPLACE), c_uint32(owner), c_uint32(self._property),
                c_uint32(self._text), c_uint8(_BYTES), c_uint32(len(self._name)), self._name,
            )  # fmt: skip
            self._xcb.xcb_flush(self._connection)

    def folder(self) -> Path | None:
        """Where the target wants the file; None when it named no folder of this computer."""
        cookie = self._xcb.xcb_get_property(
            self._connection, c_uint8(0), c_uint32(self._owner()), c_uint32(self._property),
            c_uint32(_ANY), c_uint32(0), c_uint32(_LONGEST),
        )  # fmt: skip
        reply = self._xcb.xcb_get_property_reply(self._connection, cookie, None)
        if not reply:
            return None
        reply = c_void_p(reply)
        length = self._xcb.xcb_get_property_value_length(reply)
        value = c_void_p(self._xcb.xcb_get_property_value(reply))
        url = ctypes.string_at(value, max(0, c_int(length).value)) if value else b""
        self._free(reply)
        path = path_of(QUrl.fromEncoded(QByteArray(url.rstrip(b"\0"))))
        return path.parent if path is not None and is_folder(path.parent) else None

    def close(self) -> None:
        """Hang up."""
        self._xcb.xcb_disconnect(self._connection)
