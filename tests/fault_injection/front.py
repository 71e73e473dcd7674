"""A scriptable front of the registry: faults per operation and call, and an audit of every request."""

from __future__ import annotations

import contextlib
import http.client
import re
import ssl

from support.network.scripted_server import ScriptedHandler, ScriptedServer

_KINDS = (
    ("create", "POST", r"/artifacts"),
    ("list", "GET", r"/artifacts"),
    ("download_url", "GET", r"/artifacts/[^/]+/download-url"),
    ("delete_url", "GET", r"/artifacts/[^/]+/delete-url"),
    ("record", "GET", r"/artifacts/[^/]+"),
    ("patch", "PATCH", r"/artifacts/[^/]+"),
    ("forget", "DELETE", r"/artifacts/[^/]+"),
    ("force", "DELETE", r"/artifacts/[^/]+/force"),
    ("part_urls", "POST", r"/bucket-secrets/upload/multipart"),
)


class Front(ScriptedServer):
    """Passes everything on to the registry at ``target`` (host:port), with a ``Date`` of its own.

    Steps: create, list, record, patch, download_url, delete_url, forget, force, part_urls, other.
    """

    def __init__(self, target: str, context: ssl.SSLContext | None = None) -> None:
        self.target = target
        super().__init__(_Handler, context)


class _Handler(ScriptedHandler):
    server: Front
    _upstream: http.client.HTTPConnection | None = None

    def name_step(self) -> str:
        path = self.path.partition("?")[0].rstrip("/")
        for step, method, pattern in _KINDS:
            if method == self.command and re.search(pattern + "$", path):
                return step
        return "other"

    def perform(self) -> None:
        """Pass it on, on a connection as lasting as the client's own."""
        body = self.read()
        headers = {
            name: value
            for name, value in self.headers.items()
            if name.lower() not in ("host", "connection", "content-length")
        }
        if self._upstream is None:
            self._upstream = http.client.HTTPConnection(self.server.target, timeout=30)
        self._upstream.request(
            self.command, self.path, body if self.length() else None, {**headers}
        )
        said = self._upstream.getresponse()
        content = said.read()
        if self.server.context is not None and "/bucket-secrets" in self.path:
            # The registry behind it knows of no encryption, and says so of its storage, too.
            content = re.sub(rb'"secure": ?false', b'"secure":true', content)
        if said.will_close:
            self._hang_up()
        kept = {
            name: value
            for name, value in said.getheaders()
            if name.lower() not in ("connection", "content-length", "date", "transfer-encoding")
        }
        self.answer(said.status, content, **kept)

    def finish(self) -> None:
        self._hang_up()
        with contextlib.suppress(OSError):
            super().finish()

    def _hang_up(self) -> None:
        if self._upstream is not None:
            self._upstream.close()
            self._upstream = None
