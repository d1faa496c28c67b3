"""Who is in which conference room and who is called there, kept up to date by ConfBridge's events and lists; without I/O.

Theory. `ConfbridgeJoin` says which channel is in a room; what it came with our dial plan says a moment before by a `UserEvent`, and for
a server that comes later in the channel's variable `WWPHONE_CONFERENCE` (see `dialplan_rooms`). Whoever is called in is there
by one half of a Local channel; its id is made of the invitation's, and all channels that it rings have that id for
their `Linkedid`. Who answered is in one bridge with the other half; whoever takes their place, however it was handed over, enters
that bridge, or the other half enters theirs. Asterisk has no event for a lock: we know of those we set, and of all from its list of
rooms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from wwphone.domain.calls import CallDirection, LegState, Party
from wwphone.domain.conference import InvitationState, Participant
from wwphone.server.asterisk.ami import AmiEvent
from wwphone.server.asterisk.channels import RINGING, UP, party_text, user_in
from wwphone.server.asterisk.conference_entry import Entered, came_with, entered, is_room
from wwphone.server.asterisk.legs import BRIDGE_OF_ONE_CALL, LegBook
from wwphone.server.clock import Clock
from wwphone.server.conference_api import (
    PbxConferenceEvent,
    PbxInvitation,
    PbxInvitationChanged,
    PbxParticipantChanged,
    PbxParticipantLeft,
    PbxRoomLocked,
)

CONFERENCE_EVENTS = frozenset(
    {
        "ConfbridgeJoin",
        "ConfbridgeLeave",
        "ConfbridgeTalking",
        "ConfbridgeMute",
        "ConfbridgeUnmute",
        "ConfbridgeEnd",
        "UserEvent",
        "Newstate",
        "NewConnectedLine",
        "BridgeEnter",
        "BridgeLeave",
        "Hangup",
    }
)
ENTERS_EVENT, INVITED_EVENT = "WwphoneConference", "WwphoneInvited"
INVITATION_PREFIX = "wwphone-invitation-"
"""What the uniqueid of a channel begins with that calls somebody in; the invitation's id follows."""

_STATES: Mapping[int, InvitationState] = {
    16: InvitationState.REFUSED,
    17: InvitationState.BUSY,
    18: InvitationState.NO_ANSWER,
    19: InvitationState.NO_ANSWER,
    21: InvitationState.REFUSED,
}
"""What a call that was not answered ended with (Q.850, as our dial plan ends calls); everything else is out of reach."""

Fields = Mapping[str, str]


@dataclass(frozen=True)
class InRoom:
    """A participant with what Asterisk must be told to do something with it."""

    channel: str
    came: Entered
    told: PbxParticipantChanged


@dataclass
class _Invitation:
    """Somebody who is called in and is not there yet."""

    room: str
    state: InvitationState = InvitationState.CALLING


