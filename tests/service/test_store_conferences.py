"""Whom people called into conferences, and the PINs of rooms, in the store on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.helpers.cti_server import GROUPS, user_record
from wwphone.domain.calls import Party
from wwphone.domain.conference import InvitationState, PhoneInvitation
from wwphone.server.api import PbxRoom
from wwphone.server.store.sql_store import SqlStore

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BEAT = PhoneInvitation("b", "201", Party("202", "Beat"), "anna", NINE, user="beat")
SHOP = PhoneInvitation(
    "a", "400", Party("+41445550123", "Bücherstübli 📚"), "anna", NINE + timedelta(seconds=1)
)


async def test_invitations_are_written_anew_and_forgotten(store: SqlStore) -> None:
    await store.write_conference_invitations((SHOP, BEAT), ())
    assert await store.conference_invitations() == (BEAT, SHOP), "oldest first"
    there = replace(BEAT, state=InvitationState.CONNECTED, at=NINE, participant_id="1772442120.101")
    await store.write_conference_invitations((there,), ("a", "never there"))
    assert await store.conference_invitations() == (there,)
    many = tuple(replace(SHOP, invitation_id=f"{n}") for n in range(1_200))
    await store.write_conference_invitations(many, ("b",))
    await store.write_conference_invitations((), [one.invitation_id for one in many])
    assert await store.conference_invitations() == ()


async def test_a_pin_belongs_to_the_made_room_else_to_the_owner(store: SqlStore) -> None:
    await store.replace_groups(GROUPS)
    anna = user_record("anna", "201")
    await store.add_user(anna)
    before = await store.directory_revision()
    await store.set_room_pin("201", "anna", "739154")
    assert (await store.users())[0].room_pin == "739154"
    assert await store.directory_revision() > before, "the server has to notice"
    assert "739154" not in repr((await store.users())[0])
    await store.replace_room(PbxRoom("400", "Anna's own", owner="anna"))
    await store.set_room_pin("400", "anna", "528163")
    assert await store.rooms() == (PbxRoom("400", "Anna's own", "528163", "anna"),)
    assert (await store.users())[0].room_pin == "739154"
    for number, owner in (("202", "anna"), ("201", "zoe"), ("401", "")):
        with pytest.raises(KeyError):
            await store.set_room_pin(number, owner, "528163")
