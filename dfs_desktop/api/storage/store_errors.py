"""What a store's error answer means: judged by its code and its status, in one place for all requests."""

import re

import httpx

from dfs_desktop.api.http.answers import retry_after
from dfs_desktop.api.http.scrubbing import scrub
from dfs_desktop.api.storage.error_meaning import REMEDIES, Meaning
from dfs_desktop.api.storage.providers.known_providers import PROVIDERS
from dfs_desktop.api.storage.store_xml import StoreAnswer, read_json_error, read_small, read_xml
from dfs_desktop.translation import sentences, tr

_BY_CODE = {
    code: meaning
    for provider in PROVIDERS.values()
    for meaning, codes in provider.codes.items()
    for code in codes.split()
}
_BY_STATUS = {
    401: Meaning.UNSIGNED,
    403: Meaning.DENIED,
    404: Meaning.ABSENT,
    408: Meaning.LATER,
    410: Meaning.ABSENT,
    413: Meaning.TOO_LARGE,
    425: Meaning.LATER,
    429: Meaning.LATER,
    507: Meaning.FULL,
    511: Meaning.SIGN_IN,
}
_STORES_OWN = (
    *("etag", "accept-ranges", "content-range"),
    *(provider.request_id for provider in PROVIDERS.values()),
)
_FINAL_5XX = frozenset({501, 505, 506, 508, 510})
_LINKS = frozenset({400, 401, 403})  # what stores say of links that are too old
_TOO_OLD = re.compile(r"expired|not valid in the specified time", re.IGNORECASE)
_INTO_RENEWAL = frozenset({Meaning.EXPIRED, Meaning.SKEWED, Meaning.UNSIGNED, Meaning.DENIED})


def meaning_of(status: int, code: str, said: str) -> Meaning:
    """What a refusal means; ``said`` is everything in words that the store says beside its code.

    A known code decides, whatever the status: stores and what stands before them disagree there.
    """
    if status in _LINKS and _TOO_OLD.search(said):
        return Meaning.EXPIRED
    known = _BY_CODE.get(code) or _BY_STATUS.get(status)
    if known is not None:
        return known
    if 300 <= status < 400:
        return Meaning.ELSEWHERE
    return Meaning.LATER if status >= 500 and status not in _FINAL_5XX else Meaning.OTHER


class StoreResponseError(Exception):
    """The store answered with an error. ``wait``: seconds that it asks us to wait."""

    def __init__(
        self, status: int, code: str, message: str, wait: float | None, meaning: Meaning
    ) -> None:
        super().__init__(status, code)
        self.status, self.code, self.message, self.wait = status, code, message, wait
        self.meaning = meaning

    @property
    def passing(self) -> bool:
        """Whether the same may go well a little later."""
        return self.meaning in (Meaning.LATER, Meaning.SIGN_IN)

    @property
    def expired(self) -> bool:
        """Whether it says that the link is too old."""
        return self.meaning is Meaning.EXPIRED

    @property
    def of_link(self) -> bool:
        """Whether a fresh link to the same object may be taken."""
        return self.meaning in _INTO_RENEWAL

    @property
    def absent(self) -> bool:
        """Whether there is no object under this name, or none that the link may see: a key that
        may not list gets 403 for what is not there."""
        return self.meaning is Meaning.DENIED or self.gone

    @property
    def gone(self) -> bool:
        """Whether there is surely no object under this name."""
        return self.meaning in (Meaning.ABSENT, Meaning.NO_BUCKET, Meaning.NO_CONTAINER)

    @property
    def answer(self) -> str:
        """Status and code, as the store said them."""
        return f"{self.status} {scrub(self.code)}".rstrip()

    def explain(self) -> str:
        """What the matter is, with the store's own status and code, and what to do."""
        told = scrub(self.message).strip().rstrip(".")
        known = self.meaning not in (Meaning.LATER, Meaning.OTHER, Meaning.DENIED)
        said = "" if known or not told else f": {told}"
        what = f"{tr(self.meaning.value)} ({self.answer}){said}."
        return sentences(what, tr(REMEDIES.get(self.meaning, "")))

    def explain_absence(self) -> str:
        """The same, to somebody who asked for an object."""
        if self.meaning is not Meaning.DENIED:
            return self.explain()
        hidden = tr(
            "The file is not in the storage, or the bucket's key may not see it: the storage says "
            "the same to both ({answer}).",
            answer=self.answer,
        )
        return sentences(hidden, tr(REMEDIES[Meaning.DENIED]))


def refusal(response: httpx.Response) -> StoreResponseError:
    """What an error answer of the store says (at most 1 MiB of it is read)."""
    body = read_small(response) or b""
    answer = read_xml(body)
    found = answer if answer is not None and answer.root == "Error" else read_json_error(body)
    headers = (response.headers.get(each.code_header, "") for each in PROVIDERS.values())
    header = next(filter(None, headers), "")  # the answer may have no body
    return refused(response.status_code, found, retry_after(response.headers), header)


def refused(
    status: int, answer: StoreAnswer, wait: float | None = None, header: str = ""
) -> StoreResponseError:
    """A refusal from what the store's XML says."""
    code = answer.code or header
    meaning = meaning_of(status, code, f"{answer.message} {answer.detail}")
    return StoreResponseError(status, code, answer.message, wait, meaning)


def refuse_page(response: httpx.Response, method: str) -> None:
    """StoreResponseError for a web page, or the way to one, that whoever stands before the store sent.

    What a store sends has an ETag or an id of the request, also where it holds a web page; to a file
    and to a deletion it has nothing to say; and who is sent on by it with what it sends, is so by
    307 or 301.
    """
    status, headers = response.status_code, response.headers
    kind = headers.get("content-type", "").lower()
    words = "html" in kind or (method == "GET" and ("json" in kind or kind.startswith("text/")))
    talks = method in ("PUT", "DELETE") and headers.get("content-length", "0") != "0"
    page = response.is_success and (words or talks)
    led = method != "GET" and status in (302, 303)
    if (page or led) and not any(name in headers for name in _STORES_OWN):
        raise StoreResponseError(status, "", "", None, Meaning.SIGN_IN)
