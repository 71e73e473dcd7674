"""The blocking driver: walks flows, sends JSON over httpx, moves bytes on the caller's thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

import httpx

from .answers import BODY_LIMIT, connection_error, read_answer
from .dialects.detection import detect
from .errors import APIStatusError, TransferCancelled
from .failpoints import reached
from .flows.effects import INTERRUPTIONS, Call, Effect, Flow, Locate, Note, Step
from .storage.meter import Meter
from .storage.sockets import heed_stops, heeding
from .storage.store import Store
from .storage.work import perform
from .wire import CONNECTIONS, Wire, may_repeat

T = TypeVar("T")


def ended_by_wish(error: BaseException) -> bool:
    """Whether somebody stopped a flow, and only its clean-up is left to do."""
    return isinstance(error, (TransferCancelled, *INTERRUPTIONS))


class Transport:
    """The blocking driver."""

    def __init__(
        self, wire: Wire, store: Store, transport: httpx.BaseTransport | None = None
    ) -> None:
        self.wire = wire
        self.store = store
        self._given = transport
        self._client: httpx.Client | None = None
        self._lock = threading.Lock()
        self._places = threading.RLock()
        self._asking = threading.RLock()
        self._slots = threading.BoundedSemaphore(CONNECTIONS)

    def run(self, flow: Flow[T], meter: Meter | None = None) -> T:
        """Walk a flow to its end. KeyboardInterrupt and ``meter.stop()`` let it clean up first."""
        meter = meter or Meter()
        try:
            if self.wire.server.known is None:
                self._get_to_know(meter)
        except BaseException:
            flow.close()
            raise
        return self._walk(flow, meter)

    def _get_to_know(self, meter: Meter) -> None:
        server = self.wire.server
        with self._asking:
            if server.known is None:
                server.known = self._walk(detect(self.wire.address.host), meter)

    def _walk(self, flow: Flow[T], meter: Meter) -> T:
        try:
            effect = flow.send(None)
            while True:
                try:
                    reply = self._do(effect, meter)
                except BaseException as error:  # noqa: BLE001 - the flow decides
                    if ended_by_wish(error):
                        meter = Meter()  # what follows is clean-up and must not be stopped too
                    effect = flow.throw(error)
                else:
                    effect = flow.send(reply)
        except StopIteration as end:
            value: T = end.value
            return value
        finally:
            flow.close()

    def _do(self, effect: Effect[Any], meter: Meter) -> Any:
        if not isinstance(effect, Note):
            meter.check()
        match effect:
            case Step(name, inner):
                reached(f"{name}:before")
                reply = self._do(inner, meter)
                reached(f"{name}:after")
                return reply
            case Call():
                return self._call(effect, meter)
            case Locate(places, wanted):
                known = places.known(wanted)
                if known is not None:
                    return known
                with self._places:
                    return self.run(places.resolve(wanted), meter)
            case _:
                return perform(effect, self.store, meter)

    def _call(self, call: Call[T], meter: Meter) -> T:
        # A request that changes something is not left half way: its answer decides what to undo.
        check: Callable[[], None] = _never if call.settle else meter.check
        for attempt in (0, 1):
            try:
                with self._slots, heeding(check):
                    return self._exchange(call)
            except (httpx.TransportError, httpx.InvalidURL) as error:
                if not may_repeat(call, error, attempt):
                    raise connection_error(error, self.wire.address.host) from None
            except APIStatusError as error:
                if self.wire.server.check_again(error):
                    found = self._walk(detect(self.wire.address.host), Meter())
                    self.wire.server.compare(found, self.wire.address.host)
                raise
        raise AssertionError("unreachable")

    def _exchange(self, call: Call[T]) -> T:
        with self._open().stream(**self.wire.request(call)) as answer:
            body = bytearray()
            for chunk in answer.iter_bytes():
                body += chunk
                if len(body) > BODY_LIMIT:
                    raise self.wire.too_long()
        self.wire.learn_time(answer.headers)
        host = self.wire.address.host
        return read_answer(call, answer.status_code, answer.headers, bytes(body), host)

    def _open(self) -> httpx.Client:
        with self._lock:
            if self._client is None:
                self._client = httpx.Client(transport=self._given, **self.wire.client_options())
                heed_stops(self._client)
            return self._client

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()
        self.store.close()


def _never() -> None:
    return None
