"""Legs of users, kept up to date by events: one pass an event, dispatched by a table.

Theory. An event about a channel carries the whole channel, so most need no more than "take it over". Besides:

- who dials whom is in `DialBegin`, `DialState`, `DialEnd`: the dialling channel rings when the dialled one does;
- a channel that Asterisk dials for a user (no dialling channel, or one in `wwphone-own-devices`) is the user's own
  outgoing call, although its device is rung;
- a channel that picks up (`Pickup`) has taken an incoming call, of the kind of the one it took;
- so has a channel that takes who waits for a ring group; our dial plan tells so by a `UserEvent`;
- what is offered to a channel (kind and called number) our dial plan tells by a `UserEvent`;
- `Hold` names the channel whose device holds;
- a phone that is steered waits, calls and is connected by our dial plan, which tells so by a `UserEvent` each time;
- two calls that are joined in a bridge become one, the older; Asterisk sends no event for that. In a conference they stay
  two, there as here.

Channels of trunks, parking places and the like are nobody's and are passed over, in one look at their name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta

from wwphone.domain.calls import CallDirection, Leg
from wwphone.domain.shown import without_prefix
from wwphone.server.api import PbxLegChanged, PbxLegEnded, PbxPickedUp
from wwphone.server.asterisk.ami import AmiEvent
from wwphone.server.asterisk.channels import (
    RING,
    RINGING,
    UP,
    Channel,
    older_call,
    user_in,
)
from wwphone.server.asterisk.held_book import HELD_VARIABLE
from wwphone.server.clock import Clock

OWN_DEVICES_CONTEXT = "wwphone-own-devices"
DIRECTION_VARIABLE = "WWPHONE_DIRECTION"
"""Set by our dial plan and by click-to-dial on each channel it dials, for whoever has to find out later."""

OFFER_VARIABLE = "WWPHONE_OFFER"
"""What our dial plan offers to the channel: kind and called number."""
MUTED_VARIABLE = "WWPHONE_MUTED"
CHANNEL_VARIABLES = f"{DIRECTION_VARIABLE},{OFFER_VARIABLE},{MUTED_VARIABLE},{HELD_VARIABLE}"
"""What has to be asked for with each channel of the list."""

DESK_WAITS_EVENT, DESK_DIALS_EVENT = "WwphoneDeskWaits", "WwphoneDeskDials"
DESK_MERGES_EVENT = "WwphoneDeskMerges"
_DESK_WAITS_AT, _DESK_MERGES_AT = ("wwphone-desk", "wait"), ("wwphone-desk", "merge")
BRIDGE_OF_ONE_CALL = "basic"
"""Asterisk's type of bridge for two who talk; holding ones have all who are parked, for instance."""

LegEvent = PbxLegChanged | PbxLegEnded | PbxPickedUp
Fields = Mapping[str, str]


