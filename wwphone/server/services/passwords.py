"""CTI passwords: argon2id hashes, made and checked off the event loop's thread.

The parameters are argon2-cffi's defaults, RFC 9106's second recommended option (3 passes, 64 MiB, 4 lanes). At most two
passwords are checked at once, so that a storm of sign-ins takes 128 MiB and not the machine.
"""

from __future__ import annotations

import asyncio
import secrets
import string
import unicodedata
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH = 10
MAX_LENGTH = 256
_AT_ONCE = 2
_GENERATED_LENGTH = 20
# Without the letters people mistake for each other.
_ALPHABET = "".join(sorted(set(string.ascii_letters + string.digits) - set("0OoIl1")))


class Passwords:
    """Hashes and checks passwords; `shutdown` ends its threads."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """Use argon2id with safe parameters; tests give a cheaper hasher."""
        self._hasher = hasher or PasswordHasher()
        self._executor = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="passwords")
        self._nobody = self._hasher.hash(secrets.token_urlsafe())

    async def hash(self, password: str) -> str:
        """Return the hash of a new password, with salt and parameters inside."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, self.hash_now, password)

    def hash_now(self, password: str) -> str:
        """Do as `hash` does, on this thread: for programs that have nothing else to do."""
        return self._hasher.hash(_canonical(password))

    async def fits(self, password_hash: str | None, password: str) -> bool:
        """Whether the password is right. For None (no such user) the same work is done and the answer is no."""
        loop = asyncio.get_running_loop()
        asked = password_hash or self._nobody
        fitting = await loop.run_in_executor(self._executor, self._verify, asked, password)
        return fitting and password_hash is not None

    def shutdown(self) -> None:
        """End the threads; what is being checked is finished first."""
        self._executor.shutdown()

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, _canonical(password))
        except (VerificationError, InvalidHashError):
            return False


def quick_hash(password: str) -> str:
    """Hash a password that `generated_password` made: nobody can guess 115 bits, however cheap one guess is.

    For many users at once, as in a demonstration; a slow hash is for passwords that people invent.
    """
    return PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(_canonical(password))


def generated_password() -> str:
    """Make a password of about 115 bits that can be read aloud and typed."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_GENERATED_LENGTH))


def check_new_password(password: str) -> str:
    """Return the password; raise ValueError, in words that do not repeat it, when it is too weak or too long."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise ValueError(f"a password has {MIN_LENGTH} to {MAX_LENGTH} characters")
    if len(set(password)) < 4:
        raise ValueError("a password has at least four different characters")
    if not password.isprintable():
        raise ValueError("a password has printable characters only")
    return password


def _canonical(password: str) -> bytes:
    """The same bytes for the same letters, whichever keyboard they come from (RFC 8265, section 4.2.2)."""
    return unicodedata.normalize("NFC", password).encode()
