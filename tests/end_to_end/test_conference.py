"""A conference through the real server and a real Asterisk: entered, called into, seen by two, and not minding that the server is killed."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.helpers.baresip_control import EventKind
from tests.helpers.company import HOST, RealCompany
from tests.helpers.conference_watcher import Watcher
from tests.helpers.raw_cti import RawCtiClient
from tests.helpers.waiting import SECONDS, wait_until_async
from wwphone.domain.conference import InvitationState, Participant
from wwphone.protocol.conference import ConferencesState

pytestmark = pytest.mark.end_to_end


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealCompany]:
    """Everybody may hold conferences."""
    with RealCompany(tmp_path_factory.mktemp("company")) as running:
        yield running


async def watch(company: RealCompany, user: str) -> Watcher:
    """Sign somebody in."""
    trusted = ssl.create_default_context(cafile=str(company.authority.ca_file))
    client = await RawCtiClient(f"wss://{HOST}:{company.cti_port}/", trusted).open()
    reply = await client.sign_in(user, company.member(user).cti_password)
    assert reply["kind"] == "reply", reply["body"]
    return Watcher(client)


async def until(condition: Callable[[], Any], what: str) -> None:
    await wait_until_async(condition, what, 20 * SECONDS)


def of(watcher: Watcher, user: str) -> Participant:
    """Somebody who is there."""
    return next(one for one in watcher.state.participants if one.user == user)


def users(watcher: Watcher) -> set[str]:
    return {one.user for one in watcher.state.participants}


async def test_a_conference_outlives_the_server_and_is_right_again(company: RealCompany) -> None:
    anna, beat = await watch(company, "anna"), await watch(company, "beat")
    mine, theirs = company.member("anna").number, company.member("beat").number
    assert anna.rooms[mine] == ("901", True, "")
    assert mine not in beat.rooms
    with company.phone("anna") as annas, company.phone("beat") as beats, company.phone("carla") as carlas:
        for phone in (annas, beats, carlas):
            phone.register()
        annas.dial("901")
        await until(lambda: users(anna) == {"anna"}, "Anna in her room")
        assert of(anna, "anna").chair
        await until(lambda: of(anna, "anna").sip_call_id, "which call it is")

        assert await anna.invite(mine, theirs, company.member("carla").number) == ""
        for phone in (beats, carlas):
            phone.wait_for(EventKind.CALL_INCOMING)
        await until(lambda: set(anna.invited.values()) == {InvitationState.RINGING}, "both to ring")
        carlas.hang_up()
        carla = company.member("carla").number
        await until(lambda: anna.invited[carla] is InvitationState.BUSY, "that Carla is busy")
        beats.answer()
        await until(lambda: users(anna) == users(beat) == {"anna", "beat"}, "both to see both")
        assert anna.invited[theirs] is InvitationState.CONNECTED
        await until(lambda: of(beat, "beat").sip_call_id, "Beat to know which call it is")
        assert not of(anna, "beat").sip_call_id

        beats_id = of(anna, "beat").participant_id
        muted = {"room": mine, "muted": True, "participant_ids": [beats_id]}
        assert await anna.ask("mute", **muted) == ""
        assert await anna.ask("lock", room=mine, locked=True) == ""
        await until(lambda: of(beat, "beat").muted and beat.state.running[0].locked, "mute and lock")
        before = settled(anna.state)

        company.kill_server()
        assert len(company.channels_of("anna")) == len(company.channels_of("beat")) == 1
        company.start_server()
        again, beat_again = await watch(company, "anna"), await watch(company, "beat")
        await until(lambda: settled(again.state) == before, "all as it was")
        await until(lambda: users(beat_again) == {"anna", "beat"}, "Beat to see both")

        assert await beat_again.ask("end", room=mine) == "not_permitted"
        assert await again.ask("end", room=mine) == ""
        await until(lambda: not again.state.running and mine not in beat_again.rooms, "the end")
        for phone in (annas, beats):
            phone.wait_for(EventKind.CALL_CLOSED)
    for watcher in (again, beat_again):
        await watcher.client.close()


def settled(state: ConferencesState) -> tuple[Any, ...]:
    """What of it stays the same while nobody does anything: not who talks just now."""
    people = [
        (one.participant_id, one.room, one.party, one.user, one.muted, one.chair, one.invitation_id)
        for one in state.participants
    ]
    return state.rooms, state.running, people, state.invitations
