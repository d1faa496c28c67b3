"""The operating system's key store; the only owner of keyring. Secrets rest nowhere else."""

from __future__ import annotations

import asyncio
from typing import Protocol

SERVICE_NAME = "wwphone"


class SecretsUnavailableError(Exception):
    """There is no key store, it is locked, or it refused."""


class Secrets(Protocol):
    """Passwords by account, `user@host`."""

    async def get(self, account: str) -> str | None:
        """Read a password; None when there is none. Raises SecretsUnavailableError."""

    async def put(self, account: str, secret: str) -> None:
        """Write a password. Raises SecretsUnavailableError."""

    async def remove(self, account: str) -> None:
        """Forget a password; unknown ones are no error. Raises SecretsUnavailableError."""


class KeyringSecrets:
    """Secrets in the system's key store; its calls may ask the person to unlock it, so they run on a thread."""

    async def get(self, account: str) -> str | None:
        """See Secrets."""
        return await asyncio.to_thread(self._guarded, account, None, "get")

    async def put(self, account: str, secret: str) -> None:
        """See Secrets."""
        await asyncio.to_thread(self._guarded, account, secret, "put")

    async def remove(self, account: str) -> None:
        """See Secrets."""
        await asyncio.to_thread(self._guarded, account, None, "remove")

    def _guarded(self, account: str, secret: str | None, action: str) -> str | None:
        # Imported on this thread, where nobody waits for it: it takes 60 ms of the start.
        import keyring  # noqa: PLC0415
        import keyring.errors  # noqa: PLC0415

        try:
            match action:
                case "get":
                    return keyring.get_password(SERVICE_NAME, account)
                case "put":
                    keyring.set_password(SERVICE_NAME, account, secret or "")
                case "remove":
                    keyring.delete_password(SERVICE_NAME, account)
        except keyring.errors.PasswordDeleteError:
            return None
        except keyring.errors.KeyringError as error:
            raise SecretsUnavailableError(type(error).__name__) from error
        return None
