"""What the tests of the CTI link share: an ear that misses nothing, and quick times."""

from __future__ import annotations

from tests.helpers.fake_cti_core import PASSWORD, FakeCtiCore
from tests.helpers.waiting import SECONDS, wait_until_async
from wwphone.cti.api import Credentials, CtiLink, LinkEvent, LinkState, LinkStateChanged
from wwphone.cti.link import RetryTimes

ANNA = Credentials("anna_muster", PASSWORD)
QUICK = RetryTimes(first_s=0.05, longest_s=1.0, least_gap_s=0.05, answer_limit_s=10 * SECONDS)


class Ear:
    """Keeps everything a link tells, so that a state that lasted a moment only is not missed."""

    def __init__(self, link: CtiLink) -> None:
        self.heard: list[LinkEvent] = []
        self._link = link
        self._waited_for = 0
        link.add_listener(self.heard.append)

    def states(self) -> list[LinkState]:
        """The states in order, each once as long as it lasts."""
        told = [event.state for event in self.heard if isinstance(event, LinkStateChanged)]
        return [state for index, state in enumerate(told) if index == 0 or told[index - 1] is not state]

    async def hears(self, state: LinkState, timeout_s: float = 10 * SECONDS) -> LinkStateChanged:
        """Wait until this state is told, and return it; the next call looks at what comes after it."""

        def told() -> LinkStateChanged | None:
            for index in range(self._waited_for, len(self.heard)):
                event = self.heard[index]
                if isinstance(event, LinkStateChanged) and event.state is state:
                    self._waited_for = index + 1
                    return event
            return None

        event = await wait_until_async(told, f"state {state.value}", timeout_s)
        assert event is not None
        return event

    def forget(self) -> None:
        """Look only at what comes from now on."""
        self.heard.clear()
        self._waited_for = 0

    async def equals(self, core: FakeCtiCore, timeout_s: float = 10 * SECONDS) -> None:
        """Wait until the link's mirror equals the server's state."""
        mirror = self._link.mirror

        def equal() -> bool:
            return mirror.profile is not None and mirror.state() == core.truth.state()

        await wait_until_async(equal, "the mirror to equal the server's state", timeout_s)
