"""Which messages exist, by kind and wire name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

from wwphone.protocol import (
    account,
    calls,
    devices,
    moving,
    parking,
    pickup,
    presence,
    reachability,
    ring_groups,
    shown,
    switches,
)
from wwphone.protocol.message import Command, Done, Event, Message, Result

_M = TypeVar("_M", bound=Message)


def _by_name(*classes: type[_M]) -> Mapping[str, type[_M]]:
    return MappingProxyType({cls.wire_name: cls for cls in classes})


COMMANDS: Mapping[str, type[Command]] = _by_name(
    account.SignIn,
    account.Resume,
    account.SignOut,
    presence.SetPresence,
    calls.Dial,
    calls.HangUp,
    reachability.SetDoNotDisturb,
    reachability.SetForwarding,
    reachability.EndForwarding,
    reachability.ReadJournal,
    parking.Park,
    parking.Fetch,
    pickup.Claim,
    moving.Move,
    ring_groups.SetLoggedIn,
    switches.SetSwitch,
    shown.SetShownDefault,
)
RESULTS: Mapping[str, type[Result]] = _by_name(
    Done,
    account.SignedIn,
    account.Resumed,
    calls.Dialled,
    reachability.Journal,
    parking.Parked,
    parking.Fetched,
    pickup.Claimed,
    moving.Moving,
)
EVENTS: Mapping[str, type[Event]] = _by_name(
    account.ProfileChanged,
    presence.PresenceChanged,
    presence.ColleagueChanged,
    presence.ColleagueRemoved,
    presence.GroupsChanged,
    calls.PhoneStateChanged,
    calls.LegChanged,
    calls.LegEnded,
    calls.PbxStateChanged,
    devices.RegistrationsChanged,
    reachability.ReachabilityChanged,
    parking.ParkedCallChanged,
    parking.ParkedCallEnded,
    pickup.RingingCallChanged,
    pickup.RingingCallEnded,
    ring_groups.RingGroupsChanged,
    switches.SwitchesChanged,
    shown.ShownDefaultChanged,
)