class ConferenceBook:
    """All participants, invitations under way, and locks."""

    def __init__(
        self,
        is_user: Callable[[str], bool],
        is_inside: Callable[[str], bool],
        legs: LegBook,
        invitee: Callable[[str, str], str],
        clock: Clock,
    ) -> None:
        """`is_inside`: whether a number is a user's; `legs`: of all users, which take an event before; `invitee`: whose PIN of a conference it is."""
        self._is_user = is_user
        self._is_inside = is_inside
        self._legs = legs
        self._invitee = invitee
        self._clock = clock
        self._there: dict[str, InRoom] = {}
        self._entering: dict[str, Entered] = {}
        self._invitations: dict[str, _Invitation] = {}
        self._bridges: dict[str, str] = {}
        """Where the other half is connected, of each channel by which somebody is called in."""
        self._connected: dict[str, Party] = {}
        """Whom it is said to be connected with there."""
        self._locked: set[str] = set()
        self._handlers: Mapping[str, Callable[[str, Fields], list[PbxConferenceEvent]]] = {
            "UserEvent": self._on_user_event,
            "Newstate": self._on_state,
            "NewConnectedLine": self._on_connected,
            "BridgeEnter": self._on_bridge,
            "BridgeLeave": self._on_bridge_left,
            "Hangup": self._on_hangup,
            "ConfbridgeJoin": self._on_join,
            "ConfbridgeLeave": self._on_leave,
            "ConfbridgeTalking": self._on_talking,
            "ConfbridgeMute": self._on_mute,
            "ConfbridgeUnmute": self._on_unmute,
            "ConfbridgeEnd": self._on_end,
        }

    # -- what is there

    def __getitem__(self, participant_id: str) -> InRoom:
        return self._there[participant_id]

    def in_room(self, room: str) -> list[str]:
        """The ids of its participants."""
        return [name for name, one in self._there.items() if one.came.room == room]

    def called_into(self, room: str) -> list[str]:
        """The ids of invitations under way."""
        return [name for name, one in self._invitations.items() if one.room == room]

    def is_called(self, invitation_id: str) -> bool:
        """Somebody is being called by it."""
        return invitation_id in self._invitations

    # -- what we do

    def invite(self, invitation: PbxInvitation) -> list[PbxConferenceEvent]:
        """Somebody is about to be called."""
        name = invitation.invitation_id
        self._invitations[name] = _Invitation(invitation.room)
        return [PbxInvitationChanged(name, InvitationState.CALLING)]

    def withdraw(self, invitation_id: str) -> None:
        """Nothing more is told of it."""
        self._invitations.pop(invitation_id, None)

    def lock(self, room: str, *, locked: bool) -> list[PbxConferenceEvent]:
        """A room was locked or opened."""
        if (room in self._locked) is locked:
            return []
        (self._locked.add if locked else self._locked.discard)(room)
        return [PbxRoomLocked(room, locked)]

    def set_chair(self, participant_id: str, *, chair: bool) -> list[PbxConferenceEvent]:
        """Somebody is a chair from now on, or no more."""
        one = self._there.get(participant_id)
        if one is None:
            return []
        self._there[participant_id] = replace(one, came=replace(one.came, chair=chair))
        return self._change(participant_id, lambda before: replace(before, chair=chair))

    def doors_changed(self) -> list[PbxConferenceEvent]:
        """It may be known now whose PIN somebody came with."""
        told: list[PbxConferenceEvent] = []
        for name, one in list(self._there.items()):
            invitee = self._invitee(one.came.conference_id, one.came.pin)
            if invitee and invitee != one.told.participant.invitee:
                told += self._change(name, lambda before, invitee=invitee: replace(before, invitee=invitee))  # type: ignore[misc]
        return told

    # -- what happens

    def apply(self, event: AmiEvent) -> list[PbxConferenceEvent]:
        """Take an event; return what changed."""
        handler = self._handlers.get(event.name)
        return handler(event.fields.get("Uniqueid", ""), event.fields) if handler is not None else []

    def replace_all(
        self, statuses: Iterable[Fields], listed: Iterable[Fields], rooms: Iterable[Fields]
    ) -> list[PbxConferenceEvent]:
        """Take the lists of channels, of participants and of rooms for the truth; tell everything, and who vanished."""
        channels = {fields.get("Uniqueid", ""): fields for fields in statuses}
        before, self._there = self._there, {}
        locked, self._locked = self._locked, set()
        called, self._invitations = self._invitations, {}
        self._entering = {
            name: came for name, fields in channels.items() if (came := came_with(fields)) is not None
        }
        self._bridges = {
            name.removesuffix(";2"): fields.get("BridgeID", "")
            for name, fields in channels.items()
            if name.startswith(INVITATION_PREFIX)
            and name.endswith(";2")
            and fields.get("Application") != "Park"
        }
        self._connected = {name: party for name, party in self._connected.items() if name in channels}
        told: list[PbxConferenceEvent] = []
        for fields in listed:
            name = fields.get("Uniqueid", "")
            told += self._on_join(name, {**channels.get(name, {}), **fields})
            self._entering.pop(name, None)
            told += self._keep_outside(name, before.get(name))
        told += self._read_invitations(channels)
        for fields in rooms:
            room = fields.get("Conference", "")
            if fields.get("Locked") == "Yes" and self.in_room(room):
                told += self.lock(room, locked=True)
        told += [PbxRoomLocked(room, False) for room in sorted(locked - self._locked)]
        gone = [(name, one) for name, one in before.items() if name not in self._there]
        left = [PbxParticipantLeft(one.came.room, name) for name, one in gone]
        connected = {one.came.invitation_id for one in self._there.values()}
        lost = called.keys() - self._invitations.keys() - connected
        return [
            *left,
            *(PbxInvitationChanged(name, InvitationState.NO_ANSWER) for name in sorted(lost)),
            *told,
        ]

    # -- inside

    def _on_user_event(self, name: str, fields: Fields) -> list[PbxConferenceEvent]:
        kind = fields.get("UserEvent")
        if kind == ENTERS_EVENT and (came := entered(fields.get("Enters", ""))) is not None:
            self._entering[name] = came
        if kind == INVITED_EVENT:
            return self._becomes(invitation_of(name), InvitationState.CONNECTED)
        return []

    def _on_state(self, _name: str, fields: Fields) -> list[PbxConferenceEvent]:
        if not self._invitations or fields.get("ChannelState") != RINGING:
            return []
        invitation_id = invitation_of(fields.get("Linkedid", ""))
        one = self._invitations.get(invitation_id)
        if one is None or one.state is not InvitationState.CALLING:
            return []
        return self._becomes(invitation_id, InvitationState.RINGING)

    def _on_hangup(self, name: str, fields: Fields) -> list[PbxConferenceEvent]:
        self._entering.pop(name, None)
        self._bridges.pop(name, None)
        self._connected.pop(name, None)
        invitation_id = invitation_of(name)
        if invitation_id not in self._invitations:
            return self._on_leave(name, fields) + self._let_go(name)
        one = self._invitations[invitation_id]
        cause = fields.get("Cause", "")
        state = _STATES.get(int(cause) if cause.isdecimal() else 0, InvitationState.FAILED)
        if one.state is InvitationState.CONNECTED:
            state = InvitationState.REFUSED  # they heard what it is about, and did not come
        told = self._becomes(invitation_id, state)
        del self._invitations[invitation_id]
        return told

    def _becomes(self, invitation_id: str, state: InvitationState) -> list[PbxConferenceEvent]:
        one = self._invitations.get(invitation_id)
        if one is None or one.state is state:
            return []
        one.state = state
        return [PbxInvitationChanged(invitation_id, state)]

    def _on_join(self, name: str, fields: Fields) -> list[PbxConferenceEvent]:
        room = fields.get("Conference", "")
        if not is_room(room):
            return []
        came = self._entering.pop(name, None) or Entered(room)
        came = replace(came, room=room, since=came.since or self._clock(), channel_id=name)
        invitation = self._invitations.pop(came.invitation_id, None)
        told = []
        if invitation is not None and invitation.state is not InvitationState.CONNECTED:
            told.append(PbxInvitationChanged(came.invitation_id, InvitationState.CONNECTED))
        user, leg_id = self._whose(name, fields.get("Channel", ""))
        participant = Participant(
            name,
            room,
            Party("") if user and came.invitation_id else _party(came, fields),
            came.since or self._clock(),
            user,
            talking=fields.get("Talking") == "Yes" and fields.get("Muted") != "Yes",
            muted=fields.get("Muted") == "Yes",
            chair=came.chair,
            invitation_id=came.invitation_id,
            invitee=self._invitee(came.conference_id, came.pin),
            leg_id=leg_id,
        )
        one = InRoom(fields.get("Channel", ""), came, PbxParticipantChanged(participant, came.conference_id))
        self._there[name] = one
        return [*told, one.told]

    def _whose(self, name: str, channel: str) -> tuple[str, str]:
        """The colleague whose channel it is, or who answered when they were called; and the leg that is theirs."""
        user = user_in(channel)
        if user:
            return (user, name) if self._is_user(user) else ("", "")
        if connected := self._legs.in_bridge(self._bridges.get(name, "")):
            return connected[0].user, connected[0].leg_id
        legs = (leg for leg in self._legs.in_call(name) if leg.direction is CallDirection.INCOMING)
        up = (leg for leg in legs if leg.state in (LegState.UP, LegState.HELD))
        return next(((leg.user, leg.leg_id) for leg in up), ("", ""))

    def _on_bridge(self, name: str, fields: Fields) -> list[PbxConferenceEvent]:
        """Somebody is connected with a call into a room, perhaps."""
        # Whoever is parked, or in a room, is in one bridge with others whom they are not connected with.
        bridge = fields.get("BridgeUniqueid", "") if fields.get("BridgeType") == BRIDGE_OF_ONE_CALL else ""
        half = name.removesuffix(";2")
        if half != name and half.startswith(INVITATION_PREFIX):
            self._bridges[half] = bridge
        return self._look_into(bridge)

    def _on_bridge_left(self, name: str, fields: Fields) -> list[PbxConferenceEvent]:
        """Somebody is so no more, and who is left takes the place."""
        bridge, half = fields.get("BridgeUniqueid", ""), name.removesuffix(";2")
        if self._bridges.get(half) == bridge and half != name:
            self._bridges[half] = ""
        return self._let_go(name) + self._look_into(bridge)

    def _look_into(self, bridge: str) -> list[PbxConferenceEvent]:
        connected = [
            there for there, connected_in in self._bridges.items() if bridge and connected_in == bridge
        ]
        return [event for there in connected for event in self._look(there)]

    def _let_go(self, leg_id: str) -> list[PbxConferenceEvent]:
        """A leg is connected with nobody. Mostly the call ends with it, of which the room tells in a moment."""
        holders = (name for name, one in self._there.items() if one.told.participant.leg_id == leg_id != name)
        name = next(holders, "")
        if not name:
            return []
        one = self._there[name]
        told = replace(one.told, participant=replace(one.told.participant, leg_id=""))
        self._there[name] = replace(one, told=told)
        return self._look(name)

    def _on_connected(self, name: str, fields: Fields) -> list[PbxConferenceEvent]:
        """The far half of a call into a room is told whom it is connected with; before it is so, or after."""
        there = name.removesuffix(";2")
        number = party_text(fields.get("ConnectedLineNum", ""))
        if there == name or not there.startswith(INVITATION_PREFIX) or not number:
            return []
        self._connected[there] = Party(number, party_text(fields.get("ConnectedLineName", "")))
        return self._look(there)

    def _look(self, there: str) -> list[PbxConferenceEvent]:
        """Who is connected with a call into a room takes the place in it."""
        one, legs = self._there.get(there), self._legs.in_bridge(self._bridges.get(there, ""))
        if one is None or any(leg.leg_id == one.told.participant.leg_id for leg in legs):
            return []
        if len(legs) == 1:  # of two, one is about to let go
            return self._take_over(there, legs[0].user, legs[0].leg_id, Party(""))
        party, participant = self._connected.get(there), one.told.participant
        if legs or party is None or participant.leg_id or not participant.user:
            return []
        if party.number == one.came.number or self._is_inside(party.number):
            return []
        return self._take_over(there, "", "", party)

    def _keep_outside(self, name: str, before: InRoom | None) -> list[PbxConferenceEvent]:
        """Somebody outside whom a call into a room was handed over to is still there; no list has their number."""
        if before is None or not before.came.invitation_id or before.told.participant.user:
            return []
        party = before.told.participant.party
        return self._change(name, lambda one: one if one.user else replace(one, party=party))

    def _take_over(self, name: str, user: str, leg_id: str, party: Party) -> list[PbxConferenceEvent]:
        """Somebody else is there by the same call; an empty number: the user's own."""
        return self._change(name, lambda one: replace(one, user=user, leg_id=leg_id, party=party))

    def _on_talking(self, name: str, fields: Fields) -> list[PbxConferenceEvent]:
        talking = fields.get("TalkingStatus") == "on"
        return self._change(name, lambda one: replace(one, talking=talking and not one.muted))

    def _on_mute(self, name: str, _fields: Fields) -> list[PbxConferenceEvent]:
        return self._change(name, lambda one: replace(one, muted=True, talking=False))

    def _on_unmute(self, name: str, _fields: Fields) -> list[PbxConferenceEvent]:
        return self._change(name, lambda one: replace(one, muted=False))

    def _on_end(self, _name: str, fields: Fields) -> list[PbxConferenceEvent]:
        return self.lock(fields.get("Conference", ""), locked=False)

    def _on_leave(self, name: str, _fields: Fields) -> list[PbxConferenceEvent]:
        one = self._there.pop(name, None)
        return [] if one is None else [PbxParticipantLeft(one.came.room, name)]

    def _change(self, name: str, change: Callable[[Participant], Participant]) -> list[PbxConferenceEvent]:
        one = self._there.get(name)
        if one is None:
            return []
        participant = change(one.told.participant)
        if participant == one.told.participant:
            return []
        told = replace(one.told, participant=participant)
        self._there[name] = replace(one, told=told)
        return [told]

    def _read_invitations(self, channels: Mapping[str, Fields]) -> list[PbxConferenceEvent]:
        """Those that are under way, by their channels."""
        told: list[PbxConferenceEvent] = []
        ringing = {
            fields.get("Linkedid", "")
            for fields in channels.values()
            if fields.get("ChannelState") == RINGING
        }
        for name, fields in channels.items():
            came, invitation_id = self._entering.get(name), invitation_of(name)
            if came is None or not invitation_id or name in self._there:
                continue
            state = InvitationState.RINGING if name in ringing else InvitationState.CALLING
            if fields.get("ChannelState") == UP:
                state = InvitationState.CONNECTED
            self._invitations[invitation_id] = _Invitation(came.room, state)
            told.append(PbxInvitationChanged(invitation_id, state))
        return told


def invitation_of(uniqueid: str) -> str:
    """The invitation whose channel it is; empty: none. The other half's id has `;2` at its end."""
    ours = uniqueid.startswith(INVITATION_PREFIX) and ";" not in uniqueid
    return uniqueid.removeprefix(INVITATION_PREFIX) if ours else ""


def _party(came: Entered, fields: Fields) -> Party:
    """As signalled; of whoever was called, the number that was called."""
    if came.invitation_id:
        return Party(came.number)
    return Party(party_text(fields.get("CallerIDNum", "")), party_text(fields.get("CallerIDName", "")))
