"""Merging the calls of a steered desk phone into a conference at the PBX; taking one out again is `DeskPhones.split`.

Theory. The phone's one channel and the others' meet in a ConfBridge room of the phone. Each party stays a held call by
name, so it can be ended, parked or handed over as before, and a restarted server finds it: its dial plan context says that it is merged,
and while the whole is held its extension says that it belongs to the others.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from wwphone.domain.desk_phone import MOST_MERGED, HeldCall, HeldEnd
from wwphone.server.api import NobodyThereError, PbxError
from wwphone.server.asterisk.desk_phone import DeskPhones
from wwphone.server.asterisk.held_book import MERGED_CONTEXT
from wwphone.server.asterisk.state import PbxState


class DeskMerging:
    """What brings calls of a phone together."""

    def __init__(self, state: PbxState, phones: DeskPhones) -> None:
        self._state = state
        self._phones = phones

    async def merge(self, call_ids: Iterable[str]) -> None:
        """See `SteeredPhones.merge`."""
        held, phones = self._state.held, self._phones
        wanted = dict.fromkeys(call_ids)
        parties = [held[each] for each in wanted if each in held]
        own = [phones.leg(each).leg_id for each in wanted if each not in held]
        legs = dict.fromkeys([*own, *(party.leg_id for party in parties)])
        if len(legs) != 1:
            raise NobodyThereError("these calls are not at one phone")
        (leg_id,) = legs
        new = [party for party in parties if not party.merged]
        if len(held.merged_with(leg_id)) + len(new) + len(own) > MOST_MERGED:
            raise NobodyThereError(f"more than {MOST_MERGED} others cannot be merged")
        if not phones.leg(leg_id).merged:
            await self._open(leg_id, connected=bool(own))
        for party in new:
            await self._bring(party)

    async def resume(self, held_id: str) -> None:
        """See `SteeredPhones.resume`."""
        call = self._state.held[held_id]
        together = self._state.held.together_with(call.leg_id)
        if call in together:
            await self.merge(one.held_id for one in together)
        else:
            await self._phones.resume(held_id)

    async def _open(self, leg_id: str, *, connected: bool) -> None:
        """Let the phone go to its room, with whom it is connected; who is not to come along is held first."""
        phones, legs = self._phones, self._state.legs
        others: tuple[tuple[str, str, str], ...] = ()
        call: HeldCall | None = None
        if connected:
            peer, call = await phones.about_to_hold(leg_id)
            others = ((peer, MERGED_CONTEXT, "start"),)
        elif not phones.leg(leg_id).waiting:
            await phones.free(leg_id)
        phones.tell(legs.merge(leg_id, merged=True))
        if call is not None:
            phones.begin_held(replace(call, merged=True))
        try:
            await phones.send(leg_id, "merge", *others)
        except PbxError:
            if call is not None:
                phones.end_held(call.held_id, HeldEnd.RESUMED)
            phones.tell(legs.merge(leg_id, merged=False))
            raise

    async def _bring(self, party: HeldCall) -> None:
        """Let a held party come; one that has just hung up is missing, and that is all."""
        phones = self._phones
        phones.begin_held(replace(party, merged=True, together=False))
        try:
            await phones.ask.redirect(party.held_id, MERGED_CONTEXT, "start")
        except PbxError:
            if party.held_id in self._state.held:
                phones.begin_held(party)
                raise
