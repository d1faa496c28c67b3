"""What a link tells its listeners: the latest state and SIP account, each told only when it is different."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime

from wwphone.cti.api import (
    LinkEvent,
    LinkListener,
    LinkProblem,
    LinkState,
    LinkStateChanged,
    SipAccountChanged,
)
from wwphone.domain.account import SipAccount
from wwphone.protocol.errors import WireError

logger = logging.getLogger(__name__)


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


class Announcer:
    """Tells every listener everything, in order; one that raises is logged and does not keep it from the others."""

    def __init__(self, now: Callable[[], datetime] = utc_now) -> None:
        self._now = now
        self._listeners: list[LinkListener] = []
        self.state = LinkStateChanged(LinkState.SIGNED_OUT, now())
        self.account: SipAccount | None = None

    def add(self, listener: LinkListener) -> Callable[[], None]:
        """Tell this one too; the returned function ends that and may be called twice."""
        self._listeners.append(listener)

        def remove() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return remove

    def tell(self, event: LinkEvent) -> None:
        """Tell everybody."""
        for listener in tuple(self._listeners):
            try:
                listener(event)
            except Exception:  # one listener's mistake must not break the line for all
                logger.exception("a listener of the CTI link failed")

    def tell_state(
        self,
        state: LinkState,
        problem: LinkProblem | None = None,
        detail: str = "",
        *,
        retry_in_s: float | None = None,
        error: WireError | None = None,
    ) -> None:
        """Tell the state if anything about it is new; `since` stays while the state is the same."""
        since = self.state.since if state is self.state.state else self._now()
        changed = LinkStateChanged(state, since, problem, detail, retry_in_s, error)
        if changed != self.state:
            self.state = changed
            self.tell(changed)

    def tell_account(self, account: SipAccount | None) -> None:
        """Tell the SIP account if it is another one."""
        if account != self.account:
            self.account = account
            self.tell(SipAccountChanged(account))
