"""The settings file: JSON, written atomically, read with suspicion."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from pathlib import Path

from wwphone.config.options import OPTIONS, Option, Value

logger = logging.getLogger(__name__)

_MAX_BYTES = 1024 * 1024


class Settings:
    """Values of all options. A damaged file is set aside and the defaults count; unknown keys are kept."""

    def __init__(self, file: Path | None) -> None:
        """Read `file`; None keeps everything in memory."""
        self._file = file
        self._listeners: list[Callable[[Option], None]] = []
        self._stored: dict[str, object] = self._read() if file else {}

    def text(self, option: Option) -> str:
        """The value of an option that holds text; an empty text for None."""
        value = self.value(option)
        return "" if value is None else str(value)

    def value(self, option: Option) -> Value:
        """The value in force: the stored one when it fits, else the default."""
        stored = self._stored.get(option.key, option.default)
        if option.accepts(stored):
            return stored  # type: ignore[return-value]  # accepts() has looked
        return option.default

    def set(self, option: Option, value: Value) -> None:
        """Change an option and tell the listeners.

        Raises ValueError when the value does not fit, and OSError when it counts but could not be stored.
        """
        if not option.accepts(value):
            raise ValueError(f"{option.key} cannot be {value!r}")
        if self.value(option) == value:
            return
        self._stored[option.key] = value
        try:
            self._write()
        finally:
            for listener in tuple(self._listeners):
                listener(option)

    def on_change(self, listener: Callable[[Option], None]) -> None:
        """Call `listener` with each option that changed."""
        self._listeners.append(listener)

    def _read(self) -> dict[str, object]:
        assert self._file
        try:
            raw = self._file.read_bytes()[: _MAX_BYTES + 1]
        except FileNotFoundError:
            return {}
        except OSError as error:
            logger.warning("the settings cannot be read, the defaults count: %s", error)
            return {}
        try:
            if len(raw) > _MAX_BYTES:
                raise ValueError("too large")
            parsed = json.loads(raw)
            if not isinstance(parsed, dict):
                raise TypeError("no object")
        except (ValueError, TypeError, RecursionError) as error:
            aside = self._file.with_suffix(".damaged.json")
            self._file.replace(aside)
            logger.warning("the settings were damaged (%s) and are set aside as %s", error, aside.name)
            return {}
        for key, value in parsed.items():
            if key in OPTIONS and not OPTIONS[key].accepts(value):
                logger.warning("the setting %s holds nothing it can hold, the default counts", key)
        return parsed

    def _write(self) -> None:
        if self._file is None:
            return
        text = json.dumps(self._stored, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        temporary = self._file.with_suffix(".new")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(self._file)