class LegBook:
    """All legs of all known users."""

    def __init__(
        self, is_user: Callable[[str], bool], clock: Clock, called: Callable[[str], str] = without_prefix
    ) -> None:
        """`called`: the number that a person means who dials one."""
        self._is_user = is_user
        self._clock = clock
        self._called = called
        self._channels: dict[str, Channel] = {}
        self._of_user: dict[str, dict[str, Channel]] = {}
        self._bridges: dict[str, str] = {}
        self._to_call: set[str] = set()

    def of(self, user: str) -> list[Leg]:
        """A user's legs, as told."""
        return [channel.told for channel in self._of_user.get(user, {}).values() if channel.told is not None]

    def in_call(self, call_id: str) -> list[Leg]:
        """All legs of one call."""
        told = (channel.told for channel in self._channels.values() if channel.call_id == call_id)
        return [leg for leg in told if leg is not None]

    def in_bridge(self, bridge: str) -> list[Leg]:
        """The legs that are connected in a bridge of Asterisk; none without a bridge's id."""
        told = (channel.told for channel in self._channels.values() if bridge and channel.bridge == bridge)
        return [leg for leg in told if leg is not None]

    def get(self, leg_id: str) -> Leg | None:
        """One leg, as told."""
        channel = self._channels.get(leg_id)
        return channel.told if channel is not None else None

    def will_call(self, leg_id: str, *, expected: bool) -> None:
        """A leg of this id will call somebody as soon as its device is answered, steered by us; or not any more."""
        (self._to_call.add if expected else self._to_call.discard)(leg_id)

    def mute(self, leg_id: str, *, muted: bool) -> list[LegEvent]:
        """The PBX lets nothing through of what a device says, or everything again: no event tells that."""
        channel = self._channels.get(leg_id)
        if channel is None:
            return []
        channel.muted = muted
        return self._tell(channel)

    def merge(self, leg_id: str, *, merged: bool) -> list[LegEvent]:
        """A steered leg is about to talk with several others at once, or with one again."""
        channel = self._channels.get(leg_id)
        if channel is None:
            return []
        if merged:
            channel.desk_merges()
        else:
            channel.merged = False
        return self._tell(channel)

    def __contains__(self, leg_id: object) -> bool:
        return leg_id in self._channels

    def apply(self, event: AmiEvent) -> list[LegEvent]:
        """Take an event; return what changed for people."""
        handler = _HANDLERS.get(event.name)
        return handler(self, event.fields) if handler is not None else []

    def replace_all(self, statuses: Iterable[Fields], held: frozenset[str]) -> list[LegEvent]:
        """Take the answer to `Status` for the truth; tell every leg, and the end of those that vanished.

        `held` are the uniqueids whose devices hold. What only events tell (times, hold) is kept where it still fits.
        """
        listed = list(statuses)
        before, self._channels, self._of_user, self._bridges = self._channels, {}, {}, {}
        for fields in listed:
            user = self._known_user(fields)
            if user:
                channel = self._listed(user, fields, listed, before.get(fields["Uniqueid"]))
                channel.held = channel.uniqueid in held
        told: list[LegEvent] = [
            PbxLegEnded(channel.told.user, uniqueid, 0)
            for uniqueid, channel in before.items()
            if channel.told is not None and uniqueid not in self._channels
        ]
        for channel in self._channels.values():
            channel.told = channel.leg(self._clock())
            told.append(PbxLegChanged(channel.told))
        return told

    def forget(self, users: Iterable[str]) -> None:
        """Drop the legs of users who are none any more, without a word."""
        for user in users:
            for uniqueid in tuple(self._of_user.get(user, ())):
                self._remove(uniqueid)

    # -- inside

    def _known_user(self, fields: Fields) -> str:
        user = user_in(fields.get("Channel", ""))
        return user if user and self._is_user(user) else ""

    def _add(self, user: str, fields: Fields) -> Channel:
        state = fields.get("ChannelState", "")
        direction = CallDirection.OUTGOING if state == RING else CallDirection.INCOMING
        uniqueid = fields["Uniqueid"]
        channel = Channel(uniqueid, user, fields.get("Linkedid", uniqueid), state, direction, self._clock())
        if direction is CallDirection.OUTGOING:
            channel.dialled = self._called(fields.get("Exten", ""))
        channel.calls = uniqueid in self._to_call
        self._channels[uniqueid] = channel
        self._of_user.setdefault(user, {})[uniqueid] = channel
        return channel

    def _listed(self, user: str, fields: Fields, listed: list[Fields], before: Channel | None) -> Channel:
        """Make a channel from its line in the list."""
        channel = self._add(user, fields)
        channel.update(fields)
        channel.bridge = fields.get("BridgeID", "")
        channel.offered = True
        variables = dict(line.partition("=")[::2] for line in fields.get("Variable", "").split("\n"))
        incoming = fields.get("Application") == "AppDial"
        if DIRECTION_VARIABLE in variables and variables[DIRECTION_VARIABLE] != "(null)":
            incoming = variables[DIRECTION_VARIABLE] == CallDirection.INCOMING.value
        channel.direction = CallDirection.INCOMING if incoming else CallDirection.OUTGOING
        channel.take_offer(variables.get(OFFER_VARIABLE, ""))
        channel.dialled = "" if incoming else fields.get("DNID", "")
        channel.waiting = (fields.get("Context"), fields.get("Exten")) == _DESK_WAITS_AT
        channel.merged = (fields.get("Context"), fields.get("Exten")) == _DESK_MERGES_AT
        channel.muted = variables.get(MUTED_VARIABLE) == "1"
        others = [o for o in listed if o.get("Linkedid") == channel.call_id and o is not fields]
        if not incoming and fields.get("Application") == "Dial" and not channel.bridge:
            channel.dials = {o["Uniqueid"] for o in others if o.get("Application") == "AppDial"}
            channel.rings_there = any(o.get("ChannelState") == RINGING for o in others)
        if before is not None:
            channel.since, channel.told = before.since, before.told
        else:
            channel.since -= timedelta(seconds=int(fields.get("Seconds") or 0))
        return channel

    def _tell(self, channel: Channel) -> list[LegEvent]:
        if not channel.offered:
            return []
        leg = channel.leg(self._clock())
        if leg == channel.told:
            return []
        channel.told = leg
        return [PbxLegChanged(leg)]

    def _on_channel(self, fields: Fields) -> list[LegEvent]:
        channel = self._channels.get(fields.get("Uniqueid", ""))
        if channel is None:
            user = self._known_user(fields)
            if not user:
                return []
            channel = self._add(user, fields)
        channel.update(fields)
        return self._tell(channel)

    def _on_dial_begin(self, fields: Fields) -> list[LegEvent]:
        told: list[LegEvent] = []
        dialled = self._channels.get(fields.get("DestUniqueid", ""))
        if dialled is not None:
            own = "Uniqueid" not in fields or fields.get("Context") == OWN_DEVICES_CONTEXT
            dialled.direction = CallDirection.OUTGOING if own else CallDirection.INCOMING
            dialled.offered = True
            told += self._tell(dialled)
        dialling = self._channels.get(fields.get("Uniqueid", ""))
        if dialling is not None:
            if not dialling.dials:
                dialling.rings_there = dialling.rings_there and dialling.state != UP
            dialling.dials.add(fields.get("DestUniqueid", ""))
            dialling.update(fields)
            told += self._tell(dialling)
        return told

    def _on_dial_state(self, fields: Fields) -> list[LegEvent]:
        dialling = self._channels.get(fields.get("Uniqueid", ""))
        if dialling is None or fields.get("DialStatus") not in ("RINGING", "PROGRESS"):
            return []
        dialling.rings_there = True
        return self._tell(dialling)

    def _on_dial_end(self, fields: Fields) -> list[LegEvent]:
        dialling = self._channels.get(fields.get("Uniqueid", ""))
        if dialling is None:
            return []
        dialling.dials.discard(fields.get("DestUniqueid", ""))
        if fields.get("DialStatus") == "ANSWER":
            dialling.answered = True
            dialling.calls = False
            dialling.dials.clear()
        return self._tell(dialling)

    def _on_hold(self, fields: Fields) -> list[LegEvent]:
        return self._set_held(fields, held=True)

    def _on_unhold(self, fields: Fields) -> list[LegEvent]:
        return self._set_held(fields, held=False)

    def _set_held(self, fields: Fields, held: bool) -> list[LegEvent]:
        channel = self._channels.get(fields.get("Uniqueid", ""))
        if channel is None:
            return []
        channel.held = held
        return self._tell(channel)

    def _on_user_event(self, fields: Fields) -> list[LegEvent]:
        channel = self._channels.get(fields.get("Uniqueid", ""))
        if channel is None:
            return []
        match fields.get("UserEvent"):
            case "WwphoneOffer":
                channel.take_offer(fields.get("Offer", ""))
            case "WwphonePulls":
                channel.direction = CallDirection.INCOMING
                channel.take_offer(fields.get("Offer", ""))
            case "WwphoneDeskWaits":
                channel.desk_waits(fields.get("Cause", ""))
            case "WwphoneDeskDials":
                channel.desk_dials(fields.get("Number", ""))
            case "WwphoneDeskMerges":
                channel.desk_merges()
            case _:
                return []
        return self._tell(channel)

    def _on_pickup(self, fields: Fields) -> list[LegEvent]:
        told: list[LegEvent] = []
        by, taken = fields.get("Uniqueid", ""), self._channels.get(fields.get("TargetUniqueid", ""))
        if taken is not None:
            told.append(PbxPickedUp(taken.uniqueid, by, self._known_user(fields)))
        channel = self._channels.get(by)
        if channel is None:
            return told
        channel.direction = CallDirection.INCOMING
        if taken is not None:
            channel.kind, channel.called = taken.kind, taken.called
        return told + self._on_channel(fields)

    def _on_bridge_enter(self, fields: Fields) -> list[LegEvent]:
        told = self._on_channel(fields)
        bridge, call = fields.get("BridgeUniqueid", ""), fields.get("Linkedid", "")
        channel = self._channels.get(fields.get("Uniqueid", ""))
        if channel is not None:
            channel.bridge = bridge
            channel.offered = True
            if channel.waiting or channel.calls:
                channel.desk_talks()
            told += self._tell(channel)
        if fields.get("BridgeType") != BRIDGE_OF_ONE_CALL:
            return told
        known = self._bridges.setdefault(bridge, call)
        if known != call and (older := older_call(known, call)):
            self._bridges[bridge] = older
            for member in self._channels.values():
                if member.bridge == bridge and member.call_id != older:
                    member.call_id = older
                    told += self._tell(member)
        return told

    def _on_bridge_leave(self, fields: Fields) -> list[LegEvent]:
        bridge = fields.get("BridgeUniqueid", "")
        if fields.get("BridgeNumChannels") == "0":
            self._bridges.pop(bridge, None)
        channel = self._channels.get(fields.get("Uniqueid", ""))
        if channel is not None and channel.bridge == bridge:
            channel.bridge = ""
        return []

    def _on_rename(self, fields: Fields) -> list[LegEvent]:
        """A channel got another device's name: the leg of one user ends and that of another goes on."""
        channel = self._remove(fields.get("Uniqueid", ""))
        if channel is None:
            return []
        told: list[LegEvent] = []
        user = user_in(fields.get("Newname", ""))
        if channel.told is not None and user != channel.user:
            told.append(PbxLegEnded(channel.user, channel.uniqueid, 0))
            channel.told = None
        if user and self._is_user(user):
            channel.user = user
            self._channels[channel.uniqueid] = channel
            self._of_user.setdefault(user, {})[channel.uniqueid] = channel
            told += self._tell(channel)
        return told

    def _on_hangup(self, fields: Fields) -> list[LegEvent]:
        channel = self._remove(fields.get("Uniqueid", ""))
        if channel is None or channel.told is None:
            return []
        cause = fields.get("Cause", "")
        return [PbxLegEnded(channel.user, channel.uniqueid, int(cause) if cause.isdecimal() else 0)]

    def _remove(self, uniqueid: str) -> Channel | None:
        channel = self._channels.pop(uniqueid, None)
        if channel is not None:
            of_user = self._of_user[channel.user]
            del of_user[uniqueid]
            if not of_user:
                del self._of_user[channel.user]
        return channel


