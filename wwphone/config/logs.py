"""Where the log goes: a file that cannot grow without end, and stderr for whoever starts it from a terminal."""

from __future__ import annotations

import logging
import logging.handlers
from pathlib import Path

_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
_MAX_BYTES = 2 * 1024 * 1024
_FILES = 5


def start_logging(file: Path | None, *, verbose: bool = False) -> None:
    """Send the log to `file` (kept to 10 MiB, owner only) and to stderr. Raises OSError when it cannot be written."""
    root = logging.getLogger()
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    stream = logging.StreamHandler()
    stream.setLevel(logging.DEBUG if verbose else logging.WARNING)
    handlers: list[logging.Handler] = [stream]
    if file:
        file.touch(mode=0o600, exist_ok=True)
        handlers.append(
            logging.handlers.RotatingFileHandler(
                file, maxBytes=_MAX_BYTES, backupCount=_FILES, encoding="utf-8"
            )
        )
    for handler in handlers:
        handler.setFormatter(logging.Formatter(_FORMAT))
        root.addHandler(handler)
    for noisy in ("asyncio", "websockets", "qasync"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
