"""What a keyring does not keep is called by its name."""

import asyncio
from contextlib import closing

import pytest
from unit.credentials.test_backends import KEY, ORIGIN, PROFILE

from dfs_desktop.credentials import (
    API_KEY,
    CERTIFICATE_PASSWORD,
    PROXY_PASSWORD,
    Credentials,
    CredentialsError,
    KeyringMissing,
    SecretKind,
)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (API_KEY, "API key"),
        (PROXY_PASSWORD, "proxy's password"),
        (CERTIFICATE_PASSWORD, "certificate's password"),
    ],
)
def test_what_fails_says_which_secret_it_is_about(kind: SecretKind, name: str) -> None:
    fake = "unit.credentials.test_backends"
    for backends, secret in (
        ([], KEY),
        ([f"{fake}.Lossy"], KEY),
        ([f"{fake}.Memory"], "k" * 1281),
    ):
        with closing(Credentials(backends=backends)) as credentials:
            with pytest.raises(CredentialsError) as caught:
                asyncio.run(credentials.store(PROFILE, ORIGIN, secret, kind))
            assert name in caught.value.title
    with closing(Credentials(backends=[])) as credentials, pytest.raises(KeyringMissing) as missing:
        asyncio.run(credentials.fetch(PROFILE, ORIGIN, kind))
    assert name in missing.value.title
