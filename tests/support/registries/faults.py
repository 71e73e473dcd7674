"""Faults for the scripted stage: what networks, stores and registries do when they misbehave."""

from __future__ import annotations

from collections.abc import Callable

from support.network.scripted_server import Fault
from support.registries.scripted import Handler


def drop(handler: Handler) -> bool:
    """Reset the connection before doing anything."""
    handler.drop()
    return True


def apply_then_drop(handler: Handler) -> bool:
    """Do the work, lose the answer."""
    real, handler.wfile = handler.wfile, _Nowhere()  # type: ignore[assignment]
    handler.perform()
    handler.wfile = real
    handler.drop()
    return True


class _Nowhere:
    def write(self, data: bytes) -> int:
        return len(data)

    def flush(self) -> None:
        pass

    closed = False


def status(code: int, body: bytes = b"", **headers: str) -> Fault:
    """Answer with a status, the body of the request read first."""

    def fault(handler: Handler) -> bool:
        handler.read()
        handler.answer(code, body, **headers)
        return True

    return fault


def proceed(_handler: Handler) -> bool:
    """No fault this time."""
    return False


def cut_off(after: int, *, declared: bool = True, etag: str | None = None) -> Fault:
    """Send the object's first bytes, then break; without a declared length it ends cleanly."""

    def fault(handler: Handler) -> bool:
        content = handler.server.objects[handler.path.split("?")[0].rsplit("/", 1)[1]]
        handler.send_response(200)
        if etag is None:
            import hashlib

            handler.send_header("ETag", f'"{hashlib.md5(content).hexdigest()}"')
        elif etag:
            handler.send_header("ETag", etag)
        if declared:
            handler.send_header("Content-Length", str(len(content)))
        else:
            handler.send_header("Connection", "close")
            handler.close_connection = True
        handler.end_headers()
        handler.wfile.write(content[:after])
        handler.wfile.flush()
        if declared:
            handler.close_connection = True
            handler.connection.shutdown(1)
        return True

    return fault


def send_instead(body: bytes, **headers: str) -> Fault:
    """Another object than the stored one."""

    def fault(handler: Handler) -> bool:
        handler.answer(200, body, **headers)
        return True

    return fault


def stall(handler: Handler) -> bool:
    """Neither read nor answer until the stage closes."""
    handler.server.ended.wait(20)
    handler.close_connection = True
    return True


def stall_body(handler: Handler) -> bool:
    """Begin to send the object, then say nothing more."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000000")
    handler.end_headers()
    handler.wfile.write(b"x" * 1000)
    return stall(handler)


def expire_urls(handler: Handler) -> bool:
    """From now on every URL given so far is too old."""
    handler.server.epoch += 1
    return False


def first(act: Callable[[], object]) -> Fault:
    """Do something on the test's side, then go on."""

    def fault(_handler: Handler) -> bool:
        act()
        return False

    return fault
