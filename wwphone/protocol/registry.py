"""Which messages exist, by kind and wire name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

from wwphone.protocol import (
    account,
    calls,
    desk_phone,
    devices,
    history,
    moving,
    parking,
    phonebook,
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
    ring_groups.TakeNext,
    switches.SetSwitch,
    shown.SetShownDefault,
    desk_phone.DeskDial,
    desk_phone.DeskAnswer,
    desk_phone.DeskHold,
    desk_phone.DeskResume,
    desk_phone.DeskHangUp,
    desk_phone.DeskTransfer,
    desk_phone.DeskMerge,
    desk_phone.DeskSplit,
    desk_phone.DeskPark,
    desk_phone.DeskJoin,
    desk_phone.DeskDeflect,
    desk_phone.DeskMute,
    desk_phone.DeskPress,
    account.SetMode,
    phonebook.ReadContacts,
    phonebook.SaveContact,
    phonebook.RemoveContacts,
    phonebook.RestoreContacts,
    history.ReadHistory,
    history.SetTasks,
    history.DescribeCall,
    history.SetMissedMail,
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
    ring_groups.NextTaken,
    desk_phone.Held,
    account.ModeSet,
    phonebook.ContactsPage,
    phonebook.ContactSaved,
    history.HistoryPage,
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
    desk_phone.HeldCallChanged,
    desk_phone.HeldCallEnded,
    phonebook.ContactsChanged,
    history.HistoryChanged,
    history.MissedMailChanged,
)
