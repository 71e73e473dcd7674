"""Faults for the strict S3 server, beside the general ones in api_faults."""

from __future__ import annotations

from support.network.scripted_server import Fault
from support.stores.s3 import Handler


def error_in_200(code: str) -> Fault:
    """The completion answers 200 at first and then has failed: S3 documents this."""

    def fault(handler: Handler) -> bool:
        handler.read()
        body = f'<?xml version="1.0"?>\n<Error><Code>{code}</Code><Message>m</Message></Error>'
        handler.answer(200, body.encode(), Content_Type="application/xml")
        return True

    return fault


def blanks_first(seconds: float) -> Fault:
    """The completion takes its time: blanks keep the connection busy, the result comes last."""

    def fault(handler: Handler) -> bool:
        handler.read()
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.send_header("Content-Type", "application/xml")
        handler.end_headers()
        handler.wfile = _Dribbling(handler, seconds)  # type: ignore[assignment]
        handler.perform()
        handler.wfile = handler.wfile.real  # type: ignore[attr-defined]
        return True

    return fault


class _Dribbling:
    """Lets only the body of an answer through, as chunks, after blanks."""

    closed = False

    def __init__(self, handler: Handler, seconds: float) -> None:
        self.real = handler.wfile
        self._handler, self._seconds, self._written = handler, seconds, b""

    def write(self, data: bytes) -> int:
        self._written += data
        if b"\r\n\r\n" in self._written and self._written.endswith(b">"):
            self._send(self._written.partition(b"\r\n\r\n")[2])
        return len(data)

    def _send(self, body: bytes) -> None:
        head = b'<?xml version="1.0" encoding="UTF-8"?>'
        for _ in range(5):
            self._handler.server.ended.wait(self._seconds / 5)
            self._chunk(b" ")
        self._chunk(b"\r\n" + body.removeprefix(head))
        self.real.write(b"0\r\n\r\n")

    def _chunk(self, data: bytes) -> None:
        self.real.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.real.flush()

    def flush(self) -> None:
        pass


def without_etag(handler: Handler) -> bool:
    """Take the part, but answer without its ETag."""
    handler.server.disk.receive(handler.rfile, int(handler.headers["Content-Length"]))
    handler.answer(200)
    return True


def refused(status: int, code: str, message: str = "") -> Fault:
    """Answer with an error of the store."""

    def fault(handler: Handler) -> bool:
        handler.refuse(status, code, message)
        return True

    return fault


def redirect(where: str, status: int = 307) -> Fault:
    """Send the client elsewhere."""

    def fault(handler: Handler) -> bool:
        handler.read()
        handler.answer(status, Location=where)
        return True

    return fault


def forget_uploads(handler: Handler) -> bool:
    """As a lifecycle rule or an administrator does."""
    handler.server.disk.uploads.clear()
    return False


def expire_urls(handler: Handler) -> bool:
    """Every URL made until now is too old from here on; those made later are good."""
    handler.server.ahead += handler.server.rules.lifetime + 1
    return False
