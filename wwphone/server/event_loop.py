"""The event loop of the server: uvloop where it exists, because its TLS and its writes cost a fraction of asyncio's own."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine
from typing import Any

_loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None

if sys.platform != "win32":
    import uvloop

    _loop_factory = uvloop.new_event_loop


def run(work: Coroutine[Any, Any, None]) -> None:
    """Do as `asyncio.run` does, on the fastest loop this system has."""
    with asyncio.Runner(loop_factory=_loop_factory) as runner:
        runner.run(work)
