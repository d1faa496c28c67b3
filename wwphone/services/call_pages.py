"""Says which page is to be opened when a call rings, is answered or ends: each of them once a call."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from types import MappingProxyType

from wwphone.config.options import PAGE_ON_ANSWER, PAGE_ON_END, PAGE_ON_RING, PAGES_FOR, Option
from wwphone.config.settings import Settings
from wwphone.domain.call_pages import BadTemplateError, CallMoment, fill_template
from wwphone.domain.calls import CallDirection, CallSnapshot, CallState
from wwphone.services.calls import CallsService
from wwphone.services.observing import Listeners

logger = logging.getLogger(__name__)

PAGE_OPTIONS: Mapping[CallMoment, Option] = MappingProxyType(
    {CallMoment.RING: PAGE_ON_RING, CallMoment.ANSWER: PAGE_ON_ANSWER, CallMoment.END: PAGE_ON_END}
)
"""Where the template for a moment rests; an empty one opens nothing."""

_MOMENTS: Mapping[CallState, CallMoment] = MappingProxyType(
    {
        CallState.INCOMING: CallMoment.RING,
        CallState.RINGING: CallMoment.RING,
        CallState.ACTIVE: CallMoment.ANSWER,
        CallState.HELD: CallMoment.ANSWER,
        CallState.ENDED: CallMoment.END,
    }
)


class CallPagesService:
    """Listens to the calls; whoever subscribes to `wanted` opens the addresses."""

    def __init__(self, settings: Settings, calls: CallsService) -> None:
        self._settings = settings
        self._past: dict[str, set[CallMoment]] = {}
        self.wanted: Listeners[str] = Listeners()
        calls.changed.subscribe(self._on_changed)
        calls.removed.subscribe(self._on_removed)

    def _on_changed(self, call: CallSnapshot) -> None:
        moment = _MOMENTS.get(call.state)
        past = self._past.setdefault(call.call_id, set())
        if moment is None or moment in past:
            return
        past.add(moment)
        template = self._settings.text(PAGE_OPTIONS[moment])
        incoming = call.direction is CallDirection.INCOMING
        if not template or not (incoming or self._settings.text(PAGES_FOR) == "all"):
            return
        try:
            address = fill_template(template, page_values(call, moment))
        except BadTemplateError as error:  # somebody wrote into the settings file
            logger.warning("the page for %s is not opened: %s", moment.value, error.problem.value)
            return
        self.wanted.tell(address)

    def _on_removed(self, call_id: str) -> None:
        self._past.pop(call_id, None)


def page_values(call: CallSnapshot, moment: CallMoment) -> Mapping[str, str]:
    """What the placeholders stand for."""
    return {
        "number": call.remote.number,
        "name": call.remote.name,
        "call_id": call.call_id,
        "direction": call.direction.value,
        "event": moment.value,
    }
