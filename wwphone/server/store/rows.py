"""Records to rows and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from wwphone.domain.account import Right
from wwphone.domain.presence import JournalEntry, JournalSubject, Presence, PresenceStatus
from wwphone.domain.reachability import Forwarding, ForwardingCause
from wwphone.domain.recording import AutomaticRecording
from wwphone.domain.ring_groups import RingGroupLogin
from wwphone.server.api import PbxRoom, UserRecord
from wwphone.server.ring_group_api import PbxRingGroup, PbxWaiting, WaitingSound
from wwphone.server.session_api import SessionRecord

Row = sa.RowMapping
Values = dict[str, Any]


def user_values(record: UserRecord) -> Values:
    """All columns of a user; the rights stand in a table of their own."""
    return {
        "user": record.user,
        "folded_user": record.user.casefold(),
        "number": record.number,
        "nickname": record.nickname,
        "presence_group": record.group or None,
        "sip_password": record.sip_password,
        "cti_password_hash": record.cti_password_hash,
        "first_name": record.first_name,
        "surname": record.surname,
        "mobile": record.mobile,
        "email": record.email,
        "displayed_number": record.displayed_number,
        "displayed_number_when_forwarding": record.displayed_number_when_forwarding,
        "offer_tls": record.offer_tls,
        "hidden": record.hidden,
        "busy_when_in_call": record.busy_when_in_call,
        "busy_when_ringing": record.busy_when_ringing,
        "in_all_users": record.in_all_users,
        "automatic_recording": record.automatic_recording.value,
        "room_pin": record.room_pin,
    }


def user_record(
    row: Row, rights: Mapping[str, frozenset[Right]], shown_numbers: Mapping[str, tuple[str, ...]]
) -> UserRecord:
    """Read a user; `rights` and `shown_numbers` are everybody's."""
    return UserRecord(
        user=row["user"],
        number=row["number"],
        nickname=row["nickname"],
        group=row["presence_group"] or "",
        sip_password=row["sip_password"],
        cti_password_hash=row["cti_password_hash"],
        first_name=row["first_name"],
        surname=row["surname"],
        mobile=row["mobile"],
        email=row["email"],
        displayed_number=row["displayed_number"],
        displayed_number_when_forwarding=row["displayed_number_when_forwarding"],
        rights=rights.get(row["user"], frozenset()),
        offer_tls=row["offer_tls"],
        hidden=row["hidden"],
        busy_when_in_call=row["busy_when_in_call"],
        busy_when_ringing=row["busy_when_ringing"],
        in_all_users=row["in_all_users"],
        automatic_recording=AutomaticRecording(row["automatic_recording"]),
        room_pin=row["room_pin"],
        shown_numbers=shown_numbers.get(row["user"], ()),
    )


def presence_values(presence: Presence) -> Values:
    """The columns of a presence that are kept; whether a client is connected is known at run time alone."""
    return {
        "status": presence.status.value,
        "since": presence.since,
        "back_at": presence.back_at,
        "set_from": presence.set_from,
    }


def chosen_values(presence: Presence) -> Values:
    """The columns of the presence that counts; in the journal, `set_by` is the entry's own."""
    return {**presence_values(presence), "set_by": presence.set_by}


def chosen_presence(row: Row) -> Presence:
    """Read the presence that counts."""
    return replace(presence_of(row), set_by=row["set_by"])


def presence_of(row: Row, *, connected: bool = False) -> Presence:
    """Read a presence."""
    return Presence(
        PresenceStatus(row["status"]), row["since"], row["back_at"], row["set_from"], connected=connected
    )


def journal_values(entry: JournalEntry) -> Values:
    """All columns of a journal entry."""
    return {
        "at": entry.at,
        "user": entry.user,
        **presence_values(entry.presence),
        "connected": entry.presence.connected,
        "set_by": entry.set_by,
        "do_not_disturb": entry.do_not_disturb,
        "subject": entry.subject.value,
        "subject_name": entry.subject_name,
        "subject_on": entry.subject_on,
    }


def journal_entry(row: Row) -> JournalEntry:
    """Read a journal entry."""
    presence = presence_of(row, connected=row["connected"])
    return JournalEntry(
        row["at"],
        row["user"],
        presence,
        row["set_by"],
        do_not_disturb=row["do_not_disturb"],
        subject=JournalSubject(row["subject"]),
        subject_name=row["subject_name"],
        subject_on=row["subject_on"],
        entry_id=row["id"],
    )


def disturbance_values(entry: JournalEntry) -> Values:
    """The columns of do not disturb as this change left it."""
    return {
        "do_not_disturb": entry.do_not_disturb,
        "since": entry.at,
        "set_from": entry.presence.set_from,
    }


def forwarding_values(user: str, forwarding: Forwarding) -> Values:
    """All columns of a forwarding."""
    return {
        "user": user,
        "cause": forwarding.cause.value,
        "target": forwarding.target,
        "after_s": forwarding.after_s,
    }


def forwarding(row: Row) -> Forwarding:
    """Read a forwarding."""
    return Forwarding(ForwardingCause(row["cause"]), row["target"], row["after_s"])


def session_values(record: SessionRecord) -> Values:
    """All columns of a session."""
    return {
        "token_hash": record.token_hash,
        "user": record.user,
        "host_name": record.host_name,
        "softphone": record.softphone,
        "since": record.since,
        "last_seen": record.last_seen,
    }


def session_record(row: Row) -> SessionRecord:
    """Read a session."""
    return SessionRecord(
        row["token_hash"], row["user"], row["host_name"], row["softphone"], row["since"], row["last_seen"]
    )


def ring_group_values(group: PbxRingGroup) -> Values:
    """All columns of a ring group; its members stand in a table of their own."""
    waiting = group.waiting
    return {
        "number": group.number,
        "name": group.name,
        "calls_at_once": group.calls_at_once,
        "most_waiting": waiting.most,
        "longest_wait_s": waiting.longest_s,
        "waiting_sound": waiting.hears.value,
        "then_number": waiting.then_number,
        "then_mailbox_of": waiting.then_mailbox_of,
        "all_users": group.all_users,
    }


def ring_group(row: Row, members: tuple[str, ...]) -> PbxRingGroup:
    """Read a ring group."""
    waiting = PbxWaiting(
        row["most_waiting"],
        row["longest_wait_s"],
        WaitingSound(row["waiting_sound"]),
        row["then_number"],
        row["then_mailbox_of"],
    )
    return PbxRingGroup(row["number"], row["name"], members, row["calls_at_once"], waiting, row["all_users"])


def login(row: Row) -> RingGroupLogin:
    """Read whether a member of a ring group is logged in."""
    return RingGroupLogin(row["logged_in"], row["since"], row["set_from"])


def room_values(room: PbxRoom) -> Values:
    """All columns of a room."""
    return {"number": room.number, "name": room.name, "pin": room.pin, "owner": room.owner or None}


def room(row: Row) -> PbxRoom:
    """Read a room."""
    return PbxRoom(row["number"], row["name"], row["pin"], row["owner"] or "")
