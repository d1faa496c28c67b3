"""Files on disk: whoever reads one sees the old or the new text, never half of it, and nobody else may read them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path


def write_changed(folder: Path, texts: Mapping[str, str], mode: int) -> list[str]:
    """Write the files that differ from what is there; return their names. Blocks. Raises OSError.

    A file is written beside its place, brought to the disk and renamed over the old one.
    """
    return write_changed_data(folder, {name: text.encode() for name, text in texts.items()}, mode)


def write_changed_data(folder: Path, data: Mapping[str, bytes], mode: int) -> list[str]:
    """The same for files that are no text."""
    folder.mkdir(parents=True, exist_ok=True)
    changed = [name for name, content in data.items() if not _is_same(folder / name, content, mode)]
    for name in changed:
        _replace(folder / name, data[name], mode)
    return changed


def _is_same(file: Path, content: bytes, mode: int) -> bool:
    try:
        return file.read_bytes() == content and file.stat().st_mode & 0o777 == mode
    except FileNotFoundError:
        return False


def _replace(file: Path, content: bytes, mode: int) -> None:
    descriptor, name = tempfile.mkstemp(
        prefix=f".{file.name}.", dir=file.parent
    )  # 0600 from its first moment
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(mode)
        temporary.replace(file)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
