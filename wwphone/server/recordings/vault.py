"""Files that only the holder of the key can read, from any place on, and that nobody can change, cut or exchange.

A file is a head and chunks of 64 KiB, each by AES-256-GCM (NIST SP 800-38D) under a key of the file's own, derived by HKDF-SHA256
(RFC 5869) from the server's key, random salt and the recording's id. A chunk's number is its nonce; the number and whether it is
the last one are authenticated. So a chunk in another place, in another recording, or missing at the end is found out.
"""

from __future__ import annotations

import hashlib
import io
import os
import secrets
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from wwphone.server.recordings_api import SoundChangedError, SoundMissingError, WrongKeyError

KEY_BYTES = 32
CHUNK = 64 * 1024
_MAGIC = b"wwphone1"
_SALT_BYTES = 32
_MARK_BYTES = 16
HEAD = len(_MAGIC) + _MARK_BYTES + _SALT_BYTES
_TAG = 16
_AT_ONCE = 1024 * 1024


def key_mark(key: bytes) -> bytes:
    """What a file tells of its key: enough to see whether one has that key, nothing to find it by."""
    return _derived(key, b"", b"wwphone: which key", _MARK_BYTES)


class VaultWriter:
    """Takes a sound from its beginning to its end and writes it encrypted to a new file."""

    def __init__(self, path: Path, key: bytes, recording_id: str) -> None:
        """Begin the file. Raises OSError."""
        salt = secrets.token_bytes(_SALT_BYTES)
        self._cipher = _Cipher(key, salt, recording_id)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file = os.fdopen(descriptor, "wb")
        self._file.write(_MAGIC + key_mark(key) + salt)
        self._rest = bytearray()
        self._chunk = 0
        self.size = 0
        """Bytes of the sound so far."""

    def write(self, data: bytes) -> None:
        """Take what follows. Raises OSError."""
        self._rest += data
        self.size += len(data)
        while len(self._rest) > CHUNK:
            self._put(bytes(self._rest[:CHUNK]), last=False)
            del self._rest[:CHUNK]

    def finish(self) -> None:
        """Write what is left and wait until all of it is on the disk; without this the file is of no use. Raises OSError."""
        self._put(bytes(self._rest), last=True)
        self._file.flush()
        os.fsync(self._file.fileno())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def _put(self, data: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypted(self._chunk, data, last=last))
        self._chunk += 1


class VaultReader:
    """Reads such a file, again and again, on any thread."""

    def __init__(self, path: Path, key: bytes, recording_id: str) -> None:
        """Look at the file. Raises SoundMissingError, SoundChangedError, WrongKeyError, OSError."""
        try:
            with path.open("rb") as file:
                head = file.read(HEAD)
                self._size = file.seek(0, os.SEEK_END)
        except FileNotFoundError as error:
            raise SoundMissingError(f"{path} is not there") from error
        if len(head) < HEAD or head[: len(_MAGIC)] != _MAGIC or self._size < HEAD + _TAG:
            raise SoundChangedError(f"{path} is no recording")
        if head[len(_MAGIC) :][:_MARK_BYTES] != key_mark(key):
            raise WrongKeyError(f"{path} was encrypted with another key")
        self._path = path
        self._cipher = _Cipher(key, head[-_SALT_BYTES:], recording_id)
        self._chunks = -(-(self._size - HEAD) // (CHUNK + _TAG))
        self.size = self._size - HEAD - self._chunks * _TAG
        """Bytes of the sound."""
        if self._chunks > 1 and self.size <= (self._chunks - 1) * CHUNK:
            raise SoundChangedError(f"{path} was cut")

    def read(self, first: int, size: int) -> bytes:
        """Read from a place on; less where the sound ends. Raises SoundMissingError, SoundChangedError, OSError."""
        end = min(first + size, self.size)
        if not 0 <= first < end:
            return b""
        chunks = range(first // CHUNK, (end - 1) // CHUNK + 1)
        try:
            with self._path.open("rb") as file:
                sound = b"".join(self._chunk(file, chunk) for chunk in chunks)
        except FileNotFoundError as error:
            raise SoundMissingError(f"{self._path} is not there") from error
        return sound[first - chunks[0] * CHUNK :][: end - first]

    def _chunk(self, file: io.BufferedReader, chunk: int) -> bytes:
        file.seek(HEAD + chunk * (CHUNK + _TAG))
        try:
            return self._cipher.decrypted(chunk, file.read(CHUNK + _TAG), last=chunk == self._chunks - 1)
        except (InvalidTag, ValueError) as error:
            raise SoundChangedError(f"{self._path} is not what was put there") from error


def file_hash(path: Path) -> str:
    """SHA-256 of a whole file, in hexadecimal digits. Raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_AT_ONCE):
            digest.update(piece)
    return digest.hexdigest()


class _Cipher:
    def __init__(self, key: bytes, salt: bytes, recording_id: str) -> None:
        self._cipher = AESGCM(_derived(key, salt, b"wwphone: sound of " + recording_id.encode(), KEY_BYTES))

    def encrypted(self, chunk: int, data: bytes, *, last: bool) -> bytes:
        return self._cipher.encrypt(_nonce(chunk), data, _about(chunk, last=last))

    def decrypted(self, chunk: int, data: bytes, *, last: bool) -> bytes:
        return self._cipher.decrypt(_nonce(chunk), data, _about(chunk, last=last))


def _nonce(chunk: int) -> bytes:
    return chunk.to_bytes(12, "big")


def _about(chunk: int, *, last: bool) -> bytes:
    return chunk.to_bytes(8, "big") + (b"last" if last else b"more")


def _derived(key: bytes, salt: bytes, what: bytes, size: int) -> bytes:
    return HKDF(SHA256(), size, salt, what).derive(key)
