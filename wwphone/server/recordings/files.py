"""Where recordings lie, raw and put away; each step on the disk is done for good when it returns."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from wwphone.server.recording_api import RecordingFiles
from wwphone.server.recording_settings import RAW_SUFFIXES, RecordingSettings
from wwphone.server.recordings.vault import key_mark

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{3,63}")
_SUFFIX = ".recording"
_UNFINISHED = "unfinished"
_KEY_MARK = "key-mark"
_MIB = 1024 * 1024


class RecordingFolders:
    """The spool that the PBX writes to, and the archive. Nothing here knows what a recording is."""

    def __init__(self, settings: RecordingSettings) -> None:
        self._settings = settings

    @property
    def spool_is_there(self) -> bool:
        """An administrator has made the folder that the PBX writes to, and it can be reached."""
        return self._settings.spool.is_dir()

    @property
    def were_used(self) -> bool:
        """The archive has been begun."""
        return (self._settings.folder / _KEY_MARK).is_file()

    def prepare(self) -> None:
        """Make the archive's folder, for this user alone, and remove what a kill left half done. Raises OSError."""
        folder = self._settings.folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / _UNFINISHED).mkdir(mode=0o700, exist_ok=True)
        for left in (folder / _UNFINISHED).iterdir():
            left.unlink()

    def is_our_key(self, key: bytes) -> bool:
        """Whether it is the key that the archive was begun with; an empty archive begins with it now. Raises OSError."""
        file = self._settings.folder / _KEY_MARK
        mark = key_mark(key).hex()
        try:
            return file.read_text("ascii").strip() == mark
        except FileNotFoundError:
            fresh = file.with_suffix(".new")
            with fresh.open("w", encoding="ascii") as new:
                new.write(f"{mark}\n")
                new.flush()
                os.fsync(new.fileno())
            fresh.replace(file)
            _sync_folder(file.parent)
            return True

    def raw(self, recording_id: str, rate: int) -> RecordingFiles:
        """Where the PBX is to write, so many samples a second. Raises ValueError for an id that cannot be a file's name."""
        name = self._settings.spool / _checked(recording_id)
        suffix = RAW_SUFFIXES[rate]
        return RecordingFiles(
            name.with_name(f"{recording_id}-mine{suffix}"), name.with_name(f"{recording_id}-others{suffix}")
        )

    def remove_raw(self, files: RecordingFiles) -> None:
        """Remove what the PBX wrote; what is gone already is no error. Raises OSError."""
        for file in (files.mine, files.others):
            file.unlink(missing_ok=True)
        if files.mine.parent.is_dir():
            _sync_folder(files.mine.parent)

    def unfinished(self, recording_id: str) -> Path:
        """Where it is made."""
        return self._settings.folder / _UNFINISHED / f"{_checked(recording_id)}{_SUFFIX}"

    def kept(self, recording_id: str) -> Path:
        """Where it lies."""
        return self._settings.folder / recording_id[:2] / f"{_checked(recording_id)}{_SUFFIX}"

    def finish(self, recording_id: str) -> None:
        """Move it from where it was made to where it lies, in one step. Raises OSError."""
        target = self.kept(recording_id)
        if not target.parent.is_dir():
            target.parent.mkdir(mode=0o700, exist_ok=True)
            _sync_folder(target.parent.parent)
        self.unfinished(recording_id).replace(target)
        _sync_folder(target.parent)

    def remove(self, recording_id: str) -> None:
        """Remove a recording; one that is gone already is no error. Raises OSError."""
        file = self.kept(recording_id)
        with contextlib.suppress(FileNotFoundError):
            file.unlink()
            _sync_folder(file.parent)

    def all_kept(self) -> Iterator[str]:
        """Ids of everything that lies in the archive. Raises OSError."""
        for file in sorted(self._settings.folder.glob(f"??/*{_SUFFIX}")):
            yield file.name.removesuffix(_SUFFIX)

    @property
    def has_space(self) -> bool:
        """There is enough left on both disks to go on recording."""
        try:
            free = min(
                shutil.disk_usage(folder).free for folder in (self._settings.spool, self._settings.folder)
            )
        except OSError:
            return False
        return free >= self._settings.least_free_mb * _MIB


def _checked(recording_id: str) -> str:
    if not _ID.fullmatch(recording_id):
        raise ValueError("this cannot be a recording's id")
    return recording_id


def _sync_folder(folder: Path) -> None:
    """Wait until names are on the disk (fsync(2)); Windows cannot be asked."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
