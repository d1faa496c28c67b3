"""What was done already: a stamp is a small file that holds the hash of everything a result was made from."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path


def hash_of(*parts: str | Path | Iterable[Path]) -> str:
    """Return a hash over texts and files; a file counts with its name and content, a missing one as missing."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, str):
            digest.update(f"text {part}\0".encode())
        else:
            for file in [part] if isinstance(part, Path) else sorted(part):
                digest.update(f"file {file.name}\0".encode())
                digest.update(hashlib.sha256(file.read_bytes()).digest() if file.is_file() else b"missing")
    return digest.hexdigest()


def files_under(folder: Path) -> list[Path]:
    """Every file of a folder of ours, without what tools leave behind (``__pycache__``, ``.mypy_cache``)."""
    return [
        file
        for file in folder.rglob("*")
        if file.is_file() and not any(part.startswith((".", "__")) for part in file.relative_to(folder).parts)
    ]


class Stamp:
    """One file saying from what a result was made, and, if need be, what the result is."""

    def __init__(self, file: Path) -> None:
        """Nothing is read or written yet."""
        self._file = file

    def result(self, key: str) -> str | None:
        """What was remembered with this key; None when it was made from something else, or never."""
        try:
            remembered, _, result = self._file.read_text("utf-8").partition("\n")
        except OSError:
            return None
        return result if remembered == key else None

    def set(self, key: str, result: str = "") -> None:
        """Remember; never leaves half a stamp behind."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        half = self._file.with_name(f"{self._file.name}.{os.getpid()}")
        half.write_text(f"{key}\n{result}", "utf-8")
        half.replace(self._file)
