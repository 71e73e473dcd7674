"""The blocking driver: walks flows, sends JSON over httpx, moves bytes on the caller's thread."""

import contextlib
import threading
from collections.abc import Callable
from typing import Any, TypeVar

import httpx

from dfs_desktop.api.dialects.detection import detect
from dfs_desktop.api.dialects.server_dialect import Server
from dfs_desktop.api.http.answer_limits import bound_heads
from dfs_desktop.api.http.answers import read_answer
from dfs_desktop.api.http.connection_errors import cannot_connect
from dfs_desktop.api.http.proxy.proxy_address import Proxy
from dfs_desktop.api.http.proxy.proxy_choice import never
from dfs_desktop.api.http.registry_requests import CONNECTIONS, Wire
from dfs_desktop.api.protocol import effects
from dfs_desktop.api.protocol.effects import INTERRUPTIONS, Effect, Flow
from dfs_desktop.api.storage.effect_handlers import Perform
from dfs_desktop.api.storage.limits.cancellable_sockets import cancellation_scope, make_cancellable
from dfs_desktop.api.storage.limits.progress_meter import Meter
from dfs_desktop.api.storage.store_client import Store

from .errors import APIStatusError, TransferCancelled
from .failpoints import reached
from .request_retry import Attempts

T = TypeVar("T")


def ended_by_wish(error: BaseException) -> bool:
    """Whether somebody stopped a flow, and only its clean-up is left to do."""
    return isinstance(error, (TransferCancelled, *INTERRUPTIONS))


class Driver:
    """What both drivers are made of. ``given`` carries the requests to the registry, if anything."""

    def __init__(
        self, wire: Wire, server: Server, store: Store, given: Any, performer: Perform
    ) -> None:
        self.wire, self.server, self.store = wire, server, store
        self._given, self._perform = given, performer
        self.closed = False


class Transport(Driver):
    """The blocking driver."""

    def __init__(self, *made_of: Any) -> None:
        super().__init__(*made_of)
        self._connections: dict[Proxy | None, httpx.BaseTransport] = {}
        self._lock = threading.Lock()
        self._places = threading.RLock()
        self._asking = threading.RLock()
        self._slots = threading.BoundedSemaphore(CONNECTIONS)

    def run(self, flow: Flow[T], meter: Meter | None = None) -> T:
        """Walk a flow to its end. KeyboardInterrupt and ``meter.stop()`` let it clean up first."""
        meter = meter or Meter(hasty=True)
        try:
            if self.server.known is None:
                self._get_to_know(meter)
        except BaseException:
            flow.close()
            raise
        return self._walk(flow, meter)

    def _get_to_know(self, meter: Meter) -> None:
        server = self.server
        with self._asking:
            if server.known is None:
                server.known = self._walk(detect(self.wire.address), meter)

    def _walk(self, flow: Flow[T], meter: Meter) -> T:
        try:
            effect = flow.send(None)
            while True:
                try:
                    reply = self._do(effect, meter)
                except BaseException as error:  # noqa: BLE001 - the flow decides
                    if ended_by_wish(error):
                        meter = Meter(hasty=True)  # for the clean-up, which must not be stopped too
                    effect = flow.throw(error)
                else:
                    effect = flow.send(reply)
        except StopIteration as end:
            value: T = end.value
            return value
        finally:
            flow.close()

    def _do(self, effect: Effect[Any], meter: Meter) -> Any:
        if not isinstance(effect, effects.Note):
            meter.check()
        match effect:
            case effects.Step(name, inner):
                reached(f"{name}:before")
                reply = self._do(inner, meter)
                reached(f"{name}:after")
                return reply
            case effects.Call():
                return self._call(effect, meter)
            case effects.Elsewhere():
                return effect.client._run(effect.flow, meter)
            case effects.Locate(places, wanted):
                if (known := places.known(wanted)) is not None:
                    return known
                with self._places:
                    return self.run(places.resolve(wanted), meter)
            case _:
                return self._perform(effect, self.store, meter)

    def _call(self, call: effects.Call[T], meter: Meter) -> T:
        # A request that changes something is not left half way: its answer decides what to undo.
        check: Callable[[], None] = never if call.settle else meter.check
        attempts = Attempts(call, meter)
        while True:
            proxy, connections = self._open(check)
            try:
                with self._slots:
                    status, headers, body = self._receive(connections, call, check)
            except Exception as error:  # noqa: BLE001 - told apart in failed()
                if self.wire.another_way(error, proxy):
                    continue
                pause = attempts.pause(error, self.wire.failed(error))
                meter.wait(pause)
                continue
            self.wire.learn(call, headers)
            try:
                answer = read_answer(call, status, headers, body, self.wire.address.place)
            except APIStatusError as error:
                if self.server.check_again(error):
                    found = self._walk(detect(self.wire.address), Meter(hasty=True))
                    self.server.compare(found, self.wire.address.place)
                pause = attempts.pause(error, error)
                meter.wait(pause)
                continue
            meter.recovered()
            return answer

    def _receive(
        self, connections: httpx.BaseTransport, call: effects.Call[Any], check: Callable[[], None]
    ) -> tuple[int, httpx.Headers, bytes]:
        request = self.wire.request(call)
        patience = self.wire.patience(request)

        def watch() -> None:
            check()
            patience.check()

        with cancellation_scope(watch):
            answer = connections.handle_request(request)
            with contextlib.closing(answer):
                body = self.wire.body(call, answer)
                for chunk in () if body.complete else answer.iter_raw(body.bite):
                    patience.came(len(chunk))
                    if not body.take(chunk):
                        break
                    watch()
        return answer.status_code, answer.headers, body.whole()

    def _open(self, check: Callable[[], None]) -> tuple[Proxy | None, httpx.BaseTransport]:
        if self._given is not None:
            return None, self._given
        try:
            proxy = self.wire.find_proxy(check)
            with self._lock:
                if (known := self._connections.get(proxy)) is None:
                    known = httpx.HTTPTransport(**self.wire.connection_options(proxy))
                    make_cancellable(known)
                    bound_heads(known)
                    self._connections[proxy] = known
                return proxy, known
        except Exception as error:  # noqa: BLE001 - told apart in failed()
            raise cannot_connect(error, self.wire.address) from None

    def close(self) -> None:
        """Close every connection; what still runs may end."""
        self.closed = True
        with self._lock:
            opened, self._connections = list(self._connections.values()), {}
        for connections in opened:
            connections.close()
        self.store.close()