_HANDLERS: Mapping[str, Callable[[LegBook, Fields], list[LegEvent]]] = {
    "Newchannel": LegBook._on_channel,  # noqa: SLF001 - the table of this class's own handlers
    "Newstate": LegBook._on_channel,  # noqa: SLF001
    "NewConnectedLine": LegBook._on_channel,  # noqa: SLF001
    "DialBegin": LegBook._on_dial_begin,  # noqa: SLF001
    "DialState": LegBook._on_dial_state,  # noqa: SLF001
    "DialEnd": LegBook._on_dial_end,  # noqa: SLF001
    "Hold": LegBook._on_hold,  # noqa: SLF001
    "Unhold": LegBook._on_unhold,  # noqa: SLF001
    "Pickup": LegBook._on_pickup,  # noqa: SLF001
    "UserEvent": LegBook._on_user_event,  # noqa: SLF001
    "BridgeEnter": LegBook._on_bridge_enter,  # noqa: SLF001
    "BridgeLeave": LegBook._on_bridge_leave,  # noqa: SLF001
    "Rename": LegBook._on_rename,  # noqa: SLF001
    "Hangup": LegBook._on_hangup,  # noqa: SLF001
}
LEG_EVENTS = frozenset(_HANDLERS)
"""The events a `LegBook` needs."""
