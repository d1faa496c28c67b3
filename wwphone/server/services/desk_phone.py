"""Steering one's own desk phone: only one's own legs and held calls, told to oneself alone."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Awaitable, Mapping
from typing import TypeVar

from wwphone.domain.desk_phone import MOST_MERGED, HeldCall, HeldEnd
from wwphone.domain.numbers import NotDiallableError, dial_target
from wwphone.protocol.calls import Dialled
from wwphone.protocol.desk_phone import (
    DeskAnswer,
    DeskDeflect,
    DeskDial,
    DeskHangUp,
    DeskHold,
    DeskJoin,
    DeskMerge,
    DeskMute,
    DeskPark,
    DeskPress,
    DeskResume,
    DeskSplit,
    DeskTransfer,
    Held,
    HeldCallChanged,
    HeldCallEnded,
)
from wwphone.protocol.errors import CommandRefusedError, ErrorCode, WireError
from wwphone.protocol.message import Command, Done, Result
from wwphone.protocol.parking import Parked
from wwphone.server.api import NobodyThereError, Pbx, PbxEvent, PbxStateChanged
from wwphone.server.desk_phone_api import (
    CannotAnswerError,
    NoSuchNumberError,
    PbxHeldChanged,
    PbxHeldEnded,
)
from wwphone.server.services.calls import CallService
from wwphone.server.services.commands import Handler
from wwphone.server.services.devices import DeviceService
from wwphone.server.services.event_log import EventLog
from wwphone.server.services.sessions import Session

_KEYS = frozenset("0123456789*#ABCD")
_MOST_KEYS = 32
_T = TypeVar("_T")


class DeskPhoneService:
    """While the PBX is out of reach everything stays as it was; what it does not tell again when it is back is over.

    Commands raise CommandRefusedError, PbxError, PbxLostError.
    """

    def __init__(self, pbx: Pbx, calls: CallService, devices: DeviceService, log: EventLog) -> None:
        self._phones = pbx.desk_phones
        self._calls = calls
        self._devices = devices
        self._log = log
        self._held: defaultdict[str, dict[str, HeldCall]] = defaultdict(dict)
        self._told: set[str] = set()

    def held_for(self, user: str) -> tuple[HeldCall, ...]:
        """What the PBX holds for a user's phone."""
        held = self._held.get(user, {})
        return tuple(held[held_id] for held_id in sorted(held))

    # ------------------------------------------------------------ commands

    def commands(self) -> Mapping[type[Command], Handler]:
        """What clients may ask of this service."""
        return {
            DeskDial: self._on_dial,
            DeskAnswer: self._on_answer,
            DeskHold: self._on_hold,
            DeskResume: self._on_resume,
            DeskHangUp: self._on_hang_up,
            DeskTransfer: self._on_transfer,
            DeskMerge: self._on_merge,
            DeskSplit: self._on_split,
            DeskPark: self._on_park,
            DeskJoin: self._on_join,
            DeskDeflect: self._on_deflect,
            DeskMute: self._on_mute,
            DeskPress: self._on_press,
        }

    async def _on_dial(self, session: Session, command: DeskDial) -> Result:
        number = _number(command.number)
        self._calls.must_be_connected()
        if command.leg_id:
            leg_id = self._own(session, command.leg_id)
            await self._do(self._phones.dial(session.user, number, leg_id, "", command.shown))
            return Dialled(leg_id)
        if all(device.contact != command.contact for device in self._devices.of(session.user)):
            raise _refused(ErrorCode.NOT_FOUND, "no device of yours is registered like this")
        leg_id = f"wwphone-{uuid.uuid4().hex}"
        await self._do(self._phones.dial(session.user, number, leg_id, command.contact, command.shown))
        return Dialled(leg_id)

    async def _on_answer(self, session: Session, command: DeskAnswer) -> Result:
        leg_id = self._own(session, command.leg_id)
        await self._do(self._phones.answer(session.user, leg_id, command.contact))
        return Done()

    async def _on_hold(self, session: Session, command: DeskHold) -> Result:
        leg_id = self._own(session, command.leg_id)
        return Held(await self._do(self._phones.hold(leg_id)))

    async def _on_resume(self, session: Session, command: DeskResume) -> Result:
        await self._do(self._phones.resume(self._own_held(session, command.held_id)))
        return Done()

    async def _on_hang_up(self, session: Session, command: DeskHangUp) -> Result:
        await self._do(self._phones.hang_up(self._own_call(session, command.call_id)))
        return Done()

    async def _on_transfer(self, session: Session, command: DeskTransfer) -> Result:
        call_id, number = self._own_call(session, command.call_id), _number(command.number)
        await self._do(self._phones.transfer(call_id, number))
        return Done()

    async def _on_merge(self, session: Session, command: DeskMerge) -> Result:
        wanted = tuple(dict.fromkeys(command.call_ids))
        if not 2 <= len(wanted) <= MOST_MERGED:
            raise _refused(ErrorCode.INVALID, f"two calls are needed, and {MOST_MERGED} can be merged")
        await self._do(self._phones.merge([self._own_call(session, each) for each in wanted]))
        return Done()

    async def _on_split(self, session: Session, command: DeskSplit) -> Result:
        await self._do(self._phones.split(self._own_held(session, command.held_id)))
        return Done()

    async def _on_park(self, session: Session, command: DeskPark) -> Result:
        return Parked(await self._do(self._phones.park(self._own_held(session, command.held_id))))

    async def _on_join(self, session: Session, command: DeskJoin) -> Result:
        both = [self._own_call(session, each) for each in (command.call_id, command.other_call_id)]
        held = self._held.get(session.user, {})
        if both[0] == both[1] or not any(each in held for each in both):
            raise _refused(ErrorCode.CONFLICT, "one of the two has to be held")
        await self._do(self._phones.join(*both))
        return Done()

    async def _on_deflect(self, session: Session, command: DeskDeflect) -> Result:
        leg_id = self._own(session, command.leg_id)
        number = _number(command.number) if command.number else ""
        await self._do(self._phones.deflect(leg_id, number))
        return Done()

    async def _on_mute(self, session: Session, command: DeskMute) -> Result:
        await self._do(self._phones.mute(self._own(session, command.leg_id), command.muted))
        return Done()

    async def _on_press(self, session: Session, command: DeskPress) -> Result:
        keys = command.keys
        if not keys or len(keys) > _MOST_KEYS or not _KEYS.issuperset(keys):
            raise _refused(ErrorCode.INVALID, "there are no such keys")
        await self._do(self._phones.press(self._own(session, command.leg_id), keys))
        return Done()

    def _own(self, session: Session, leg_id: str) -> str:
        self._calls.must_be_connected()
        if all(leg.leg_id != leg_id for leg in self._calls.legs_of(session.user)):
            raise _gone()
        return leg_id

    def _own_held(self, session: Session, held_id: str) -> str:
        if held_id not in self._held.get(session.user, {}):
            raise _gone()
        self._calls.must_be_connected()
        return held_id

    def _own_call(self, session: Session, call_id: str) -> str:
        self._calls.must_be_connected()
        return call_id if call_id in self._held.get(session.user, {}) else self._own(session, call_id)

    @staticmethod
    async def _do(action: Awaitable[_T]) -> _T:
        try:
            return await action
        except KeyError:
            raise _gone() from None
        except NoSuchNumberError:
            raise _refused(ErrorCode.INVALID, "nobody has this number") from None
        except (NobodyThereError, CannotAnswerError) as error:
            raise _refused(ErrorCode.CONFLICT, str(error)) from error

    # ------------------------------------------------------------ what the PBX tells

    def on_pbx_event(self, event: PbxEvent) -> None:
        """Take what is about held calls."""
        match event:
            case PbxHeldChanged(call):
                self._told.add(call.held_id)
                if self._held[call.user].get(call.held_id) != call:
                    self._held[call.user][call.held_id] = call
                    self._log.publish(HeldCallChanged(call), only=call.user)
            case PbxHeldEnded(user, held_id, end):
                self._end(user, held_id, end)
            case PbxStateChanged(connected=False):
                self._told.clear()
            case PbxStateChanged():
                for user, held in tuple(self._held.items()):
                    for held_id in held.keys() - self._told:
                        self._end(user, held_id, HeldEnd.OVER)

    def _end(self, user: str, held_id: str, end: HeldEnd) -> None:
        self._told.discard(held_id)
        if self._held.get(user, {}).pop(held_id, None) is not None:
            self._log.publish(HeldCallEnded(held_id, end), only=user)
            if not self._held[user]:
                del self._held[user]


def _number(text: str) -> str:
    try:
        return dial_target(text).address
    except NotDiallableError as error:
        raise _refused(ErrorCode.INVALID, str(error)) from error


def _gone() -> CommandRefusedError:
    return _refused(ErrorCode.NOT_FOUND, "there is no such call of yours")


def _refused(code: ErrorCode, sentence: str) -> CommandRefusedError:
    return CommandRefusedError(WireError(code, sentence))
