"""The key that recordings are encrypted with: from the environment, or from the system's key store."""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from collections.abc import Mapping

import keyring
import keyring.errors

from wwphone.server.recordings.vault import KEY_BYTES

VARIABLE = "WWPHONE_RECORDING_KEY"
KEYRING_SERVICE, KEYRING_ACCOUNT = "wwphone-server", "recording-key"


class KeyUnusableError(Exception):
    """There is a key, and it is none; the text is for the administrator and does not repeat it."""


def new_key() -> str:
    """Make a key, as one writes it."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode("ascii")


def find_key(environment: Mapping[str, str] = os.environ) -> bytes | None:
    """Look for the key; None: there is none. It may take a while. Raises KeyUnusableError."""
    text = environment.get(VARIABLE, "").strip()
    if text:
        return _key_in(text, VARIABLE)
    try:
        kept = keyring.get_password(KEYRING_SERVICE, KEYRING_ACCOUNT)
    except (
        keyring.errors.KeyringError
    ):  # a server has seldom a key store, and then the environment is the way
        return None
    return _key_in(kept.strip(), "the key store") if kept else None


def _key_in(text: str, where: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyUnusableError(
            f"the recording key in {where} is not {KEY_BYTES} bytes in base64:"
            " `wwphone-server recordings new-key` makes one"
        )
    return key
