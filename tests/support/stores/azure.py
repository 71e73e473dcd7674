"""Shared access signatures for Azure blobs, and the container they open."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
import urllib.request
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Literal
from urllib.parse import quote, urlencode

# The emulator's account is the same everywhere; Microsoft documents name and key.
ACCOUNT = "devstoreaccount1"
ACCOUNT_KEY = (
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)
_VERSION = "2025-11-05"


class AzurePresigner:
    """URLs of one container, as the registry asks for them. Keys: bucket locations.

    ``lifetimes`` are the lives (seconds) of the next URLs, one each, before ``lifetime`` counts.
    """

    kind: Literal["azure"] = "azure"

    def __init__(self, origin: str, container: str, lifetime: int = 12 * 3600) -> None:
        self._base = f"{origin}/{ACCOUNT}/{container}"
        self._container = container
        self.lifetime = lifetime
        self.lifetimes: list[int] = []

    def create_container(self) -> None:
        """Make the container, by a request signed with the account's key."""
        headers = {"x-ms-date": formatdate(usegmt=True), "x-ms-version": _VERSION}
        signed = "".join(f"{name}:{value}\n" for name, value in sorted(headers.items()))
        # Eleven headers that are not sent, then ours, then the resource (the account twice: its
        # name is part of the emulator's paths).
        resource = f"/{ACCOUNT}/{ACCOUNT}/{self._container}\nrestype:container"
        text = "PUT\n" + "\n" * 11 + signed + resource
        headers["Authorization"] = f"SharedKey {ACCOUNT}:{_hmac(text)}"
        request = urllib.request.Request(
            f"{self._base}?restype=container", method="PUT", headers=headers
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=10) as answer:
            answer.read()

    def put(self, key: str) -> str:
        return self._url(key, "cw")

    def get(self, key: str) -> str:
        return self._url(key, "r")

    def delete(self, key: str) -> str:
        return self._url(key, "d")

    def initiate(self, key: str) -> None:
        """Blocks need no beginning."""

    def part(self, key: str, number: int, upload_id: str | None) -> str:
        block = base64.b64encode(b"block-%08d" % number).decode()
        return f"{self._url(key, 'cw')}&comp=block&blockid={block}"

    def complete(self, key: str, upload_id: str | None) -> str:
        return f"{self._url(key, 'cw')}&comp=blocklist"

    def open_upload(self, key: str) -> str:
        raise AssertionError("generation A knows no Azure")

    def drop_uploads(self, key: str) -> None:
        """Its lifecycle rule removes what was begun; the registry cannot."""

    def _url(self, key: str, permissions: str) -> str:
        lifetime = self.lifetimes.pop(0) if self.lifetimes else self.lifetime
        ends = datetime.fromtimestamp(time.time() + lifetime, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        resource = f"/blob/{ACCOUNT}/{self._container}/{key}"
        # Start, policy, address, protocol, snapshot, scope and five answer headers stay empty.
        text = "\n".join(
            (permissions, "", ends, resource, "", "", "", _VERSION, "b", *("" for _ in range(7)))
        )
        query = {"se": ends, "sp": permissions, "sv": _VERSION, "sr": "b", "sig": _hmac(text)}
        return f"{self._base}/{quote(key, safe='/~()!')}?{urlencode(query)}"


def _hmac(text: str) -> str:
    key = base64.b64decode(ACCOUNT_KEY)
    return base64.b64encode(hmac.new(key, text.encode(), hashlib.sha256).digest()).decode()
