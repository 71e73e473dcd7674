"""A web server on loopback that gives proxy scripts (PAC), and notes who asked for which."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Mapping
from typing import Any


class ScriptServer(http.server.ThreadingHTTPServer):
    """``pages`` holds status, headers and body by path; a body alone is a script that is found."""

    daemon_threads = True

    def __init__(self, **pages: str | bytes | tuple[int, Mapping[str, str], bytes]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pages: dict[str, Any] = {f"/{name}": page for name, page in pages.items()}
        self.asked: list[tuple[str, dict[str, str]]] = []
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def url(self, name: str = "script") -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/{name}"

    def close(self) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that have enough go away."""


class _Handler(http.server.BaseHTTPRequestHandler):
    server: ScriptServer

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        page = self.server.pages.get(self.path, (404, {}, b"none"))
        if isinstance(page, str):
            page = page.encode()
        status, headers, body = page if isinstance(page, tuple) else (200, {}, page)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is said."""
