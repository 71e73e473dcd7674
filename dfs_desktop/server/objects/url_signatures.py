"""Presigned object URLs: bound to one host, method, object and moment, like those of S3."""

import hashlib
import hmac
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, quote, urlencode

from dfs_desktop.server.http.answers import StoreRefusal
from dfs_desktop.system.steady_clock import going_on

PREFIX = "/objects/"
_STAMP = "%Y%m%dT%H%M%SZ"
_SIGNATURE = "X-Amz-Signature"


class Signer:
    """Makes and checks object URLs with a secret that never leaves the data folder."""

    def __init__(self, secret: bytes, lifetime: int, host: str) -> None:
        """*host* is where this run listens, with its port: links of other runs open nothing."""
        self._secret = secret
        self._host = host
        self._lifetime = lifetime
        # A clock of the day that is set while links are out makes none of them older or younger.
        self._clock = going_on(time.time())

    def path(self, method: str, object_id: str, **extra: str) -> str:
        """Path and query that allow *method* on *object_id* from now on, for the lifetime."""
        query = {
            **extra,
            "X-Amz-Algorithm": "DFS-HMAC-SHA256",
            "X-Amz-Date": self._now().strftime(_STAMP),
            "X-Amz-Expires": str(self._lifetime),
            "X-Amz-SignedHeaders": "host",
        }
        query[_SIGNATURE] = self._signature(method, object_id, list(query.items()))
        return f"{PREFIX}{object_id}?{urlencode(query, quote_via=quote)}"

    def check(self, method: str, object_id: str, query_string: bytes) -> dict[str, str]:
        """The signed query of a request, or :class:`StoreRefusal`."""
        try:
            pairs = parse_qsl(
                query_string.decode("ascii"),
                keep_blank_values=True,
                strict_parsing=True,
                max_num_fields=16,
            )
        except ValueError:
            pairs = []
        given = [value for name, value in pairs if name == _SIGNATURE]
        signed = [pair for pair in pairs if pair[0] != _SIGNATURE]
        if not given:
            raise StoreRefusal(403, "AccessDenied", "This address works only with a signature.")
        expected = self._signature(method, object_id, signed)
        matches = hmac.compare_digest(expected, given[0].encode("ascii", "replace").decode())
        if len(given) != 1 or not matches:
            raise StoreRefusal(403, "SignatureDoesNotMatch", "The signature fits another request.")
        query = dict(signed)
        made = datetime.strptime(query["X-Amz-Date"], _STAMP).replace(tzinfo=UTC)
        if self._now() > made + timedelta(seconds=int(query["X-Amz-Expires"])):
            raise StoreRefusal(403, "AccessDenied", "Request has expired")
        return query

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)

    def _signature(self, method: str, object_id: str, pairs: list[tuple[str, str]]) -> str:
        canonical = "\n".join(
            (method, self._host, object_id, urlencode(sorted(pairs), quote_via=quote))
        )
        return hmac.new(self._secret, canonical.encode("utf-8"), hashlib.sha256).hexdigest()
