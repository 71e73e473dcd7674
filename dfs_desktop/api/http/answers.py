"""From an HTTP answer to a value or an exception: pure functions, the only place that judges answers."""

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, TypeVar

import msgspec

from dfs_desktop.api import errors
from dfs_desktop.api.protocol.effects import Call
from dfs_desktop.translation import later, sentences, tr

from .address import read_address
from .decoded_size import Overweight
from .scrubbing import TEXT_LIMIT, scrub

T = TypeVar("T")

_PORTAL = later(
    "Check the server address; a sign-in page of the network (hotel, company proxy) does this too: "
    "open any page in a web browser to see."
)
MOST_ESCAPES = 400_000  # in an answer that is no JSON; each is looked at
_WITH_WORDS = (401, 403, 404)  # a registry says in its own words why; others have a page for it
# An escaped backslash, a pair of surrogates, or one alone.
_SURROGATES = re.compile(
    rb"\\(?:\\|u[dD][89abAB]..\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2}))",
    re.DOTALL,
)
# A text, also one that is cut off, or what Python writes for a number that is not finite.
_NOT_FINITE = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|(-?(?:NaN|Infinity))', re.DOTALL)
SIGN_IN = 511


def read_answer(
    call: Call[T], status: int, headers: Mapping[str, str], body: bytes, host: str
) -> T:
    """The value that ``call`` asked for, or the exception that the answer means."""
    if call.look is not None:
        return call.look(status, headers, body)
    if 300 <= status < 400:
        raise errors.UnexpectedAnswerError(
            sentences(led_away(headers.get("location", ""), host), tr(_PORTAL))
        )
    if status in _WITH_WORDS and _is_web_page(headers, body):
        raise errors.UnexpectedAnswerError(
            tr(
                "{host} answered with a web page (status {status}) instead of registry data, "
                "as a proxy or a firewall on the way does that stops us. Ask whoever runs "
                "that network or server.",
                host=host,
                status=status,
            )
        )
    if status >= 400:
        raise status_error(status, headers, body, host)
    try:
        return _read(call, body)
    except Overweight as error:
        raise errors.UnexpectedAnswerError(
            tr("{host} answered with {too_much}.", host=host, too_much=error)
        ) from None
    except (ValueError, OverflowError, RecursionError) as error:
        what = tr("something else") if body.strip() else tr("an empty answer")
        what = tr("a web page") if _is_web_page(headers, body) else what
        raise errors.UnexpectedAnswerError(
            sentences(
                tr(
                    "{host} answered with {answer} instead of registry data.",
                    host=host,
                    answer=what,
                ),
                tr(_PORTAL),
            )
        ) from error


def wants_sign_in(host: str) -> str:
    """What a 511 means."""
    return tr(
        "{host} was not asked: the network wants a sign-in first (511). Open any page in a web "
        "browser, sign in, then try again.",
        host=host,
    )


def led_away(where: str, host: str) -> str:
    """A redirect in words, with the host that it leads to, when it has one."""
    try:
        to = read_address(where, allow_http=True)
    except (errors.ConfigurationError, ValueError):
        return tr("{host} sends us elsewhere instead of answering.", host=host)
    url = f"{to.scheme}://{to.place}"
    return tr("{host} sends us elsewhere instead of answering, to {url}.", host=host, url=url)


def _read(call: Call[T], body: bytes) -> T:
    try:
        return call.read(body)
    except msgspec.ValidationError:
        raise
    except (msgspec.DecodeError, UnicodeDecodeError):
        # A foreign byte, half a character, or NaN, in one record hides no other.
        whole = body.decode("utf-8", "replace").encode()
        if whole.count(b"\\") <= MOST_ESCAPES:
            whole = _SURROGATES.sub(lambda found: b"\\ufffd" if found[1] else found[0], whole)
            if sum(map(whole.count, (b'"', b"N", b"I", b"-"))) <= MOST_ESCAPES:
                whole = _NOT_FINITE.sub(lambda found: b"null" if found[1] else found[0], whole)
        if whole == body:
            raise
        return call.read(whole)


def _is_web_page(headers: Mapping[str, str], body: bytes) -> bool:
    return "html" in headers.get("content-type", "").lower() or body[:200].lstrip()[:1] == b"<"


def status_error(
    status: int, headers: Mapping[str, str], body: bytes, host: str
) -> errors.APIStatusError:
    """The exception for a refusal."""
    kind = errors.STATUS_ERRORS.get(
        status, errors.ServerError if status >= 500 else errors.APIStatusError
    )
    told = _told_by_server(headers, body)
    if status == SIGN_IN:  # of a hotel, not of the server
        told = wants_sign_in(host)
    elif kind is errors.ServerError:
        told = tr(
            "{host} answered with {status}: {reason}",
            host=host,
            status=status,
            reason=told or _phrase(status),
        )
    elif not told:
        told = tr(
            "{host} answered with {status} ({phrase}).",
            host=host,
            status=status,
            phrase=_phrase(status),
        )
    return kind(
        told,
        status_code=status,
        retry_after=retry_after(headers),
        # A disk does not empty itself while we wait.
        retryable={408: True, 425: True, 507: False}.get(status),
    )


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return tr("unknown")


def _told_by_server(headers: Mapping[str, str], body: bytes) -> str:
    if _is_web_page(headers, body):
        return ""
    try:
        answer: Any = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return scrub(body[: 4 * TEXT_LIMIT].decode("utf-8", "replace"))
    detail = answer.get("detail") if isinstance(answer, dict) else None
    if isinstance(detail, str):
        return scrub(detail)
    if isinstance(detail, list):
        return scrub("; ".join(filter(None, map(_complaint, detail[:8]))))
    return ""


def _complaint(item: object) -> str:
    """One entry of a 422: where and what. Its ``input`` may be a secret and is never looked at."""
    if not isinstance(item, dict):
        return ""
    place = item.get("loc")
    loc = [str(step) for step in place] if isinstance(place, list) else []
    message = item.get("msg")
    text = message if isinstance(message, str) else tr("not accepted")
    where = " › ".join(loc[1:] if loc[:1] in (["body"], ["path"], ["query"]) else loc)
    return f"{where}: {text}" if where else text


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the server asks us to wait, between 0 and 300; None when it does not."""
    if not (text := headers.get("retry-after", "").strip()):
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = _seconds_until(text, headers.get("date"))
    return min(max(seconds, 0.0), 300.0) if seconds == seconds else None


def _seconds_until(then: str, now: str | None) -> float:
    try:
        # Both dates are the server's own, so a wrong clock here does not matter.
        return (parsedate_to_datetime(then) - parsedate_to_datetime(now or then)).total_seconds()
    except (TypeError, ValueError, OverflowError):
        return 0.0
