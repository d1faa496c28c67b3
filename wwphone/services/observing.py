"""How a service tells what changed: typed listeners, called at once and in order."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Generic, TypeVar

logger = logging.getLogger(__name__)

_T = TypeVar("_T")


class Listeners(Generic[_T]):
    """Who wants to know of one kind of change. One that raises is logged and does not keep it from the others."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[_T], None]] = []

    def subscribe(self, listener: Callable[[_T], None]) -> Callable[[], None]:
        """Call `listener` from now on; the returned function ends that."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    def tell(self, value: _T) -> None:
        """Tell everybody."""
        for listener in tuple(self._listeners):
            try:
                listener(value)
            except Exception:  # one window's mistake must not silence the others
                logger.exception("a listener failed")
